"""The micrograph on which particles are corrected by mouse and keyboard."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from nanotem.edits.edits import (
    Add,
    Edit,
    EditedLabels,
    EditError,
    EditLog,
    Merge,
    Point,
    Remove,
    Split,
    apply_edit,
    grown_outline,
    target_of,
)
from nanotem.errors import NanotemError
from nanotem.micrograph import GreyImage, Labels, Micrograph

KEY = "particle_editor"
_ANSWERED = "particle_editor.n_answered"

_FILES = Path(__file__).parent / "editor"
_COMPONENT = st.components.v2.component(
    "particle_editor",
    html=(_FILES / "editor.html").read_text(encoding="utf-8"),
    css=(_FILES / "editor.css").read_text(encoding="utf-8"),
    js=(_FILES / "editor.js").read_text(encoding="utf-8"),
)


def particle_editor(
    micrograph: Micrograph,
    edited: EditedLabels,
    log: EditLog,
    *,
    picture: str,
    outlines: dict[int, list[float]],
    contrast: GreyImage,
    on_log: Callable[[EditLog], None],
    focus: int | None = None,
) -> None:
    """Show the micrograph with outlines that can be corrected.

    Parameters
    ----------
    micrograph, edited
        The image, and its labels with the corrections made so far.
    log
        Corrections so far; what the visitor does is recorded in a new log, handed to `on_log`.
    picture, outlines
        What is drawn: the micrograph as a data address, and a polygon per label.
    contrast
        Grey level above the background, for growing a particle that was missed.
    focus
        Label to zoom to.
    """

    def record() -> None:
        action = st.session_state[KEY].action
        if action is None:
            return
        st.session_state[_ANSWERED] = st.session_state.get(_ANSWERED, 0) + 1
        try:
            on_log(next_log(log, action, edited.labels, contrast))
        except NanotemError as error:
            st.toast(f"{error.message} {error.hint}", icon=":material/error:")

    _COMPONENT(
        key=KEY,
        data={
            "image_id": micrograph.id,
            "nm_per_px": micrograph.scale.nm_per_px if micrograph.scale else None,
            "picture": picture,
            "rows": micrograph.shape[0],
            "columns": micrograph.shape[1],
            "labels": list(outlines),
            "outlines": list(outlines.values()),
            "edited": sorted(edited.touched),
            "focus": focus,
            "can_undo": bool(log.done),
            "can_redo": bool(log.undone),
            "n_answered": st.session_state.get(_ANSWERED, 0),
        },
        on_action_change=record,
    )


def next_log(log: EditLog, action: dict[str, Any], labels: Labels, contrast: GreyImage) -> EditLog:
    """Return the log after what the visitor did.

    Raises
    ------
    EditError
        If the correction cannot be carried out; nothing is recorded then.
    """
    if action["kind"] == "undo":
        return log.undo()
    if action["kind"] == "redo":
        return log.redo()
    edit = _edit(action, labels, contrast)
    apply_edit(labels.copy(), edit, int(labels.max()) + 1)
    return log.record(edit)


def _edit(action: dict[str, Any], labels: Labels, contrast: GreyImage) -> Edit:
    """Translate what the visitor did into an edit."""
    kind = action["kind"]
    points = tuple((float(row), float(column)) for row, column in action.get("points", ()))
    if kind == "draw":
        return Add(points)
    if kind == "grow":
        return Add(grown_outline(contrast, labels, points[0]))
    if kind == "cut":
        return Split(target_of(labels, _label_under(points, labels)), points)
    targets = tuple(target_of(labels, int(label)) for label in action["labels"])
    if kind == "split":
        return Split(targets[0])
    return Merge(targets) if kind == "merge" else Remove(targets)


def _label_under(line: tuple[Point, ...], labels: Labels) -> int:
    """Return the particle that most of a line crosses."""
    points = np.array(line)
    steps = [np.linspace(a, b, int(np.hypot(*(b - a))) + 2) for a, b in pairwise(points)]
    rows, columns = np.rint(np.concatenate(steps)).astype(int).T if steps else np.zeros((2, 0), int)
    inside = (rows >= 0) & (rows < labels.shape[0]) & (columns >= 0) & (columns < labels.shape[1])
    crossed = labels[rows[inside], columns[inside]]
    crossed = crossed[crossed > 0]
    if crossed.size == 0:
        raise EditError("The line crosses no particle.", "Draw it across one.")
    return int(np.bincount(crossed).argmax())
