"""What is drawn beside a label and was not read: a raised −1, a lost point, a figure left out, or cut off."""

import re
from typing import NamedTuple

import cv2
import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.box import holds_middle
from nanotem.calibration.grey import Bytes, as_light
from nanotem.calibration.label import Label
from nanotem.calibration.ocr import Text

RAISED = "a raised sign stands behind its unit: it may be one over a length, as in a diffraction pattern"
UNREAD = "not every sign of its number was read"
CUT = "it begins at the edge of the picture, where its first figure may have been cut off"

_REACH_HEIGHTS = 1.1
"""How far beside a label is looked, in heights of its box, which is about one and a half times that of its letters."""

_FEWEST_PX = 3
_FULL_INK = 0.7
"""Of the label's contrast: the finest strokes lose a quarter of it, grain has less than half."""

_TALL, _SMALL = 0.62, 0.42
"""Letters without a stem are 0.66 to 0.75 as high as those with one; a point is 0.1 to 0.25, a comma up to 0.4."""

_FINEST_POINT, _HIGHEST_POINT, _TAIL = 0.08, 0.25, 0.2
"""What is higher than a point is a comma, which hangs below the line by its tail."""

_RAISED_BY = 0.25
"""By so much of a letter's height a raised sign ends above the line; between 0.15 and 0.35 nothing changes."""

_ON_LINE = 0.2
_POINTS = ".,'\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}"
_LETTER_SPACE, _WORD_SPACE = 0.6, 1.0
_RAISED_SPACE, _CLOSE = 1.3, 1.0
"""In heights of a letter. A minus sign is half a height wide and has room on either side."""

_HIGHEST, _LOWEST_FIGURE = 1.8, 0.28
_MOST_SPECKS = 5
"""With more specks round a label than this, a point cannot be told from grain."""

_MOST_RAISED = 3
"""More small marks behind a label are texture."""

_SLENDER = 1.3
_FLAT, _LONG, _LONE_DASH = 0.25, 1.5, 0.3
"""A raised 1 is 0.4 to 0.7 of a letter's height and twice as high as wide, its dash three times as wide as high."""

_LEAST_LETTER, _FIGURE = 0.45, 0.78
"""Letters without a stem ("n", "m", the upper part of "µ") are 0.5 to 0.75 of a figure's height."""

_WIDEST = 1.6

_WIDEST_GAP, _LEAST_GAP = 0.5, 0.1
"""Between two figures is no more than half of their height, as between "." and "1" of DejaVu Sans Mono. Nearer to the
frame than a tenth, what is there may be the rest of a figure."""

_CENTRED = 0.2
"""A lost figure is at least 0.75 of its height wide, and puts what is left of a centred label off by half of that."""

_ROUND = r"[1-9]\d*0\b"
"""Nothing was cut off before it but a figure: a lone point is narrow, and stands before no number that ends in 0."""


class _Mark(NamedTuple):
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


class _Letters(NamedTuple):
    """How the letters of a label stand: on which row, how high the highest is, and the box around them."""

    line: float
    height: int
    top: int
    first: int
    last: int


def unread_ink(grey: Bytes, label: Label, bar: ScaleBar, others: list[Text]) -> str:
    """Return what speaks against a label in the picture itself, empty if nothing does.

    The label's strokes are cut out in the grey of the bar. A small mark that hangs above the line behind the last
    letter is a raised sign; one that lies on the line before a figure is a point, and must have been
    read; a figure before the first one, that is part of no other text, must have been read, too. Where the first sign
    is no farther from the left side of the picture than figures are from each other, one may have been cut off.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    label, bar
        What was read, and for which bar.
    others
        All texts that were recognised in the picture.
    """
    marks = _marks(grey, label, bar)
    top, left, bottom, right = label.box
    inside = [m for m in marks if left <= (m.left + m.right) / 2 <= right and top < (m.top + m.bottom) / 2 < bottom]
    letters = _letters(inside)
    if letters is None:
        return CUT if left <= 0 else ""
    if _has_raised_one(marks, letters):
        return RAISED
    height = letters.height
    points = _points(marks, letters)
    in_grain = sum(m.height <= _SMALL * height and m not in points for m in marks) > _MOST_SPECKS
    if in_grain:
        points = []
    n_read = sum(label.text.count(sign) for sign in _POINTS)
    if len(points) > n_read or _has_figure_before(marks, letters, others):
        return UNREAD
    torn = [m for m in inside if m.height > _SMALL * height and letters.top < m.bottom and m.top < letters.line]
    first = min(m.left for m in (*points, *torn))
    if label.text.strip().startswith(tuple(_POINTS)) and not points:
        first -= height  # a point too fine to be found, with the gaps on both its sides
    return CUT if _may_be_cut(label, bar, first=first, last=letters.last, height=height, in_grain=in_grain) else ""


def _letters(inside: list[_Mark]) -> _Letters | None:
    """Return how the letters among the marks in the box of a label stand; None if there are fewer than two."""
    height = max((m.height for m in inside), default=0)
    high = [m for m in inside if m.height >= _TALL * height]
    if len(high) < 2:
        return None
    line = float(np.median([m.bottom for m in high]))
    high = [m for m in high if abs(m.bottom - line) <= _ON_LINE * height] or high
    return _Letters(line, height, min(m.top for m in high), high[0].left, max(m.right for m in high))


