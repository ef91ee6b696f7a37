"""Closed curves in batches: resampling, smoothing that does not shrink, normals, areas, and curvature at a scale.

A batch of rings is an array of shape (rings, vertices, 2), axes (row, column). Every ring runs so that the particle
lies on the same side, holes included: its area is positive round a particle and negative round a hole, and normals
point out of the particle.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Polygon = npt.NDArray[np.float64]
"""Shape (vertices, 2), the corners of a closed polygon as (row, column); the first is not repeated. The centre of the
first pixel is (0, 0)."""

N_VERTICES = (24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
"""Rings are resampled to one of these, so that those of one number are worked on together."""

_SPACING_PX = 1.5
"""Wanted distance of vertices: finer than any blur."""

_WINDOW = 3.5
"""Standard deviations of a Gaussian window that are looked at: what lies beyond weighs 0.2 %."""

_STEPS_PER_PX = 16
_NEAR = np.stack(np.meshgrid(*(np.arange(-0.8, 0.81, 0.4),) * 2), axis=-1).reshape(-1, 2)


def signed_area(rings: Floats) -> Floats:
    """Return the area of each ring, shape (..., vertices, 2) to (...): negative round a hole."""
    rings = rings - rings[..., :1, :]  # near the origin, where squares of coordinates are small
    after = _after(rings)
    return cast(Floats, (rings[..., 1] * after[..., 0] - after[..., 1] * rings[..., 0]).sum(axis=-1) / 2)


def perimeter(rings: Floats) -> Floats:
    """Return the length of each ring, shape (..., vertices, 2) to (...)."""
    step = _after(rings) - rings
    return cast(Floats, np.hypot(step[..., 0], step[..., 1]).sum(axis=-1))


def _after(rings: Floats) -> Floats:
    return np.concatenate([rings[..., 1:, :], rings[..., :1, :]], axis=-2)


def signed_areas(points: Polygon, starts: npt.NDArray[np.intp]) -> Floats:
    """Return the areas of many rings one after another, shape (vertices, 2), that begin where `starts` says."""
    if not starts.size:
        return np.empty(0)
    sizes = np.diff(starts, append=len(points))
    points = points - np.repeat(points[starts], sizes, axis=0)
    after = np.concatenate([points[1:], points[:1]])
    after[starts - 1] = 0.0  # the last is followed by the first, which is the origin
    return np.add.reduceat(points[:, 1] * after[:, 0] - after[:, 1] * points[:, 0], starts) / 2


_AT_ONCE = 256
"""Rings that are worked on together: the arrays of more do not fit into the cache of a processor."""


def by_size(rings: Sequence[Polygon]) -> Iterator[tuple[npt.NDArray[np.intp], Floats]]:
    """Yield rings with the same number of vertices together, so many at most: which they are, and all in one array."""
    sizes = np.array([len(ring) for ring in rings])
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        for part in np.split(rows, range(_AT_ONCE, rows.size, _AT_ONCE)):
            yield part, np.stack([rings[row] for row in part.tolist()])


def evenly_spaced(rings: Sequence[Polygon], n_vertices: Sequence[int] | None = None) -> list[Polygon]:
    """Return each ring with so many vertices at equal distances along it.

    Parameters
    ----------
    rings
        Any number of vertices each.
    n_vertices
        Of each; where it is left out, one of `N_VERTICES` by the length of the ring.
    """
    if not rings:
        return []
    closed = np.concatenate([part for ring in rings for part in (ring, ring[:1])])
    sizes = np.array([len(ring) + 1 for ring in rings])
    starts = np.cumsum(sizes) - sizes
    step = np.diff(closed, axis=0, prepend=closed[:1])
    side = np.hypot(step[:, 0], step[:, 1])
    side[starts] = 1.0  # rings lie apart from each other along the common axis
    place = np.cumsum(side)
    length = place[starts + sizes - 1] - place[starts]
    enough = np.minimum(np.searchsorted(N_VERTICES, length / _SPACING_PX), len(N_VERTICES) - 1)
    counts = np.array(N_VERTICES)[enough] if n_vertices is None else np.array(n_vertices)
    ends = np.cumsum(counts)
    number = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    at = np.repeat(place[starts], counts) + number * np.repeat(length / counts, counts)
    points = np.stack([np.interp(at, place, closed[:, axis]) for axis in (0, 1)], axis=1)
    return np.split(points, ends[:-1])


def smoothed(rings: Floats, *, scale_px: Floats) -> Floats:
    """Smooth rings without shrinking them.

    Waves shorter than about six times the scale are damped; the mean and the first wave (a circle, an ellipse) pass as
    they are, so that a small disc keeps its size.

    Parameters
    ----------
    rings
        Shape (rings, vertices, 2), at equal distances along each ring.
    scale_px
        How much to smooth each, shape (rings,).
    """
    return _damped(rings, scale_px, lambda square: np.exp(-square))


def smoothed_flat(rings: Floats, *, scale_px: Floats) -> Floats:
    """Smooth rings as `smoothed` does, but leave long waves, and with them straight sides, as they are.

    What a Gaussian takes away is smoothed and given back. Of a wave it leaves 1 - x⁴/8 instead of 1 - x²/2, where x is
    the scale times the wave number; of a noisy outline it leaves 1.7 times the variance that a Gaussian leaves.

    Parameters
    ----------
    rings, scale_px
        See `smoothed`.
    """
    return _damped(rings, scale_px, lambda square: (1 + square) * np.exp(-square))


def _damped(rings: Floats, scale_px: Floats, response: Callable[[Floats], Floats]) -> Floats:
    """Damp the waves of rings; `response` says by how much, from half of the square of scale times wave number."""
    spectrum = np.fft.rfft(rings, axis=1)
    waves = np.maximum(np.arange(spectrum.shape[1]) - 1, 0)
    frequency = 2 * np.pi * waves / np.maximum(perimeter(rings), 1e-9)[:, None]
    keep = response((frequency * scale_px[:, None]) ** 2 / 2)
    return np.asarray(np.fft.irfft(spectrum * keep[..., None], n=rings.shape[1], axis=1))


def normals(rings: Floats) -> Floats:
    """Return the unit normal out of the particle at every vertex."""
    along = np.roll(rings, -1, axis=-2) - np.roll(rings, 1, axis=-2)
    outward = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    return outward / np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-9)[..., None]


def curvature(rings: Floats, *, scale_px: Floats) -> Floats:
    """Return the curvature at every vertex as a Gaussian window sees it, in 1/px: positive where convex.

    Half of a window on a straight edge is inside; a curvature k takes k scale/√(8π) of it away. The share inside is a
    sum over the sides of the polygon near the vertex (divergence theorem), exact but for the few percent by which a
    side differs from a short one.

    Parameters
    ----------
    rings
        Shape (rings, vertices, 2), at equal distances along each ring.
    scale_px
        Standard deviation of the window, shape (rings,).
    """
    n_vertices = rings.shape[1]
    spacing = perimeter(rings) / n_vertices
    n_steps = int(np.clip(np.ceil((_WINDOW * scale_px / spacing).max(initial=0)), 1, n_vertices // 2 - 1))
    variance = (2 * scale_px**2)[:, None]
    here = rings[..., 0], rings[..., 1]  # apart, as sums over an axis of two are slow

    def towards(step: int) -> tuple[Floats, Floats]:
        return np.roll(here[0], -step, axis=1) - here[0], np.roll(here[1], -step, axis=1) - here[1]

    own = np.arctan2(*_turn(towards(1), towards(-1))) % (2 * np.pi)
    for way in (1, -1):
        near = towards(way)
        for step in range(2, n_steps + 2):
            far = towards(way * step)
            cross, along = _turn(near, far)
            # Mean of the squared distance along the side.
            square = (near[0] ** 2 + near[1] ** 2 + (far[0] ** 2 + far[1] ** 2) + along) / 3
            own -= way * np.arctan2(cross, along) * np.exp(-square / variance)
            near = far
    return (0.5 - own / (2 * np.pi)) * np.sqrt(8 * np.pi) / scale_px[:, None]


def _turn(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return sine and cosine, times both lengths, of the angle between directions: positive the way a ring runs."""
    return first[1] * second[0] - first[0] * second[1], first[0] * second[0] + first[1] * second[1]


def inscribed_radius(ring: Polygon) -> float:
    """Return the radius of the largest circle inside a ring, to about a tenth of a pixel."""
    low = np.floor(ring.min(axis=0)) - 1
    shape = (np.ceil(ring.max(axis=0)) - low + 2).astype(int)
    corners = np.round((ring - low)[:, ::-1] * _STEPS_PER_PX).astype(np.int32)
    mask = cv2.fillPoly(np.zeros(shape, np.uint8), [corners], 1, shift=int(np.log2(_STEPS_PER_PX)))
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_3)
    deepest = np.unravel_index(int(depth.argmax()), depth.shape) + low
    middle = (ring + np.roll(ring, -1, axis=0)) / 2
    dense = np.concatenate([ring, middle])
    square = (deepest[0] + _NEAR[:, :1] - dense[:, 0]) ** 2 + (deepest[1] + _NEAR[:, 1:] - dense[:, 1]) ** 2
    return float(np.sqrt(square.min(axis=1).max()))
