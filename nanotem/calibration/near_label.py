"""Find the bars that only their label gives away."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import cv2
import numpy as np

from nanotem.calibration.bar import Polarity, ScaleBar
from nanotem.calibration.box import Box, within
from nanotem.calibration.find_bar import bars_in, two_tone_bars
from nanotem.calibration.grey import Bytes, as_light
from nanotem.calibration.ruler import find_ruler

_SHORT_ASPECT, _THICK_ASPECT = 2.0, 6.0
_WIDEST_GAP_PX, _THINNEST_HOLLOW_PX = 6, 3
_WIDEST_SPACE = 1.5
_FIELD_REACH, _FIELD_REACH_PX, _MOST_FIELDS = 2.0, 6, 10
"""In thicknesses, px more, and lengths of a field; rulers and bars in two tones have five to ten."""

_SAME_ROW_PX = 2.0
_WIDEST_DASH_GAP = 1.5
"""In lengths of a dash. Bars of two panels side by side are two lengths and more from each other."""

_OFF_MIDDLE = 0.25
"""Of a label's height: a line that a label interrupts runs through it, not along its foot."""

_LEAST_HALF, _OVERLAP = 0.5, 0.5
"""Of a half's length, so that no stroke of a letter is one; and of a label's height, as boxes of texts have margins."""

_UNEVEN_SHARE, _UNEVEN_PX = 0.05, 2.0
_INK_SHARE = 0.3
"""What is farther from the label's grey than this share of its contrast is something else: a particle that touches."""

_BESIDE_PX = 5
"""Up to so far above and below a line its ground is looked for, past a rim of two pixels."""

_Span = tuple[float, float]
"""Left and right edge in columns; pixel centres are whole numbers."""


def find_bar_near_label(grey: Bytes, label: Box) -> ScaleBar | None:
    """Find a ruler, or a bar that its label interrupts, particles touch, or that is short, outlined or in two tones.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    label
        (top, left, bottom, right) in px of a text that is a length.

    Returns
    -------
    ScaleBar or None
        An interrupted bar goes from the far end of its one half to that of the other, which must be of one length. A
        ruler goes from its first tick to its last. A hollow bar is measured from outer edge to outer edge.
    """
    halves = find_halves(grey, label)
    if halves:
        return joined_halves(*halves)
    ruler = find_ruler(grey, label)
    if ruler is not None:
        return ruler
    around = _neighbourhood(label, grey.shape)
    crop = grey[within(around)]
    two_tone = two_tone_bars(crop)
    bar = two_tone[0] if two_tone else _bar_in_ink(crop, grey[within(label)]) or _short_or_hollow_bar(crop)
    return None if bar is None else bar.shifted(*around[:2])


def _bar_in_ink(grey: Bytes, written: Bytes) -> ScaleBar | None:
    """Return the most believable bar in the grey of a label; None if there is none."""
    ink, polarity = _ink(grey, written)
    bar = _most_believable(bars_in(ink, whole_frame=False))
    return None if bar is None else replace(bar, polarity=polarity)


def _short_or_hollow_bar(grey: Bytes) -> ScaleBar | None:
    """Return the most believable of the bars that are short and thick, or of which only the outline is drawn."""
    bars = [
        bar
        for bar in bars_in(grey, whole_frame=False, least_aspect=_SHORT_ASPECT)
        if bar.length_px < _THICK_ASPECT * bar.thickness_px
    ]
    for side, fill in (("light", cv2.MORPH_CLOSE), ("dark", cv2.MORPH_OPEN)):
        hollow = bars_in(_filled(grey, fill), whole_frame=False)
        bars += (bar for bar in hollow if bar.polarity == side and bar.thickness_px > _THINNEST_HOLLOW_PX)
    return _most_believable(bars)


def _most_believable(bars: list[ScaleBar]) -> ScaleBar | None:
    return max(bars, key=lambda bar: bar.confidence, default=None)


def whole_of_fields(grey: Bytes, bar: ScaleBar) -> ScaleBar | None:
    """Return the two-tone bar of which a line is one field; None if it is none.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        A line that was found in it.
    """
    crop, top, left = _along(grey, bar)
    wholes = (whole.shifted(top, left) for whole in two_tone_bars(crop))
    middle = (bar.left + bar.right) / 2
    return next((w for w in wholes if w.left < middle < w.right and abs(w.row - bar.row) < _SAME_ROW_PX), None)


def is_one_of_a_row(grey: Bytes, bar: ScaleBar, *, known: Sequence[ScaleBar] = ()) -> bool:
    """Tell whether a line as long follows on the same rows, no farther off than dashes are from each other.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        A line that was found in it.
    known
        Lines that do not count: the other half of a bar that its label interrupts.
    """
    own = bar.left, bar.right
    others = (run for run in _lines_on_rows_of(grey, bar) if not _meet(run, own))
    halves = [(one.left, one.right) for one in known]
    return any(_are_dashes(own, other) and not any(_meet(half, other) for half in halves) for other in others)


def has_other_half(grey: Bytes, bar: ScaleBar, label: Box) -> bool:
    """Tell whether on the other side of its label the rows of a line show another one: both are halves of one bar.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        A line that was found in it.
    label
        (top, left, bottom, right) in px of the text beside it.
    """
    top, left, bottom, right = label
    is_left = bar.left + bar.right < left + right
    gaps = (
        (start - right if is_left else left - stop)
        for start, stop in _lines_on_rows_of(grey, bar)
        if stop - start >= _LEAST_HALF * bar.length_px
    )
    height = bottom - top
    return any(-_OVERLAP * height < gap < _WIDEST_SPACE * height for gap in gaps)


