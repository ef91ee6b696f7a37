"""What was written into an image: scale bars, labels, letters, arrows and info strips."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.box import Box, moved, within
from nanotem.calibration.grey import Bytes, as_light, eight_bit, with_margin
from nanotem.calibration.line import measure_line
from nanotem.calibration.read_scale import ScaleReading
from nanotem.calibration.strokes import grown
from nanotem.calibration.text import find_text
from nanotem.calibration.writing import HALO_PX, find_writing, plain_box
from nanotem.micrograph import Mask, Pixels

_MARGIN_PX = 25
_BLACK, _WHITE = 25, 230
"""The median of a row of an info strip is no farther from 0 and 255."""

_LOWEST_STRIP_PX, _LARGEST_STRIP_SHARE = 8, 0.3
_GAP_PX = 10
"""So many other rows in a row are the picture; fewer are a line of writing in the strip."""

_PLAIN_TOLERANCE, _PLAIN_SHARE = 8, 0.6
"""Grey levels around that of the paper, and how much of a strip has these: the rest is written on."""

_STEP, _STRAIGHT_SHARE = 20, 0.7
"""Grey levels between strip and picture, and along how much of the edge there are so many."""


@dataclass(frozen=True)
class BoxEdit:
    """A rectangle that a person adds to the annotations of an image, or takes from them.

    Parameters
    ----------
    box
        (top, left, bottom, right) in px, half open.
    is_annotation
        True if what lies in it was written into the image, False if it is image.
    """

    box: Box
    is_annotation: bool


@dataclass(frozen=True, eq=False)
class Annotations:
    """Where the picture is no micrograph.

    Parameters
    ----------
    mask
        Shape of the image, True in bars, writing (with the boxes behind it), arrows and info strips.
    frame
        (top, left, bottom, right) in px, half open: what the info strips leave of the image.
    """

    mask: Mask
    frame: Box

    def edited(self, edits: Iterable[BoxEdit]) -> "Annotations":
        """Return the annotations after corrections by hand, in their order; the frame stays."""
        mask = self.mask.copy()
        for edit in edits:
            top, left, bottom, right = edit.box
            mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = edit.is_annotation
        return replace(self, mask=mask)


def find_annotations(pixels: Pixels, bar: ScaleBar | None, *, reading: ScaleReading | None = None) -> Annotations:
    """Find what was written into an image, so that it is not taken for particles.

    An info strip is a black or white band along one side of the frame, at most 30 % of it, with a straight edge. For
    writing and arrows see `find_writing`; near the bar, text in its grey counts whatever that grey is. Everything is
    grown by 2 px to cover the halo that JPEG leaves.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    bar
        The scale bar, if there is one.
    reading
        What `read_scale` read in the same image, if it was asked: its bars are taken, too, if they gave a scale or
        disagree, and the marks that its texts are.
    """
    grey = eight_bit(pixels)
    rows, columns = grey.shape
    top, bottom = _strip_height(grey), rows - _strip_height(grey[::-1])
    left, right = _strip_height(grey.T), columns - _strip_height(grey.T[::-1])
    mask = np.zeros(grey.shape, bool)
    for one in _bars(bar, reading):
        mask |= _bar_and_label(grey, one)
    texts = [text.shifted(-top, -left) for text in reading.texts] if reading else []
    mask[top:bottom, left:right] |= find_writing(grey[top:bottom, left:right], texts)
    mask[:top] = mask[bottom:] = mask[:, :left] = mask[:, right:] = True
    return Annotations(mask, (top, left, bottom, right))


def _bars(bar: ScaleBar | None, reading: ScaleReading | None) -> list[ScaleBar]:
    """Return the bars that are surely bars: the one that was given, and those with labels."""
    bars = [] if bar is None else [bar]
    if reading is not None and reading.bar is not None and (reading.accepted or reading.disagreeing):
        bars += [reading.bar, *(pair.bar for pair in reading.disagreeing)]
    return [one for i, one in enumerate(bars) if one not in bars[:i]]


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
    return height if even.mean() > _PLAIN_SHARE and np.mean(step > _STEP) > _STRAIGHT_SHARE else 0


def _bar_and_label(grey: Bytes, bar: ScaleBar) -> Mask:
    """Return True in a bar, in the text near it, and in the box behind the two."""
    mask: Bytes = np.zeros(grey.shape, np.uint8)
    top, left, bottom, right = bar.box
    mask[max(top, 0) : bottom, max(left, 0) : right] = 1
    light = with_margin(as_light(grey, bar.polarity), _MARGIN_PX)
    line = measure_line(light, moved(bar.box, _MARGIN_PX, _MARGIN_PX))
    for character in chain.from_iterable(find_text(light, line) if line else []):
        mask[within(moved(character.box, -_MARGIN_PX, -_MARGIN_PX))] |= character.mask
    mask = grown(mask, HALO_PX)
    paper = plain_box(grey, max(top - 4, 0), (left + right) // 2)
    if paper is not None:
        mask[within(paper)] = 1
    return mask.astype(bool)
