"""Drawn pictures of the kinds whose scale was once read wrong: labels of every spelling, panels, insets, spacings."""

from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.drawn_bars import Bytes, Drawn

LABELS = {
    "thousands": (("1,000 nm", 1000.0), ("1 000 nm", 1000.0), ("2,500 nm", 2500.0), ("1,500 nm", 1500.0)),
    "fractions": (("1/10 µm", 100.0), ("1/2 µm", 500.0), ("1/4 µm", 250.0)),
    "exponents": (("1E2 nm", 100.0), ("5E1 nm", 50.0), ("2e2 nm", 200.0)),
    "no leading zero": ((".5 µm", 500.0), (".2 µm", 200.0)),
    "words": (("2 microns", 2000.0), ("1 micron", 1000.0), ("50 nanometers", 50.0), ("20 nanomètres", 20.0)),
    "Cyrillic": (("2 мкм", 2000.0), ("50 нм", 50.0)),
    "plain": (("100 nm", 100.0), ("0.5 µm", 500.0), ("200.0nm", 200.0), ("20 nm", 20.0)),
    "reciprocal": (("5 nm-1", None), ("2 nm^-1", None), ("5 1/nm", None), ("10 mrad", None)),
    "raised -1": (("5 nm", None), ("10 nm", None), ("5 Å", None), ("2 nm", None)),
    "lattice spacing": (("0.20 nm", None), ("0.235 nm", None), ("0.14 nm", None)),
    "two panels": (("100 nm", None), ("50 nm", None)),
    "inset": (("100 nm", None), ("200 nm", None)),
    "interrupted": (("5 µm", 5000.0), ("100 nm", 100.0), ("500 nm", 500.0)),
    "touched by particles": (("100 nm", 100.0), ("50 nm", 50.0)),
    "cut by the frame": (("100 nm", None), ("50 nm", None)),
    "figure cut off": (("250 nm", None), ("1.50 µm", None), ("100 nm", None), ("25 nm", None), ("12 nm", None)),
    "near the frame": (("50 nm", 50.0), ("200 nm", 200.0), ("100 nm", 100.0)),
    "quantities": (
        ("d = 5 nm", None),
        ("20 ± 2 nm", None),
        ("WD 10 mm", None),
        ("FOV 500 nm", None),
        ("Au 20 nm", None),
        ("20 nm AuNPs", None),
    ),
    "rates and areas": (("5 nm/px", None), ("20 nm/s", None), ("100 nm²", None), ("2 nm/min", None)),
    "small type": (("0.5 µm", 500.0), ("100 nm", 100.0), ("2 µm", 2000.0), ("20 nm", 20.0), ("1 µm", 1000.0)),
    "Chinese": (("50 纳米", 50.0), ("2 微米", 2000.0), ("100 奈米", 100.0)),
    "spacings counted": (("2.35 nm", None), ("2 nm", None), ("1.0 nm", None)),
    "uneven halves": (("100 nm", None), ("50 nm", None)),
    "dotted": (("100 nm", 100.0), ("1 µm", 1000.0), ("20 nm", 20.0)),
    "two tones": (("100 nm", 100.0), ("1 µm", 1000.0), ("20 nm", 20.0)),
    "dashes": (("100 nm", None), ("1 µm", None), ("20 nm", None)),
    "strips of particles": (("100 nm", None), ("50 nm", None)),
    "touched at an end": (("100 nm", None), ("50 nm", None)),
    "wedge": (("100 nm", None), ("50 nm", None)),
}
"""For each kind the labels, with their length in nm; None where there is no scale for the picture to be read."""

_FONTS = (
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "LiberationSerif-Bold.ttf",
    "LiberationMono-Regular.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSerif.ttf",
)
_AT_FRAME = ("figure cut off", "near the frame")
_SPACINGS = ("lattice spacing", "spacings counted")
_CHINESE_FONT = "DroidSansFallbackFull.ttf"  # which has no figures
_SMALL_TYPE_PX = (10, 14)
_N_DOTS = 11
_IN_FIELDS = ("two tones", "dashes")
_N_FIELDS = (3, 10)
_FIELD_ASPECT = (1.3, 6.0)
_UNEVEN_PX = 40
_MINUS_ONE = ("-1", "−1", "–1")
_TOUCHING, _NARROWER = (0.2, 0.6), 0.5
"""Of the length of the bar, what touches it; of its height, by how much it is lower at its right end."""

_THICK = ("touched at an end", "wedge")
_SIDES_PX = (512, 768)
_STRIP_PX = (2, 30)


