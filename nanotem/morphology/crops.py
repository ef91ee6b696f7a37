"""Crops of single particles: one function for training, use and explanation."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nanotem.micrograph import Labels, Mask, Pixels
from nanotem.morphology.grey_outline import mask_by_grey_levels

Crops = npt.NDArray[np.float32]
"""Shape (particles, CROP_PX, CROP_PX, 2): contrast to the background, and mask."""

CROP_VERSION = 2
"""Goes up when a crop changes in any way; every model keeps the version that it was trained on."""

CROP_PX = 64

_WINDOW = 1.2
"""Side of the window, in diameters of the smallest circle around the particle."""
_HALO_PX = 4
"""So much of the surroundings is kept, in pixels of the crop: it shows the rim."""
_FULL_CONTRAST_PERCENTILE = 95
_LEAST_BACKGROUND_PX = 20


def crop_particles(pixels: Pixels, labels: Labels, numbers: Sequence[int] | npt.NDArray[np.int64]) -> Crops:
    """Cut particles out of a micrograph, alike whatever their size, polarity and surroundings.

    Parameters
    ----------
    pixels
        The micrograph, not preprocessed.
    labels
        Same shape, 0 background.
    numbers
        Which particles.

    Returns
    -------
    Crops
        Channel 0: grey level minus the level of the background around the particle, with the sign that makes the
        particle positive, divided by its 95th percentile inside; other particles and all that is farther than
        4 px from the particle are 0. Channel 1: the particle's mask as its grey levels show it, see
        `nanotem.morphology.grey_outline`. The window is square, so proportions are kept, and what lies beyond the frame
        is 0. A number that is not in `labels` gives an empty crop.

    Examples
    --------
    >>> labels = np.zeros((9, 9), np.int32); labels[3:6, 3:6] = 7
    >>> crop_particles(200 - 100 * (labels > 0), labels, [7]).shape
    (1, 64, 64, 2)
    """
    boxes = ndimage.find_objects(labels)
    crops = np.zeros((len(numbers), CROP_PX, CROP_PX, 2), np.float32)
    for crop, number in zip(crops, numbers, strict=True):
        if 0 < number <= len(boxes) and (box := boxes[number - 1]) is not None:
            crop[:] = _crop(pixels, labels, int(number), box)
    return crops


def _crop(pixels: Pixels, labels: Labels, number: int, box: tuple[slice, slice]) -> Crops:
    top, left, side = window_around(labels[box] == number, box)
    rows, columns = labels.shape
    inside = slice(max(top, 0), min(top + side, rows)), slice(max(left, 0), min(left + side, columns))
    mask = labels[inside] == number
    contrast = _contrast(_without_offset(pixels[inside]), mask, labels[inside] == 0)
    contrast[~mask & (labels[inside] != 0)] = 0
    window = np.zeros((side, side, 2), np.float32)
    down, across = inside[0].start - top, inside[1].start - left
    window[down : down + mask.shape[0], across : across + mask.shape[1]] = np.dstack([contrast, mask])
    resample = cv2.INTER_AREA if side > CROP_PX else cv2.INTER_LINEAR
    crop = cv2.resize(window, (CROP_PX, CROP_PX), interpolation=resample)
    halo = cv2.dilate((crop[..., 1] > 0.5).astype(np.uint8), np.ones((2 * _HALO_PX + 1,) * 2, np.uint8))
    crop[..., 0] *= halo
    np.clip(crop, -0.5, 1.5, out=crop)
    crop[..., 1] = mask_by_grey_levels(crop[..., 0], crop[..., 1])
    return np.asarray(crop, np.float32)


def _without_offset(pixels: Pixels) -> npt.NDArray[np.float32]:
    """Return grey levels above the lowest: single precision holds no small contrast on a large offset."""
    return (pixels.astype(np.float64) - float(pixels.min())).astype(np.float32)


def window_around(mask: Mask, box: tuple[slice, slice]) -> tuple[int, int, int]:
    """Return top, left and side of the square window around a particle, given its mask in its bounding box."""
    points = np.argwhere(mask)[:, ::-1].astype(np.float32)
    (x, y), radius = cv2.minEnclosingCircle(points)
    side = max(round(_WINDOW * (2 * radius + 1)), 3)
    return round(box[0].start + y - side / 2 + 0.5), round(box[1].start + x - side / 2 + 0.5), side


def background_level(grey: npt.NDArray[np.float32], mask: Mask, background: Mask) -> np.float32:
    """Return the grey level around a particle: of the background, or of all else where there is hardly any."""
    around = background if np.count_nonzero(background) >= _LEAST_BACKGROUND_PX else ~mask
    return np.float32(np.median(grey[around])) if around.any() else np.float32(grey.max())


def _contrast(grey: npt.NDArray[np.float32], mask: Mask, background: Mask) -> npt.NDArray[np.float32]:
    """Return grey levels relative to the background, 1 where the particle differs most."""
    level = background_level(grey, mask, background)
    contrast = level - grey if grey[mask].mean() < level else grey - level
    full = float(np.percentile(contrast[mask], _FULL_CONTRAST_PERCENTILE))
    return contrast / np.float32(full) if full > 0 else np.zeros_like(contrast)
