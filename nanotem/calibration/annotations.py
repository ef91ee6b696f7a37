"""What was written into an image: scale bar, label and info strips."""

from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import Bytes, as_light, eight_bit, with_margin
from nanotem.calibration.line import Box, measure_line
from nanotem.calibration.panel_label import find_panel_labels
from nanotem.calibration.text import find_text
from nanotem.micrograph import Mask, Pixels

_HALO_PX = 2
_MARGIN_PX = 25
_BLACK, _WHITE = 25, 230
_PLAIN_TOLERANCE = 8
_LOWEST_STRIP_PX = 8
_GAP_PX = 10
_LARGEST_STRIP_SHARE = 0.3
_LARGEST_BOX_SHARE = 0.25
_STEP = 20
_STRAIGHT = 0.8


@dataclass(frozen=True, eq=False)
class Annotations:
    """Where the picture is no micrograph.

    Parameters
    ----------
    mask
        Shape of the image, True in the bar, its label (with the box behind it) and info strips.
    frame
        (top, left, bottom, right) in px, half open: what the info strips leave of the image.
    """

    mask: Mask
    frame: Box


def find_annotations(pixels: Pixels, bar: ScaleBar | None) -> Annotations:
    """Find what was written into an image, so that it is not taken for particles.

    Text counts only near the bar and in its grey, and is grown by 2 px to cover the halo that JPEG leaves. An
    info strip is a black or white band along one side of the frame, at most 30 % of it, with a straight edge.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    bar
        The scale bar, if there is one; without it only info strips are sought.
    """
    grey = eight_bit(pixels)
    rows, columns = grey.shape
    top, bottom = _strip_height(grey), rows - _strip_height(grey[::-1])
    left, right = _strip_height(grey.T), columns - _strip_height(grey.T[::-1])
    mask = np.zeros(grey.shape, bool) if bar is None else _bar_and_label(grey, bar)
    mask[top:bottom, left:right] |= find_panel_labels(grey[top:bottom, left:right])
    mask[:top] = mask[bottom:] = mask[:, :left] = mask[:, right:] = True
    return Annotations(mask, (top, left, bottom, right))


def _strip_height(grey: Bytes) -> int:
    """Return the height of the info strip along the first row; 0 if there is none."""
    middle = np.median(grey[: int(_LARGEST_STRIP_SHARE * len(grey))], axis=1)
    busy = (middle > _BLACK) & (middle < _WHITE)
    height = int(np.argmax(np.convolve(busy, np.ones(_GAP_PX), "valid") == _GAP_PX))
    if height < _LOWEST_STRIP_PX:
        return 0
    strip = grey[:height].astype(np.int16)
    even = np.abs(strip - np.int16(np.median(strip))) <= _PLAIN_TOLERANCE
    step = np.abs(strip[-2] - grey[height + 1])
    return height if even.mean() > 0.6 and np.mean(step > _STEP) > 0.7 else 0


def _bar_and_label(grey: Bytes, bar: ScaleBar) -> Mask:
    mask: Bytes = np.zeros(grey.shape, np.uint8)
    top, left, bottom, right = bar.box
    mask[max(top, 0) : bottom, max(left, 0) : right] = 1
    light = with_margin(as_light(grey, bar.polarity), _MARGIN_PX)
    m = _MARGIN_PX
    line = measure_line(light, (top + m, left + m, bottom + m, right + m))
    for character in chain.from_iterable(find_text(light, line) if line else []):
        rows = slice(character.top - m, character.bottom - m)
        columns = slice(character.left - m, character.right - m)
        mask[rows, columns] |= character.mask
    size = 2 * _HALO_PX + 1
    mask = np.asarray(cv2.dilate(mask, np.ones((size, size), np.uint8)), np.uint8)
    box = _plain_box(grey, max(top - 4, 0), (left + right) // 2)
    if box is not None:
        top, left, bottom, right = box
        mask[top:bottom, left:right] = 1
    return mask.astype(bool)


def _plain_box(grey: Bytes, row: int, column: int) -> Box | None:
    """Return the black or white rectangle around a pixel; None if it lies on the image itself."""
    level = int(grey[row, column])
    if _BLACK < level < _WHITE:
        return None
    plain = (np.abs(grey.astype(np.int16) - level) <= _PLAIN_TOLERANCE).astype(np.uint8)
    _, regions, stats, _ = cv2.connectedComponentsWithStats(plain, connectivity=4)
    left, top, width, height, _ = stats[regions[row, column]].tolist()
    if min(width, height) < _LOWEST_STRIP_PX or width * height > _LARGEST_BOX_SHARE * grey.size:
        return None
    plain_box = plain[top : top + height, left : left + width].astype(bool)
    edges = (inside[i] for inside in (plain_box, plain_box.T) for i in (2, -3))
    return (top, left, top + height, left + width) if min(e.mean() for e in edges) > _STRAIGHT else None
