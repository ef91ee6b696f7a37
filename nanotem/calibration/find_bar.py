"""Find the scale bar that is burnt into an image."""

from dataclasses import replace
from typing import get_args

import cv2
import numpy as np

from nanotem.calibration.bar import END_UNCERTAINTY_PX, Polarity, ScaleBar
from nanotem.calibration.box import Box
from nanotem.calibration.candidates import Candidate, find_candidates, ramp
from nanotem.calibration.fields import join_fields, whole_bars
from nanotem.calibration.grey import Bytes, as_light, eight_bit, with_margin
from nanotem.calibration.line import Line
from nanotem.calibration.text import find_text, longest_word
from nanotem.errors import ParameterError
from nanotem.micrograph import Pixels

_LEAST_CONFIDENCE = 0.5
_LEAST_MARGIN_PX = 25
_LONGEST_SHARE = 0.65
_LEAST_ASPECT = 4.0
_FIELD_ASPECT = 1.2
"""Of the fields of a two-tone bar. Squares are the cells of a colour scale or a chessboard more often."""

_MOST_PANELS, _DOUBTED = 12, 0.49
"""More lines that are alike are a colloid of rods. Bars of panels are sure only when their labels are read."""

_LEAST_REACH_PX = 0.5
"""Two edges that are measured on one step agree to half a pixel; an embossed rim ends a pixel inside its bar."""

