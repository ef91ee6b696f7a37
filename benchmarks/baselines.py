"""What nanotem is compared with: the recipe of the project it grew out of, and plain scikit-image."""

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import distance_transform_edt
from skimage import feature, filters, measure, segmentation

from nanotem.micrograph import GreyImage, Labels, Mask

Bytes = npt.NDArray[np.uint8]
Polarity = Literal["dark", "bright"]

_CLIP_PERCENT = 1.0
_SURE_SHARE = 0.4
_SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)

_SIGMA_PX = 1.0
_MIN_DISTANCE_PX = 10
_PROPERTIES = (
    *("label", "centroid", "area", "equivalent_diameter_area", "feret_diameter_max"),
    *("axis_major_length", "axis_minor_length", "perimeter", "solidity", "extent", "orientation"),
    *("intensity_mean", "bbox"),
)
"""The columns of nanotem's particle table that `regionprops_table` has."""


def origin_labels(grey: Bytes, *, polarity: Polarity) -> Labels:
    """Label particles as the origin project's report describes it, with its default parameters.

    Non-local means twice, clipped-histogram contrast, blur, sharpening, Otsu, opening and closing; then a watershed of
    the distance map, which is divided by its maximum in each connected region, from where it is above 0.4.
    """
    for _ in range(2):
        grey = np.asarray(cv2.fastNlMeansDenoising(grey, h=10, templateWindowSize=7, searchWindowSize=21), np.uint8)
    grey = np.asarray(cv2.GaussianBlur(_stretched(grey), (7, 7), 0), np.uint8)
    grey = np.asarray(cv2.filter2D(grey, -1, _SHARPEN), np.uint8)
    side = cv2.THRESH_BINARY_INV if polarity == "dark" else cv2.THRESH_BINARY
    _, binary = cv2.threshold(grey, 0, 255, side + cv2.THRESH_OTSU)
    kernel = np.ones((3, 3), np.uint8)
    binary = cv2.morphologyEx(cv2.morphologyEx(binary, cv2.MORPH_OPEN, kernel), cv2.MORPH_CLOSE, kernel)
    mask = np.asarray(binary, bool)
    height = _normalised_distance(mask)
    _, seeds = cv2.connectedComponents((height > _SURE_SHARE).astype(np.uint8))
    return np.asarray(segmentation.watershed(-height, seeds, mask=mask), np.int32)


def origin_areas(labels: Labels) -> list[int]:
    """Count the pixels of every particle, each with a mask of the whole image."""
    return [int(np.count_nonzero(labels == label)) for label in range(1, int(labels.max()) + 1)]


def _stretched(grey: Bytes) -> Bytes:
    """Stretch the histogram, half of the clipped share lost at each end."""
    cumulative = np.cumsum(np.bincount(grey.ravel(), minlength=256)) / grey.size
    low, high = np.searchsorted(cumulative, [_CLIP_PERCENT / 200, 1 - _CLIP_PERCENT / 200])
    alpha = 255 / max(high - low, 1)
    return np.asarray(cv2.convertScaleAbs(grey, alpha=alpha, beta=-low * alpha), np.uint8)


def _normalised_distance(mask: Mask) -> GreyImage:
    """Divide the distance map by its maximum in each region, each with a mask of the whole image."""
    binary = mask.astype(np.uint8)
    distance = np.asarray(cv2.distanceTransform(binary, cv2.DIST_L2, 5), np.float32)
    n_regions, regions = cv2.connectedComponents(binary)
    for region in range(1, n_regions):
        inside = regions == region
        distance[inside] /= distance[inside].max()
    return distance


def plain_labels(grey: Bytes, *, polarity: Polarity) -> Labels:
    """Label particles with scikit-image and SciPy, as their tutorials do: blur, Otsu, distance map, watershed."""
    smooth = filters.gaussian(grey, _SIGMA_PX, preserve_range=True)
    level = filters.threshold_otsu(smooth)
    mask = smooth < level if polarity == "dark" else smooth > level
    distance = distance_transform_edt(mask)
    regions = measure.label(mask)
    peaks = feature.peak_local_max(distance, min_distance=_MIN_DISTANCE_PX, labels=regions, exclude_border=False)
    seeds = np.zeros(mask.shape, np.int32)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return np.asarray(segmentation.watershed(-distance, seeds, mask=mask), np.int32)


def plain_table(labels: Labels, grey: Bytes) -> pd.DataFrame:
    """Measure particles with `regionprops_table`."""
    return pd.DataFrame(measure.regionprops_table(labels, grey, properties=_PROPERTIES))
