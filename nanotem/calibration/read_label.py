"""Read the label of a scale bar whose place is known."""

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import eight_bit
from nanotem.calibration.label import Label, agreed_label, best_label
from nanotem.calibration.ocr import Text, read_text
from nanotem.micrograph import Pixels

_ZOOMS = (3.0, 2.0)
_LONGEST_SIDE_PX = 1024
_SURE = 0.85


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
        at another size: two readings that agree are believed more, two that differ less.
    """
    top, left, bottom, right = _surroundings(bar, pixels.shape)
    crop = eight_bit(pixels)[top:bottom, left:right]
    largest = _LONGEST_SIDE_PX / max(crop.shape)
    labels: list[Label] = []
    for zoom in _ZOOMS:
        texts = read_text(crop, zoom=min(zoom, zoom / _ZOOMS[0] * largest))
        label = best_label([_shifted(text, top, left) for text in texts], bar)
        if label is not None:
            labels.append(label)
            if label.confidence >= _SURE:
                break
    return agreed_label(labels)


def _surroundings(bar: ScaleBar, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return the box round a bar in which its label may stand."""
    rows, columns = shape
    reach = int(np.clip(0.6 * bar.length_px, max(rows // 12, 30), max(rows // 6, 30)))
    sideways = bar.length_px / 2 + 2 * reach
    top, bottom = max(int(bar.row) - reach, 0), min(int(bar.row) + reach, rows)
    return top, max(int(bar.left - sideways), 0), bottom, min(int(bar.right + sideways), columns)


def _shifted(text: Text, rows: int, columns: int) -> Text:
    top, left, bottom, right = text.box
    return Text(text.text, text.confidence, (top + rows, left + columns, bottom + rows, right + columns))
