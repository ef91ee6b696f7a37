"""Over-segmentation: cut a mask wherever its distance map or its grey levels have a valley."""

import cv2
import numpy as np
from skimage.segmentation import watershed

from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.segmentation.seeds import label_regions, local_maxima


def over_segment(mask: Mask, distance: GreyImage, *, grey: GreyImage | None = None) -> Labels:
    """Return parts that are smaller than particles: every part is in one particle, most particles hold several.

    Parameters
    ----------
    mask
        True in particles.
    distance
        Distance map of the mask.
    grey
        Smoothed grey levels, particles bright; None cuts by the distance alone.
    """
    by_distance = flood(distance, local_maxima(distance, min_distance=1), mask)
    if grey is None:
        return by_distance
    peaks = cv2.dilate(grey, np.ones((3, 3), np.uint8)) <= grey
    by_grey = flood(grey, label_regions(mask & peaks), mask)
    pairs = by_distance.astype(np.int64) * (int(by_grey.max()) + 1) + by_grey
    _, parts = np.unique(np.where(mask, pairs, 0), return_inverse=True)
    if mask.all():
        parts += 1
    return parts.reshape(mask.shape).astype(np.int32)


def flood(basin: GreyImage, seeds: Labels, mask: Mask) -> Labels:
    """Let seeds grow downhill from the peaks of a map until they meet (watershed)."""
    return np.asarray(watershed(-basin, seeds, mask=mask), np.int32)
