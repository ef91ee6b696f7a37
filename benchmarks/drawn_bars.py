"""Drawn images with a scale bar in many styles, fonts, sizes and greys, each with its true scale."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from nanotem.synthetic import EXAMPLES, DrawnBar, draw_example
from nanotem.synthetic.scale_bar import draw_bar

Bytes = npt.NDArray[np.uint8]

STYLES = (
    "label above",
    "label below",
    "label beside",
    "label within",
    "end ticks",
    "thin |—|",
    "box",
    "strip",
    "hollow",
    "stroked",
    "two-tone",
    "ruler",
    "on particles",
    "pale",
    "reduced",
    "microscope",
    "no label",
)
_FONTS = ("DejaVuSans.ttf", "LiberationSerif-Bold.ttf", "LiberationMono-Regular.ttf")
_LABELS = (("100 nm", 100.0), ("0.5 µm", 500.0), ("20nm", 20.0), ("2 µm", 2000.0), ("50 nm", 50.0))
_SIDES_PX = (512, 1024)
_TEXTURE_SD = (4.0, 14.0)
_N_FIELDS, _N_STEPS = 5, 10
_PALE = 35
_REDUCED = 0.6


class Drawn(NamedTuple):
    """An image with its bar; `nm_per_px` is None where no scale can be read."""

    pixels: Bytes
    style: str
    length_px: float
    nm_per_px: float | None


def drawn_bars(seed: int = 0) -> Iterator[Drawn]:
    """Yield every style in every font, size, grey and texture; label and length change from one to the next."""
    rng = np.random.default_rng(seed)
    for style in STYLES:
        for font, side, grey, sd in product(_FONTS, _SIDES_PX, (255, 0), _TEXTURE_SD):
            yield _draw(style, font, side, grey, sd, rng)


def without_bar() -> Iterator[Drawn]:
    """Yield nanotem's examples, of which the bar is cut off."""
    for name in EXAMPLES:
        pixels = draw_example(name).pixels
        yield Drawn(pixels[: round(0.85 * len(pixels))], "no bar", 0.0, None)


def _draw(style: str, font: str, side: int, grey: int, sd: float, rng: np.random.Generator) -> Drawn:
    pixels = _texture(
        side, sd, rng, level=abs(grey - _PALE) if style == "pale" else 135, all_over=style == "on particles"
    )
    length = round(side * rng.uniform(0.12, 0.35))
    label, length_nm = _LABELS[rng.integers(len(_LABELS))]
    if style == "microscope":
        draw_bar(pixels, DrawnBar(length_nm, grey="white" if grey else "black"), length_nm / length)
        return Drawn(pixels, style, length, length_nm / length)
    if style == "label within":
        length *= 2
    length -= {"two-tone": length % _N_FIELDS, "ruler": length % _N_STEPS}.get(style, 0)
    picture = Image.fromarray(pixels)
    _burn(_Pen(ImageDraw.Draw(picture), grey), style, font, side, length, "" if style == "no label" else label)
    if style == "reduced":
        return _reduced(np.asarray(picture), length, length_nm)
    return Drawn(np.asarray(picture), style, length, None if style == "no label" else length_nm / length)


def _reduced(pixels: Bytes, length: int, length_nm: float) -> Drawn:
    """Return an image as a journal prints it: fewer pixels, and the traces of JPEG."""
    small = cv2.resize(pixels, None, fx=_REDUCED, fy=_REDUCED, interpolation=cv2.INTER_AREA)
    encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    length_px = length * small.shape[1] / pixels.shape[1]
    return Drawn(
        np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8), "reduced", length_px, length_nm / length_px
    )


def _texture(side: int, sd: float, rng: np.random.Generator, *, level: int, all_over: bool) -> Bytes:
    """Return grey grain two pixels wide with dark disks on it, near the bar only if they are `all_over`."""
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 1.5)
    pixels = np.clip(level + sd * grain / grain.std(), 0, 255).astype(np.uint8)
    for row, column in rng.uniform(0, 1.0 if all_over else 0.75, (40, 2)) * side:
        cv2.circle(pixels, (int(column), int(row)), round(side / 40), 60, -1, cv2.LINE_AA)
    return pixels


class _Pen(NamedTuple):
    """Where to draw, and in what grey."""

    draw: ImageDraw.ImageDraw
    grey: int

    def box(self, left: float, top: float, right: float, bottom: float, *, inverse: bool = False) -> None:
        """Fill the columns from left to right and the rows from top to bottom, both ends included."""
        self.draw.rectangle((left, top, right, bottom), 255 - self.grey if inverse else self.grey)


def _burn(pen: _Pen, style: str, font: str, side: int, length: int, label: str) -> None:
    thickness, height = max(side // 100, 3) * (2 if style == "stroked" else 1), max(side // 24, 14)
    left, top = side // 16, side - side // 9
    right, bottom = left + length - 1, top + thickness - 1
    letters = ImageFont.truetype(font, height)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    if style == "strip":
        pen.box(0, top - 2 * height, side, side, inverse=True)
    if style == "box":
        pen.box(left - height, top - 2 * height, max(right, left + 4 * height) + height, bottom + height, inverse=True)
    if style == "stroked":
        pen.box(left - 2, top - 2, right + 2, bottom + 2, inverse=True)
        pen.box(left + 2, top + 2, right - 2, bottom - 2)
    _bar(pen, style, (left, top, right, bottom), letters.getlength(label))
    where, anchor = {
        "label below": ((middle, bottom + height / 2), "mt"),
        "label beside": ((right + height / 2, centre), "lm"),
        "label within": ((middle, centre), "mm"),
    }.get(style, ((max(middle, 3 * height), top - height / 2), "mb"))
    pen.draw.text(where, label, pen.grey, font=letters, anchor=anchor)


def _bar(pen: _Pen, style: str, box: tuple[int, int, int, int], label_px: float) -> None:
    left, top, right, bottom = box
    thickness, length = bottom - top + 1, right - left + 1
    if style == "hollow":
        pen.draw.rectangle((left, top, right, bottom + 2), outline=pen.grey)
    elif style == "two-tone":
        field = length // _N_FIELDS
        for i in range(_N_FIELDS):
            pen.box(left + i * field, top, left + (i + 1) * field - 1, bottom, inverse=i % 2 == 1)
    elif style == "ruler":
        for column in np.linspace(left, right + 1, _N_STEPS + 1).round().astype(int).tolist():
            pen.box(column, top, column + 1, bottom)
    elif style == "label within":
        half = max((length - label_px) // 2 - thickness, 3 * thickness)
        pen.box(left, top, left + half - 1, bottom)
        pen.box(right - half + 1, top, right, bottom)
    elif style == "thin |—|":
        middle = (top + bottom) // 2
        pen.box(left, middle, right, middle)
        for column in (left, right):
            pen.box(column, top - thickness, column, bottom + thickness)
    elif style != "stroked":
        pen.box(left, top, right, bottom)
    if style == "end ticks":
        for column in (left, right - 1):
            pen.box(column, top - thickness, column + 1, bottom + thickness)
