"""Grey levels of any depth to 0 to 255, without noise, with contrast."""

from typing import NamedTuple

import cv2
import numpy as np
from scipy import ndimage

from nanotem.micrograph import GreyImage, Mask, Pixels
from nanotem.preprocess.levels import sample, spread
from nanotem.preprocess.noise import without_noise
from nanotem.preprocess.params import ContrastParams, DenoiseParams

_SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)


def to_grey(pixels: Pixels) -> GreyImage:
    """Map grey levels of any depth to 0 to 255, keeping fractions; 8-bit images keep their levels."""
    if pixels.dtype == np.uint8:
        return pixels.astype(np.float32)
    lowest = pixels.min()
    levels = (pixels.astype(np.float64) - float(lowest)).astype(np.float32)
    low, high = np.percentile(sample(levels), [0.01, 99.99])
    if high <= low:
        low, high = 0.0, float(levels.max())
    return (levels - np.float32(low)) * np.float32(255 / max(high - low, 1e-12))


class Denoised(NamedTuple):
    """A picture without noise, and the standard deviation of the blur that took it; 1 px for the other filters."""

    grey: GreyImage
    blur_px: float = 1.0


def denoise(grey: GreyImage, params: DenoiseParams, *, ignore: Mask | None = None) -> Denoised:
    """Remove noise with the filter that `params.method` names.

    What is ignored is painted over with the median grey level first, so that it does not bleed into its surroundings.
    """
    if ignore is None:
        ignore = np.zeros(grey.shape, bool)
    grey = _painted_over(grey, ignore)
    if params.method == "gaussian":
        return Denoised(*without_noise(grey, params, ignore))
    if params.method == "median":
        return Denoised(ndimage.median_filter(grey, params.median_size_px))
    if params.method == "nlm":
        return Denoised(_non_local_means(grey, params))
    return Denoised(grey)


def _painted_over(grey: GreyImage, ignore: Mask) -> GreyImage:
    if not ignore.any() or ignore.all():
        return grey
    return np.where(ignore, np.median(sample(grey[~ignore])), grey)


def _non_local_means(grey: GreyImage, params: DenoiseParams) -> GreyImage:
    smoothed = cv2.fastNlMeansDenoising(
        np.clip(np.rint(grey), 0, 255).astype(np.uint8),
        h=params.h,
        templateWindowSize=params.templateWindowSize,
        searchWindowSize=params.searchWindowSize,
    )
    return smoothed.astype(np.float32)


def enhance(flattened: GreyImage, params: ContrastParams, ignore: Mask) -> GreyImage:
    """Stretch contrast (saturating at 0 and 255), then sharpen."""
    image = flattened
    if params.method != "none":
        alpha, beta = params.alpha, params.beta
        if params.method == "automatic":
            alpha, beta = _clipped_histogram(image[~ignore], params.clip_hist_percent)
        image = np.clip(alpha * image + beta, 0, 255).astype(np.float32)
    if params.sharpen:
        image = cv2.filter2D(image, -1, _SHARPEN)
    return image


def _clipped_histogram(levels: GreyImage, clip_hist_percent: float) -> tuple[float, float]:
    """Return alpha and beta that stretch a histogram, half of the clipped share lost at each end."""
    ends = spread(levels, clip_hist_percent / 2, 100 - clip_hist_percent / 2)
    if ends is None:
        return 1.0, 0.0
    alpha = 255 / (ends[1] - ends[0])
    return alpha, -ends[0] * alpha
