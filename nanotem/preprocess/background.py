"""Which side of the grey scale is the background's, and how it varies over the image."""

from typing import Literal

import cv2
import numpy as np

from nanotem.micrograph import GreyImage, Mask
from nanotem.preprocess.levels import otsu
from nanotem.preprocess.overview import overview
from nanotem.preprocess.params import BackgroundParams

_POLARITY_PX, _BACKGROUND_PX = 512, 256
"""Longest side of the reduced copies on which polarity and background are estimated."""

_FRAME_PX = 8
_SLOW = 0.15
_LEAST_BACKGROUND = 0.01
_N_ROUNDS = 5

_FINE = 16.0
"""Standard deviation of a window in pixels: with so many, means of micrographs stay within 0.4 % of their range."""


def find_polarity(grey: GreyImage, ignore: Mask) -> Literal["dark", "bright"]:
    """Tell whether particles are dark or bright: background hangs together and reaches the frame.

    The image is freed of its slow changes, then each side of Otsu's threshold is given the share of its area that lies
    in its largest region, and its share of the frame. The sum was right for 51 of 53 published micrographs of metal
    particles, and for 87 % of 157 of all kinds (84 % without the first step).
    """
    small, small_ignore = overview(cv2.GaussianBlur(grey, (0, 0), 2), ignore, longest_px=_POLARITY_PX)
    small = small - local_mean(small, ~small_ignore, sigma_px=_SLOW * max(small.shape))
    bright = small > otsu(small[~small_ignore])
    frame = np.ones(small.shape, bool)
    frame[_FRAME_PX:-_FRAME_PX, _FRAME_PX:-_FRAME_PX] = False
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

    A surface of second order is fitted to the pixels that are not particles; what it leaves of them is averaged with a
    Gaussian window, and the averages fill the particles in (normalised convolution). Particles are what Otsu's
    threshold finds above the background of the round before.

    Parameters
    ----------
    bright
        Grey image with bright particles.
    size
        Standard deviation of the window as a share of the longer side.
    ignore
        True where the picture is no micrograph.
    """
    small, small_ignore = overview(bright, ignore, longest_px=_BACKGROUND_PX)
    sigma_px = max(size * max(small.shape), 1.0)
    valid = ~small_ignore
    particles = small > otsu(small[valid])
    for _ in range(_N_ROUNDS):
        beside = cv2.dilate(particles.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        if (valid & ~beside).mean() < _LEAST_BACKGROUND:
            return np.full_like(bright, np.float32(np.percentile(small[valid], 1) if valid.any() else 0))
        bowl = _bowl(small, valid & ~beside)
        background = bowl + local_mean(small - bowl, valid & ~beside, sigma_px=sigma_px)
        above = small - background
        particles = above > otsu(above[valid])
    return cv2.resize(background, bright.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _bowl(image: GreyImage, counted: Mask) -> GreyImage:
    """Return the surface of second order through what is counted: a mean alone is wrong at the edge of a ramp."""
    height, width = image.shape
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(down), down, across, down**2, down * across, across**2], axis=-1)
    rows = terms[counted].astype(np.float64)  # squares of single precision would tilt a level image
    factors, *_ = np.linalg.lstsq(rows.T @ rows, rows.T @ image[counted], rcond=None)
    return np.asarray(terms @ factors, np.float32)


def local_mean(image: GreyImage, counted: Mask, *, sigma_px: float) -> GreyImage:
    """Return the Gaussian-weighted mean round each pixel of what is counted (normalised convolution)."""
    weight = counted.astype(np.float32)
    mean = _blur(image * weight, sigma_px) / np.maximum(_blur(weight, sigma_px), np.float32(1e-6))
    return np.asarray(cv2.resize(mean, image.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _blur(image: GreyImage, sigma_px: float) -> GreyImage:
    """Blur on a copy that is reduced as far as the window allows: time grows with its width."""
    factor = max(sigma_px / _FINE, 1.0)
    size = tuple(max(round(side / factor), 1) for side in image.shape[::-1])
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), sigma_px / factor, borderType=cv2.BORDER_REFLECT)
