"""Marks that were printed onto a picture: black or white to the last pixel, with sharp rims."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.calibration.box import Box, within
from nanotem.calibration.grey import Bytes
from nanotem.micrograph import Mask

_LOWEST_PX = 6
_LEAST_AREA_PX = 8
_LARGEST_SHARE = 0.4
"""Of the shorter side: nothing that is larger is a letter or an arrow."""

_MOST_MARKS = 2000
"""More regions of one grey are grain of a saturated picture: a full page of writing has a thousand letters."""

_PLAIN_TOLERANCE = 12
_LEAST_CONTRAST, _STEP = 35, 0.6
_EVEN_SHARE, _SHARP_SHARE = 0.9, 0.85
_RIM_PX = 3
_LEAST_RIM = 0.4
"""Of the surroundings may so much be other ink: the next letters."""

_LEAST_EYE, _EYE_TOLERANCE = 0.03, 0.4

_MOST_EYES = 8
"""No sign encloses more than five (‰); the grain of a dark particle pierces it a hundred times."""


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
        return stroke_px(self.region)

    @cached_property
    def solidity(self) -> float:
        """Share of its convex hull that it fills."""
        hull = cv2.convexHull(cv2.findNonZero(self.region.astype(np.uint8)))
        return float(self.region.sum() / cv2.fillConvexPoly(np.zeros(self.region.shape, np.uint8), hull, 1).sum())


@dataclass(frozen=True, eq=False)
class Regions:
    """The connected regions of what may be ink: numbered pixels, and (left, top, width, height, area) of each."""

    numbers: npt.NDArray[np.int32]
    stats: npt.NDArray[np.int32]

    @classmethod
    def of(cls, plain: Mask) -> "Regions":
        """Return the numbered regions of `plain`, corners joined."""
        _, numbers, stats, _ = cv2.connectedComponentsWithStats(plain.astype(np.uint8), connectivity=8)
        return cls(np.asarray(numbers, np.int32), np.asarray(stats, np.int32))

    def cut_out(self, number: int) -> tuple[Mask, Box]:
        """Return one region within its box, and the box."""
        left, top, width, height, _ = self.stats[number].tolist()
        box = top, left, top + height, left + width
        return self.numbers[within(box)] == number, box


def printed_marks(grey: Bytes, regions: Regions) -> list[Mark]:
    """Return the regions that are of one grey, sharp, and neither specks nor as large as the picture.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    regions
        What may be ink.
    """
    extent = regions.stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    area = regions.stats[:, cv2.CC_STAT_AREA]
    fits = (extent >= _LOWEST_PX) & (area >= _LEAST_AREA_PX) & (extent <= _LARGEST_SHARE * min(grey.shape))
    fits[0] = False
    numbers = np.flatnonzero(fits)
    if len(numbers) > _MOST_MARKS:
        return []
    return [mark for i in numbers.tolist() if (mark := _mark(grey, regions, i)) is not None]


def stroke_px(region: Mask) -> float:
    """Return the width of the thickest stroke of a region."""
    depth = cv2.distanceTransform(np.pad(region, 1).astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(depth.max()) - 1


def _mark(grey: Bytes, regions: Regions, number: int) -> Mark | None:
    """Return a region if it is of one grey, not pierced by grain, and nearly all 3 px outside of it of another grey."""
    region, box = regions.cut_out(number)
    window, padded = with_surroundings(grey, region, box)
    if cv2.connectedComponents(1 - padded, connectivity=4)[0] - 2 > _MOST_EYES:
        return None
    other_ink, _ = with_surroundings(regions.numbers, region, box)
    ink = float(np.median(window[padded > 0]))
    inside = cv2.erode(padded, np.ones((3, 3), np.uint8)) > 0
    rim = rim_of(padded)
    beyond = rim & (other_ink == 0)
    if beyond.sum() < _LEAST_RIM * rim.sum():
        return None
    step = np.abs(window - ink)
    paper = float(np.median(window[beyond]))
    contrast = abs(paper - ink)
    is_even = not inside.any() or np.mean(step[inside] <= _PLAIN_TOLERANCE) > _EVEN_SHARE
    if not is_even or contrast < _LEAST_CONTRAST or np.mean(step[beyond] > _STEP * contrast) <= _SHARP_SHARE:
        return None
    return Mark(region, box, ink, paper)


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


def with_surroundings(
    picture: npt.NDArray[np.generic], region: Mask, box: Box
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return what a picture shows in a box and the region in it, both with a margin of 3 px."""
    top, left, bottom, right = box
    rows = np.clip(np.arange(top - _RIM_PX, bottom + _RIM_PX), 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(left - _RIM_PX, right + _RIM_PX), 0, picture.shape[1] - 1)
    return picture[np.ix_(rows, columns)].astype(np.int32), np.pad(region, _RIM_PX).astype(np.uint8)


def rim_of(padded: npt.NDArray[np.uint8]) -> Mask:
    """Return the pixels that lie 3 px outside of a region; nearer ones may be blurred."""
    return np.asarray(grown(padded, _RIM_PX) > grown(padded, _RIM_PX - 1))


def grown(region: npt.NDArray[np.uint8], reach_px: int) -> npt.NDArray[np.uint8]:
    """Return a region with all that is no farther from it, in rows and in columns."""
    return np.asarray(cv2.dilate(region, np.ones((2 * reach_px + 1,) * 2, np.uint8)), np.uint8)
