"""A scale bar with its label, burnt into an image as microscopes do."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError

Box = tuple[int, int, int, int]
"""(top, left, bottom, right) in px, half open."""

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_LABEL_SHARE = 0.03
_STRIP_SHARE = 0.09


@dataclass(frozen=True)
class DrawnBar:
    """How a scale bar looks.

    Parameters
    ----------
    length_nm
        What the bar stands for; its length in the image is rounded to a whole pixel.
    corner
        Lower corner in which it lies.
    grey
        "white" or "black".
    on_strip
        Whether it lies on an info strip of the opposite grey, at the bottom over the whole width.

    Raises
    ------
    ParameterError
        If the length is not positive.
    """

    length_nm: float
    corner: Literal["left", "right"] = "left"
    grey: Literal["white", "black"] = "white"
    on_strip: bool = False

    def __post_init__(self) -> None:
        if not self.length_nm > 0:
            raise ParameterError(f"A bar of {self.length_nm:g} nm cannot be drawn.", "Give a length above 0.")

    @property
    def label(self) -> str:
        """The text above the bar."""
        return f"{self.length_nm:g} nm"


def bar_box(bar: DrawnBar, shape: tuple[int, int], nm_per_px: float) -> Box:
    """Return where the bar itself lies."""
    rows, columns = shape
    thickness, margin = max(round(rows / 128), 2), max(round(rows / 40), 4)
    length = round(bar.length_nm / nm_per_px)
    left = margin if bar.corner == "left" else columns - margin - length
    return rows - margin - thickness, left, rows - margin, left + length


def keep_out_box(bar: DrawnBar, shape: tuple[int, int], nm_per_px: float) -> Box:
    """Return the part of the image that belongs to the bar, its label and its info strip."""
    rows, columns = shape
    if bar.on_strip:
        return rows - round(_STRIP_SHARE * rows), 0, rows, columns
    top, left, bottom, right = bar_box(bar, shape, nm_per_px)
    text_width, text_height = _text_size(bar.label, rows)
    excess = max(text_width - (right - left), 0) // 2 + 1
    gap = top - bottom + rows - bottom
    return top - 2 * text_height, left - excess - gap, rows, right + excess + gap


def draw_bar(pixels: npt.NDArray[np.uint8], bar: DrawnBar, nm_per_px: float) -> None:
    """Burn the bar and its label into 8-bit `pixels`, in place."""
    rows, columns = pixels.shape
    grey = 255 if bar.grey == "white" else 0
    if bar.on_strip:
        pixels[keep_out_box(bar, (rows, columns), nm_per_px)[0] :] = 255 - grey
    top, left, bottom, right = bar_box(bar, (rows, columns), nm_per_px)
    pixels[top:bottom, left:right] = grey
    width, height = _text_size(bar.label, rows)
    origin = ((left + right - width) // 2, top - height // 3)
    cv2.putText(pixels, bar.label, origin, _FONT, _font_scale(rows), grey, _stroke(rows), cv2.LINE_AA)


def _text_size(text: str, rows: int) -> tuple[int, int]:
    """Return width and height of the label in px."""
    (width, height), _ = cv2.getTextSize(text, _FONT, _font_scale(rows), _stroke(rows))
    return width, height


def _font_scale(rows: int) -> float:
    return cv2.getFontScaleFromHeight(_FONT, max(round(_LABEL_SHARE * rows), 8), _stroke(rows))


def _stroke(rows: int) -> int:
    return max(round(rows / 400), 1)
