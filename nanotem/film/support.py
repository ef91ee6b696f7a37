"""How far the support moved from one frame to the next, by correlation of what lies between the particles."""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt
from skimage.registration import phase_cross_correlation

from nanotem.micrograph import GreyImage, Mask

Floats = npt.NDArray[np.float64]

_BESIDE_PX = 4
"""So far around particles nothing counts: they move by themselves, and their rim with them."""

_NARROW_PX, _WIDE_PX = 2.0, 8.0
"""Widths of the band of structures that are compared: finer ones are noise, wider ones illumination."""

_UPSAMPLE = 20
"""Shifts are found to a twentieth of a pixel."""

_AGREE_PX = 1.0
"""Quarters of the picture agree if their shifts lie within this of their median; of drawn films with drift up to 2 px
per frame at 100 electrons per pixel all do, and shifts of a support without any grain scatter over tens of pixels."""

_LEAST_AGREEING = 3
"""Of the four quarters: more than half."""


@dataclass(frozen=True)
class Step:
    """How far the support moved.

    Attributes
    ----------
    row_px, column_px
        From the frame before; NaN where it cannot be told.
    uncertainty_px
        Standard uncertainty of each, from how far the quarters of the picture differ.
    """

    row_px: float = float("nan")
    column_px: float = float("nan")
    uncertainty_px: float = float("nan")


def support_of(levelled: GreyImage, particles: Mask, ignored: Mask) -> GreyImage:
    """Return the structures of the support of middle size, 0 under particles and writing."""
    size = 2 * _BESIDE_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    hidden = cv2.dilate((particles | ignored).astype(np.uint8), kernel) > 0
    if hidden.all():
        return np.zeros_like(levelled)
    level = np.float32(np.median(levelled[~hidden]))
    filled = np.where(hidden, level, levelled)
    between = np.where(hidden, np.float32(0), filled - cv2.GaussianBlur(filled, (0, 0), _WIDE_PX))
    return cv2.GaussianBlur(between, (0, 0), _NARROW_PX)


def support_step(before: GreyImage, now: GreyImage) -> Step:
    """Compare two supports, quarter by quarter.

    The correlation is not normalised to phases alone: on drawn films its error is a seventh to a third of that with
    phases, as the fine structures, which are noise, then do not count as much as all others.

    References
    ----------
    M. Guizar-Sicairos, S. T. Thurman, J. R. Fienup, Opt. Lett. 33 (2008) 156: shifts to a fraction of a pixel.
    """
    rows, columns = now.shape
    half = rows // 2, columns // 2
    window = np.outer(np.hanning(half[0]), np.hanning(half[1])).astype(np.float32)
    shifts = []
    for top, left in product((0, rows - half[0]), (0, columns - half[1])):
        part = slice(top, top + half[0]), slice(left, left + half[1])
        if before[part].any() and now[part].any():
            shift, _, _ = phase_cross_correlation(
                now[part] * window, before[part] * window, upsample_factor=_UPSAMPLE, normalization=None
            )
            shifts.append(shift)
    return _agreed(np.array(shifts, dtype=np.float64).reshape(-1, 2))


def _agreed(shifts: Floats) -> Step:
    if len(shifts) < _LEAST_AGREEING:
        return Step()
    away = np.abs(shifts - np.median(shifts, axis=0)).max(axis=1)
    agreeing = shifts[away < _AGREE_PX]
    if len(agreeing) < _LEAST_AGREEING:
        return Step()
    row_px, column_px = agreeing.mean(axis=0).tolist()
    spread = float(np.sqrt(agreeing.var(axis=0, ddof=1).mean() / len(agreeing)))
    return Step(row_px, column_px, spread)
