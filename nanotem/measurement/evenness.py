"""How alike the grey levels of particles are: metal differs in thickness and in how it diffracts, holes do not."""

import cv2
import numpy as np

from nanotem.micrograph import GreyImage, Labels
from nanotem.robust import robust_sd

_CORE_PX = 3.0
"""Farther from the edge than this, a blur of 1.5 px leaves 2 % of the step."""

_LEAST_N = 3


def spread_of_levels(image: GreyImage, labels: Labels) -> float:
    """Return the spread of the particles' grey levels among each other, divided by their contrast.

    Parameters
    ----------
    image
        Grey levels with an even background.
    labels
        One number per particle, 0 background.

    Returns
    -------
    float
        Standard deviation by the median deviation; NaN where fewer than three have a core.

    Examples
    --------
    >>> image, labels = np.zeros((20, 60), np.float32), np.zeros((20, 60), np.int32)
    >>> for number, level in enumerate((98, 100, 102), start=1):
    ...     image[4:16, 20 * number - 16 : 20 * number - 4] = level
    ...     labels[4:16, 20 * number - 16 : 20 * number - 4] = number
    >>> round(spread_of_levels(image, labels), 3)
    0.03
    """
    depth = cv2.distanceTransform((labels > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    core = depth > _CORE_PX
    n_px = np.bincount(labels[core])
    sums = np.bincount(labels[core], image[core])
    levels = sums[n_px > 0] / n_px[n_px > 0]
    if len(levels) < _LEAST_N:
        return float("nan")
    middle = np.median(levels)
    contrast = abs(middle - np.median(image[labels == 0])) if (labels == 0).any() else 0.0
    return robust_sd(levels) / float(contrast) if contrast else float("nan")
