"""Reduced copies, on which what varies slowly is estimated."""

import cv2
import numpy as np

from nanotem.micrograph import GreyImage, Mask


def overview(image: GreyImage, ignore: Mask, *, longest_px: int) -> tuple[GreyImage, Mask]:
    """Return reduced copies of an image and its ignored part; the image itself if it is small enough."""
    scale = longest_px / max(image.shape)
    if scale >= 1:
        return image, ignore
    size = tuple(max(round(side * scale), 1) for side in image.shape[::-1])
    small_ignore = cv2.resize(ignore.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), small_ignore.astype(bool)
