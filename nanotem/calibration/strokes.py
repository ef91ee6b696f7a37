"""Marks that were printed onto a picture: black or white to the last pixel, with sharp rims."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.calibration.grey import Bytes
from nanotem.calibration.line import Box
from nanotem.micrograph import Mask

_LOWEST_PX = 6
_LEAST_AREA_PX = 8
_LARGEST_SHARE = 0.4
"""Of the shorter side: nothing that is larger is a letter or an arrow."""

_MOST_MARKS = 2000
"""More regions of one grey are grain of a saturated picture: a full page of writing has a thousand letters."""

_PLAIN_TOLERANCE = 12
_STEP = 60
_EVEN_SHARE, _SHARP_SHARE = 0.9, 0.85
_RIM_PX = 3
_LEAST_EYE, _EYE_TOLERANCE = 0.03, 0.4


@dataclass(frozen=True, eq=False)
class Mark:
    """A connected region of one grey.

    Parameters
    ----------
    region
        Its pixels within its box.
    box
        (top, left, bottom, right) in px, half open.
    grey
        Its grey level.
    paper
        The grey level around it.
    """

    region: Mask
    box: Box
    grey: float
    paper: float

    @property
    def height(self) -> int:
        """Rows that it spans."""
        return self.region.shape[0]

    @property
    def width(self) -> int:
        """Columns that it spans."""
        return self.region.shape[1]

    @cached_property
    def stroke_px(self) -> float:
        """Width of the thickest stroke."""
        depth = cv2.distanceTransform(np.pad(self.region, 1).astype(np.uint8), cv2.DIST_L2, 3)
        return 2 * float(depth.max()) - 1

    @cached_property
    def solidity(self) -> float:
        """Share of its convex hull that it fills."""
        hull = cv2.convexHull(cv2.findNonZero(self.region.astype(np.uint8)))
        return float(self.region.sum() / cv2.fillConvexPoly(np.zeros(self.region.shape, np.uint8), hull, 1).sum())


def printed_marks(grey: Bytes, plain: Mask) -> list[Mark]:
    """Return the regions of `plain` that are of one grey, sharp, and neither specks nor as large as the picture.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    plain
        True in the pixels that may be ink.
    """
    n, regions, stats, _ = cv2.connectedComponentsWithStats(plain.astype(np.uint8), connectivity=8)
    height, width, area = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_AREA]
    extent = np.maximum(height, width)
    fits = (extent >= _LOWEST_PX) & (area >= _LEAST_AREA_PX) & (extent <= _LARGEST_SHARE * min(grey.shape))
    fits[0] = False
    numbers = np.flatnonzero(fits)
    if len(numbers) > _MOST_MARKS:
        return []
    return [mark for i in numbers.tolist() if (mark := _mark(grey, regions, i, stats[i].tolist())) is not None]


def _mark(grey: Bytes, regions: npt.NDArray[np.int32], number: int, place: list[int]) -> Mark | None:
    """Return a region if it is of one grey, and nearly all that is 3 px outside of it of another."""
    left, top, width, height, _ = place
    region = regions[top : top + height, left : left + width] == number
    window, padded = with_surroundings(grey, region, (top, left, top + height, left + width))
    ink = float(np.median(window[padded > 0]))
    inside = cv2.erode(padded, np.ones((3, 3), np.uint8)) > 0
    rim = cv2.dilate(padded, _square(_RIM_PX)) > cv2.dilate(padded, _square(_RIM_PX - 1))
    step = np.abs(window - ink)
    is_even = not inside.any() or np.mean(step[inside] <= _PLAIN_TOLERANCE) > _EVEN_SHARE
    if not is_even or np.mean(step[rim] > _STEP) <= _SHARP_SHARE:
        return None
    return Mark(region, (top, left, top + height, left + width), ink, float(np.median(window[rim])))


def has_eye(grey: Bytes, mark: Mark) -> bool:
    """Tell whether a mark encloses something of the grey around it, as a letter does and a hollow particle does not."""
    window, padded = with_surroundings(grey, mark.region, mark.box)
    _, regions, stats, _ = cv2.connectedComponentsWithStats(1 - padded, connectivity=4)
    paper = np.median(window[regions == 1])
    return any(
        abs(np.median(window[regions == number]) - paper) < _EYE_TOLERANCE * abs(mark.grey - paper)
        for number in range(2, len(stats))
        if stats[number, cv2.CC_STAT_AREA] > _LEAST_EYE * mark.region.size
    )


def with_surroundings(grey: Bytes, region: Mask, box: Box) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.uint8]]:
    """Return grey levels and region, both with a margin of 3 px."""
    top, left, bottom, right = box
    rows = np.clip(np.arange(top - _RIM_PX, bottom + _RIM_PX), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(left - _RIM_PX, right + _RIM_PX), 0, grey.shape[1] - 1)
    return grey[np.ix_(rows, columns)].astype(np.int16), np.pad(region, _RIM_PX).astype(np.uint8)


def _square(reach_px: int) -> npt.NDArray[np.uint8]:
    return np.ones((2 * reach_px + 1,) * 2, np.uint8)
