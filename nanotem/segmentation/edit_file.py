"""Corrections as TOML, to keep and to replay."""

import tomllib
from collections.abc import Iterable
from typing import Any

from nanotem.errors import ParameterError
from nanotem.segmentation.edits import Add, Edit, Merge, Point, Remove, Split, Target

_REMEDY = "Use a file of corrections that was saved here."


def write_edits(edits: Iterable[Edit], *, image_id: str) -> str:
    """Return corrections as TOML, with the id of the image that they belong to."""
    tables = [f'image = "{image_id}"', "edits = ["]
    tables += [f"    {_line(edit)}," for edit in edits]
    return "\n".join([*tables, "]", ""])


def read_edits(text: str, *, image_id: str) -> tuple[Edit, ...]:
    """Read corrections back.

    Raises
    ------
    ParameterError
        If the text is no file of corrections, or they belong to another image.
    """
    try:
        saved = tomllib.loads(text)
        edits = tuple(_edit(table) for table in saved["edits"])
        image = saved["image"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParameterError("This is no file of corrections.", _REMEDY) from error
    if image != image_id:
        raise ParameterError(
            f"These corrections belong to another image (its id begins with {str(image)[:8]}, not {image_id[:8]}).",
            "Open that image first.",
        )
    return edits


def _line(edit: Edit) -> str:
    """Return one correction as an inline table."""
    if isinstance(edit, Add):
        return f'{{kind = "add", outline = {_points(edit.outline)}}}'
    if isinstance(edit, Split):
        return f'{{kind = "split", targets = {_targets((edit.target,))}, line = {_points(edit.line)}}}'
    return f'{{kind = "{type(edit).__name__.lower()}", targets = {_targets(edit.targets)}}}'


def _points(points: tuple[Point, ...]) -> str:
    return "[" + ", ".join(f"[{row!r}, {column!r}]" for row, column in points) + "]"


def _targets(targets: tuple[Target, ...]) -> str:
    return "[" + ", ".join(f"[{t.row}, {t.column}, {t.area_px}]" for t in targets) + "]"


def _edit(table: dict[str, Any]) -> Edit:
    """Read one correction; a `ValueError` or `KeyError` says that it is none."""
    kind = table["kind"]
    if kind == "add":
        return Add(_read_points(table["outline"]))
    targets = tuple(Target(*(int(value) for value in target)) for target in table["targets"])
    if kind == "split":
        (target,) = targets
        return Split(target, _read_points(table["line"]))
    if kind == "remove":
        return Remove(targets)
    if kind == "merge":
        return Merge(targets)
    raise ValueError(kind)


def _read_points(points: list[list[float]]) -> tuple[Point, ...]:
    return tuple((float(row), float(column)) for row, column in points)
