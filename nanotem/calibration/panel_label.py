"""Letters in a corner of a published figure's panel: "(a)", "B", with or without a plain box behind them."""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.calibration.grey import Bytes
from nanotem.calibration.line import Box
from nanotem.micrograph import Mask

_CORNER_SHARE = 0.28
_BLACK, _WHITE = 40, 215
_PLAIN_TOLERANCE = 12
_LOWEST_LETTER_PX, _LOWEST_BOX_PX = 8, 14
_HIGHEST_SHARE = 0.7
_STRAIGHT = 0.8
_INK, _LEAST_INK, _MOST_INK = 60, 0.03, 0.7
_LEAST_EYE, _EYE_TOLERANCE = 0.03, 0.4
_SLENDER, _CURVED = 0.5, 0.78
_THICKEST_STROKE = 0.45
_EVEN_SHARE, _ISOLATED_SHARE = 0.9, 0.85
_WIDEST_GAP = 0.6
_HALO_PX = 3


def find_panel_labels(grey: Bytes) -> Mask:
    """Return True in the letters that a figure's author put into the corners, boxes behind them included.

    A box is a black or white rectangle with something written in it. Letters without a box are black or white to the
    last pixel, stand by themselves in the corner, and are no particle in shape: one of them has an eye ("a", "B") or
    is a bracket. Anything that reaches beyond the corner is left alone.
    """
    mask = np.zeros(grey.shape, bool)
    for corner in _corners(grey.shape):
        for plain in (grey[corner] <= _BLACK, grey[corner] >= _WHITE):
            mask[corner] |= _boxes(grey[corner], plain) | _letters(grey[corner], plain, corner)
    return mask


def _corners(shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    side = int(_CORNER_SHARE * min(shape))
    if side < _LOWEST_LETTER_PX:
        return
    for rows in (slice(0, side), slice(shape[0] - side, shape[0])):
        for columns in (slice(0, side), slice(shape[1] - side, shape[1])):
            yield rows, columns


def _boxes(corner: Bytes, plain: Mask) -> Mask:
    """Return the plain rectangles in which something is written; letters may be cut at the frame."""
    frame = (0, len(plain))
    mask = np.zeros(plain.shape, bool)
    for region, box in _regions(plain):
        top, left, bottom, right = box
        if min(region.shape) < _LOWEST_BOX_PX or max(region.shape) > _HIGHEST_SHARE * len(plain):
            continue
        inside = corner[top:bottom, left:right]
        ink = np.mean(np.abs(inside - np.median(inside[region])) > _INK)
        sides = (region[1], region[-2], region[:, 1], region[:, -2])
        on_frame = (top in frame, bottom in frame, left in frame, right in frame)
        straight = min(side.mean() for side, cut in zip(sides, on_frame, strict=True) if not cut)
        if _LEAST_INK < ink < _MOST_INK and straight > _STRAIGHT:
            mask[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = True
    return mask


def _letters(corner: Bytes, plain: Mask, place: tuple[slice, slice]) -> Mask:
    """Return the groups of strokes of which one cannot be a particle."""
    inner_row, inner_column = (len(plain) if side.start == 0 else 0 for side in place)
    letters = [
        (region, box)
        for region, box in _regions(plain)
        if _LOWEST_LETTER_PX <= len(region) <= _HIGHEST_SHARE * len(plain)
        and inner_row not in (box[0], box[2])
        and inner_column not in (box[1], box[3])
        and _is_stroke(region)
        and _is_printed(corner, region, box)
    ]
    found = np.zeros(plain.shape, np.uint8)
    for region, box in letters:
        if _is_written(corner, region, box):
            for other, (top, left, bottom, right) in letters:
                if _on_one_line(box, (top, left, bottom, right)):
                    found[top:bottom, left:right] |= other
    return cv2.dilate(found, _square(_HALO_PX)) > 0


def _regions(plain: Mask) -> Iterator[tuple[Mask, Box]]:
    """Yield every region that is neither a speck nor the whole, cut out, with its box."""
    n_regions, regions, statistics, _ = cv2.connectedComponentsWithStats(plain.astype(np.uint8), connectivity=8)
    for number in range(1, n_regions):
        left, top, width, height, area = statistics[number].tolist()
        if area >= _LOWEST_LETTER_PX:
            window = regions[top : top + height, left : left + width]
            yield window == number, (top, left, top + height, left + width)


def _is_stroke(region: Mask) -> bool:
    """Tell whether a region is nowhere thick."""
    depth = cv2.distanceTransform(np.pad(region, 1).astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(depth.max()) - 1 <= _THICKEST_STROKE * max(region.shape)


def _is_printed(corner: Bytes, region: Mask, box: Box) -> bool:
    """Tell whether a region is of one grey, and all that is 3 px outside of it of another."""
    window, padded = _with_surroundings(corner, region, box)
    inside = cv2.erode(padded, np.ones((3, 3), np.uint8))
    far = cv2.dilate(padded, _square(_HALO_PX)) > cv2.dilate(padded, _square(_HALO_PX - 1))
    step = np.abs(window - np.median(window[padded > 0]))
    is_even = np.mean(step[inside > 0] <= _PLAIN_TOLERANCE) > _EVEN_SHARE if inside.any() else True
    return bool(is_even and np.mean(step[far] > _INK) > _ISOLATED_SHARE)


def _is_written(corner: Bytes, region: Mask, box: Box) -> bool:
    """Tell whether a region has an eye of the grey around it, as a letter, or is a bracket: slender and curved."""
    height, width = region.shape
    if width < _SLENDER * height and _solidity(region) < _CURVED:
        return True
    window, padded = _with_surroundings(corner, region, box)
    _, regions, statistics, _ = cv2.connectedComponentsWithStats(1 - padded, connectivity=4)
    ink, paper = np.median(window[padded > 0]), np.median(window[regions == 1])
    return any(
        abs(np.median(window[regions == number]) - paper) < _EYE_TOLERANCE * abs(ink - paper)
        for number in range(2, len(statistics))
        if statistics[number, cv2.CC_STAT_AREA] > _LEAST_EYE * region.size
    )


def _with_surroundings(corner: Bytes, region: Mask, box: Box) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8]]:
    """Return grey levels and region, both with a margin of 3 px."""
    top, left, bottom, right = box
    margin = 2 * _HALO_PX
    window = np.pad(corner, _HALO_PX, mode="edge")[top : bottom + margin, left : right + margin]
    return window.astype(np.int16), np.pad(region, _HALO_PX).astype(np.uint8)


def _square(reach_px: int) -> npt.NDArray[np.uint8]:
    return np.ones((2 * reach_px + 1,) * 2, np.uint8)


def _solidity(region: Mask) -> float:
    hull = cv2.convexHull(cv2.findNonZero(region.astype(np.uint8)))
    return float(region.sum() / cv2.fillConvexPoly(np.zeros(region.shape, np.uint8), hull, 1).sum())


def _on_one_line(one: Box, other: Box) -> bool:
    """Tell whether two boxes stand beside each other, or are the same."""
    height = max(one[2] - one[0], other[2] - other[0])
    gap = max(one[1] - other[3], other[1] - one[3])
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return gap <= _WIDEST_GAP * height and shared > 0.5 * min(one[2] - one[0], other[2] - other[0])
