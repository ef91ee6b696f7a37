"""Size and shape of a particle from the polygons of its outline."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from nanotem.outlines import Polygon
from nanotem.outlines.rings import perimeter, signed_area, smoothed

_ANGLES = np.deg2rad(np.arange(0, 180, 1.0))
_DIRECTIONS = np.stack([np.sin(_ANGLES), np.cos(_ANGLES)])
"""Caliper widths every degree: the largest of a square is met within 0.004 %."""

_FERET_WINDOW = 11
"""Directions over which the largest width is averaged, so that noise does not decide alone: a square loses 0.1 %."""


@dataclass(frozen=True)
class PolygonMeasures:
    """Position, areas and lengths of one particle, in px and px²; second central moments of its area in px²."""

    row_px: float
    column_px: float
    area_px: float
    row_variance: float
    column_variance: float
    covariance: float
    perimeter_px: float
    feret_max_px: float
    feret_min_px: float
    hull_area_px: float


def measure_polygons(rings: Sequence[Polygon], *, rounding_px: float) -> PolygonMeasures:
    """Measure the polygons of one particle.

    Blur and smoothing round corners, and shorten lengths across them in proportion to their scale. Perimeter and
    Feret diameters are therefore taken from the outline as it is and from one smoothed to twice that scale, and
    extrapolated to none.

    Parameters
    ----------
    rings
        Outer ring first, then holes, which run the other way round and take their area away.
    rounding_px
        Scale to which corners are rounded.
    """
    outer = rings[0]
    softer = smoothed(outer[None], scale_px=np.array([np.sqrt(3) * rounding_px]))[0]
    length, shorter = float(perimeter(outer)), float(perimeter(softer))
    hull = _hull(outer)
    across = _across(hull)
    widths = 2 * np.ptp(outer @ _DIRECTIONS, axis=0) - np.ptp(softer @ _DIRECTIONS, axis=0)
    narrow = float((2 * np.ptp(hull @ across, axis=0) - np.ptp(softer @ across, axis=0)).min())
    area, row, column, variances = _moments(rings)
    return PolygonMeasures(
        *(row, column, area, *variances),
        perimeter_px=length + max(length - shorter, 0.0),
        feret_max_px=max(float(uniform_filter1d(widths, _FERET_WINDOW, mode="wrap").max()), narrow),
        feret_min_px=narrow,
        hull_area_px=max(abs(float(signed_area(hull))), area),
    )


def _across(hull: Polygon) -> npt.NDArray[np.float64]:
    """Return the unit normals of a hull's sides, shape (2, sides): the smallest width lies along one of them."""
    side = np.roll(hull, -1, axis=0) - hull
    length = np.hypot(side[:, 0], side[:, 1])
    return np.asarray(np.stack([side[:, 1], -side[:, 0]])[:, length > 0] / length[length > 0])


def _hull(ring: Polygon) -> Polygon:
    corners = cv2.convexHull(ring.astype(np.float32), returnPoints=False)
    hull: Polygon = ring[corners[:, 0]]
    return hull


def _moments(rings: Sequence[Polygon]) -> tuple[float, float, float, tuple[float, float, float]]:
    """Return area, centroid and second central moments (row, column, mixed) by Green's theorem."""
    origin = rings[0].mean(axis=0)
    sums = sum((_integrals(ring - origin) for ring in rings), start=np.zeros(6))
    area = max(float(sums[0]), 1e-9)
    row, column = sums[1] / area, sums[2] / area
    variances = (sums[3] / area - row**2, sums[4] / area - column**2, sums[5] / area - row * column)
    return area, float(origin[0] + row), float(origin[1] + column), tuple(map(float, variances))  # type: ignore[return-value]


def _integrals(ring: Polygon) -> npt.NDArray[np.float64]:
    """Return the integrals of 1, row, column, row², column² and row · column over a ring."""
    row, column = ring.T
    next_row, next_column = np.roll(row, -1), np.roll(column, -1)
    cross = column * next_row - next_column * row
    return np.array(
        [
            cross.sum() / 2,
            (cross * (row + next_row)).sum() / 6,
            (cross * (column + next_column)).sum() / 6,
            (cross * (row**2 + row * next_row + next_row**2)).sum() / 12,
            (cross * (column**2 + column * next_column + next_column**2)).sum() / 12,
            (cross * (column * next_row + 2 * (column * row + next_column * next_row) + next_column * row)).sum() / 24,
        ]
    )