def _may_be_cut(label: Label, bar: ScaleBar, *, first: int, last: int, height: int, in_grain: bool) -> bool:
    """Tell whether a figure may be missing between the left side of the picture and the first sign of a label.

    None is if there is more room than figures leave between each other, or if the label is centred over its bar and no
    point can be hidden in grain.
    """
    if first > _WIDEST_GAP * height:
        return False
    if in_grain:
        return True
    is_centred = abs((first + last - 1) / 2 - (bar.left + bar.right) / 2) <= _CENTRED * height
    return not (is_centred and first > max(_LEAST_GAP * height, 1) and re.match(_ROUND, label.text.strip()))


def _marks(grey: Bytes, label: Label, bar: ScaleBar) -> list[_Mark]:
    """Return the connected strokes in and beside the box of a label, the bar itself left out, left to right."""
    top, left, bottom, right = label.box
    reach = round(_REACH_HEIGHTS * (bottom - top))
    row0, row1 = max(top - reach // 3, 0), min(bottom + reach // 3, len(grey))
    column0, column1 = max(left - reach, 0), min(right + reach, grey.shape[1])
    light = as_light(grey[row0:row1, column0:column1], bar.polarity).astype(np.int16)
    if not light.size:
        return []
    inner = light[max(top - row0, 0) : bottom - row0, max(left - column0, 0) : right - column0]
    ink, ground = np.percentile(inner, 98), np.median(inner)
    strokes = (light > (ink + ground) / 2).astype(np.uint8)
    full = ground + _FULL_INK * (ink - ground)
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    printed = set(np.unique(numbers[light >= full]).tolist())
    found = []
    for number, (x, y, width, high, area) in enumerate(stats.tolist()):
        on_edge = (x == 0 < column0) or y == 0 or x + width == strokes.shape[1] or y + high == strokes.shape[0]
        mark = _Mark(row0 + y, column0 + x, row0 + y + high, column0 + x + width)
        fits = number in printed and area >= _FEWEST_PX and not on_edge
        if number and fits and width <= _WIDEST * (bottom - top) and not _is_part(mark, bar):
            found.append(mark)
    return sorted(found, key=lambda mark: mark.left)


def _is_part(mark: _Mark, bar: ScaleBar) -> bool:
    """Tell whether a mark is a piece of the bar, which a label may interrupt."""
    return mark.top <= bar.row < mark.bottom and mark.height <= bar.thickness_px + 2


def _has_raised_one(marks: list[_Mark], letters: _Letters) -> bool:
    """Tell whether a −1 hangs behind the last letter: a slender figure, or one behind a dash."""
    line, height, last = letters.line, letters.height, letters.last
    raised = [
        m
        for m in marks
        if line - m.bottom > _RAISED_BY * height
        and line - m.top < _HIGHEST * height
        and -1 <= m.left - last < _RAISED_SPACE * height
    ]
    if len(raised) > _MOST_RAISED:
        return False
    figures = [m for m in raised if _LOWEST_FIGURE * height <= m.height < height]
    return any(
        (m.left - last < _CLOSE * height and m.height >= _SLENDER * m.width)
        or any(_is_dash_before(dash, m, height) for dash in raised)
        for m in figures
    ) or any(_is_dash(m, height) and m.width >= _LONE_DASH * height for m in raised)


def _is_dash_before(dash: _Mark, figure: _Mark, height: int) -> bool:
    level = figure.top < (dash.top + dash.bottom) / 2 < figure.bottom
    return level and dash.right <= figure.left + 1 and _is_dash(dash, height)


def _is_dash(mark: _Mark, height: int) -> bool:
    return mark.height <= _FLAT * height and mark.width >= _LONG * mark.height


def _points(marks: list[_Mark], letters: _Letters) -> list[_Mark]:
    """Return the points and commas on the line of the letters, before the last of them and under none."""
    first = letters.first - _LETTER_SPACE * letters.height
    return [
        m
        for m in marks
        if _is_point(m, letters.line, letters.height)
        and _stands_before_figure(m, marks, letters.height)
        and first < m.right
        and m.left < letters.last
        and not any(min(m.right, other.right) - max(m.left, other.left) > 1 for other in marks if other != m)
    ]


def _is_point(mark: _Mark, line: float, height: int) -> bool:
    small = max(mark.height, mark.width) <= _SMALL * height and min(mark.height, mark.width) >= _FINEST_POINT * height
    off_line = max(_ON_LINE * height, 1)
    if mark.height > _HIGHEST_POINT * height:
        off_line += _TAIL * height
    return small and abs(mark.bottom - line) <= off_line


def _stands_before_figure(point: _Mark, marks: list[_Mark], height: int) -> bool:
    """Tell whether what follows a mark is as high as a figure: crumbs of broken letters stand before others, too."""
    following = next((m for m in marks if m.left >= point.right and m.height >= _LEAST_LETTER * height), None)
    return following is None or following.height >= _FIGURE * height


def _has_figure_before(marks: list[_Mark], letters: _Letters, others: list[Text]) -> bool:
    """Tell whether a mark as high as a letter, that is part of no text, stands on the line before the first letter."""
    return any(
        0 <= letters.first - m.right < _WORD_SPACE * letters.height
        and m.height >= _TALL * letters.height
        and abs(m.bottom - letters.line) <= _ON_LINE * letters.height
        and not any(holds_middle(text.box, m) for text in others)
        for m in marks
    )
