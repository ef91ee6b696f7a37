"""Pixels that are not image: hot rows, columns, spots and single pixels, and what was never written.

A detector's defect is told from a bright particle by its edge. The probe and the optics spread every particle's edge
over a pixel or more; a saturated pixel stands beside pixels of the background. It must besides be far beyond the
levels of nearly all other pixels, small, and alone: so no saturated particle, no label that was burned in, and no
picture that was drawn without noise is touched.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask, Pixels
from nanotem.readers.lost import find_lost

_SAMPLE_SIZE = 200_000
"""Fixes a percentile of 2 to 0.03 of a percent."""

_CENTRAL_PERCENT = (2.0, 98.0)
"""Between them lie background and particles, or the background alone where particles cover less than 2 %."""

_FAR = 2.0
"""Defects lie beyond the central levels by twice their spread: noise of single electrons, one per pixel on average,
reaches that in one pixel of ten million; what is nearer hardly widens the grey scale."""

_MOST_PIXELS_SHARE = 0.002
"""More extreme pixels than this are no defects but what the picture shows; detectors are sold with below 0.1 %."""

_WIDEST_SPOT_PX = 20
"""Saturated spots are mostly below 10 px; a wider one that stays turns the polarity round. With 12 to 20 no pixel of
450 scenes of bright and saturated discs of 12 to 20 px, blurred by 0.4 to 1.5 px, is taken for one."""

_MOST_SPOTS = 40
"""Spots wider than two pixels: more of equal kind in one picture are taken for particles."""

_SINGLE_PX = 2
"""What is this small counts as a pixel, of which there may be many, and has no shape."""

_SOFT = (0.2, 0.8)
"""Levels between background and top, as they lie along the edge of every particle that is not drawn without blur."""

_MOST_SOFT_SHARE = 0.2
"""Of the pixels around a spot. Drawn discs of 4 to 20 px, saturated or not, have at least 0.25 where they are blurred
by 0.4 px, 0.44 by 0.7 px; defects have none but by noise."""

_LEAST_CONVEX = 0.78
_LONGEST_ASPECT = 3.0
"""A spot, or what a line leaves of it, fills so much of its convex hull and is at most so many times longer than wide;
letters and marks are not."""

_NEAR_PX = 4
"""A dot belongs to the strokes that are no farther away than this and its own width."""

_RULER_MARKS = 3
"""So many spots of one height in one line are the marks of a ruler that was burned in."""

_LINE_SHARE = 0.6
"""A defect line is extreme over so much of its length; particles in a row leave gaps."""

_WIDEST_LINE_PX = 3
"""Defects of a sensor spoil one line, with binning or interpolation two or three."""

_REPAIR_REACH_PX = 2
_LEAST_NEIGHBOURS = 5
"""The window for the median reaches two pixels: past a line, and not far into what lies beyond a particle's edge."""


class Repaired(NamedTuple):
    """Pixels with the defects replaced, where these are, and what a person should know."""

    pixels: Pixels
    repaired: Mask | None
    blank: Mask | None
    notes: tuple[str, ...]


def repair(pixels: Pixels, *, missing: Mask | None = None) -> Repaired:
    """Replace what is no image by the median of its neighbours, and find rows and tiles that hold none.

    Parameters
    ----------
    pixels
        Finite grey values, shape (rows, columns).
    missing
        True where the file holds no number; `pixels` holds some finite value there.

    Returns
    -------
    Repaired
        `pixels` itself where there is no defect. Its type is kept.
    """
    blank, lost_notes = find_lost(pixels)
    defects = _defects(pixels, [mask for mask in (blank, missing) if mask is not None])
    notes = list(lost_notes)
    if missing is not None and missing.any():
        notes.append(f"Replaced by the surroundings: {_counted(missing)} without a usable value.")
    if defects.any():
        notes.append(
            f"Set aside as defects of the detector and replaced by the surroundings: {_counted(defects)} far from all "
            "other levels, without the soft edge of a particle."
        )
    bad = defects if missing is None else defects | missing
    if not bad.any():
        return Repaired(pixels, None, blank, tuple(notes))
    return Repaired(_filled(pixels, bad), bad, blank, tuple(notes))


def _counted(mask: Mask) -> str:
    n_pixels = np.count_nonzero(mask)
    return f"{n_pixels:,} pixel{'' if n_pixels == 1 else 's'}"


