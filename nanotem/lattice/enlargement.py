"""By how much a picture was enlarged, and so how large its own pixels are.

Interpolation leaves images of the spectrum around every multiple of 1 / factor per px. At half of that, the Nyquist
limit of the old pixels, the spectrum and its first image are equally strong, and one is a copy of the other: the two
sides of the limit are coherent, in no other picture (spectral correlation; A. C. Gallagher, Detection of linear and
cubic interpolation in JPEG compressed images, CRV 2005, 65, finds the same period, but not which of its multiples).
"""

import cv2
import numpy as np
from scipy import fft

from nanotem.lattice.spectrum import Values
from nanotem.micrograph import Pixels

_ASKED_PX = 1024
"""Side of the square in the middle that is asked: 1 / 1024 per px tells an enlargement by 2 to 0.2 %."""

_LEAST_SIDE_PX = 96
"""Of a smaller square chance is coherent too."""

_LOWEST_PER_PX, _HIGHEST_PER_PX = 0.1, 0.8
"""Between them 1 / factor is looked for. An enlargement by ten leaves nothing to be looked for, and the limit of one by
less than 1.25 is below 2.5 px, where nothing is trusted anyway."""

_BESIDE_PER_PX = 0.02
"""Reach on both sides of the limit: so far an image is about as strong as what it is of."""

_ACROSS_PER_PX = 0.2
"""Reach along the other axis: beyond it little is left of most pictures."""

_LEVELLED_STEPS = 5
"""Over so many steps the power is levelled, so that all frequencies count the same."""

_COHERENT, _OVER_MEDIAN = 0.25, 4.0
"""Least coherence, and over the median of all frequencies. Drawn and published pictures that were not enlarged reach
0.2, and 3 times the median; interpolated ones 0.6 to 1, and 0.3 after a coarse JPEG file."""

_BLOCK_STEPS = 8
"""Width of the blocks of a JPEG file. Of one that was enlarged the limit has neighbours an eighth below and above that
may be as coherent as itself; of the picture's own file all eighths are coherent, the higher the more."""

_MAY_BE_ENLARGED = (2, 4)
"""Eighths that may also be of an enlargement, by 4 and by 2, if they are more coherent than the next; the others, of
8/7, 4/3, 8/5 and 8/3, are rare."""


_AS_COHERENT = 0.5
"""Share of the coherence from which on the alias of a frequency, 1 minus it, may be the true one. Pixels that were
repeated, which leaves images far beyond Nyquist's frequency, reach 0.57 and more, interpolated ones 0.23. The lower of
both is taken, the safe one."""


def enlargement_of(pixels: Pixels) -> float:
    """Return by how much a picture was enlarged along its rows and columns; 1 where nothing is seen of it.

    Parameters
    ----------
    pixels
        Shape (rows, columns).

    Examples
    --------
    >>> small = np.random.default_rng(1).normal(120, 9, (160, 160)).astype(np.float32)
    >>> large = cv2.resize(small, (320, 320), interpolation=cv2.INTER_CUBIC)
    >>> enlargement_of(small), enlargement_of(large)
    (1.0, 2.0)
    """
    side = min(*pixels.shape, _ASKED_PX)
    if side < _LEAST_SIDE_PX:
        return 1.0
    middle = _middle(pixels, side)
    coherence: Values = (_coherence(middle) + _coherence(middle.T)) / np.float32(2)
    per_px = np.arange(side) / side
    asked = (per_px >= _LOWEST_PER_PX) & (per_px <= _HIGHEST_PER_PX)
    least = max(_COHERENT, _OVER_MEDIAN * float(np.median(coherence[asked])))
    coherence = _without_blocks(coherence)
    around = np.maximum.reduce([np.roll(coherence, step) for step in (-1, 0, 1)])
    neighbours = (np.interp(per_px * (1 + sign / _BLOCK_STEPS), per_px, around) for sign in (-1, 1))
    likely = np.where(asked & (coherence >= least), coherence + sum(neighbours) / 2, 0)
    best = int(np.argmax(likely))
    if not likely[best]:
        return 1.0
    if coherence[side - best] >= _AS_COHERENT * coherence[best]:
        best = min(best, side - best)
    return float(1 / per_px[best])


def _without_blocks(coherence: Values) -> Values:
    """Return the coherence with 0 at the eighths that are of the picture's own JPEG file."""
    side, result = len(coherence), coherence.copy()
    places = [
        slice(max(round(side * eighth / _BLOCK_STEPS) - 2, 0), round(side * eighth / _BLOCK_STEPS) + 3)
        for eighth in range(_BLOCK_STEPS)
    ]
    for eighth, place in enumerate(places):
        is_next_higher = place is places[-1] or coherence[place].max() <= coherence[places[eighth + 1]].max()
        if eighth not in _MAY_BE_ENLARGED or is_next_higher:
            result[place] = 0
    return result


def _middle(pixels: Pixels, side: int) -> Values:
    row, column = ((length - side) // 2 for length in pixels.shape)
    return pixels[row : row + side, column : column + side].astype(np.float32)


def _coherence(values: Values) -> Values:
    """Return how coherent both sides of half of every frequency along the columns are, shape (side,)."""
    side = len(values)
    window = np.hanning(side + 2)[1:-1].astype(np.float32)
    spectrum = fft.fft2(np.outer(window, window) * (values - values.mean()))
    power = cv2.blur((spectrum.real**2 + spectrum.imag**2).astype(np.float32), (_LEVELLED_STEPS,) * 2)
    spectrum = spectrum / np.sqrt(np.maximum(power, 1e-9))
    spectrum = spectrum[:, np.abs(np.fft.fftfreq(side)) < _ACROSS_PER_PX]
    reach = max(round(_BESIDE_PER_PX * side), 2)
    beside = np.arange(-reach, reach + 1)
    result = np.zeros(side, np.float32)
    for step in range(int(_LOWEST_PER_PX * side), side):
        above = spectrum[(round(step / 2) + beside) % side]
        below = spectrum[(round(step / 2) - step + beside) % side]
        most = np.sqrt(np.vdot(below, below).real * np.vdot(above, above).real)
        result[step] = abs(np.vdot(below, above)) / most if most else 0.0
    return result
