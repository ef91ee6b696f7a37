"""From a micrograph to a mask of its particles, keeping the picture of every step."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from skimage.filters import threshold_otsu

from nanotem.micrograph import GreyImage, Mask, Pixels
from nanotem.recipe import (
    BackgroundParams,
    CleanParams,
    ContrastParams,
    DenoiseParams,
    PreprocessParams,
    ThresholdParams,
)

_POLARITY_PX, _BACKGROUND_PX = 512, 256
"""Longest side of the reduced copies on which polarity and background are estimated."""

_SAME_GREY = 1e-3
"""Grey levels that differ by less are equal but for rounding."""

_BINS = 1024
_TINY_HOLE_PX = 12
_LEAST_BACKGROUND = 0.01
_CONVEX = 0.9

_SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)


@dataclass(frozen=True, eq=False)
class PreprocessStages:
    """The picture after every step, all of the shape of the micrograph.

    Attributes
    ----------
    grey, denoised
        Grey levels 0 to 255 as recorded.
    bright
        `denoised`, inverted if particles are dark: from here on particles are bright.
    flattened, contrasted
        After the background has been levelled, and after contrast and sharpening.
    binary, mask
        After the threshold, and after the repairs: True in particles.
    polarity
        What was given or found.
    level
        The threshold on the scale of `contrasted`; nan if it varies over the image, infinite if nothing stands out.
    """

    grey: GreyImage
    denoised: GreyImage
    bright: GreyImage
    flattened: GreyImage
    contrasted: GreyImage
    binary: Mask
    mask: Mask
    polarity: Literal["dark", "bright"]
    level: float


def preprocess(
    pixels: Pixels,
    params: PreprocessParams,
    *,
    ignore: Mask | None = None,
    denoised: GreyImage | None = None,
) -> PreprocessStages:
    """Run every step in order.

    Parameters
    ----------
    pixels
        Grey image of any depth, shape (rows, columns), finite.
    params
        One group of parameters per step.
    ignore
        True where the picture is no micrograph (scale bar, its text, info strips): never a particle, and left out
        of every estimate.
    denoised
        Result of `denoise` for the same pixels and parameters, if it is already there: the only slow step.

    Returns
    -------
    PreprocessStages
        The mask is empty if nothing stands out.
    """
    grey = to_grey(pixels)
    if ignore is None:
        ignore = np.zeros(grey.shape, bool)
    if denoised is None:
        denoised = denoise(grey, params.denoise)
    polarity = (
        find_polarity(denoised, ignore) if params.background.polarity == "automatic" else params.background.polarity
    )
    bright = 255 - denoised if polarity == "dark" else denoised
    flattened = flatten(bright, params.background, ignore)
    contrasted = enhance(flattened, params.contrast, ignore)
    binary, level = binarise(contrasted, params.threshold, ignore)
    mask = clean(binary, params.clean)
    return PreprocessStages(grey, denoised, bright, flattened, contrasted, binary, mask & ~ignore, polarity, level)


def to_grey(pixels: Pixels) -> GreyImage:
    """Map grey levels of any depth to 0 to 255, keeping fractions; 8-bit images keep their levels."""
    grey = pixels.astype(np.float32)
    if pixels.dtype == np.uint8:
        return grey
    low, high = np.percentile(_sample(grey), [0.01, 99.99])
    if high <= low:
        low, high = float(grey.min()), float(grey.max())
    return (grey - np.float32(low)) * np.float32(255 / max(high - low, 1e-12))


def denoise(grey: GreyImage, params: DenoiseParams) -> GreyImage:
    """Remove noise with the filter that `params.method` names."""
    if params.method == "gaussian":
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), params.sigma_px))
    if params.method == "median":
        return np.asarray(ndimage.median_filter(grey, params.median_size_px))
    if params.method == "nlm":
        return _non_local_means(grey, params)
    return grey


def _non_local_means(grey: GreyImage, params: DenoiseParams) -> GreyImage:
    smoothed = cv2.fastNlMeansDenoising(
        np.clip(np.rint(grey), 0, 255).astype(np.uint8),
        h=params.h,
        templateWindowSize=params.templateWindowSize,
        searchWindowSize=params.searchWindowSize,
    )
    return smoothed.astype(np.float32)


def find_polarity(grey: GreyImage, ignore: Mask) -> Literal["dark", "bright"]:
    """Tell whether particles are dark or bright: background hangs together and reaches the frame.

    Each side of Otsu's threshold is given the share of its area that lies in its largest region, and its share of the
    frame. On 366 published micrographs of all kinds the sum was right for 89 %, on their 53 metal particles for 98 %.
    """
    small, small_ignore = _overview(cv2.GaussianBlur(grey, (0, 0), 2), ignore, longest_px=_POLARITY_PX)
    bright = small > _otsu(small[~small_ignore])
    frame = np.ones(small.shape, bool)
    frame[8:-8, 8:-8] = False
    on_frame = bright[frame & ~small_ignore]
    bright_share = float(on_frame.mean()) if on_frame.size else 0.5
    score = _cohesion(bright & ~small_ignore) - _cohesion(~bright & ~small_ignore) + 2 * (bright_share - 0.5)
    return "dark" if score > 0 else "bright"


def _cohesion(phase: Mask) -> float:
    """Share of a phase's area that lies in its largest 4-connected region, specks not counted."""
    opened = cv2.morphologyEx(phase.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return float(areas.max() / areas.sum()) if areas.size else 0.0


def flatten(bright: GreyImage, params: BackgroundParams, ignore: Mask) -> GreyImage:
    """Subtract a smooth background and put its mean back."""
    if not params.flatten:
        return bright
    background = estimate_background(bright, params.flatten_size, ignore)
    return bright - background + background.mean()


def estimate_background(bright: GreyImage, size: float, ignore: Mask) -> GreyImage:
    """Estimate the background under bright particles.

    The pixels that are not particles are averaged with a Gaussian window and the averages fill the particles in
    (normalised convolution); particles are what Otsu's threshold finds above the background of the round before.

    Parameters
    ----------
    bright
        Grey image with bright particles.
    size
        Standard deviation of the window as a share of the longer side.
    ignore
        True where the picture is no micrograph.
    """
    small, small_ignore = _overview(bright, ignore, longest_px=_BACKGROUND_PX)
    sigma_px = max(size * max(small.shape), 1.0)
    valid = ~small_ignore
    particles = small > _otsu(small[valid])
    for _ in range(3):
        weight = (valid & ~cv2.dilate(particles.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)).astype(
            np.float32
        )
        if weight.mean() < _LEAST_BACKGROUND:
            return np.full_like(bright, np.percentile(small[valid], 1) if valid.any() else 0)
        background: GreyImage = _blur(small * weight, sigma_px) / np.maximum(_blur(weight, sigma_px), np.float32(1e-6))
        above = small - background
        particles = above > _otsu(above[valid])
    return np.asarray(cv2.resize(background, bright.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _blur(image: GreyImage, sigma_px: float) -> GreyImage:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT))


def enhance(flattened: GreyImage, params: ContrastParams, ignore: Mask) -> GreyImage:
    """Stretch contrast (saturating at 0 and 255), then sharpen."""
    image = flattened
    if params.method != "none":
        alpha, beta = params.alpha, params.beta
        if params.method == "automatic":
            alpha, beta = _clipped_histogram(image[~ignore], params.clip_hist_percent)
        image = np.clip(alpha * image + beta, 0, 255).astype(np.float32)
    if params.sharpen:
        image = np.asarray(cv2.filter2D(image, -1, _SHARPEN))
    return image


def _clipped_histogram(levels: GreyImage, clip_hist_percent: float) -> tuple[float, float]:
    """Return alpha and beta that stretch a histogram, half of the clipped share lost at each end."""
    if levels.size == 0:
        return 1.0, 0.0
    low, high = np.percentile(_sample(levels), [clip_hist_percent / 2, 100 - clip_hist_percent / 2])
    alpha = 255 / (high - low) if high - low > _SAME_GREY else 1.0
    return float(alpha), float(-low * alpha)


def binarise(contrasted: GreyImage, params: ThresholdParams, ignore: Mask) -> tuple[Mask, float]:
    """Return what lies above the threshold, and the threshold (nan if it is local)."""
    if params.method == "local":
        block = max(min(params.block_size_px, min(contrasted.shape) // 2 * 2 - 1), 1)
        sample = (~ignore).astype(np.float32)
        mean = _blur(contrasted * sample, block / 6) / np.maximum(_blur(sample, block / 6), np.float32(1e-6))
        return contrasted > mean + params.offset, np.nan
    if params.method == "manual":
        return contrasted > params.level, params.level
    levels = _sample(contrasted[~ignore])
    otsu = _otsu(levels)
    background = levels[levels <= otsu]
    base = float(np.median(background)) if background.size else otsu
    level = base + params.otsu_factor * (otsu - base)
    return contrasted > level, level


def clean(binary: Mask, params: CleanParams) -> Mask:
    """Open, close, fill holes and clear the border, in this order."""
    mask = binary.astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (params.kernel_size,) * 2)
    if params.open_iter:
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel, iterations=params.open_iter)
    if params.close_iter:
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel, iterations=params.close_iter)
    if params.fill_holes:
        mask = _fill_holes(mask)
    if params.clear_border:
        mask = _without_border_regions(mask)
    return np.asarray(mask, bool)


