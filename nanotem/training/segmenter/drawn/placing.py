"""Places and outlines of many particles at once: on a lattice, filling the frame, in agglomerates."""

from collections.abc import Iterator
from math import pi, sqrt

import numpy as np
import numpy.typing as npt
from scipy.spatial import Voronoi

from nanotem.training.segmenter.drawn.pieces import Corners, rounded
from nanotem.training.segmenter.drawn.sheet import waves

Places = npt.NDArray[np.float64]
"""Shape (n, 2): row and column."""


def anywhere(n: int, side_px: int, rng: np.random.Generator) -> Places:
    """Return places all over the frame and a little beyond it."""
    return rng.uniform(-0.03, 1.03, (n, 2)) * side_px


def hexagonal(pitch: float, side_px: int, rng: np.random.Generator, *, jitter: float, vacancies: float) -> Places:
    """Return a hexagonal lattice in any direction, `jitter` in shares of the pitch, a share of its places empty."""
    n = int(1.5 * side_px / pitch) + 2
    i, j = np.mgrid[-n : n + 1, -n : n + 1]
    angle = rng.uniform(0, pi)
    lattice = np.column_stack([(i * sqrt(3) / 2).ravel(), (j + i % 2 / 2).ravel()]) * pitch
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    places = lattice @ turn + side_px / 2 + rng.normal(0, jitter * pitch, lattice.shape)
    inside = (places > -pitch / 2).all(axis=1) & (places < side_px + pitch / 2).all(axis=1)
    return places[inside & (rng.random(len(places)) >= vacancies)]


def islands(places: Places, side_px: int, rng: np.random.Generator, *, covered: float) -> Places:
    """Keep the places on islands that cover a share of the frame."""
    level = waves(side_px, side_px * rng.uniform(0.05, 0.2), rng)
    rows, columns = np.clip(places, 0, side_px - 1).astype(int).T
    return places[level[rows, columns] >= np.quantile(level, 1 - covered)]


def cells(
    pitch: float, side_px: int, rng: np.random.Generator, *, jitter: float, gap: float, longer: float = 1.0
) -> Iterator[tuple[Places, Corners]]:
    """Yield centre and outline of the cells of a Voronoi tessellation: particles that fill the frame.

    Parameters
    ----------
    pitch
        Mean distance of the cells, in px.
    side_px
        Rows and columns of the frame.
    rng
        Source of all chance.
    jitter
        How uneven the cells are, in shares of the pitch.
    gap
        Width of the gap between cells, in px.
    longer
        How many times longer than wide the cells are.
    """
    stretch = np.array([1 / sqrt(longer), sqrt(longer)])
    reach = int(1.5 * side_px * sqrt(longer))
    lattice = hexagonal(pitch, reach, rng, jitter=jitter, vacancies=0.0)
    tessellation = Voronoi((lattice - reach / 2) * stretch)
    angle = rng.uniform(0, pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    times = int(rng.integers(0, 3))
    for region in tessellation.point_region:
        numbers = tessellation.regions[region]
        if len(numbers) < 3 or -1 in numbers:
            continue
        corners = tessellation.vertices[numbers] @ turn + side_px / 2
        centre = corners.mean(axis=0)
        if (centre < -pitch).any() or (centre > side_px + pitch).any():
            continue
        around = corners - centre
        nearest = max(float(np.hypot(*around.T).min()), 1e-6)
        shrunk = around * max(1 - gap / 2 / nearest, 0.3)
        if np.abs(shrunk).max() < 3 * pitch * sqrt(longer):
            yield centre, rounded(shrunk, times)


def beside(
    hosts: list[tuple[float, float, float]], radius: float, rng: np.random.Generator, *, overlap: float
) -> tuple[float, float]:
    """Return a place in contact with one of several discs (row, column, radius), so much of both radii closer."""
    row, column, host_radius = hosts[int(rng.integers(len(hosts)))]
    away, towards = (host_radius + radius) * (1 - overlap), rng.uniform(0, 2 * pi)
    return row + away * np.sin(towards), column + away * np.cos(towards)
