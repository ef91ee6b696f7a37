"""The fringes alone: a particle by the inverse transform of chosen spots, and which lattice is where in it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

from nanotem.errors import ParameterError
from nanotem.lattice.spectrum import Values, levelled
from nanotem.lattice.spots import Spot
from nanotem.micrograph import Mask, Pixels

_CELLS = 2.0
"""Standard deviation of the Gaussian that passes a spot, in resolution cells: wide enough for a particle's edge."""

_PERIODS = 8.0
"""Periods over which a local amplitude is averaged, two standard deviations: fewer follow noise, more blur grains."""

_STRONG = 95
"""Percentile of a local amplitude that stands for where the planes are: their grain, without its brightest places."""


def filtered(pixels: Pixels, mask: Mask, spots: Sequence[Spot]) -> Values:
    """Return the fringes of chosen spots alone, in grey levels around 0.

    Parameters
    ----------
    pixels, mask
        Part of the micrograph with a particle, and where the particle is, shape (rows, columns).
    spots
        Sets of planes; none of them gives nothing.

    Raises
    ------
    ParameterError
        If the shapes differ.
    """
    per_px = _CELLS / np.sqrt(max(int(mask.sum()), 1))
    waves = [_passed(pixels, mask, spot, per_px).real for spot in spots]
    return np.asarray(2 * np.sum(waves, axis=0), np.float32) if waves else np.zeros(mask.shape, np.float32)


def local_amplitude(pixels: Pixels, mask: Mask, spot: Spot) -> Values:
    """Return how strong the fringes of a spot are at each place, in grey levels; shape (rows, columns).

    Parameters
    ----------
    pixels, mask
        As for `filtered`.
    spot
        A set of planes.
    """
    per_px = spot.per_px / (np.pi * _PERIODS / 2)
    return np.asarray(2 * np.abs(_passed(pixels, mask, spot, per_px)), np.float32)


def domains(pixels: Pixels, mask: Mask, spots: Sequence[Spot]) -> npt.NDArray[np.int32]:
    """Return which lattice is strongest at each place: its number inside the particle, 0 outside.

    A lattice is as strong at a place as the weakest of its own planes is there, each by its level where it is strong:
    planes that twins share are strong in both, and decide nothing.

    Parameters
    ----------
    pixels, mask
        As for `filtered`.
    spots
        Of the particle, with the number of their lattice.

    Examples
    --------
    >>> from nanotem.lattice import find_lattices
    >>> from nanotem.synthetic.fringes import Crystal, draw_crystals
    >>> twin = Crystal("Au", (1, 1, 0), 6.0, 90, 90, grains="twin")
    >>> drawn = draw_crystals([twin], shape=(180, 180), nm_per_px=0.04, rng=np.random.default_rng(1))
    >>> found = find_lattices(drawn.pixels, drawn.labels, scale=drawn.micrograph.scale).particles[1]
    >>> where = domains(drawn.pixels, drawn.labels == 1, found.spots)
    >>> upper, lower = where[60, 90], where[120, 90]
    >>> found.n_lattices, bool(upper != lower)
    (2, True)
    """
    numbers = sorted({spot.lattice for spot in spots})
    if not numbers:
        return np.zeros(mask.shape, np.int32)
    strength = []
    for number in numbers:
        own = [spot for spot in spots if spot.lattice == number]
        maps = [local_amplitude(pixels, mask, spot) for spot in own]
        strength.append(np.min([one / max(float(np.percentile(one[mask], _STRONG)), 1e-6) for one in maps], axis=0))
    return np.where(mask, np.array(numbers, np.int32)[np.argmax(strength, axis=0)], 0).astype(np.int32)


def _passed(pixels: Pixels, mask: Mask, spot: Spot, sigma_per_px: float) -> npt.NDArray[np.complex64]:
    """Return the analytic signal of what a Gaussian around a spot passes."""
    if pixels.shape != mask.shape:
        raise ParameterError(
            f"The mask (shape {mask.shape}) must have the shape of the pixels (shape {pixels.shape}).",
            "Pass both of the same part of the micrograph.",
        )
    shape = [fft.next_fast_len(side) for side in mask.shape]
    rows, columns = fft.fftfreq(shape[0])[:, None], fft.fftfreq(shape[1])[None]
    squared = (rows - spot.row_per_px) ** 2 + (columns - spot.column_per_px) ** 2
    passed = np.exp(-squared / (2 * sigma_per_px**2)).astype(np.float32)
    signal = fft.ifft2(fft.fft2(levelled(pixels, mask), shape) * passed)
    return np.asarray(signal[: mask.shape[0], : mask.shape[1]], np.complex64)
