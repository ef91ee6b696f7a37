"""The parts of the segmentation page."""

from contextlib import nullcontext
from dataclasses import replace

import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.edits.edits import EditLog
from nanotem.edits.file import read_edits, write_edits
from nanotem.figures.pictures import basin_picture, encode, label_picture, seed_picture
from nanotem.files.names import safe_stem
from nanotem.measurement.doubt import doubtful_particles
from nanotem.micrograph import Micrograph
from nanotem.percent import in_percent
from nanotem.segmentation import Segmentation
from nanotem.sensitivity import sensitivity
from nanotem.ui.kit.analysis import editor_outlines, editor_picture
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.notes import show_notes
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tables import NOT_KNOWN, download
from nanotem.ui.segmentation.particle_editor import particle_editor

PICTURE_PX = 640

_MOST_TO_REVIEW = 20
"""What a person looks through in a few minutes; behind these come outlines that are hardly beyond the limit."""


def headline(analysis: Analysis, *, automatic: bool) -> None:
    """Say how many particles there are, which method found them, and what looks wrong."""
    show_counts(analysis, f"corrected by hand {len(analysis.edits)}")
    if automatic:
        st.caption(choice_in_words(analysis.segmentation))
    show_notes(analysis)


def how_it_came(result: Segmentation) -> None:
    """Offer basin, seeds and labels side by side; before them the foreground, if a network predicted it."""
    steps = st.expander("How it came about", icon=":material/footprint:", key="steps", on_change="rerun")
    if not steps.open:
        return
    pictures = {
        "Basin: distance to the background": basin_picture(result.basin, longest_px=PICTURE_PX),
        "Seeds": seed_picture(result.seeds, longest_px=PICTURE_PX),
        "Particles found": label_picture(result.labels, longest_px=PICTURE_PX),
    }
    if result.foreground is not None:
        pictures = {"Foreground predicted": basin_picture(result.foreground, longest_px=PICTURE_PX), **pictures}
    for column, (caption, picture) in zip(steps.columns(len(pictures)), pictures.items(), strict=True):
        column.image(encode(picture), caption=caption, width="stretch", alt=caption)


def choice_in_words(result: Segmentation) -> str:
    """Say who found the particles, and how sure the judge is."""
    if result.count is None:
        why = f" {result.absent_network}" if result.absent_network else ""
        return f":material/rule: Found by the **neck ratio** alone, without probabilities.{why}"
    count, n_by_network = result.count, sum(kind == "network" for kind in result.proposed_by.values())
    return (
        f":material/gavel: Proposed by watersheds and a neural network ({n_by_network} of {count.found} by the network "
        f"first), kept by a judge, who expects {count.expected_false:.0f} to be false or outlined wrong and "
        f"{count.expected_missed:.0f} to be missing. As it may be wrong about all that is doubtful here at once, "
        f"between {count.low:.0f} and {count.high:.0f} particles are likely (95 %)."
    )


def corrections(work: Work, analysis: Analysis) -> None:
    """Show the editor, with the doubtful particles to step through and what could not be replayed."""
    micrograph, edited = analysis.micrograph, analysis.edited
    for _, reason in edited.lost:
        st.warning(f"A correction could not be carried out. {reason}", icon=":material/link_off:")

    def keep(log: EditLog) -> None:
        work.log = log

    doubtful = doubtful_particles(analysis.particles, analysis.segmentation.confidence)
    focus = _review(doubtful, len(analysis.particles), micrograph.id)
    particle_editor(
        micrograph,
        edited,
        work.log,
        picture=editor_picture(analysis),
        outlines=editor_outlines(analysis),
        contrast=analysis.stages.contrast,
        on_log=keep,
        focus=focus,
    )
    _files(work, micrograph)


def _review(doubtful: pd.DataFrame, n_particles: int, image_id: str) -> int | None:
    """Lead through the most doubtful particles; return the label of the one to show."""
    n_all, doubtful = len(doubtful), doubtful.head(_MOST_TO_REVIEW)
    key = f"review.{image_id}"
    place = st.session_state.get(key, -1)
    button, text = st.columns([1, 3], vertical_alignment="center")
    if button.button(
        "Next doubtful particle", icon=":material/flag:", width="stretch", disabled=doubtful.empty, key="next_doubtful"
    ):
        place = st.session_state[key] = (place + 1) % len(doubtful)
    if doubtful.empty:
        text.caption("No outline is doubtful by its shape, size or edge.")
        return None
    if place < 0:
        most = "" if n_all == len(doubtful) else f" The {len(doubtful)} most doubtful are shown, the worst first."
        text.caption(f"{n_all} of {n_particles} outlines are doubtful by their shape, size or edge.{most}")
        return None
    row = doubtful.iloc[min(place, len(doubtful) - 1)]
    text.caption(f"{place + 1} of {len(doubtful)}: particle {row['label']}, {row['reason']}.")
    return int(row["label"])


def _files(work: Work, micrograph: Micrograph) -> None:
    """Save corrections, and load them back."""
    save, load = st.columns(2)
    save.download_button(
        "Save corrections",
        data=write_edits(work.log.done, image_id=micrograph.id),
        file_name=f"{micrograph.name}.corrections.toml",
        icon=":material/download:",
        on_click="ignore",
        disabled=not work.log.done,
    )
    with load.popover("Load corrections", icon=":material/upload:"), errors_shown():
        file = st.file_uploader("Corrections", key=f"corrections.{micrograph.id}")
        if file is not None and st.button("Replace the corrections by these"):
            text = file.getvalue().decode("utf-8", errors="replace")
            work.log = EditLog(read_edits(text, image_id=micrograph.id))
            st.rerun()


def how_sure(analysis: Analysis) -> None:
    """Show how much count and mean move with the parameters, when it is asked for."""
    with st.expander("How sure is this?", icon=":material/troubleshoot:"):
        st.caption("The analysis is repeated with slightly other parameters, without corrections.")
        if not st.button("Find out"):
            return
        bar = st.progress(0.0)
        table = sensitivity(replace(analysis, watch=nullcontext), on_progress=bar.progress)
        bar.empty()
        unit = "nm" if analysis.scale else "px"
        st.dataframe(
            table,
            hide_index=True,
            placeholder=NOT_KNOWN,
            column_config={
                "change": "Change",
                "n_particles": "Particles",
                "mean_diameter": st.column_config.NumberColumn(f"Mean diameter ({unit})", format="%.4g"),
            },
        )
        st.markdown(_verdict(table))
        download(table, "Changes as CSV", file_name=f"{safe_stem(analysis.micrograph.name)}.sensitivity.csv")


def _verdict(table: pd.DataFrame) -> str:
    first = table.iloc[0]
    if not first["n_particles"]:
        return "Nothing was found, so nothing can move."
    count = (table["n_particles"] / first["n_particles"] - 1).abs().max()
    mean = (table["mean_diameter"] / first["mean_diameter"] - 1).abs().max()
    moves = f"The count moves by up to **{in_percent(count, '.1f')}**"
    return f"{moves}, the mean diameter by up to **{in_percent(mean, '.1f')}**."
