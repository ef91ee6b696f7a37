"""Move outlines to where each particle's own contrast begins."""

import cv2
import numpy as np
from scipy import ndimage

from nanotem.micrograph import GreyImage, Labels, Mask

_REACH_PX = 3
_NOISE_FACTOR = 2.5
_INTERIOR_PERCENTILE = 75


def refine_outlines(labels: Labels, contrast: GreyImage, *, outline_level: float, noise: float) -> Labels:
    """Draw the outline of every particle at a share of its own contrast.

    One threshold for all draws faint particles too small and dark ones too large. The edge of a flat particle lies at
    half of its contrast; a sphere gets thin towards its edge, which lies near a fifth. An outline moves outwards by at
    most 3 px, and never into a neighbour.

    Parameters
    ----------
    labels
        Label image.
    contrast
        Grey level above the background.
    outline_level
        Share of the contrast of a particle's interior (its third quartile).
    noise
        Standard deviation of the background: no outline is drawn below 2.5 times this.

    Returns
    -------
    Labels
        Same labels, other outlines. A particle that nothing is left of keeps its old one.
    """
    levels = np.full(int(labels.max()) + 1, np.inf, np.float32)
    for label, window in enumerate(ndimage.find_objects(labels), start=1):
        if window is not None:
            inside = contrast[window][labels[window] == label]
            levels[label] = max(
                outline_level * float(np.percentile(inside, _INTERIOR_PERCENTILE)), _NOISE_FACTOR * noise
            )
    grown = _grown(labels)
    refined = np.where(contrast > levels[grown], grown, 0).astype(np.int32)
    lost = np.bincount(refined.ravel(), minlength=len(levels)) == 0
    return np.where(lost[labels], labels, refined)


def _grown(labels: Labels) -> Labels:
    """Let every label grow into the background."""
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _REACH_PX + 1,) * 2)
    around: Mask = labels == 0
    return np.where(around, cv2.dilate(labels.astype(np.float32), window).astype(np.int32), labels)
