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

_NEAR_NARROWEST = np.deg2rad(np.arange(-4, 4.1, 0.5))
"""Noise of half a pixel turns the narrowest direction of a square of 20 px by 1.5°; half of a step widens a rod of 3:1
by 0.9 %."""

_CAP_PX = 1.0
"""Noise of an outline that was smoothed with it is about half a pixel. With 0.5 px drawn rods of 20 px at contrast 3
are up to 8 % too wide, with 1 px 5 %; with 2 px hexagons are 5.6 %, with 1 px 5.2 %; discs and squares are alike."""

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
    hulls = [_hull(ring) for ring in rings]
    plain = np.array([_widths(hull) for hull in hulls])
    widths = 2 * plain - np.array([_widths(_hull(soft)) for soft in softer])
    narrow = _narrowest(rings, softer, _ANGLES[plain.argmin(axis=1)])
    return (
        length + np.maximum(length - shorter, 0.0),
        np.maximum(uniform_filter1d(widths, _FERET_WINDOW, mode="wrap").max(axis=1), narrow),
        narrow,
        np.array([abs(float(signed_area(hull))) for hull in hulls]),
    )


def _widths(hull: Polygon) -> Floats:
    """Return the caliper widths along `_DIRECTIONS`."""
    along = hull @ _DIRECTIONS
    return np.asarray(along.max(axis=0) - along.min(axis=0))


def _hull(ring: Polygon) -> Polygon:
    corners = cv2.convexHull(ring.astype(np.float32), returnPoints=False)
    hull: Polygon = ring[corners[:, 0]]
    return hull


def _narrowest(rings: Floats, softer: Floats, angle: Floats) -> Floats:
    """Return the smallest width of each ring, near the angle at which calipers are nearest to each other."""
    near = angle[:, None] + _NEAR_NARROWEST
    across, along = np.stack([np.sin(near), np.cos(near)], axis=1), np.stack([np.cos(near), -np.sin(near)], axis=1)
    centre = rings.mean(axis=1, keepdims=True)
    height, soft, place = (rings - centre) @ across, (softer - centre) @ across, (rings - centre) @ along
    half = (height.max(axis=1) - height.min(axis=1)) / 2
    widths = _reach(height, soft, place, half) + _reach(-height, -soft, place, half)
    return np.asarray(widths.min(axis=1))


def _reach(height: Floats, soft: Floats, place: Floats, half: Floats) -> Floats:
    """Return how far rings reach in directions: noise takes the highest vertex too far, the mean of a side it leaves.

    A parabola is fitted to all that lies within a pixel of the highest vertex. A corner, which is more bent than a
    circle of that width, has no side; there the highest vertex is extrapolated to no rounding.

    Parameters
    ----------
    height, place
        Of the vertices along and across each direction, shape (rings, vertices, directions).
    soft
        Heights of the smoothed rings.
    half
        Half of the widths, shape (rings, directions).
    """
    top = height.max(axis=1)
    below = top[:, None] - height
    is_seen = below <= _CAP_PX
    n_seen = is_seen.sum(axis=1)

    def mean(values: Floats, times: Floats) -> Floats:
        return np.asarray(np.einsum("rvd,rvd->rd", values, times) / n_seen)

    weight = is_seen.astype(np.float64)
    offset = place - mean(weight, place)[:, None]
    once = weight * offset
    twice = once * offset
    spread = np.sqrt(np.maximum(mean(once, offset), 1e-9))
    skew, tails = mean(twice, offset) / spread**3, mean(twice, twice) / spread**4
    drop, slope, square = mean(weight, below), mean(once, below) / spread, mean(twice, below) / spread**2
    # In polynomials that are orthogonal over the vertices: 1, x and x² - skew x - 1.
    bend = np.maximum((square - skew * slope - drop) / np.maximum(tails - skew**2 - 1, 1e-6), 0.0)
    tilt = slope - bend * skew
    vertex = np.where(bend > 0, np.clip(-tilt / np.maximum(2 * bend, 1e-9), -1, 1), 0.0)
    side = top - (drop + tilt * vertex + bend * (vertex**2 - 1))
    bent = 1.5 * spread**2 / _CAP_PX  # radius of a circle of which as much lies within the cap
    is_corner = np.clip(2 - 2 * bent / half, 0, 1)
    return np.asarray(side + is_corner * (2 * top - soft.max(axis=1) - side))
