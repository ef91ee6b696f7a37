"""Rulers: rows of eleven ticks, as Hitachi's microscopes draw them."""

from dataclasses import dataclass
from typing import get_args

import cv2
import numpy as np

from nanotem.calibration.bar import Polarity, ScaleBar
from nanotem.calibration.box import Box
from nanotem.calibration.grey import Bytes, as_light

_N_TICKS = 11
_REACH_HEIGHTS, _REACH_WIDTHS = 3, 8
"""Of the label: no farther from it a ruler is looked for."""

_LEAST_CONTRAST = 60
"""Grey levels between a tick and what lies on either side of it."""

_WIDEST_SHARE, _TALLEST = 0.02, 12
"""Of the picture's width, and in widths: what is wider or more slender is no tick."""

_LEAST_STEP_PX, _OFF_PX = 4, 1.3
"""From tick to tick, and from a tick to where the ones before it let it be expected."""


@dataclass(frozen=True)
class _Tick:
    column: float
    top: int
    bottom: int


def find_ruler(grey: Bytes, label: Box) -> ScaleBar | None:
    """Find a row of eleven short ticks at equal distances near a label.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    label
        (top, left, bottom, right) in px of a text that is a length.

    Returns
    -------
    ScaleBar or None
        From the middle of the first tick to the middle of the last: the label of a ruler is the length of all of it.
        Each end is that of the straight line through all eleven, good to about 0.2 px. Confidence 1.
    """
    top, left, bottom, right = label
    reach_px, sideways_px = _REACH_HEIGHTS * (bottom - top), _REACH_WIDTHS * (right - left)
    row0, column0 = max(top - reach_px, 0), max(left - sideways_px, 0)
    crop = grey[row0 : bottom + reach_px, column0 : right + sideways_px]
    for polarity in get_args(Polarity):
        row = _row(_ticks(as_light(crop, polarity), max(round(_WIDEST_SHARE * grey.shape[1]), 5)))
        if row:
            return _bar(row, polarity, row0, column0)
    return None


def _ticks(light: Bytes, widest_px: int) -> list[_Tick]:
    """Return the small light marks that are no wider than a tick, left to right."""
    narrow = cv2.morphologyEx(light, cv2.MORPH_TOPHAT, np.ones((1, widest_px), np.uint8))
    marks = (narrow > _LEAST_CONTRAST).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(marks, connectivity=8)
    found = [
        _Tick(column, top, top + height)
        for (_, top, width, height, _), (column, _) in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True)
        if width < widest_px and width <= height + 1 <= _TALLEST * width + 1
    ]
    return sorted(found, key=lambda tick: tick.column)


def _row(ticks: list[_Tick]) -> list[_Tick] | None:
    """Return eleven ticks in a row that goes on at neither end."""
    for i, first in enumerate(ticks):
        level = [t for t in ticks[i + 1 :] if min(t.bottom, first.bottom) - max(t.top, first.top) > 0]
        for second in level:
            step = second.column - first.column
            if step < _LEAST_STEP_PX or _at(ticks, first, first.column - step):
                continue
            row = [first, second]
            while after := _at(level, first, row[-1].column + step):
                row.append(after)
                step = (after.column - first.column) / (len(row) - 1)
            if len(row) == _N_TICKS:
                return row
    return None


def _at(ticks: list[_Tick], like: _Tick, column: float) -> _Tick | None:
    """Return the tick at a column, on the row of `like`."""
    near = (t for t in ticks if abs(t.column - column) < _OFF_PX and min(t.bottom, like.bottom) > max(t.top, like.top))
    return min(near, key=lambda t: abs(t.column - column), default=None)


def _bar(row: list[_Tick], polarity: Polarity, row0: int, column0: int) -> ScaleBar:
    step, start = np.polyfit(np.arange(_N_TICKS), [tick.column for tick in row], 1)
    top, bottom = min(tick.top for tick in row), max(tick.bottom for tick in row)
    left, right = column0 + float(start), column0 + float(start + (_N_TICKS - 1) * step)
    return ScaleBar(
        row=row0 + (top + bottom - 1) / 2,
        left=left,
        right=right,
        thickness_px=bottom - top,
        polarity=polarity,
        confidence=1.0,
        box=(row0 + top, round(left) - 1, row0 + bottom, round(right) + 2),
    )
