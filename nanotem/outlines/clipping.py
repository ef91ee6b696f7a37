"""Pixels that the camera or a later step cut off at the end of the grey scale."""

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask, Pixels

_TIMES_NEIGHBOUR = 4.0
_LEAST_SHARE = 1e-3


def clipped_pixels(pixels: Pixels) -> Mask:
    """Return True where a picture is cut off at its lowest or highest grey level.

    An end counts as cut off if it holds at least a thousandth of the pixels and four times as many as the levels
    beside it: noise would spread them.

    Parameters
    ----------
    pixels
        Shape (rows, columns), as recorded: levelling the background hides what was cut off.

    Examples
    --------
    >>> import numpy as np
    >>> levels = np.random.default_rng(0).normal(200, 30, (100, 100)).clip(0, 255).astype(np.uint8)
    >>> clipped = clipped_pixels(levels)
    >>> bool((clipped == (levels == 255)).all())
    True
    """
    values, counts = _levels(pixels)
    clipped = np.zeros(pixels.shape, bool)
    if len(values) < 3:
        return clipped
    for end, beside in ((0, slice(1, 4)), (-1, slice(-4, -1))):
        if counts[end] >= max(_LEAST_SHARE * pixels.size, _TIMES_NEIGHBOUR * counts[beside].mean()):
            clipped |= pixels == values[end]
    return clipped


def _levels(pixels: Pixels) -> tuple[Pixels, npt.NDArray[np.int64]]:
    """Return the grey levels that occur, in order, and how often each does."""
    if pixels.dtype not in (np.uint8, np.uint16):
        return np.unique(pixels, return_counts=True)
    counts = np.bincount(pixels.ravel())
    values = np.flatnonzero(counts)
    return values.astype(pixels.dtype), counts[values]
