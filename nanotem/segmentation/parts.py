"""Over-segmentation: cut a mask wherever its distance map or its grey levels have a valley."""

import cv2
import numpy as np
from skimage.segmentation import watershed

from nanotem.labels import numbered, regions
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.segmentation.climb import climb
from nanotem.segmentation.seeds import local_maxima


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
    by_distance = climb(distance, local_maxima(distance, min_distance=1), mask)
    if grey is None:
        return by_distance
    inside = np.where(mask, grey, np.float32(-np.inf))
    peaks = cv2.dilate(inside, np.ones((3, 3), np.uint8)) <= inside
    by_grey = climb(grey, regions(mask & peaks), mask)
    pairs = by_distance[mask].astype(np.int64) * (int(by_grey.max()) + 1) + by_grey[mask]
    parts = np.zeros(mask.shape, np.int32)
    parts[mask] = numbered(pairs)[0] + 1
    return parts


def flood(basin: GreyImage, seeds: Labels, mask: Mask) -> Labels:
    """Let seeds grow downhill from the peaks of a map until they meet (watershed)."""
    return np.asarray(watershed(-basin, seeds, mask=mask), np.int32)
