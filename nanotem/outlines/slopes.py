"""The slope of the background beside each particle: on an uneven support no single level is that of an edge."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.robust import SD_PER_MEDIAN_DEVIATION

Floats = npt.NDArray[np.float64]

BESIDE_PX = 2.5
"""What is nearer to a label can be the particle's own edge."""

_LEAST_BESIDE = 40
"""Pixels: three independent ones, as many as a plane has unknowns."""

_CORRELATED_PX = 12.0
"""Noise that a blur of 1 px leaves is alike over so many pixels, 4π."""

_CHANCE = 8.0
"""A plane that explains so many times as much as one of its two slopes does by chance is no better than none: 2 % of
level backgrounds show one. A steeper one is reduced by that (James and Stein 1961)."""

_EXPLAINED, _WHOLLY = 0.6, 0.8
"""Share of the background's variance from which on a slope begins to count, and from which on it counts whole: in
crowds what varies is the flanks of neighbours, and an outline is not to jump with the noise."""

_LEAST_ROUND = 0.75
"""How evenly pixels lie around a particle: 1 all around, 0.79 on two thirds of the way, 0.54 on one half."""

_QUICK_PX, _NOISE_PER_DEVIATION = 1.5, SD_PER_MEDIAN_DEVIATION / 0.605
"""A further blur takes 0.605 of white noise that was blurred by 1 px: that tells it from what is uneven. A step of the
support is within a few px, and does not reach the median."""

_APPLIED = 2.0
"""Profiles across an edge end within so many times the reach of a particle."""


def without_slopes(
    image: GreyImage,
    nearest: Labels,
    distance_px: npt.NDArray[np.float32],
    reach_px: npt.NDArray[np.float32],
    hidden: Mask,
) -> Floats:
    """Take the slope of the background beside each particle away from the pixels near it, in place.

    The level beside it stays as it is on average. A slope counts where it is clear, and where it is seen all around:
    the flank of a neighbour would be taken for one.

    Parameters
    ----------
    image
        Grey levels.
    nearest, distance_px
        The nearest label of every pixel and how far it is.
    reach_px
        How far from its nearest label every pixel is at most where it counts as background beside it.
    hidden
        True where there is no sample.

    Returns
    -------
    ndarray
        By label, the standard deviation of the background about the slope that was taken away, beyond noise; 0 where
        none was.
    """
    rows, columns = np.nonzero((distance_px > BESIDE_PX) & (distance_px <= reach_px) & ~hidden)
    slope, middle, left = _slopes(rows, columns, image[rows, columns], nearest[rows, columns], int(nearest.max()) + 1)
    is_sloping = (slope != 0).any(axis=1)
    if not is_sloping.any():
        return left
    quick = np.abs(image - cv2.GaussianBlur(image, (0, 0), _QUICK_PX))[rows, columns]
    noise = _NOISE_PER_DEVIATION * float(np.median(quick))
    rows, columns = np.nonzero(is_sloping[nearest] & (distance_px <= _APPLIED * reach_px))
    owner = nearest[rows, columns]
    away = np.column_stack([rows, columns]) - middle[owner]
    image[rows, columns] -= (slope[owner] * away).sum(axis=1).astype(np.float32)
    return np.sqrt(np.maximum(left**2 - noise**2, 0))


def _slopes(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], grey: GreyImage, owner: Labels, n_labels: int
) -> tuple[Floats, Floats, Floats]:
    """Return slope and middle of the background beside each label, shape (labels, 2), and what it leaves.

    All are 0 where no slope is clear, but the middle.
    """
    count = np.bincount(owner, minlength=n_labels)

    def mean(values: npt.NDArray[Any]) -> Floats:
        return np.bincount(owner, values, n_labels) / np.maximum(count, 1)

    middle = np.column_stack([mean(rows), mean(columns)])
    away = rows - middle[owner, 0], columns - middle[owner, 1]
    above = grey - mean(grey)[owner]
    down, across, both = mean(away[0] ** 2), mean(away[1] ** 2), mean(away[0] * away[1])
    determinant = np.maximum(down * across - both**2, 1e-9)
    is_around = (count >= _LEAST_BESIDE) & (determinant >= _LEAST_ROUND * ((down + across) / 2) ** 2)
    rising, sideways = mean(away[0] * above), mean(away[1] * above)
    slope = np.column_stack([across * rising - both * sideways, down * sideways - both * rising]) / determinant[:, None]
    explained = slope[:, 0] * rising + slope[:, 1] * sideways
    variance = np.maximum(mean(above**2), 1e-12)
    by_chance = _CHANCE * (variance - explained) * _CORRELATED_PX / np.maximum(count, 1)
    counts = np.clip((explained / variance - _EXPLAINED) / (_WHOLLY - _EXPLAINED), 0, 1) * is_around
    kept = counts * np.maximum(1 - by_chance / np.maximum(explained, 1e-12), 0)
    left = np.sqrt(np.maximum(variance - explained, 0)) * (kept > 0)
    return slope * kept[:, None], middle, left
