"""Links that a visitor cuts or joins."""

import numpy as np
import pandas as pd
import streamlit as st

from nanotem.edits.edits import CutTrack, Edit, EditLog, JoinTracks
from nanotem.film.corrections import target_in
from nanotem.film.history import FilmHistory
from nanotem.film.study import FilmStudy
from nanotem.ui.kit.frame import errors_shown

LOG, CHOSEN_AT = "film.log", "film.chosen.at"

_MOST_OFFERED = 8
"""Tracks that could be the same particle, the nearest first."""


def correct(study: FilmStudy, history: FilmHistory, chosen: int, number: int) -> None:
    """Offer to cut a track at a frame, and to let it go on as a later one; both are corrections that can be undone."""
    own = history.particles[history.particles["track"] == chosen].sort_values("frame")
    here = own[own["frame"] == number]
    cut, join = st.columns([2, 3], vertical_alignment="bottom")
    can_cut = len(here) > 0 and number > int(own["frame"].iloc[0])
    if cut.button(
        "Cut here",
        icon=":material/content_cut:",
        disabled=not can_cut,
        key="film.cut",
        width="stretch",
        help=f"From frame {number + 1} on it is another particle. Go to the frame with the slider first.",
    ):
        before = own[own["frame"] < number].tail(1)
        _record(study, CutTrack(number, target_in(history.particles, _place(history, here))), before)
    later = _later(history, own)
    if later.empty:
        join.button("Goes on as…", icon=":material/link:", disabled=True, key="film.join.none", width="stretch")
        return
    with join.popover("Goes on as…", icon=":material/link:", width="stretch"):
        listed = zip(later["track"].tolist(), later["frame"].tolist(), later["away"].tolist(), strict=True)
        words = {track: f"Track {track}: from frame {frame + 1}, {away:.1f} px away" for track, frame, away in listed}
        other = st.selectbox(
            "Track", list(words), format_func=lambda one: words[one], key=f"film.join.{chosen}.{len(own)}"
        )
        if other is not None and st.button("Join", icon=":material/link:", key="film.join", type="primary"):
            first = history.particles[history.particles["track"] == other].sort_values("frame").head(1)
            last = own.tail(1)
            places = (_place(history, part) for part in (last, first))
            targets = [target_in(history.particles, place) for place in places]
            frames = int(last["frame"].iloc[0]), int(first["frame"].iloc[0])
            _record(study, JoinTracks(frames[0], targets[0], frames[1], targets[1]), last)


def undo_and_redo(study: FilmStudy) -> None:
    """Offer to take back the last correction, and to make it again."""
    log = _log(study)
    if not log.done and not log.undone:
        return
    undo, redo = st.columns(2)
    if undo.button(
        f"Undo ({len(log.done)})", icon=":material/undo:", disabled=not log.done, key="film.undo", width="stretch"
    ):
        _keep(study, log.undo())
    if redo.button(
        f"Redo ({len(log.undone)})", icon=":material/redo:", disabled=not log.undone, key="film.redo", width="stretch"
    ):
        _keep(study, log.redo())


def track_chosen(history: FilmHistory) -> int | None:
    """Return the track, as it is now, of the particle that was corrected; None if nothing was."""
    if CHOSEN_AT not in st.session_state:
        return None
    frame, label = st.session_state.pop(CHOSEN_AT)
    table = history.particles
    found = table.loc[(table["frame"] == frame) & (table["label"] == label), "track"]
    return int(found.iloc[0]) if len(found) else 0


def _log(study: FilmStudy) -> EditLog:
    log: EditLog = st.session_state.setdefault(LOG, EditLog(study.edits()))
    return log


def _record(study: FilmStudy, edit: Edit, particle: pd.DataFrame) -> None:
    st.session_state[CHOSEN_AT] = int(particle["frame"].iloc[0]), int(particle["label"].iloc[0])
    _keep(study, _log(study).record(edit))


def _keep(study: FilmStudy, log: EditLog) -> None:
    with errors_shown():
        study.keep_edits(log.done)
        st.session_state[LOG] = log
        st.rerun()


def _place(history: FilmHistory, particle: pd.DataFrame) -> int:
    """Return where in the table of the film a particle is."""
    return int(history.particles.index.get_indexer(particle.index[:1])[0])


def _later(history: FilmHistory, own: pd.DataFrame) -> pd.DataFrame:
    """Return the first sight of tracks that begin after a particle was last seen, the nearest first."""
    last = own.iloc[-1]
    table = history.tracked.sort_values("frame", kind="stable")
    first = table.drop_duplicates("track")
    first = first[first["frame"] > last["frame"]]
    away = np.hypot(
        first["support_row_px"] - last["support_row_px"], first["support_column_px"] - last["support_column_px"]
    )
    return first.assign(away=away)[["track", "frame", "away"]].sort_values("away").head(_MOST_OFFERED)
