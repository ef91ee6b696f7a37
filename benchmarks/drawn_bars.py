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

STYLES = ("label above", "label below", "label beside", "end ticks", "box", "strip", "hollow", "microscope", "no label")
_FONTS = ("DejaVuSans.ttf", "LiberationSerif-Bold.ttf", "LiberationMono-Regular.ttf")
_LABELS = (("100 nm", 100.0), ("0.5 µm", 500.0), ("20nm", 20.0), ("2 µm", 2000.0), ("50 nm", 50.0))
_SIDES_PX = (512, 1024)
_TEXTURE_SD = (4.0, 14.0)


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
    pixels = _texture(side, sd, rng)
    length = round(side * rng.uniform(0.12, 0.35))
    label, length_nm = _LABELS[rng.integers(len(_LABELS))]
    if style == "microscope":
        draw_bar(pixels, DrawnBar(length_nm, grey="white" if grey else "black"), length_nm / length)
        return Drawn(pixels, style, length, length_nm / length)
    picture = Image.fromarray(pixels)
    _burn(ImageDraw.Draw(picture), style, font, side, grey, length, "" if style == "no label" else label)
    return Drawn(np.asarray(picture), style, length, None if style == "no label" else length_nm / length)


def _texture(side: int, sd: float, rng: np.random.Generator) -> Bytes:
    """Return grey grain two pixels wide with dark disks on it, none near the bar."""
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 1.5)
    pixels = np.clip(135 + sd * grain / grain.std(), 0, 255).astype(np.uint8)
    for row, column in rng.uniform(0, 0.75, (40, 2)) * side:
        cv2.circle(pixels, (int(column), int(row)), round(side / 40), 60, -1, cv2.LINE_AA)
    return pixels


def _burn(draw: ImageDraw.ImageDraw, style: str, font: str, side: int, grey: int, length: int, label: str) -> None:
    thickness, height = max(side // 100, 3), max(side // 24, 14)
    left, top = side // 16, side - side // 9
    right, bottom = left + length - 1, top + thickness - 1
    if style == "strip":
        draw.rectangle((0, top - 2 * height, side, side), 255 - grey)
    if style == "box":
        draw.rectangle(
            (left - height, top - 2 * height, max(right, left + 4 * height) + height, bottom + height), 255 - grey
        )
    if style == "hollow":
        draw.rectangle((left, top, right, bottom + 2), outline=grey)
    else:
        draw.rectangle((left, top, right, bottom), grey)
    if style == "end ticks":
        for column in (left, right - 1):
            draw.rectangle((column, top - thickness, column + 1, bottom + thickness), grey)
    middle = (left + right) / 2
    where, anchor = {
        "label below": ((middle, bottom + height / 2), "mt"),
        "label beside": ((right + height / 2, (top + bottom) / 2), "lm"),
    }.get(style, ((max(middle, 3 * height), top - height / 2), "mb"))
    draw.text(where, label, grey, font=ImageFont.truetype(font, height), anchor=anchor)