def _defects(pixels: Pixels, absent: Sequence[Mask]) -> Mask:
    """Find pixels far beyond the central levels that have the shape of a defect, apart from those known to be none."""
    none = np.zeros(pixels.shape, bool)
    image = pixels[~np.logical_or.reduce(absent)] if absent else pixels
    if image.size == 0:
        return none
    sample = image.ravel()[:: max(image.size // _SAMPLE_SIZE, 1)].astype(np.float64)
    low, middle, high = np.percentile(sample, [_CENTRAL_PERCENT[0], 50, _CENTRAL_PERCENT[1]])
    spread = high - low
    lowest, highest = low - _FAR * spread, high + _FAR * spread
    if lowest <= image.min() and image.max() <= highest:
        return none
    if spread <= 0 or np.count_nonzero(sample == middle) > sample.size / 2:
        return none
    found = none
    for extreme in (pixels > highest, pixels < lowest):
        for mask in absent:
            extreme &= ~mask
        if 0 < np.count_nonzero(extreme) <= _MOST_PIXELS_SHARE * extreme.size + _WIDEST_LINE_PX * sum(extreme.shape):
            lines = _lines(extreme)
            found = found | lines | _spots(pixels, extreme & ~lines, lines, _FAR * spread)
    return found


def _lines(extreme: Mask) -> Mask:
    """Rows and columns that are extreme over most of their length, up to three beside each other."""
    lines = np.zeros(extreme.shape, bool)
    for axis in (0, 1):
        along = extreme.mean(axis=1 - axis) >= _LINE_SHARE
        borders = np.diff(np.concatenate(([0], along.astype(np.int8), [0])))
        for begin, end in zip(np.flatnonzero(borders > 0), np.flatnonzero(borders < 0), strict=True):
            if end - begin <= _WIDEST_LINE_PX:
                np.moveaxis(lines, axis, 0)[begin:end] = True
    return lines & extreme


def _spots(pixels: Pixels, extreme: Mask, lines: Mask, least_height: float) -> Mask:
    """Small groups of extreme pixels whose neighbours are at the level of their surroundings at once."""
    spots = np.zeros(extreme.shape, bool)
    _, groups, boxes, _ = cv2.connectedComponentsWithStats(extreme.astype(np.uint8), connectivity=8)
    sizes = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_spot = sizes <= _SINGLE_PX
    wide = 1 + np.flatnonzero(~is_spot[1:] & (sizes[1:] <= _WIDEST_SPOT_PX))
    if wide.size <= _MOST_SPOTS:
        is_spot[wide] = [_is_compact(groups, int(group), boxes[group]) for group in wide]
        is_spot[_ruler_marks(boxes, wide)] = False
    for group in 1 + np.flatnonzero(is_spot[1:]):
        left, top, width, height = boxes[group, :4]
        margin = max(width, height) + _NEAR_PX
        window = np.s_[max(top - margin, 0) : top + height + margin, max(left - margin, 0) : left + width + margin]
        spot = groups[window] == group
        others = np.setdiff1d(groups[window], [0, group])
        if not is_spot[others].all():
            continue
        if _is_sharp(pixels[window].astype(np.float64), spot, lines[window], least_height):
            spots[window] |= spot
    return spots


def _is_compact(groups: npt.NDArray[np.int32], group: int, box: npt.NDArray[np.int32]) -> bool:
    """Return whether a group of pixels is convex, as spots are, and not long."""
    left, top, width, height = box[:4]
    spot = (groups[top : top + height, left : left + width] == group).astype(np.uint8)
    hull = cv2.convexHull(cv2.findNonZero(spot))
    n_convex = np.count_nonzero(cv2.fillConvexPoly(np.zeros_like(spot), hull, 1))
    is_long = max(width, height) > _LONGEST_ASPECT * min(width, height)
    return bool(np.count_nonzero(spot) >= _LEAST_CONVEX * n_convex and not is_long)


def _ruler_marks(boxes: npt.NDArray[np.int32], groups: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the groups that share their first and last row, or column, with two others."""
    marks: set[int] = set()
    for begin, length in ((cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT), (cv2.CC_STAT_LEFT, cv2.CC_STAT_WIDTH)):
        _, same, n_same = np.unique(boxes[groups][:, [begin, length]], axis=0, return_inverse=True, return_counts=True)
        marks.update(groups[n_same[same.ravel()] >= _RULER_MARKS])
    return np.array(sorted(marks), np.intp)


def _is_sharp(window: npt.NDArray[np.float64], spot: Mask, lines: Mask, least_height: float) -> bool:
    """Return whether a spot is far from its surroundings and goes over into them at once, without an edge's levels."""
    around = cv2.dilate(spot.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    outside = window[~around & ~lines]
    if outside.size == 0 or np.ptp(outside) == 0:
        return False
    level = float(np.median(outside))
    height = float(np.median(window[spot])) - level
    if abs(height) < least_height:
        return False
    ring = around & ~spot & ~lines
    share = (window - level) / height
    n_soft = np.count_nonzero(share[ring] > _SOFT[0]) + np.count_nonzero(share[spot] < _SOFT[1])
    return bool(n_soft <= _MOST_SOFT_SHARE * np.count_nonzero(ring))


def _filled(pixels: Pixels, bad: Mask) -> Pixels:
    """Replace bad pixels by the median of the good ones around them, in a window that grows until there are some."""
    filled = pixels.copy()
    if np.count_nonzero(bad) > _MOST_PIXELS_SHARE * bad.size + _WIDEST_LINE_PX * sum(bad.shape):
        filled[bad] = np.median(pixels[~bad])
        return filled
    waiting = np.argwhere(bad)
    reach = _REPAIR_REACH_PX
    while waiting.size:
        row, column = (waiting[:, axis, np.newaxis] + steps for axis, steps in enumerate(_window(reach)))
        inside = (row >= 0) & (row < bad.shape[0]) & (column >= 0) & (column < bad.shape[1])
        at = row.clip(0, bad.shape[0] - 1), column.clip(0, bad.shape[1] - 1)
        good = inside & ~bad[at]
        enough = good.sum(axis=1) >= _LEAST_NEIGHBOURS
        values = np.where(good, pixels[at], np.nan)[enough]
        filled[tuple(waiting[enough].T)] = np.nanmedian(values, axis=1)
        waiting = waiting[~enough]
        reach *= 2
    return filled


def _window(reach: int) -> npt.NDArray[np.intp]:
    """Return the steps to all pixels of a square window, rows and columns, shape (2, pixels)."""
    return np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1)