def _fill_holes(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Fill the holes that are convex, or of a few pixels; gaps enclosed by touching particles curve inwards.

    On 53 published micrographs this raised the mean F1 from 0.71 (all holes filled) and 0.73 (none) to 0.74.
    """
    _, regions, statistics, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    is_hole = np.ones(len(statistics), bool)
    is_hole[_on_frame(regions)] = False
    filled = np.zeros(len(statistics), np.uint8)
    filled[0] = 1
    for number in np.flatnonzero(is_hole[1:]) + 1:
        left, top, width, height, area = statistics[number]
        if area > _TINY_HOLE_PX:
            hole = (regions[top : top + height, left : left + width] == number).astype(np.uint8)
            hull = cv2.fillConvexPoly(np.zeros_like(hole), cv2.convexHull(cv2.findNonZero(hole)), 1)
            filled[number] = area > _CONVEX * hull.sum()
        else:
            filled[number] = 1
    return filled[regions]


def _without_border_regions(mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    _, regions = cv2.connectedComponents(mask, connectivity=8)
    kept = np.ones(int(regions.max()) + 1, np.uint8)
    kept[_on_frame(regions)] = 0
    kept[0] = 0
    return kept[regions]


def _on_frame(regions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the numbers of the regions that touch the image frame."""
    return np.unique(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))


def _otsu(levels: GreyImage) -> float:
    """Otsu's threshold of a set of grey levels; infinite if they are all equal."""
    if levels.size == 0:
        return np.inf
    low, high = float(levels.min()), float(levels.max())
    if high - low < _SAME_GREY:
        return np.inf
    bins = np.clip((levels - low) * (_BINS / (high - low)), 0, _BINS - 1).astype(np.uint16)
    return low + float(threshold_otsu(hist=np.bincount(bins.ravel(), minlength=_BINS))) * (high - low) / _BINS


def _sample(levels: GreyImage) -> GreyImage:
    """Take at most about a million evenly spread levels: enough for any percentile that is asked for."""
    return levels.ravel()[:: max(levels.size // 1_000_000, 1)]


def _overview(image: GreyImage, ignore: Mask, *, longest_px: int) -> tuple[GreyImage, Mask]:
    """Return reduced copies of an image and its ignored part."""
    scale = longest_px / max(image.shape)
    if scale >= 1:
        return image, ignore
    size = tuple(max(round(side * scale), 1) for side in image.shape[::-1])
    small_ignore = cv2.resize(ignore.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), small_ignore.astype(bool)
