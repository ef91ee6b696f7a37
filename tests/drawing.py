"""Micrographs drawn with particles whose place, size and number are known."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.outlines.boundaries import boundaries_of


class Particle(NamedTuple):
    """A disc; or, with a length, a rod with round ends.

    `length_px` is the full length of the rod, `angle_deg` turns its axis from the rows towards the columns:
    0 lies along a row, 90 along a column. A centre of (10, 20) is the middle of the pixel [10, 20].
    """

    row: float
    column: float
    diameter_px: float
    length_px: float = 0.0
    angle_deg: float = 0.0


def draw(
    shape: tuple[int, int],
    particles: Sequence[Particle],
    *,
    particle: float = 60.0,
    background: float = 180.0,
) -> tuple[GreyImage, Labels]:
    """Draw particles with anti-aliased edges; return the image and its labels, 1 for the first particle.

    The half-level contour of the image has the diameter that was asked for. A pixel that two particles cover belongs
    to the one that it is deeper inside of.
    """
    depth = np.full(shape, -np.inf, np.float32)
    labels = np.zeros(shape, np.int32)
    for number, one in enumerate(particles, start=1):
        window = _window(one, shape)
        deeper = (its_depth := _depth(one, window)) > depth[window]
        depth[window][deeper] = its_depth[deeper]
        labels[window][deeper & (its_depth > 0)] = number
    coverage = np.clip(depth + 0.5, 0, 1)
    return (background + (particle - background) * coverage).astype(np.float32), labels


def draw_mask(shape: tuple[int, int], particles: Sequence[Particle]) -> Mask:
    """Return True inside the particles."""
    return draw(shape, particles)[1] > 0


def disc_grid(n_rows: int, n_columns: int, *, pitch_px: float, diameter_px: float) -> list[Particle]:
    """Return discs on a square lattice that keeps half a pitch from the frame."""
    return [
        Particle((row + 0.5) * pitch_px, (column + 0.5) * pitch_px, diameter_px)
        for row in range(n_rows)
        for column in range(n_columns)
    ]


def with_noise(image: GreyImage, sd: float, *, seed: int = 0) -> GreyImage:
    """Add normal noise of a standard deviation in grey levels."""
    return image + np.random.default_rng(seed).normal(0, sd, image.shape).astype(np.float32)


def with_gradient(image: GreyImage, rise: float) -> GreyImage:
    """Add a ramp that rises by so many grey levels from the first column to the last."""
    return image + np.linspace(0, rise, image.shape[1], dtype=np.float32)


def _window(one: Particle, shape: tuple[int, int]) -> tuple[slice, slice]:
    reach = max(one.diameter_px, one.length_px) / 2 + 2
    rows, columns = (
        slice(max(int(centre - reach), 0), min(int(centre + reach) + 1, side))
        for centre, side in zip((one.row, one.column), shape, strict=True)
    )
    return rows, columns


def _depth(one: Particle, window: tuple[slice, slice]) -> npt.NDArray[np.float32]:
    """Return how far each pixel of a window is inside the outline (negative outside), in px."""
    row, column = np.mgrid[window].astype(np.float32)
    row, column = row - one.row, column - one.column
    sine, cosine = np.sin(np.radians(one.angle_deg)), np.cos(np.radians(one.angle_deg))
    along, across = row * sine + column * cosine, row * cosine - column * sine
    beyond_axis = np.maximum(np.abs(along) - max(one.length_px - one.diameter_px, 0) / 2, 0)
    return np.asarray(one.diameter_px / 2 - np.hypot(beyond_axis, across), np.float32)


def row_of_discs(*radii_px: float, shape: tuple[int, int], pitch_px: float) -> Labels:
    """Return discs side by side in the middle of a label image, from half a pitch on; one of radius 0 is absent."""
    discs = [
        Particle(shape[0] / 2, (number - 0.5) * pitch_px, 2 * radius_px)
        for number, radius_px in enumerate(radii_px, start=1)
    ]
    return draw(shape, discs)[1]


def film_with_holes(*, seed: int = 5) -> GreyImage:
    """Return a film of 320 x 320 px in a little noise; its ragged holes of all sizes are bright and of one level."""
    rng = np.random.default_rng(seed)
    cloud = cv2.GaussianBlur(rng.normal(size=(320, 320)), (0, 0), 14)
    film = cv2.GaussianBlur((cloud < cloud.std()).astype(float), (0, 0), 1.5)
    return np.asarray(190 - 80 * film + rng.normal(0, 5, film.shape), np.float32)


def outlines_of(labels: Labels) -> dict[int, list[npt.NDArray[np.float64]]]:
    """Return the polygons of every label as drawing programs take them, half-way to the pixels beside it."""
    rings = boundaries_of(np.pad(labels, 1)).rings(0.5)
    outlines: dict[int, list[npt.NDArray[np.float64]]] = {label: [] for label in np.unique(rings.labels).tolist()}
    for number, label in enumerate(rings.labels.tolist()):
        outlines[label].append(rings[number][:, ::-1] - 0.5)
    return outlines
