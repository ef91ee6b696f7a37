"""Find the scale bar that is burnt into an image."""

from dataclasses import replace
from typing import get_args

import cv2
import numpy as np

from nanotem.calibration.bar import Polarity, ScaleBar
from nanotem.calibration.candidates import Candidate, find_candidates, ramp
from nanotem.calibration.grey import Bytes, as_light, eight_bit, with_margin
from nanotem.calibration.line import Box, Line
from nanotem.calibration.text import find_text, longest_word
from nanotem.errors import ParameterError
from nanotem.micrograph import Pixels

_LEAST_CONFIDENCE = 0.5
_LONGEST_SHARE = 0.65
_LEAST_ASPECT, _SHORT_ASPECT = 4.0, 2.0
_WIDEST_GAP_PX = 6


def find_scale_bar(pixels: Pixels, *, region: Box | None = None) -> ScaleBar | None:
    """Find the horizontal scale bar, or refuse: a wrong bar is worse than none.

    A vertical top-hat followed by a horizontal opening leaves what is thin, straight and uninterrupted. Each
    such line is measured on its profiles and judged: how even, rectangular, sharp and extreme in grey is it?
    In the whole frame it must also have text near it and be the only one of its kind: rods are straight too.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    region
        (top, left, bottom, right) in px, drawn around the bar by a person: only there is it sought, both its
        ends must lie inside, and it needs no text; a confidence of 0.3 is enough.

    Returns
    -------
    ScaleBar or None
        The most believable bar with a confidence of at least 0.5. If it has an outline, each end is the
        middle of the outline's stroke, so the length is that of the rectangle that was drawn.

    Raises
    ------
    ParameterError
        If the region is empty or reaches outside the image.
    """
    if region is None:
        best = next(iter(find_bars(pixels)), None)
        return best if best is not None and best.confidence >= _LEAST_CONFIDENCE else None
    grey = eight_bit(pixels)
    top, left, bottom, right = region
    rows, columns = grey.shape
    if not (0 <= top < bottom <= rows and 0 <= left < right <= columns):
        raise ParameterError(
            f"The region {region} is empty or not inside the image of {rows} x {columns} pixels.",
            "Draw it again around the scale bar.",
        )
    return next((_shifted(bar, top, left) for bar in _bars(grey[top:bottom, left:right], whole_frame=False)), None)


def find_bars(pixels: Pixels) -> list[ScaleBar]:
    """Return every line that could be the scale bar, the most believable first, however little that is.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    """
    return _bars(eight_bit(pixels), whole_frame=True)


def find_bar_near_label(pixels: Pixels, region: Box) -> ScaleBar | None:
    """Find a bar that only its label gives away: short and thick, or nothing but an outline.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    region
        (top, left, bottom, right) in px, inside the image: both ends must lie in it.

    Returns
    -------
    ScaleBar or None
        At least twice as long as thick. A hollow bar is measured from outer edge to outer edge.
    """
    top, left, bottom, right = region
    crop = eight_bit(pixels)[top:bottom, left:right]
    bars = _bars(crop, whole_frame=False, least_aspect=_SHORT_ASPECT)
    bars += (bar for bar in _bars(_filled(crop, cv2.MORPH_CLOSE), whole_frame=False) if bar.polarity == "light")
    bars += (bar for bar in _bars(_filled(crop, cv2.MORPH_OPEN), whole_frame=False) if bar.polarity == "dark")
    best = max(bars, key=lambda bar: bar.confidence, default=None)
    return None if best is None else _shifted(best, top, left)


def _filled(grey: Bytes, operation: int) -> Bytes:
    """Fill the gaps between strokes that lie above each other."""
    return np.asarray(cv2.morphologyEx(grey, operation, np.ones((_WIDEST_GAP_PX + 1, 1), np.uint8)), np.uint8)


