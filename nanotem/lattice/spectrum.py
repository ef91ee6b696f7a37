"""The spectrum of what lies inside one particle: windowed by its own shape, over its background."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.special import gammaincinv

from nanotem.micrograph import Mask, Pixels

Values = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]

LEAST_PERIODS = 5.0
"""Fewer periods inside the window are no lattice: a spot as wide as a fifth of its own frequency cannot be told from
the particle's shape, and its spacing is known to several per cent at best."""

LEAST_SPACING_PX = 2.5
"""Below it a period has too few pixels: blur takes it, and what is left may be the alias of a finer one (Nyquist: 2).
"""

_PADDING = 2
"""Frequencies per resolution cell and axis: a parabola through three of them finds a peak to 0.02 cells."""

_TAPERED = 0.6
"""Share of the distance from the edge to the middle over which the window rises: the narrower, the more do edges of
high contrast leak into the spectrum; at 1 a third of the particle's area is lost."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Power of a particle's spectrum, the half with columns of positive frequency.

    Parameters
    ----------
    power
        Shape (side, side // 2 + 1); rows are shifted, frequency 0 in row `side // 2`.
    noise
        Mean power of the ring that each place lies in, spots left out; of the same shape.
    side
        Length of the transform in px: one step is 1 / side per px.
    variance_px2
        Of the window's places, shape (2, 2), axes (row, column).
    window_sum
        Sum of the window.
    """

    power: Values
    noise: Values
    side: int
    variance_px2: npt.NDArray[np.float64]
    window_sum: float

    @property
    def cell_per_px(self) -> float:
        """Resolution: the reciprocal of the window's mean width."""
        return 1 / float(np.sqrt(12 * np.trace(self.variance_px2) / 2))

    @property
    def coarsest_px(self) -> float:
        """Largest spacing of which the window holds enough periods in any direction."""
        return float(np.sqrt(12 * np.linalg.eigvalsh(self.variance_px2)[-1])) / LEAST_PERIODS

    @property
    def coarsest_everywhere_px(self) -> float:
        """Largest spacing of which the window holds enough periods in every direction."""
        return float(np.sqrt(12 * np.linalg.eigvalsh(self.variance_px2)[0])) / LEAST_PERIODS

    def holds_enough(self, row_per_px: float, column_per_px: float) -> bool:
        """Whether the window is wide enough along a frequency: a rod is not, across."""
        at = np.array([row_per_px, column_per_px])
        return bool(12 * at @ self.variance_px2 @ at >= LEAST_PERIODS**2)

    @property
    def cell_steps(self) -> float:
        """Resolution in steps of the spectrum."""
        return self.cell_per_px * self.side


def window_of(mask: Mask) -> Values:
    """Return 1 in the middle of a particle and a rise from 0 at its edge, of the mask's shape.

    Examples
    --------
    >>> window = window_of(np.ones((9, 9), bool))
    >>> float(window[4, 4]), bool(window[0, 0] < 0.4)
    (1.0, True)
    """
    distance = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    rise = distance / max(_TAPERED * float(distance.max()), 1.0)
    return np.asarray(np.sin(np.pi / 2 * np.minimum(rise, 1)) ** 2, np.float32)


def _variance_px2(window: Values) -> npt.NDArray[np.float64]:
    """Return the variance of the places under a window, shape (2, 2)."""
    weights = window.astype(np.float64) / window.sum(dtype=np.float64)
    rows, columns = (np.arange(side, dtype=np.float64) for side in window.shape)
    down, across = rows - weights.sum(axis=1) @ rows, columns - weights.sum(axis=0) @ columns
    mixed = float(down @ weights @ across)
    pixel = 1 / 12  # a window of one pixel has a width too
    return np.array([[weights.sum(axis=1) @ down**2 + pixel, mixed], [mixed, weights.sum(axis=0) @ across**2 + pixel]])


def spectrum_of(pixels: Pixels, mask: Mask) -> Spectrum:
    """Return the spectrum of what a particle shows inside its outline.

    Parameters
    ----------
    pixels
        Part of the micrograph, shape (rows, columns).
    mask
        Where the particle is, of the same shape.
    """
    window = window_of(mask)
    variance = _variance_px2(window)
    cell = 1 / float(np.sqrt(6 * np.trace(variance)))
    side = fft.next_fast_len(_PADDING * max(mask.shape), real=True)
    values = window * levelled(pixels, mask)
    values -= window * np.float32(values.sum() / window.sum())
    half = fft.rfft2(values, (side, side), overwrite_x=True)
    power = fft.fftshift((half.real**2 + half.imag**2).astype(np.float32), axes=0)
    noise = ring_means(power, side, width=max(round(cell * side), 1))
    return Spectrum(power, noise, side, variance, float(window.sum()))


def levelled(pixels: Pixels, mask: Mask) -> Values:
    """Return what is left of a particle after the mean of its surroundings, which is its thickness; 0 outside.

    Parameters
    ----------
    pixels, mask
        Part of the micrograph with a particle, and where the particle is, shape (rows, columns).
    """
    values = pixels.astype(np.float32)
    sigma_px = float(np.sqrt(6 * np.trace(_variance_px2(window_of(mask))))) / (2 * LEAST_PERIODS)
    step = max(int(sigma_px / 4), 1)
    shape = tuple(-(-side // step) for side in mask.shape)
    inside = cv2.resize(mask.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
    masked = cv2.resize(np.where(mask, values, 0).astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)
    sums, weights = (
        cv2.GaussianBlur(one, (0, 0), sigma_px / step, borderType=cv2.BORDER_CONSTANT) for one in (masked, inside)
    )
    slow = cv2.resize(sums / np.maximum(weights, 1e-6), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(mask, values - slow, 0), np.float32)


@lru_cache(maxsize=32)
def _rings(side: int, width: int) -> tuple[Integers, Integers]:
    """Return the places of the half spectrum by distance, and where each ring ends."""
    rows = np.arange(side)[:, None] - side // 2
    ring = (np.hypot(rows, np.arange(side // 2 + 1)[None]) / width).astype(np.intp).ravel()
    order = np.argsort(ring, kind="stable")
    return order, np.cumsum(np.bincount(ring))


def ring_means(power: Values, side: int, *, width: int, n_averaged: int = 1) -> Values:
    """Return the mean power of noise around each place, from the lower quartile of its ring.

    The spots of a five-fold twin fill half of their ring, which a median would take for noise.

    Parameters
    ----------
    power
        Shape (side, side // 2 + 1), frequency 0 in row `side // 2`.
    side
        Length of the transform.
    width
        Width of a ring in steps: one resolution cell.
    n_averaged
        How many spectra the power is the mean of: that of pure noise is distributed as gamma of this shape.
    """
    order, ends = _rings(side, width)
    flat = power.ravel()[order]
    starts = np.concatenate([[0], ends[:-1]])
    levels = np.array([_quartile(flat[start:end]) for start, end in zip(starts, ends, strict=True)], np.float32)
    noise = np.empty_like(flat)
    noise[order] = np.repeat(levels * np.float32(n_averaged / gammaincinv(n_averaged, 0.25)), ends - starts)
    return noise.reshape(power.shape)


def _quartile(values: Values) -> float:
    """Return the lower quartile."""
    place = len(values) // 4
    return float(np.partition(values, place)[place])
