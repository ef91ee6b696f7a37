"""What repeats outside the particles too: the lines of a scan, blocks of JPEG, a pattern of the camera, the support."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from nanotem.lattice.spectrum import Values, ring_means
from nanotem.micrograph import Mask, Pixels

_TILES_PX = (256, 128, 64)
"""Sides of the tiles that the background is cut into, the largest of which there are enough: large ones are sharp."""

_ENOUGH = 4
"""Tiles; of fewer the mean spectrum is so rough that half of all places stand out somewhere."""

_LEAST_BACKGROUND = 0.7
"""Share of a tile that must be background; with less the edges of what was left out fill the spectrum."""

_STANDS_OUT = 5.0
"""Standard deviations of the mean of the tiles' spectra. The gamma distribution of 4 tiles passes it once in 2000."""

_AS_STRONG = 0.3
"""A pattern outside that has this share of the amplitude inside is the picture's, no crystal's. The noise of the mean
spectrum hides weaker ones."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The mean spectrum of the background.

    Parameters
    ----------
    power, noise
        Mean over the tiles, and of it what is noise; shape (side, side // 2 + 1), frequency 0 in row `side // 2`.
    side
        Side of a tile in px.
    n_tiles
        How many there are; with none nothing is known, and nothing is found outside.
    window_sum
        Sum of the window.
    """

    power: Values
    noise: Values
    side: int
    n_tiles: int
    window_sum: float

    def shows(self, row_per_px: float, column_per_px: float, amplitude: float) -> bool:
        """Whether a pattern is outside the particles too.

        Parameters
        ----------
        row_per_px, column_per_px
            Its frequency.
        amplitude
            Inside, in grey levels.
        """
        if self.n_tiles == 0:
            return False
        sign = -1 if column_per_px < 0 else 1
        row = round(sign * row_per_px * self.side) + self.side // 2
        column = round(sign * column_per_px * self.side)
        near = slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2)
        power, noise = self.power[near], self.noise[near]
        excess = power - noise
        stands_out = excess > _STANDS_OUT / np.sqrt(self.n_tiles) * noise
        outside = 2 * np.sqrt(float(np.max(excess, where=stands_out, initial=0.0))) / self.window_sum
        return bool(outside >= _AS_STRONG * amplitude)


def surroundings_of(pixels: Pixels, background: Mask) -> Surroundings:
    """Return the spectrum of what no particle covers.

    Parameters
    ----------
    pixels
        Shape (rows, columns).
    background
        Where the picture is a micrograph and no particle is, of the same shape.
    """
    for side in _TILES_PX:
        tiles = _tiles(background, side)
        if len(tiles) >= _ENOUGH or (tiles and side == _TILES_PX[-1]):
            return _mean_spectrum(pixels, background, tiles, side)
    nothing = np.zeros((0, 0), np.float32)
    return Surroundings(nothing, nothing, _TILES_PX[-1], 0, 1.0)


def _tiles(background: Mask, side: int) -> list[tuple[slice, slice]]:
    rows, columns = (length // side for length in background.shape)
    whole = background[: rows * side, : columns * side].reshape(rows, side, columns, side)
    enough = np.argwhere(whole.mean(axis=(1, 3)) >= _LEAST_BACKGROUND)
    return [(slice(r * side, (r + 1) * side), slice(c * side, (c + 1) * side)) for r, c in enough]


def _mean_spectrum(pixels: Pixels, background: Mask, tiles: list[tuple[slice, slice]], side: int) -> Surroundings:
    window = np.outer(*[np.hanning(side + 2)[1:-1].astype(np.float32)] * 2)
    total = np.zeros((side, side // 2 + 1), np.float32)
    for tile in tiles:
        inside = background[tile]
        values = pixels[tile].astype(np.float32)
        half = fft.rfft2(window * np.where(inside, values - values[inside].mean(), 0))
        total += half.real**2 + half.imag**2
    power = fft.fftshift(total / len(tiles), axes=0)
    noise = ring_means(power, side, width=2, n_averaged=len(tiles))
    return Surroundings(power, noise, side, len(tiles), float(window.sum()))