def _lines_on_rows_of(grey: Bytes, bar: ScaleBar) -> list[_Span]:
    """Return where on the rows of a line, along it and beyond, there is something like it, itself included."""
    crop, top, left = _along(grey, bar)
    lines = _lines_on_row(as_light(crop, bar.polarity), bar.shifted(-top, -left))
    return [(start + left, stop + left) for start, stop in lines]


def _lines_on_row(light: Bytes, bar: ScaleBar) -> list[_Span]:
    """Return where on the rows of a light line there is something as light, with something darker above and below.

    Beyond the frame everything is darker.
    """
    first, last = round(bar.row - bar.thickness_px / 2 + 1), round(bar.row + bar.thickness_px / 2 - 1)
    body = light[max(first, 0) : max(last, first) + 1].mean(axis=0)
    sides = light[max(first - _BESIDE_PX, 0) : max(first - 2, 0)], light[last + 3 : last + 1 + _BESIDE_PX]
    darkest = np.zeros(light.shape[1])
    beside = np.max([darkest, *(np.median(side, axis=0) for side in sides if side.size)], axis=0)
    within = slice(round(bar.left) + 1, round(bar.right))
    half = (np.median(body[within]) + np.median(beside[within])) / 2
    inside = np.pad((body > half) & (beside < half), 1).astype(np.int8)
    steps = np.diff(inside)
    starts, stops = np.flatnonzero(steps > 0), np.flatnonzero(steps < 0)
    return [(start - 0.5, stop - 0.5) for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]


def _meet(a: _Span, b: _Span) -> bool:
    return min(a[1], b[1]) > max(a[0], b[0])


def _along(grey: Bytes, bar: ScaleBar) -> tuple[Bytes, int, int]:
    """Return the strip in which a line would go on, with its first row and column."""
    top, left, bottom, right = bar.box
    reach_px = round(_FIELD_REACH * bar.thickness_px) + _FIELD_REACH_PX
    sideways_px = round(_MOST_FIELDS * bar.length_px)
    first, before = max(top - reach_px, 0), max(left - sideways_px, 0)
    return grey[first : bottom + reach_px, before : right + sideways_px], first, before


def _are_dashes(a: _Span, b: _Span) -> bool:
    gap = max(a[0] - b[1], b[0] - a[1])
    return _are_as_long(a[1] - a[0], b[1] - b[0]) and 0 < gap < _WIDEST_DASH_GAP * (a[1] - a[0])


def _are_as_long(one_px: float, other_px: float) -> bool:
    return abs(one_px - other_px) <= max(_UNEVEN_SHARE * one_px, _UNEVEN_PX)


def find_halves(grey: Bytes, label: Box) -> tuple[ScaleBar, ScaleBar] | None:
    """Return the two lines between which a label stands, if it does."""
    top, left, bottom, right = label
    height = bottom - top
    first = max(top - height // 2, 0)
    found = bars_in(grey[first : bottom + height // 2], whole_frame=False, least_aspect=_SHORT_ASPECT)
    lines = [bar.shifted(first, 0) for bar in found]
    space = 2 * _WIDEST_SPACE * height
    middle, off = (top + bottom - 1) / 2, _OFF_MIDDLE * height
    for a, b in product(lines, lines):
        between = a.right < (left + right) / 2 < b.left and b.left - a.right < right - left + space
        if between and a.polarity == b.polarity and abs(a.row - b.row) < _SAME_ROW_PX and abs(a.row - middle) < off:
            return a, b
    return None


def joined_halves(a: ScaleBar, b: ScaleBar) -> ScaleBar | None:
    """Return the bar of which two lines are the halves; None if they are not of one length."""
    if not _are_as_long(a.length_px, b.length_px):
        return None
    box = (min(a.box[0], b.box[0]), a.box[1], max(a.box[2], b.box[2]), b.box[3])
    return replace(a, right=b.right, confidence=min(a.confidence, b.confidence), box=box)


def _neighbourhood(label: Box, shape: tuple[int, ...]) -> Box:
    """Return where the bar of a label may lie."""
    top, left, bottom, right = label
    height, width = bottom - top, right - left
    return (
        max(top - 3 * height, 0),
        max(left - 2 * width, 0),
        min(bottom + 3 * height, shape[0]),
        min(right + 2 * width, shape[1]),
    )


def _ink(grey: Bytes, written: Bytes) -> tuple[Bytes, Polarity]:
    """Return what has the grey of a label's strokes in black on white, and what they are in the image.

    `written` is the part that holds the label.
    """
    dark, ground, light = np.percentile(written, (2, 50, 98))
    ink = light if light - ground > ground - dark else dark
    share = np.abs(grey.astype(np.float32) - ink) / max(_INK_SHARE * abs(ink - ground), 1)
    return np.clip(255 * share, 0, 255).astype(np.uint8), "light" if ink == light else "dark"


def _filled(grey: Bytes, operation: int) -> Bytes:
    """Fill the gaps between strokes that lie above each other."""
    return np.asarray(cv2.morphologyEx(grey, operation, np.ones((_WIDEST_GAP_PX + 1, 1), np.uint8)), np.uint8)
