"""The parts of the classification page that show all particles."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from nanotem.figures.classes import FULL_NAMES, answer_title, class_title, class_viewer, colour_of, share_bars
from nanotem.figures.gallery import gallery
from nanotem.figures.pictures import micrograph_picture
from nanotem.files.names import safe_stem
from nanotem.measurement.class_columns import CUT, NOT_TOLD, with_classes
from nanotem.measurement.flags import FEW_PIXELS_BELOW_PX
from nanotem.morphology.class_summary import summarise_classes
from nanotem.percent import NO_BREAK_SPACE, in_percent, share_in_words
from nanotem.statistics import Estimate
from nanotem.ui.classification.classified import Classified, clickable
from nanotem.ui.kit.analysis import editor_outlines
from nanotem.ui.kit.counts import show_counts
from nanotem.ui.kit.plots import CONFIG
from nanotem.ui.kit.state import Work
from nanotem.ui.kit.tables import NOT_KNOWN, download
from nanotem.ui.kit.tiles import show_tiles

_PER_PAGE = 30
_ALL = "all"
_PROBABILITIES = ("outline_probability", "probability")


def headline(view: Classified) -> None:
    """Show how many particles have an answer."""
    known = view.answers[view.answers.isin(view.prediction.classes)]
    n_grouped = len(view.answers) - len(known) - int(view.answers.isin(NOT_TOLD).sum())
    n_whole = int((view.answers != CUT).sum())
    n_by_hand = len(view.edited.named(view.task))
    counts = known.value_counts()
    most = _named(str(counts.index[0]), int(counts.iloc[0])) if len(counts) else ("none", "")
    grouped = f", {n_grouped} more by group" if n_grouped else ""
    show_counts(view.analysis)
    show_tiles(
        [
            ("Known", f"{len(known)} of {n_whole}", f"whole ones{grouped}"),
            ("Most frequent", *most),
            ("Named by hand", f"{n_by_hand}", f"of {len(view.answers)}"),
        ]
    )


def on_image(work: Work, view: Classified) -> None:
    """Colour the particles by class on the micrograph."""
    figure = class_viewer(
        micrograph_picture(view.micrograph.pixels),
        view.micrograph.shape,
        view.particles,
        editor_outlines(view.analysis),
        view.answers,
        task=view.task,
        scale=view.micrograph.scale,
        chosen=view.chosen,
    )
    clickable(figure, view, key=f"classify.image.{view.task}", alt="The micrograph with particles coloured by class")
    st.caption("Click a particle to see why. A click on the legend hides a class, a double click shows it alone.")


def per_class(work: Work, view: Classified) -> None:
    """Show counts and sizes per class, and one row per particle."""
    _population(view)
    sizes = view.analysis.sizes
    summary = summarise_classes(view.answers, view.particles["label"], sizes)
    stem = safe_stem(view.micrograph.name)
    percent = 100 * summary[["share", "share_low", "share_high"]]
    st.markdown("**Particle by particle**, where the answer is sure enough")
    shown = pd.DataFrame(
        {
            "Class": [answer_title(name, view.task) for name in summary["class"]],
            "Particles": summary["n"],
            "Share (%)": _in_words(percent),
            f"Mean {sizes.name.lower()} ({sizes.unit})": _in_words(summary[["mean", "mean_low", "mean_high"]]),
        }
    )
    st.dataframe(shown, hide_index=True, placeholder=NOT_KNOWN)
    st.caption(
        f"Cut by the frame and left out: {sizes.n_cut}. Intervals hold 95 % of the error of counting a finite number "
        "of particles; what is taken for something else comes on top."
    )
    download(summary, "Classes as CSV", file_name=f"{stem}.classes.csv")
    _particle_rows(view)
    download(with_classes(view.particles, view.classes), "Particles as CSV", file_name=f"{stem}.classified.csv")


def _population(view: Classified) -> None:
    """Show the part of the population that each class is, corrected for classes that are mistaken for each other."""
    found = view.analysis.class_fractions.get(view.task)
    shares = found.table() if found else pd.DataFrame()
    if not len(shares):
        return
    st.markdown("**The population**, corrected for classes that are mistaken for each other")
    st.plotly_chart(share_bars(shares, task=view.task), key="classify.shares", config=CONFIG, alt="Share of each class")
    numbers = shares[["share", "share_low", "share_high"]].to_numpy(float)
    titles = [class_title(name) for name in shares["class"]]
    st.dataframe(
        pd.DataFrame({"Class": titles, "Share": [share_in_words(*row) for row in numbers]}),
        hide_index=True,
        placeholder=NOT_KNOWN,
    )
    stem = safe_stem(view.micrograph.name)
    download(shares, "Shares as CSV", file_name=f"{stem}.{view.task}.shares.csv")
    st.caption(
        f"Of all whole particles of {FEW_PIXELS_BELOW_PX:g} px and more, sure or not. Intervals of 95 % hold the "
        "finite number of particles, what the networks took for what on known particles, and how much micrographs "
        "differ in that. *other* is none of the named shapes: pairs, dirt, stars."
    )


def _particle_rows(view: Classified) -> None:
    """Show one row per particle; a click on one chooses it."""
    key = "classify.rows"

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            st.session_state[view.chosen_key] = int(view.classes["label"].iloc[rows[0]])

    st.dataframe(
        _rows(view),
        hide_index=True,
        placeholder=NOT_KNOWN,
        height=300,
        key=key,
        on_select=choose,
        selection_mode="single-row",
        column_config=_row_columns(),
        column_order=list(_row_columns()),
    )


def _rows(view: Classified) -> pd.DataFrame:
    """Return the table of classes as a person reads it: full names, percentages, and no class of what is cut."""
    classes = view.classes
    is_cut = view.answers == CUT
    names = {name: classes[name].map(class_title).mask(is_cut, "") for name in ("outline", "solid")}
    others = {name: classes[name].mask(is_cut, "") for name in ("outline_by_geometry", "plausible")}
    percentages = {name: (100 * classes[name]).mask(is_cut) for name in _PROBABILITIES}
    return classes.assign(**names, **others, **percentages)


def _row_columns() -> dict[str, Any]:
    """Return headings, and bars for probabilities."""
    probability = partial(st.column_config.ProgressColumn, format=f"%.0f{NO_BREAK_SPACE}%%", min_value=0, max_value=100)
    return {
        "label": st.column_config.Column("Label", width="small"),
        "solid": "Likeliest solid",
        "probability": probability("Probability"),
        "reason": "Why it is not known",
        "plausible": "Plausible",
        "outline": "Outline",
        "outline_probability": probability("Outline probability"),
        "outline_by_geometry": "By geometry",
    }


def by_confidence(view: Classified) -> None:
    """Show the particles of a class as pictures, the surest first."""
    counts = view.answers.value_counts()
    left, right = st.columns(2, vertical_alignment="bottom")
    name = left.selectbox(
        "Class",
        [_ALL, *counts.index],
        format_func=lambda name: f"{answer_title(name, view.task)} ({counts.get(name, len(view.answers))})",
        key=f"classify.gallery.{view.task}",
    )
    least_first = right.toggle("Least sure first", key="classify.least_first")
    confidence = view.confidence[(view.answers == name) | (name == _ALL)]
    places = confidence.sort_values(ascending=least_first, na_position="last" if least_first else "first").index
    pictures(view, list(places), key="classify.gallery")


def pictures(view: Classified, places: Sequence[int], *, key: str) -> None:
    """Show particles at these places of the tables, a page at a time."""
    if not places:
        st.info("There is no such particle.")
        return
    n_pages = -(-len(places) // _PER_PAGE)
    page = st.pagination(n_pages, key=f"{key}.page.{n_pages}") if n_pages > 1 else 1
    here = list(places[(page - 1) * _PER_PAGE : page * _PER_PAGE])
    figure = gallery(
        view.seen.crops[here],
        view.particles["label"].to_numpy()[here],
        [_caption(view, place) for place in here],
        [colour_of(view.answers.iloc[place], view.task) for place in here],
    )
    clickable(figure, view, key=f"{key}.pictures.{view.task}", alt="Particles side by side")


def _caption(view: Classified, place: int) -> str:
    """Return the answer and how sure it is, the one below the other."""
    confidence = view.confidence.iloc[place]
    answer = view.answers.iloc[place]
    if answer in NOT_TOLD:
        return answer.replace(" by ", "<br>by ")
    return f"{answer}<br>{'by hand' if confidence != confidence else in_percent(confidence)}"


def _named(name: str, n: int) -> tuple[str, str]:
    """Return a class by its English name alone, and its code with how many particles it has."""
    code = f"{name}, " if name in FULL_NAMES else ""
    return FULL_NAMES.get(name, name), f"{code}1 particle" if n == 1 else f"{code}{n} particles"


def _in_words(numbers: pd.DataFrame) -> list[str]:
    """Return each row, a value and the ends of its interval, in words."""
    return [Estimate(*row).in_words() for row in numbers.to_numpy(float)]