_SAME_ENDS_PX, _PAPER_GAP_PX = 1.5, 2.0


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
        The most believable bar with a confidence of at least 0.5. If it has an outline, each end lies in the stroke
        of that: see `nanotem.calibration.outline.outline_px`.

    Raises
    ------
    ParameterError
        If the region is empty or reaches outside the image.
    """
    if region is None:
        return sure_bar(find_bars(pixels))
    grey = eight_bit(pixels)
    top, left, bottom, right = region
    rows, columns = grey.shape
    if not (0 <= top < bottom <= rows and 0 <= left < right <= columns):
        raise ParameterError(
            f"The region {region} is empty or not inside the image of {rows} x {columns} pixels.",
            "Draw it again around the scale bar.",
        )
    crop = grey[top:bottom, left:right]
    bars = two_tone_bars(crop) or bars_in(crop, whole_frame=False)
    return next((bar.shifted(top, left) for bar in bars), None)


def find_bars(pixels: Pixels) -> list[ScaleBar]:
    """Return every line that could be the scale bar, the most believable first, however little that is.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    """
    return bars_in(eight_bit(pixels), whole_frame=True)


def sure_bar(bars: list[ScaleBar]) -> ScaleBar | None:
    """Return the first of the bars that `find_bars` found if its confidence is at least 0.5, else None."""
    return next((bar for bar in bars[:1] if bar.confidence >= _LEAST_CONFIDENCE), None)


def bars_in(grey: Bytes, *, whole_frame: bool, least_aspect: float = _LEAST_ASPECT) -> list[ScaleBar]:
    """Return the bars, the most believable first; among equals the longest.

    In a whole frame text speaks for a bar, and lines that are alike against each other; in a part of it neither.
    """
    margin = _margin_px(grey, 16 if whole_frame else 2)
    views = _views(grey, margin)
    found = _lines(views, margin, _LONGEST_SHARE if whole_frame else 1.0, least_aspect)
    found = join_fields(_without_paper(_without_outlines(found)))
    if whole_frame:
        bars = [_bar(views[c.polarity], c, q) for c in found if (q := _standing(views[c.polarity], c, found)) > 0]
    else:
        bars = [_bar(views[c.polarity], c, c.quality) for c in found]
    bars.sort(key=lambda bar: (round(bar.confidence, 1), bar.length_px), reverse=True)
    return [bar.shifted(-margin, -margin) for bar in bars]


def two_tone_bars(grey: Bytes) -> list[ScaleBar]:
    """Return the bars of alternating fields in a part of an image, the most believable first.

    Fields are sought in twice the size: they may be as short as the strokes of letters, and hardly longer than thick.
    """
    twice = np.asarray(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    margin = _margin_px(twice, 2)
    views = _views(twice, margin)
    found = whole_bars(_lines(views, margin, 1.0, _FIELD_ASPECT))
    bars = [_bar(views[c.polarity], c, c.quality).shifted(-margin, -margin) for c in found]
    return sorted((_halved(bar) for bar in bars), key=lambda bar: -bar.confidence)


def _margin_px(grey: Bytes, parts: int) -> int:
    """Return how wide a margin is, and how thick a line may be: one part of the rows of an image; an odd number."""
    return max(_LEAST_MARGIN_PX, grey.shape[0] // parts) | 1


def _views(grey: Bytes, margin: int) -> dict[Polarity, Bytes]:
    return {polarity: with_margin(as_light(grey, polarity), margin) for polarity in get_args(Polarity)}


def _lines(views: dict[Polarity, Bytes], margin: int, longest_share: float, least_aspect: float) -> list[Candidate]:
    """Return the lines of both polarities, up to a share of the width without the margin."""
    return [
        c
        for polarity, light in views.items()
        for c in find_candidates(
            light,
            polarity,
            margin=margin,
            longest=longest_share * (light.shape[1] - 2 * margin),
            least_aspect=least_aspect,
        )
    ]


def _halved(bar: ScaleBar) -> ScaleBar:
    """Return a bar of an image of twice the size in the coordinates of the image; pixel centres are whole numbers."""
    top, left, bottom, right = bar.box
    return replace(
        bar,
        row=bar.row / 2 - 0.25,
        left=bar.left / 2 - 0.25,
        right=bar.right / 2 - 0.25,
        thickness_px=bar.thickness_px / 2,
        box=(top // 2, left // 2, -(-bottom // 2), -(-right // 2)),
    )


def _standing(light: Bytes, candidate: Candidate, found: list[Candidate]) -> float:
    """Return the confidence of a line in a whole frame: text speaks for it, lines that are alike against it.

    Alike are the rods of a colloid, but also the bars of two panels: those are far apart, and each has text of its own.
    """
    alike = [other.line for other in found if other is not candidate and _alike(candidate, other)]
    factor = _label_factor(light, candidate.line)
    if not alike:
        return candidate.quality * factor
    are_panels = factor == 1 and len(alike) < _MOST_PANELS and all(_apart(candidate.line, line) for line in alike)
    return _DOUBTED * candidate.quality if are_panels else 0.0


def _apart(a: Line, b: Line) -> bool:
    """Tell whether two lines are farther from each other than one is long."""
    gap = max(a.left - b.right, b.left - a.right, a.row - b.row, b.row - a.row)
    return gap > min(a.length_px, b.length_px)


def _label_factor(light: Bytes, line: Line) -> float:
    """Return from 0.35 to 1 how well the text near a line speaks for a scale bar."""
    return 0.35 + 0.65 * ramp(longest_word(find_text(light, line)), 0, 3)


def _without_outlines(candidates: list[Candidate]) -> list[Candidate]:
    """Drop the lines that run along another one and beyond both its ends, with no gap: they are its outline."""
    return [c for c in candidates if not any(_is_outline(c, bar) for bar in candidates)]


def _is_outline(stroke: Candidate, filled: Candidate) -> bool:
    thin, bar = stroke.line, filled.line
    reach = bar.thickness_px + thin.thickness_px
    return (
        stroke.polarity != filled.polarity
        and thin.thickness_px < bar.thickness_px
        and abs(thin.row - bar.row) < reach / 2 + thin.thickness_px
        and _LEAST_REACH_PX < bar.left - thin.left < reach
        and _LEAST_REACH_PX < thin.right - bar.right < reach
    )


def _alike(a: Candidate, b: Candidate) -> bool:
    """Tell whether two lines could be two rods, or two fields of a segmented bar; the long sides of one bar are not."""
    one, other = a.line, b.line
    ends_px = max(abs(one.left - other.left), abs(one.right - other.right))
    return (
        a.polarity == b.polarity
        and _similar(one.length_px, other.length_px)
        and _similar(one.thickness_px, other.thickness_px)
        and (ends_px > _SAME_ENDS_PX or abs(one.row - other.row) > one.length_px / _LEAST_ASPECT)
    )


def _without_paper(candidates: list[Candidate]) -> list[Candidate]:
    """Drop the lines that are what a bar in a box leaves of the box: along it, and longer at both ends."""
    return [c for c in candidates if not any(_is_paper(c, bar) for bar in candidates)]


def _is_paper(strip: Candidate, bar: Candidate) -> bool:
    one, other = strip.line, bar.line
    gap = max(one.top - other.bottom, other.top - one.bottom)
    reach = min(other.left - one.left, one.right - other.right)
    return (
        strip.polarity != bar.polarity
        and one.thickness_px > other.thickness_px
        and abs(gap) < _PAPER_GAP_PX
        and reach > max(_PAPER_GAP_PX, other.thickness_px / 2)
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
        end_uncertainty_px=max(END_UNCERTAINTY_PX, line.rim_px),
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
