"""Corrections as TOML, to keep and to replay."""

import re
from collections.abc import Iterable
from typing import Any

import tomli_w

from nanotem.edits.edits import (
    TASKS,
    Add,
    CutTrack,
    Edit,
    JoinTracks,
    Merge,
    Name,
    Point,
    Remove,
    Replace,
    Split,
    Target,
)
from nanotem.errors import ParameterError
from nanotem.strict_toml import holds_boolean, read_toml

_FARTHEST_PX = 100_000
"""No micrograph is this large; filling an outline of 10⁹ px would take 15 s."""

_DRAWN, _WITH_BORDER = "draw", "add"
"""How an outline is filled stands with each, not in the format of the file: one log may hold both, and versions that
would fill a new outline the old way do not know its kind."""

_WORDS = re.compile(r"[A-Za-z0-9_ ]{1,40}")
"""Names are shown on pages and name folders."""


def write_edits(edits: Iterable[Edit], *, image_id: str) -> str:
    """Return corrections as TOML, with the id of the image that they belong to."""
    return tomli_w.dumps({"image": image_id, "edits": edit_tables(edits)})


def edit_tables(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """Return corrections as the tables of a TOML file."""
    return [_table(edit) for edit in edits]


def read_edits(text: str, *, image_id: str) -> tuple[Edit, ...]:
    """Read corrections back.

    Raises
    ------
    ParameterError
        If the text is no file of corrections, or they belong to another image.
    """
    try:
        image, edits = _read(read_toml(text))
    except ValueError as error:
        raise ParameterError("This is no file of corrections.", "Use one that was saved here.") from error
    if image != image_id:
        raise ParameterError(
            f"These corrections belong to another image (its id begins with {image[:8]}, not {image_id[:8]}).",
            "Open that image first.",
        )
    return edits


def _table(edit: Edit) -> dict[str, Any]:
    """Return one correction as a table."""
    if isinstance(edit, Add):
        return {"kind": _WITH_BORDER if edit.with_border else _DRAWN, "outline": _points(edit.outline)}
    if isinstance(edit, Split):
        return {"kind": "split", "targets": _targets((edit.target,)), "line": _points(edit.line)}
    if isinstance(edit, Replace):
        return {"kind": "replace", "shape": list(edit.shape), "labels": edit.packed}
    if isinstance(edit, CutTrack):
        return {"kind": "cut-track", "frames": [edit.frame], "targets": _targets((edit.target,))}
    if isinstance(edit, JoinTracks):
        frames, targets = [edit.frame, edit.later_frame], _targets((edit.target, edit.later_target))
        return {"kind": "join-tracks", "frames": frames, "targets": targets}
    named = {"task": edit.task, "class": edit.class_name} if isinstance(edit, Name) else {}
    return {"kind": type(edit).__name__.lower(), "targets": _targets(edit.targets), **named}


def _points(points: tuple[Point, ...]) -> list[list[float]]:
    return [[float(row), float(column)] for row, column in points]


def _targets(targets: tuple[Target, ...]) -> list[list[int]]:
    return [[int(target.row), int(target.column), int(target.area_px)] for target in targets]


def _read(saved: object) -> tuple[str, tuple[Edit, ...]]:
    """Return image and corrections; a `ValueError`, here and below, says that this is none."""
    match saved:
        case {"image": str(image), "edits": list(edits)}:
            return image, edits_from(edits)
    raise ValueError(saved)


def edits_from(entries: list[Any]) -> tuple[Edit, ...]:
    """Return the corrections in a TOML array; a `ValueError` says that one is none."""
    return tuple(_read_edit(entry) for entry in entries)


def _read_edit(edit: object) -> Edit:
    if holds_boolean(edit):
        raise ValueError(edit)
    match edit:
        case {"kind": "add" | "draw" as kind, "outline": list(points)}:
            return Add(_read_points(points), with_border=kind == _WITH_BORDER)
        case {"kind": "split", "targets": [target], "line": list(points)}:
            return Split(_read_target(target), _read_points(points))
        case {"kind": "remove", "targets": [_, *_] as targets}:
            return Remove(tuple(_read_target(target) for target in targets))
        case {"kind": "merge", "targets": [_, *_] as targets}:
            return Merge(tuple(_read_target(target) for target in targets))
        case {"kind": "replace", "shape": [int(rows), int(columns)], "labels": str(packed)}:
            return Replace((rows, columns), packed)
        case {"kind": "name", "targets": [_, *_] as targets, "task": str(task), "class": str(class_name)} if (
            task in TASKS and _WORDS.fullmatch(class_name)
        ):
            return Name(tuple(_read_target(target) for target in targets), task, class_name)
        case {"kind": "cut-track", "frames": [int(frame)], "targets": [target]} if frame > 0:
            return CutTrack(frame, _read_target(target))
        case {"kind": "join-tracks", "frames": [int(frame), int(later)], "targets": [target, later_target]} if (
            0 <= frame < later
        ):
            return JoinTracks(frame, _read_target(target), later, _read_target(later_target))
    raise ValueError(edit)


def _read_target(target: object) -> Target:
    match target:
        case [int(row), int(column), int(area_px)] if row >= 0 and column >= 0 and area_px > 0:
            return Target(row, column, area_px)
    raise ValueError(target)


def _read_points(points: list[Any]) -> tuple[Point, ...]:
    return tuple(_read_point(point) for point in points)


def _read_point(point: object) -> Point:
    match point:
        case [int() | float() as row, int() | float() as column] if _is_near(row) and _is_near(column):
            return float(row), float(column)
    raise ValueError(point)


def _is_near(place_px: float) -> bool:
    return abs(place_px) <= _FARTHEST_PX