def drawn_labels(n: int, seed: int = 0) -> Iterator[Drawn]:
    """Yield `n` pictures of every kind; font, size, grey, paper and texture change from one to the next."""
    rng = np.random.default_rng(seed)
    for kind, labels in LABELS.items():
        for i in range(n):
            label, length_nm = labels[i % len(labels)]
            yield _draw(kind, label, length_nm, rng)


def _draw(kind: str, label: str, length_nm: float | None, rng: np.random.Generator) -> Drawn:
    side = int(rng.choice(_SIDES_PX))
    length_px = round(side * rng.uniform(0.2, 0.35))
    n_fields = int(rng.integers(*_N_FIELDS, endpoint=True)) if kind in _IN_FIELDS else 1
    length_px -= length_px % n_fields
    if kind in _AT_FRAME:
        pixels, length_px = _at_frame(kind == "figure cut off", label, side, rng)
        return Drawn(pixels, kind, length_px, None if length_nm is None else length_nm / length_px)
    if kind == "strips of particles":
        return Drawn(_strip(label, side, rng), kind, length_px, None)
    pixels = _labelled(kind, label, side, length_px, rng, n_fields=n_fields)
    if kind == "two panels":
        gutter = np.full((side, 12), 255, np.uint8)
        pixels = np.hstack([pixels, gutter, _labelled(kind, "20 nm", side, length_px, rng)])
    elif kind == "inset":
        inset = _labelled(kind, "10 nm", 512, 100, rng)[-190:, :220]
        pixels[10 : 10 + len(inset), side - 230 : side - 10] = inset
    elif kind == "cut by the frame":
        pixels = np.ascontiguousarray(pixels[:, side // 14 + length_px // 3 :])
    return Drawn(pixels, kind, length_px, None if length_nm is None else length_nm / length_px)


def _labelled(
    kind: str, label: str, side: int, length_px: int, rng: np.random.Generator, *, n_fields: int = 1
) -> Bytes:
    """Return grain with dark discs, a bar in the lower left and its label."""
    pixels = _grain_with_discs(side, rng)
    grey, thickness = int(rng.choice((0, 255))), max(3, side // 120)
    if n_fields > 1:
        thickness = max(round(length_px / n_fields / rng.uniform(*_FIELD_ASPECT)), 3)
    if kind in _THICK:
        thickness *= 2
    left, top = side // 14, side - side // 10
    if kind == "touched by particles":
        for share in (0.2, 0.8):
            cv2.circle(pixels, (round(left + share * length_px), top), side // 50, 60, -1, cv2.LINE_AA)
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    size = int(rng.integers(*_SMALL_TYPE_PX)) if kind == "small type" else int(rng.integers(side // 32, side // 18))
    path = str(rng.choice(_FONTS))
    font = ImageFont.truetype(path, size)
    number, _, unit = label.rpartition(" ") if kind == "Chinese" else (label, "", "")
    characters = ImageFont.truetype(_CHINESE_FONT, size)
    width = font.getlength(f"{number} ") + characters.getlength(unit) if unit else font.getlength(label)
    if kind in ("interrupted", "uneven halves"):
        _interrupted(
            pen, (left, top, length_px), label, path, grey, longer_px=0 if kind == "interrupted" else _UNEVEN_PX
        )
        return np.asarray(picture).copy()
    start = left + max((length_px - width) / 2, 0)
    if kind not in ("touched by particles", "two tones", *_SPACINGS) and rng.random() < 0.4:
        right = max(left + length_px, start + width + size) + size
        pen.rectangle((left - size, top - 2 * size, right, top + thickness + size), 255 - grey)
    if kind == "dotted":
        for column in np.linspace(left, left + length_px, _N_DOTS).tolist():
            pen.ellipse((column - 2, top - 2, column + 2, top + 2), grey)
    elif kind == "wedge":
        right, foot = left + length_px - 1, top + thickness - 1
        pen.polygon([(left, top), (right, top + _NARROWER * thickness), (right, foot), (left, foot)], grey)
    else:
        field_px = length_px // n_fields
        for i in range(n_fields):
            first = left + i * field_px
            if i % 2 == 0 or kind == "two tones":
                pen.rectangle((first, top, first + field_px - 1, top + thickness - 1), 255 - grey if i % 2 else grey)
    if kind == "touched at an end":
        right = left + length_px
        pen.rectangle((right, top - 3, right + round(length_px * rng.uniform(*_TOUCHING)), top + thickness + 2), grey)
    if kind in _SPACINGS:
        pen.rectangle((left, top + 14, left + length_px - 1, top + 14 + thickness - 1), grey)
    base = top - 0.4 * size
    pen.text((start, base), number, grey, font=font, anchor="ls")
    pen.text((start + width, base), unit, grey, font=characters, anchor="rs")
    if kind == "raised -1":
        small = ImageFont.truetype(path, max(round(size * rng.uniform(0.55, 0.7)), 8))
        pen.text(
            (start + width + 1, base - size * rng.uniform(0.35, 0.5)),
            str(rng.choice(_MINUS_ONE)),
            grey,
            font=small,
            anchor="ls",
        )
    return np.asarray(picture).copy()


def _grain_with_discs(side: int, rng: np.random.Generator) -> Bytes:
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 1.2)
    pixels = np.clip(135 + rng.choice((4, 9, 14)) * grain / grain.std(), 0, 255).astype(np.uint8)
    for row, column in rng.uniform(0, 0.75, (30, 2)) * side:
        cv2.circle(pixels, (int(column), int(row)), side // 40, 60, -1, cv2.LINE_AA)
    return pixels


def _at_frame(is_cut: bool, label: str, side: int, rng: np.random.Generator) -> tuple[Bytes, int]:
    """Draw a label that begins at the left side, over a bar that is whole; its first figure may be cut off.

    The cut goes through the gap behind the figure, so that nothing of it is left. The label is centred over its bar
    (always if it is whole), ends with it, or stands before it.
    """
    pixels = _grain_with_discs(side, rng)
    size = int(rng.integers(side // 36, side // 16))
    font = ImageFont.truetype(str(rng.choice(_FONTS)), size)
    start, grey, thickness = 3 * size, int(rng.choice((0, 255))), max(3, side // 120)
    base = side - 2 * size
    figure, width = _ink_columns(font, label[0]), font.getlength(label)
    rest = font.getlength(label[0]) + _ink_columns(font, label[1:])[0]
    gap = rest - figure[1]
    cut = start + (figure[1] + gap * rng.uniform(0, 0.9) if is_cut else figure[0] - size * rng.uniform(0.1, 0.7))
    cut = int(np.ceil(cut))
    first = cut + 2
    place = str(rng.choice(("centred", "ends", "before"))) if is_cut else "centred"
    middle, end = start + width / 2, start + width
    if place == "centred":
        length_px = int(min(2 * (middle - first), rng.uniform(0.5, 1.5) * width))
        left = round(middle - length_px / 2)
    elif place == "ends":
        length_px = int(rng.uniform(0.5, 1) * (end - first))
        left = round(end) - length_px
    else:
        length_px, left = int(rng.uniform(0.8, 2) * width), first + int(rng.integers(0, 2 * size))
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    pen.text((start, base), label, grey, font=font, anchor="ls")
    top = base + size // 3
    pen.rectangle((left, top, left + length_px - 1, top + thickness - 1), grey)
    return np.ascontiguousarray(np.asarray(picture)[:, cut:]), length_px


def _strip(label: str, side: int, rng: np.random.Generator) -> Bytes:
    """Draw a particle of which the paper of a label, and the frame or another paper, leave a strip."""
    pixels = _grain_with_discs(side, rng)
    size, strip_px = int(rng.integers(side // 32, side // 18)), int(rng.integers(*_STRIP_PX))
    paper = int(rng.choice((0, 255)))
    height = round(1.6 * size)
    top = side - strip_px - (height if rng.random() < 0.5 else 0)
    radius = round(side * rng.uniform(0.06, 0.14))
    cv2.circle(pixels, (side // 2, top + strip_px // 2), radius, 255 - paper, -1, cv2.LINE_AA)
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    left, right = (side // 2 + step * (radius + round(size * rng.uniform(0.5, 3))) for step in (-1, 1))
    pen.rectangle((left, top - height, right, top - 1), paper)
    pen.rectangle((left, top + strip_px, right, side), paper)
    font = ImageFont.truetype(str(rng.choice(_FONTS)), size)
    pen.text((side / 2, top - height / 2), label, 255 - paper, font=font, anchor="mm")
    return np.asarray(picture).copy()


def _ink_columns(font: ImageFont.FreeTypeFont, text: str) -> tuple[float, float]:
    """Return where the ink of a text begins and ends, from its origin."""
    left, _, right, _ = font.getbbox(text, anchor="ls")
    return left, right


def _interrupted(
    pen: ImageDraw.ImageDraw, bar: tuple[int, int, int], label: str, path: str, grey: int, *, longer_px: int
) -> None:
    """Draw a bar of 3 px with its label in the middle; the right half is `longer_px` longer than the left one."""
    left, top, length_px = bar
    font = ImageFont.truetype(path, max(length_px // 10, 14))
    half = int((length_px - font.getlength(label) - 14) / 2)
    pen.rectangle((left, top, left + half - 1, top + 2), grey)
    pen.rectangle((left + length_px - half, top, left + length_px - 1 + longer_px, top + 2), grey)
    pen.text((left + length_px / 2, top + 1), label, grey, font=font, anchor="mm")
