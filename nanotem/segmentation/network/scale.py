"""The working size: the network sees every image at the scale at which its particles have the same diameter."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.labels import areas_px
from nanotem.micrograph import GreyImage, Labels

WORKING_PX = 28.0
"""Typical diameter of the particles in what the network is given."""


def typical_diameter_px(labels: Labels) -> float:
    """Return the median of the area-equivalent diameters, each counted by its length; 0 if there is no particle.

    Counting by length keeps many small satellites from hiding the particles that they sit on.
    """
    return typical_of_areas_px(areas_px(labels))


def typical_of_areas_px(areas: npt.NDArray[np.int64]) -> float:
    """Return `typical_diameter_px` of particles by their areas; what has none does not count."""
    diameters = np.sort(2 * np.sqrt(areas[areas > 0] / np.pi))
    if not len(diameters):
        return 0.0
    upto = np.cumsum(diameters)
    return float(diameters[np.searchsorted(upto, upto[-1] / 2)])


def standardised(image: GreyImage) -> GreyImage:
    """Return the image with mean 0 and standard deviation 1, extreme levels clipped; all zero if it is flat."""
    low, high = np.percentile(image, [0.1, 99.9])
    clipped = np.clip(image, low, high)
    spread = float(clipped.std())
    if spread <= 1e-3:
        return np.zeros(image.shape, np.float32)
    clipped -= clipped.mean()
    return np.divide(clipped, spread, out=clipped)


def resized(image: GreyImage, shape: tuple[int, int]) -> GreyImage:
    """Return the image with other numbers of rows and columns, averaged where it shrinks."""
    shrinks = shape[0] < image.shape[0]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, shape[::-1], interpolation=interpolation), np.float32)