def _bars(grey: Bytes, *, whole_frame: bool, least_aspect: float = _LEAST_ASPECT) -> list[ScaleBar]:
    """Return the bars, the most believable first; among equals the longest."""
    margin = max(25, grey.shape[0] // (16 if whole_frame else 2)) | 1
    views = {polarity: with_margin(as_light(grey, polarity), margin) for polarity in get_args(Polarity)}
    longest = _LONGEST_SHARE * grey.shape[1] if whole_frame else grey.shape[1]
    found = [
        c
        for polarity, light in views.items()
        for c in find_candidates(light, polarity, margin=margin, longest=longest, least_aspect=least_aspect)
    ]
    found = _without_outlines(found)
    if whole_frame:
        found = [c for c in found if not any(_alike(c, other) for other in found if other is not c)]
    bars = [
        _bar(views[c.polarity], c, c.quality * (_label_factor(views[c.polarity], c.line) if whole_frame else 1))
        for c in found
    ]
    bars.sort(key=lambda bar: (round(bar.confidence, 1), bar.length_px), reverse=True)
    return [_shifted(bar, -margin, -margin) for bar in bars]


def _label_factor(light: Bytes, line: Line) -> float:
    """Return from 0.35 to 1 how well the text near a line speaks for a scale bar."""
    return 0.35 + 0.65 * ramp(longest_word(find_text(light, line)), 0, 3)


def _without_outlines(candidates: list[Candidate]) -> list[Candidate]:
    """Drop the lines that are outlines of others, whose ends move to the middle of the stroke."""
    result = []
    for c in candidates:
        if any(_is_outline(c.line, o.line) for o in candidates if o.polarity != c.polarity):
            continue
        for o in candidates:
            if o.polarity != c.polarity and _is_outline(o.line, c.line):
                left, right = (c.line.left + o.line.left) / 2, (c.line.right + o.line.right) / 2
                c = replace(c, line=replace(c.line, left=left, right=right))
                break
        result.append(c)
    return result


def _is_outline(thin: Line, bar: Line) -> bool:
    reach = bar.thickness_px + thin.thickness_px
    return (
        thin.thickness_px < bar.thickness_px
        and abs(thin.row - bar.row) < reach / 2 + 1
        and 0 < bar.left - thin.left < reach
        and 0 < thin.right - bar.right < reach
    )


def _alike(a: Candidate, b: Candidate) -> bool:
    """Tell whether two lines could be two rods, or two fields of a segmented bar."""
    return (
        a.polarity == b.polarity
        and _similar(a.line.length_px, b.line.length_px)
        and _similar(a.line.thickness_px, b.line.thickness_px)
    )


def _similar(a: float, b: float) -> bool:
    return min(a, b) > 0.75 * max(a, b)


def _bar(light: Bytes, candidate: Candidate, confidence: float) -> ScaleBar:
    line = candidate.line
    return ScaleBar(
        row=line.row,
        left=line.left,
        right=line.right,
        thickness_px=line.thickness_px,
        polarity=candidate.polarity,
        confidence=confidence,
        box=_box_with_ticks(light, line),
    )


def _box_with_ticks(light: Bytes, line: Line) -> Box:
    """Return the box of a bar and of the ticks at its ends, unless they are too long for ticks."""
    left, right = round(line.left + 0.5), round(line.right + 0.5)
    top, bottom = round(line.top + 0.5), round(line.bottom + 0.5)
    reach = min(2 * (bottom - top) + 4, top, len(light) - bottom)
    for column in (left, right - 1):
        bright = light[top - reach : bottom + reach, column] >= line.level - line.contrast / 2
        above = int(np.argmin(bright[reach - 1 :: -1])) if not bright[:reach].all() else 0
        below = int(np.argmin(bright[-reach:])) if not bright[-reach:].all() else 0
        top, bottom = top - above, bottom + below
    return top, left, bottom, right


def _shifted(bar: ScaleBar, rows: int, columns: int) -> ScaleBar:
    top, left, bottom, right = bar.box
    return replace(
        bar,
        row=bar.row + rows,
        left=bar.left + columns,
        right=bar.right + columns,
        box=(top + rows, left + columns, bottom + rows, right + columns),
    )
