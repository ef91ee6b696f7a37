"""Divide the picture into particles and background, faint particles included."""

import numpy as np

from nanotem.labels import areas_px, regions
from nanotem.micrograph import GreyImage, Mask
from nanotem.preprocess.background import local_mean
from nanotem.preprocess.levels import background_of, background_outside, otsu, sample
from nanotem.preprocess.params import CleanParams, ThresholdParams
from nanotem.preprocess.repair import clean

_SIGMAS_PER_BLOCK = 6
_NOISE_SEPARABILITY = 2 / np.pi
"""Otsu divides Gaussian noise in halves, whose means explain this share of its variance."""

_LEAST_CONTRAST = 1.5
"""Steps of one grey level out of 256 are the file's, not the sample's."""

_SAME_SEPARABILITY, _SAME_SHARE = 0.03, 0.1

_FAINT_SHARE = 0.4
_COVERED = 0.5
_LEAST_AREA_PX = 20


def binarise(contrasted: GreyImage, params: ThresholdParams, ignore: Mask) -> tuple[Mask, float]:
    """Return what lies above the threshold, and the threshold (nan if it is local)."""
    if params.method == "local":
        block = max(min(params.block_size_px, min(contrasted.shape) // 2 * 2 - 1), 1)
        mean = local_mean(contrasted, ~ignore, sigma_px=block / _SIGMAS_PER_BLOCK)
        return contrasted > mean + params.offset, np.nan
    level = params.level if params.method == "manual" else _otsu_level(contrasted[~ignore], params)
    return contrasted > level, level


def _otsu_level(levels: GreyImage, params: ThresholdParams) -> float:
    """Return the share of Otsu's level that is asked for, counted from the background."""
    levels = sample(levels)
    middle = otsu(levels)
    background = background_of(levels[levels <= middle])
    if not _LEAST_CONTRAST < middle - background.level < np.inf:
        return np.inf
    if _is_noise_alone(levels, middle):
        noise = background_of(levels)
        return noise.level + params.faint_factor * noise.noise
    return background.level + params.otsu_factor * (middle - background.level)


def _is_noise_alone(levels: GreyImage, middle: float) -> bool:
    """Tell whether a threshold has divided one bell-shaped distribution instead of two classes."""
    above = levels > middle
    share = float(above.mean())
    between = share * (1 - share) * float(levels[above].mean() - levels[~above].mean()) ** 2
    separability = between / float(levels.var())
    return abs(share - 0.5) < _SAME_SHARE and abs(separability - _NOISE_SEPARABILITY) < _SAME_SEPARABILITY


def find_faint(
    mask: Mask, contrasted: GreyImage, level: float, params: ThresholdParams, repairs: CleanParams, ignore: Mask
) -> Mask:
    """Return what stands out from the noise, particles included that are too faint for a level that dark ones set.

    The level is `params.faint_factor` standard deviations of the background above it, but no lower than 0.4 of the
    first level; `mask` itself is returned where that is not below the first level.
    """
    background = background_outside(contrasted, mask, ignore)
    faint_level = background.level + max(
        params.faint_factor * background.noise, _FAINT_SHARE * (level - background.level)
    )
    if not faint_level < level < np.inf:
        return mask
    return clean((contrasted > faint_level) & ~ignore, repairs) & ~ignore


def add_faint(mask: Mask, faint: Mask) -> Mask:
    """Add the faint regions that the mask covers less than half of."""
    found = regions(faint)
    areas = areas_px(found)
    covered = np.bincount(found[mask], minlength=len(areas)) / np.maximum(areas, 1)
    is_new = (covered < _COVERED) & (areas >= _LEAST_AREA_PX)
    return mask | is_new[found]
