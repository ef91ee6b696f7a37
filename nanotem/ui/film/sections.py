"""The parts of the film page that show what came out."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from nanotem.figures.palette import GREY
from nanotem.figures.pictures import Picture
from nanotem.figures.viewer import lay_under
from nanotem.files.names import safe_stem
from nanotem.film.curves import SizeCurves, curves_of, one_of
from nanotem.film.displacement import displacement_of
from nanotem.film.export import (
    curve_table,
    event_table,
    frame_picture,
    rois_by_frame,
    tables,
    trackmate_xml,
    tracks_in_frame,
    write_outlined_film,
)
from nanotem.film.figures import (
    count_figure,
    displacement_figure,
    drift_figure,
    kymograph,
    mean_figure,
    particle_figure,
)
from nanotem.film.frame_result import read_polygons
from nanotem.film.frames import FRAME_FLAGS
from nanotem.film.growth import coalescence_rate, growth_law, merging_share_of
from nanotem.film.history import FilmHistory
from nanotem.film.report import film_report
from nanotem.film.study import FilmStudy
from nanotem.ui.film import correcting
from nanotem.ui.film.opening import opened
from nanotem.ui.kit.frame import errors_shown
from nanotem.ui.kit.plain import plain_text
from nanotem.ui.kit.plots import show_plot
from nanotem.ui.kit.selection import selected_numbers
from nanotem.ui.kit.tables import NOT_KNOWN, download
from nanotem.ui.kit.tabs import show_open_tab

_FRAME, _TRACK, _EVENT_SEEN = "film.frame", "film.track", "film.event.seen"


def headline(history: FilmHistory) -> None:
    """Show what the film comes to, and what a person should know about it."""
    kinds = history.event_counts
    numbers = {
        "Frames": len(history.records),
        "Tracks": len(history.lasting),
        "Merge": kinds["merges"],
        "Appear": kinds["appears"],
        "Disappear": kinds["disappears"],
    }
    for column, (label, number) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        column.metric(label, number, border=True)
    for note in history.notes[len(history.settled_notes) :]:
        st.info(plain_text(note), icon=":material/info:")
    with st.expander("What was settled for the film", icon=":material/fact_check:"):
        st.markdown("\n".join(f"- {plain_text(note)}" for note in history.settled_notes))


def player(study: FilmStudy, history: FilmHistory) -> None:
    """Show a frame with outlines coloured by track; a click on a particle shows its curve."""
    n_frames = len(history.records)
    st.session_state.setdefault(_FRAME, 1)
    if (track := correcting.track_chosen(history)) is not None:
        st.session_state[_TRACK] = track
    st.session_state[_FRAME] = min(st.session_state[_FRAME], n_frames)
    left, right = st.columns([3, 2], gap="large")
    with left:
        number = st.slider("Frame", 1, n_frames, key=_FRAME) - 1
        if not history.part.has_all_frames:
            st.caption(history.part.named(number))
        flags = history.frames["flags"].iloc[number].split()
        for flag in flags:
            st.warning(FRAME_FLAGS[flag], icon=":material/flag:")
        with errors_shown():
            _picture(study, history, number)
    with right:
        _particle(study, history, number)
        correcting.undo_and_redo(study)


def _picture(study: FilmStudy, history: FilmHistory, number: int) -> None:
    record = history.records[number]
    if record.reason:
        st.error(plain_text(record.reason), icon=":material/error:")
        return
    track = st.session_state.get(_TRACK, 0)
    here = history.particles[history.particles["frame"] == number]
    picture = _drawn(study, history, number, track)
    rows, columns = history.shape
    figure = go.Figure()
    lay_under(figure, picture, left=-0.5, top=-0.5, width=columns, height=rows)
    figure.add_scatter(
        x=here["column_px"],
        y=here["row_px"],
        mode="markers",
        marker={"size": 14, "opacity": 0.01},
        customdata=here["track"],
        hovertext=[f"{size:.3g} {history.unit}" for size in (here["diameter_px"] * history.per_px).tolist()],
        hovertemplate="Track %{customdata}: %{hovertext}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(visible=False, range=(-0.5, columns - 0.5))
    figure.update_yaxes(visible=False, range=(rows - 0.5, -0.5), scaleanchor="x", constrain="domain")
    event = show_plot(
        figure,
        key=f"film.picture.{number}",
        alt=f"Frame {number + 1} with the outlines of its particles",
        height_px=560,
        zoom=True,
        on_select="rerun",
        selection_mode="points",
    )
    clicked = [one for one in selected_numbers(event) if one > 0]
    if clicked and clicked[0] != track:
        st.session_state[_TRACK] = clicked[0]
        st.rerun()


def _drawn(study: FilmStudy, history: FilmHistory, number: int, track: int) -> Picture:
    pixels = opened(study.place).frame(number).pixels
    polygons = read_polygons(study.folder, number)
    return frame_picture(pixels, polygons, tracks_in_frame(history, number), marked=track)


def _particle(study: FilmStudy, history: FilmHistory, number: int) -> None:
    tracks = history.tracks
    chosen = st.session_state.get(_TRACK, 0)
    if chosen not in tracks["track"].to_numpy():
        st.info("Click a particle to see how it grows.", icon=":material/ads_click:")
        return
    row = tracks[tracks["track"] == chosen].iloc[0]
    st.subheader(f"Track {chosen}", anchor=False)
    begins, ends = (f" ({row[name]})" if row[name] else "" for name in ("begins", "ends"))
    st.caption(f"Frames {row['first_frame'] + 1}{begins} to {row['last_frame'] + 1}{ends}")
    figure = particle_figure(history, chosen)
    figure.add_vline(x=float(history.times[number]), line={"color": GREY, "dash": "dot"})
    show_plot(figure, key="film.particle", alt="Diameter of the particle against time", height_px=360)
    correcting.correct(study, history, chosen, number)


def events(history: FilmHistory) -> None:
    """List what happens; a click on a row jumps to its frame."""
    table = event_table(history)
    if table.empty:
        st.caption("No particle appears, disappears, merges or splits.")
        return
    kinds = st.multiselect("Show", sorted(table["event"].unique()), key="film.kinds", placeholder="All events")
    shown = table[table["event"].isin(kinds)] if kinds else table
    state = st.dataframe(
        shown,
        hide_index=True,
        placeholder=NOT_KNOWN,
        height=260,
        column_config=_event_columns(history),
        on_select="rerun",
        selection_mode="single-row",
        key="film.events",
    )
    rows = state["selection"]["rows"]
    chosen = int(shown["frame"].iloc[rows[0]]) if rows and rows[0] < len(shown) else 0
    if chosen and st.session_state.get(_EVENT_SEEN) != (chosen, rows[0]):
        st.session_state[_EVENT_SEEN] = chosen, rows[0]
        st.session_state["film.jump"] = chosen
        tracks = f"{shown['after'].iloc[rows[0]]} {shown['before'].iloc[rows[0]]}".split()
        st.session_state[_TRACK] = int(tracks[0])
        st.rerun()
    download(table, "Events as CSV", file_name="film-events.csv")


def _event_columns(history: FilmHistory) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "frame": number("Frame"),
        "frame_in_file": None if history.part.has_all_frames else number("Frame of the file"),
        "time": number(f"Time ({history.time_unit})", format="%.4g"),
        "time_unit": None,
        "event": "Event",
        "before": st.column_config.TextColumn("Tracks before", help="Those that end with it."),
        "after": st.column_config.TextColumn("Tracks after", help="Those that begin with it."),
        "row_px": number("Row (px)", format="%.1f"),
        "column_px": number("Column (px)", format="%.1f"),
    }


def jump() -> None:
    """Go to the frame of the event that was clicked, before the slider is made."""
    if "film.jump" in st.session_state:
        st.session_state[_FRAME] = st.session_state.pop("film.jump")


def results(history: FilmHistory) -> None:
    """Show sizes, growth, motion and drift, each in its tab."""
    curves = curves_of(history)
    show_open_tab(
        {
            "Sizes": lambda: _sizes(history, curves),
            "Count": lambda: _count(history, curves),
            "Growth law": lambda: _growth(history, curves),
            "Motion": lambda: _motion(history),
            "Drift": lambda: _drift(history),
        },
        key="film.tabs",
    )


def _sizes(history: FilmHistory, curves: SizeCurves) -> None:
    if curves.is_empty:
        st.info("No particle was followed whose size counts.", icon=":material/info:")
        return
    show_plot(mean_figure(curves), key="film.mean", alt="Mean diameter against time")
    st.markdown(curves.trend_in_words)
    show_plot(kymograph(curves), key="film.kymograph", alt="Histogram of diameters against time, as colours")
    download(curve_table(history, curves), "Curves as CSV", file_name="film-curves.csv")


def _count(history: FilmHistory, curves: SizeCurves) -> None:
    show_plot(count_figure(curves), key="film.count", alt="Number of particles against time")
    rate = coalescence_rate(history)
    st.markdown(f"Coalescences per particle and {one_of(history.time_unit)}: {rate.in_words()}.")


def _growth(history: FilmHistory, curves: SizeCurves) -> None:
    law = growth_law(curves, merging_share=merging_share_of(history))
    st.subheader(law.verdict[0].upper() + law.verdict[1:], anchor=False)
    st.markdown(law.sentence)
    if not np.isfinite(law.rate_cubic.value):
        return
    unit, time = history.unit, one_of(history.time_unit)
    st.markdown(f"If r³ grows evenly: {law.rate_cubic.in_words(f'{unit}³/{time}')}. ")
    st.markdown(f"If r² grows evenly: {law.rate_square.in_words(f'{unit}²/{time}')}.")


def _motion(history: FilmHistory) -> None:
    motion = displacement_of(history)
    st.subheader(motion.verdict[0].upper() + motion.verdict[1:], anchor=False)
    st.markdown(motion.sentence)
    if not motion.table.empty:
        show_plot(displacement_figure(motion, history), key="film.msd", alt="Mean squared displacement against time")
        unit = f"{history.unit}²/{one_of(history.time_unit)}"
        st.markdown(f"Diffusion coefficient, if the motion is Brownian: {motion.diffusion.in_words(unit)}.")


def _drift(history: FilmHistory) -> None:
    show_plot(drift_figure(history), key="film.drift", alt="Drift of the support against time")
    st.caption("The drift is taken off before particles are linked; sizes do not depend on it.")


def downloads(study: FilmStudy, history: FilmHistory) -> None:
    """Offer tables, and files for other programs."""
    stem = safe_stem(study.place.path.name)
    st.subheader("Downloads", anchor=False)
    st.caption("What is kept on the server goes after some hours: take along what you want to keep.")
    offers = (
        ("Report (HTML)", f"{stem}-report.html", lambda: film_report(study, history).encode()),
        ("Particles (CSV)", f"{stem}-particles.csv", lambda: tables(history)["particles.csv"]),
        ("TrackMate (XML)", f"{stem}.trackmate.xml", lambda: trackmate_xml(history, study.place.path.name)),
        ("ImageJ regions (ZIP)", f"{stem}-rois.zip", lambda: rois_by_frame(history, study.folder)),
        ("Outlines (MP4)", f"{stem}-outlines.mp4", lambda: _film_bytes(study, history)),
    )
    with st.container(horizontal=True):
        for label, name, make in offers:
            st.download_button(
                label, data=make, file_name=name, icon=":material/download:", on_click="ignore", key=f"film.{name}"
            )


def _film_bytes(study: FilmStudy, history: FilmHistory) -> bytes:
    with TemporaryDirectory(prefix="nanotem-") as folder:
        path = Path(folder) / "outlines.mp4"
        write_outlined_film(history, study.place.open(), study.folder, path)
        return path.read_bytes()
