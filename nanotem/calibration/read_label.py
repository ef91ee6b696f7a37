"""Read the label of a scale bar whose place is known."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.box import Box, within
from nanotem.calibration.grey import Bytes, as_light, eight_bit
from nanotem.calibration.label import Label, agreed_label, best_label, is_cut_out, objection
from nanotem.calibration.ocr import Text, read_text
from nanotem.calibration.text import reach_px
from nanotem.micrograph import Pixels

SURE = 0.85
"""What is read as surely as this is not read again."""

_ZOOMS = (3.0, 2.0)
_LONGEST_SIDE_PX = 1024
_INK_SHARE = 0.6
_PALE, _UNSURE = 40, 0.4
"""Grey levels between a label and its ground: blur takes as much from fine strokes, so that a 4 becomes a 1, and as
every view of the same greys says the same, a label that is not seen in the picture itself is shown, but not taken."""


class Beside(NamedTuple):
    """What was read beside a bar: every reading of its label, what speaks against any length, and all of the texts."""

    labels: list[Label]
    objection: str
    texts: list[Text]


def read_label(pixels: Pixels, bar: ScaleBar) -> Label | None:
    """Read the number and the unit that stand above, below or beside a scale bar.

    Parameters
    ----------
    pixels
        Grey image of any depth, shape (rows, columns).
    bar
        The bar, found or drawn. Its length decides between readings: 1 pm over 100 px is impossible, so it is 1 µm.

    Returns
    -------
    Label or None
        The most believable length within about three text heights of the bar. What is not read surely is read again
        at another size, and with only the greys of the bar: readings that agree are believed more, others less. None
        where there is none, or where what stands there is no bar's: 1/nm, a number with two meanings, "d = 5 nm".
    """
    beside = read_beside(eight_bit(pixels), bar)
    label = None if beside.objection else agreed_label(beside.labels)
    return None if label is None or is_cut_out(label, beside.texts) else label


def read_beside(grey: Bytes, bar: ScaleBar) -> Beside:
    """Read what stands beside a bar until one reading is sure; see `read_label`."""
    around = _surroundings(bar, grey.shape)
    top, left, bottom, right = around
    reduced = min(1.0, _LONGEST_SIDE_PX / (_ZOOMS[0] * max(bottom - top, right - left)))
    labels: list[Label] = []
    seen: list[Text] = []
    for is_ink, view, zoom in _views(grey, bar):
        texts = [text.shifted(top, left) for text in read_text(view[within(around)], zoom=zoom * reduced)]
        seen += texts
        against = objection(texts, bar)
        if against:
            return Beside(labels, against, seen)
        label = best_label(texts, bar)
        if label is not None:
            is_doubtful = is_ink and not labels and _is_pale(grey, label, bar)
            labels.append(replace(label, confidence=min(label.confidence, _UNSURE)) if is_doubtful else label)
            if label.confidence >= SURE:
                break
    return Beside(labels, "", seen)


def _views(grey: Bytes, bar: ScaleBar) -> Iterator[tuple[bool, Bytes, float]]:
    """Yield whether only the greys of the bar are left, what is to be read, and by how much it is enlarged."""
    for zoom in _ZOOMS:
        yield False, grey, zoom
    yield True, _ink(grey, bar), _ZOOMS[0]


def _is_pale(grey: Bytes, label: Label, bar: ScaleBar) -> bool:
    """Tell whether a label stands on a ground of nearly the grey of its bar."""
    light = as_light(grey, bar.polarity)
    return float(_grey_of(light, bar) - np.median(light[within(label.box)])) < _PALE


def _grey_of(light: Bytes, bar: ScaleBar) -> float:
    row = light[int(np.clip(round(bar.row), 0, len(light) - 1)), max(round(bar.left), 0) : round(bar.right) + 1]
    return float(np.median(row))


def _surroundings(bar: ScaleBar, shape: tuple[int, ...]) -> Box:
    """Return the box round a bar in which its label may stand."""
    rows, columns = shape
    reach = reach_px(bar.length_px, rows)
    sideways = bar.length_px / 2 + 2 * reach
    top, bottom = max(int(bar.row) - reach, 0), min(int(bar.row) + reach, rows)
    return top, max(int(bar.left - sideways), 0), bottom, min(int(bar.right + sideways), columns)


def _ink(grey: Bytes, bar: ScaleBar) -> Bytes:
    """Return what is as light (or as dark) as the bar in black on white: a label on a ground of nearly its grey."""
    light = as_light(grey, bar.polarity)
    paper, ink = np.median(light), _grey_of(light, bar)
    lowest = ink - _INK_SHARE * max(ink - paper, 1)
    return np.clip(255 * (ink - light) / (ink - lowest), 0, 255).astype(np.uint8)
