"""Size and shape of particles from the polygons of their outlines."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from nanotem.moments import outline_moments
from nanotem.outlines import Outlines, Polygon
from nanotem.outlines.rings import Floats, by_size, perimeter, signed_area, smoothed

_ANGLES = np.deg2rad(np.arange(0, 180, 1.0))
_DIRECTIONS = np.stack([np.sin(_ANGLES), np.cos(_ANGLES)])
"""Caliper widths every degree: the largest of a square is met within 0.004 %."""

_FERET_WINDOW = 11
"""Directions over which the largest width is averaged, so that noise does not decide alone: a square loses 0.1 %."""


@dataclass(frozen=True, eq=False)
class PolygonMeasures:
    """Position, areas and lengths of particles, in px and px²; second central moments in px²; shape (particles,)."""

    row_px: Floats
    column_px: Floats
    area_px: Floats
    row_variance: Floats
    column_variance: Floats
    covariance: Floats
    perimeter_px: Floats
    feret_max_px: Floats
    feret_min_px: Floats
    hull_area_px: Floats

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> "PolygonMeasures":
        return PolygonMeasures(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def measure_outlines(outlines: Outlines, *, before: tuple[Outlines, PolygonMeasures] | None = None) -> PolygonMeasures:
    """Measure the polygons of all particles, in the order of the outlines.

    Parameters
    ----------
    outlines
        Of an image.
    before
        Outlines before corrections with their measures: those that are still the same are not measured again.
    """
    known, measures = (before[0].rings, before[1]) if before else ({}, None)
    row_of = {label: row for row, label in enumerate(known)}
    is_new = np.array([known.get(label) is not rings for label, rings in outlines.rings.items()], bool)
    fresh = measure_polygons(
        [rings for rings, new in zip(outlines.rings.values(), is_new, strict=True) if new],
        rounding_px=outlines.edges["rounding_px"].to_numpy()[is_new],
    )
    if measures is None:
        return fresh
    kept = measures[
        np.array([row_of[label] for label, new in zip(outlines.rings, is_new, strict=True) if not new], int)
    ]
    order = np.argsort(np.concatenate([np.flatnonzero(is_new), np.flatnonzero(~is_new)]))
    names = PolygonMeasures.__dataclass_fields__
    both = (np.concatenate([getattr(fresh, name), getattr(kept, name)]) for name in names)
    return PolygonMeasures(*both)[order]


def measure_polygons(outlines: Sequence[Sequence[Polygon]], *, rounding_px: Floats) -> PolygonMeasures:
    """Measure the polygons of particles.

    Blur and smoothing round corners, and shorten lengths across them in proportion to their scale. Perimeter and
    Feret diameters are therefore taken from the outline as it is and from one smoothed to twice that scale, and
    extrapolated to none.

    Parameters
    ----------
    outlines
        Of each particle the outer ring first, then holes, which run the other way round and take their area away.
    rounding_px
        Scale to which the corners of each are rounded, shape (particles,).
    """
    lengths = np.empty((4, len(outlines)))
    for rows, rings in by_size([outline[0] for outline in outlines]):
        lengths[:, rows] = _lengths(rings, rounding_px[rows])
    area, row, column, row_variance, column_variance, covariance = outline_moments(outlines)
    length, feret_max, feret_min, hull_area = lengths
    return PolygonMeasures(
        *(row, column, area, row_variance, column_variance, covariance, length, feret_max, feret_min),
        hull_area_px=np.maximum(hull_area, area),
    )


def _lengths(rings: Floats, rounding_px: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return perimeter, largest and smallest Feret diameter, and the area of the convex hull."""
    softer = smoothed(rings, scale_px=np.sqrt(3) * rounding_px)
    length, shorter = perimeter(rings), perimeter(softer)
    hulls = [(_hull(ring), _hull(soft)) for ring, soft in zip(rings, softer, strict=True)]
    widths = np.array([2 * _widths(hull, _DIRECTIONS) - _widths(soft, _DIRECTIONS) for hull, soft in hulls])
    narrow = np.array([_narrowest(hull, soft) for hull, soft in hulls])
    return (
        length + np.maximum(length - shorter, 0.0),
        np.maximum(uniform_filter1d(widths, _FERET_WINDOW, mode="wrap").max(axis=1), narrow),
        narrow,
        np.array([abs(float(signed_area(hull))) for hull, _ in hulls]),
    )


def _widths(hull: Polygon, directions: Floats) -> Floats:
    """Return the caliper widths along directions, unit vectors of shape (2, directions)."""
    along = hull @ directions
    return np.asarray(along.max(axis=0) - along.min(axis=0))


def _hull(ring: Polygon) -> Polygon:
    corners = cv2.convexHull(ring.astype(np.float32), returnPoints=False)
    hull: Polygon = ring[corners[:, 0]]
    return hull


def _narrowest(hull: Polygon, softer: Polygon) -> float:
    """Return the smallest width, which lies across one of the sides of a hull."""
    side = np.roll(hull, -1, axis=0) - hull
    length = np.hypot(side[:, 0], side[:, 1])
    across = np.stack([side[:, 1], -side[:, 0]])[:, length > 0] / length[length > 0]
    return float((2 * _widths(hull, across) - _widths(softer, across)).min())
