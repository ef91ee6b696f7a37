"""Grey levels: samples of them, Otsu's threshold, and the level and noise of the background."""

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.filters import threshold_otsu

from nanotem.micrograph import GreyImage, Mask
from nanotem.robust import SD_PER_MEDIAN_DEVIATION

_SAME_GREY = 1e-3
"""Grey levels that differ by less are equal but for rounding."""

_BINS = 1024
_SAMPLE_SIZE = 1_000_000
_HALO_PX = 3


@dataclass(frozen=True)
class Background:
    """Median level and noise (standard deviation) of the background; nan and 0 where there is none."""

    level: float
    noise: float


def sample(levels: GreyImage) -> GreyImage:
    """Take at most about a million evenly spread levels: enough for any percentile that is asked for."""
    return levels.ravel()[:: max(levels.size // _SAMPLE_SIZE, 1)]


def spread(levels: GreyImage, low_percent: float, high_percent: float) -> tuple[float, float] | None:
    """Return two percentiles, or None if the levels are equal but for rounding."""
    if levels.size == 0:
        return None
    low, high = np.percentile(sample(levels), [low_percent, high_percent])
    return (float(low), float(high)) if high - low > _SAME_GREY else None


def otsu(levels: GreyImage) -> float:
    """Return Otsu's threshold of a set of grey levels; infinite if they are all equal."""
    if levels.size == 0:
        return np.inf
    low, high = float(levels.min()), float(levels.max())
    if high - low < _SAME_GREY:
        return np.inf
    bins = np.clip((levels - low) * (_BINS / (high - low)), 0, _BINS - 1).astype(np.uint16)
    last_below = float(threshold_otsu(hist=np.bincount(bins.ravel(), minlength=_BINS)))
    return low + (last_below + 1) * (high - low) / _BINS


def background_of(levels: GreyImage) -> Background:
    """Return level and noise of a set of background levels.

    The noise is taken from the darker half, which faint bright particles do not reach (median absolute deviation).
    """
    levels = sample(levels)
    if levels.size == 0:
        return Background(np.nan, 0.0)
    level = float(np.median(levels))
    below = levels[levels < level]
    noise = SD_PER_MEDIAN_DEVIATION * float(np.median(level - below)) if below.size else 0.0
    return Background(level, noise)


def background_outside(image: GreyImage, mask: Mask, ignore: Mask) -> Background:
    """Return level and noise of what is neither in or beside a particle nor ignored."""
    window = np.ones((2 * _HALO_PX + 1,) * 2, np.uint8)
    outside = cv2.dilate((mask | ignore).astype(np.uint8), window) == 0
    return background_of(image[outside] if outside.any() else image[~mask])
