"""Eight-bit views of a micrograph in which the annotation that is sought is light."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.calibration.bar import Polarity
from nanotem.micrograph import Pixels
from nanotem.preprocess import to_grey

Bytes = npt.NDArray[np.uint8]


def eight_bit(pixels: Pixels) -> Bytes:
    """Return the image in 8 bits, as a person saw it when the bar was burnt in."""
    return np.clip(to_grey(pixels), 0, 255).astype(np.uint8)


def as_light(grey: Bytes, polarity: Polarity) -> Bytes:
    """Return the image inverted if the annotation is dark, so that it is light."""
    return grey if polarity == "light" else np.asarray(cv2.bitwise_not(grey), np.uint8)


def with_margin(light: Bytes, margin: int) -> Bytes:
    """Return the image in a margin of its median grey: what touches the frame gets surroundings there too."""
    return np.pad(light, margin, constant_values=np.uint8(_median(light)))


def _median(light: Bytes) -> int:
    """Return the median of bytes, the lower one of two; from their histogram, as there are millions."""
    counts = np.bincount(light.ravel(), minlength=256)
    return int(np.searchsorted(np.cumsum(counts), (light.size + 1) // 2))
