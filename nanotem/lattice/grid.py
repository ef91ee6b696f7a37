"""Whether a picture was enlarged or stored in blocks: its roughness then repeats along rows and columns.

Interpolated pixels are smoother than those between which they lie, and the edges of JPEG blocks rougher than their
middles, so that the mean second difference of every column is a periodic profile (A. C. Gallagher, Detection of linear
and cubic interpolation in JPEG compressed images, CRV 2005, 65). The same periods stand in the spectrum of everything
that has contrast, particles most of all, and look like fringes along rows or columns.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.lattice.spectrum import Values
from nanotem.micrograph import Mask, Pixels

_STANDS_OUT = 20.0
"""Power over the median from which on a frequency of a profile is periodic: pure noise passes it in one or two pictures
of a hundred, which costs spots along rows and columns only. Enlarged pictures reach hundreds."""

_LOWEST_PER_PX = 0.04
"""Below it a profile shows what is in the picture. Blocks are 8 px wide, and an enlargement by more than 20 leaves no
fringes."""

_ENOUGH_LINES = 512
"""Of a larger picture so many are asked: their mean is smooth enough."""

_ENOUGH_BACKGROUND = 0.2
"""Share of the picture from which on its background alone is asked, where no crystal can be."""

_ON_AXIS_CELLS = 1.5
"""How near a spot must be to the direction of rows or columns, in resolution cells of its particle, to be suspect in a
picture with a grid: blocks that were enlarged repeat at eighths of the old pixels, whatever the profile shows."""

_CELLS = 3.0
"""How near a spot must be to be of the grid, in resolution cells of its particle: the image of a smooth particle that
an enlargement leaves there is a ring of that radius."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Frequencies at which the roughness of a picture repeats, per px, along its rows and along its columns."""

    down: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]

    def shows(self, row_per_px: float, column_per_px: float, cell_per_px: float) -> bool:
        """Whether a spot may be of the grid: near one of its frequencies, or in a picture that has any, along its axes.

        Parameters
        ----------
        row_per_px, column_per_px
            Its frequency.
        cell_per_px
            Resolution of the particle's spectrum.
        """
        down, across = abs(row_per_px), abs(column_per_px)
        if self.down.size + self.across.size and min(down, across) <= _ON_AXIS_CELLS * cell_per_px:
            return True
        off = np.append(np.hypot(self.down - down, across), np.hypot(self.across - across, down))
        return bool((off <= _CELLS * cell_per_px).any())


def grid_of(pixels: Pixels, background: Mask) -> Grid:
    """Find the grid of a picture.

    Parameters
    ----------
    pixels
        Shape (rows, columns).
    background
        Where no particle is, of the same shape; where that is little, all of the picture is asked.
    """
    asked = background if background.mean() >= _ENOUGH_BACKGROUND else np.ones_like(background)
    values = pixels.astype(np.float32)
    return Grid(_periods(values.T, asked.T), _periods(values, asked))


def _periods(values: Values, asked: Mask) -> npt.NDArray[np.float64]:
    """Return the frequencies at which the mean second difference of columns repeats."""
    step = max(len(values) // _ENOUGH_LINES, 1)
    values, asked = values[::step], asked[::step]
    second = np.abs(values[:, :-2] - 2 * values[:, 1:-1] + values[:, 2:])
    inside = asked[:, 1:-1]
    second = np.where(inside, np.minimum(second, np.float32(np.percentile(second, 95))), 0)
    profile = second.sum(axis=0, dtype=np.float64) / np.maximum(inside.sum(axis=0), 1)
    if profile.size < 4 / _LOWEST_PER_PX:
        return np.empty(0)
    spectrum = np.abs(np.fft.rfft((profile - profile.mean()) * np.hanning(profile.size))) ** 2
    frequencies = np.fft.rfftfreq(profile.size)
    high = frequencies >= _LOWEST_PER_PX
    return np.asarray(frequencies[high & (spectrum > _STANDS_OUT * max(float(np.median(spectrum[high])), 1e-12))])
