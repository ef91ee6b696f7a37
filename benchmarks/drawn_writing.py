"""Drawn micrographs that were written all over: labels, letters, arrows, boxes and strips, with known particles."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

KINDS = ("label", "letter", "letter in a box", "arrow", "strip", "text")
_FONTS = (
    "DejaVuSans.ttf",
    "LiberationSans-Bold.ttf",
    "LiberationSerif-Regular.ttf",
    "LiberationMono-Regular.ttf",
    "DejaVuSans-Bold.ttf",
)
_LABELS = ("500.0nm", "100 nm", "0.5 µm", "20 nm", "1,000 nm")
_TEXTS = ("HV=100kV", "Sample 3B", "x50,000", "2024-03-11", "Au@Pd")
_LETTERS = "ABCDEFGHabcdefg"
_SIDE_PX = 512
_CLEARANCE_PX = 3
_JPEG_QUALITY = 90


class Written(NamedTuple):
    """A drawn picture: its kind, its particles (centre row, column and radius in px) and what was written over it."""

    pixels: Bytes
    kind: str
    particles: list[tuple[float, float, float]]
    writing: Mask


def drawn_writing(n: int = 30, seed: int = 0) -> Iterator[Written]:
    """Yield pictures with every kind of writing, in another corner, font, grey and texture from one to the next."""
    rng = np.random.default_rng(seed)
    places = list(product(KINDS, range(4)))
    for i in range(n):
        kind, corner = places[i % len(places)]
        yield _draw(kind, corner, rng)


def _draw(kind: str, corner: int, rng: np.random.Generator) -> Written:
    dark_field = rng.random() < 0.3
    level, particle = (70, 190) if dark_field else (150, int(rng.integers(45, 80)))
    grain = cv2.GaussianBlur(rng.normal(0, 1, (_SIDE_PX, _SIDE_PX)).astype(np.float32), (0, 0), 1.2)
    pixels = np.clip(level + rng.uniform(3, 9) * grain / grain.std(), 0, 255).astype(np.uint8)
    ink = int(rng.choice((0, 255)))
    layer = Image.new("L", (_SIDE_PX, _SIDE_PX), 0)
    paper = Image.new("L", (_SIDE_PX, _SIDE_PX), 0)
    _write(ImageDraw.Draw(layer), ImageDraw.Draw(paper), kind, corner, rng)
    strokes, box = np.asarray(layer, np.float32) / 255, np.asarray(paper) > 0
    particles = _scattered(box | (strokes > 0), rng)
    for row, column, radius in particles:
        cv2.circle(pixels, (round(column * 16), round(row * 16)), round(radius * 16), particle, -1, cv2.LINE_AA, 4)
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    pixels[box] = 255 - ink
    pixels = np.clip(pixels * (1 - strokes) + ink * strokes, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return Written(pixels, kind, particles, box | (strokes > 0.5))


def _write(
    pen: ImageDraw.ImageDraw, paper: ImageDraw.ImageDraw, kind: str, corner: int, rng: np.random.Generator
) -> None:
    """Draw one kind of writing into a corner, numbered from the upper left in rows."""
    size = int(rng.integers(16, 34))
    font = ImageFont.truetype(str(rng.choice(_FONTS)), size)
    below, right = corner >= 2, corner % 2 == 1
    row = _SIDE_PX - 3 * size if below else 2 * size
    column = _SIDE_PX - 9 * size if right else 2 * size
    if kind == "strip":
        height = 2 * size
        top = _SIDE_PX - height if below else 0
        paper.rectangle((0, top, _SIDE_PX, top + height - 1), 255)
        pen.text((size, top + size // 2), f"{rng.choice(_TEXTS)}  {rng.choice(_LABELS)}", 255, font=font)
    elif kind == "arrow":
        _arrow(pen, (column + 60, row), rng.uniform(0, 2 * np.pi), size)
    elif kind in ("letter", "letter in a box"):
        letter = str(rng.choice(list(_LETTERS)))
        letter = letter if rng.random() < 0.6 else f"({letter})"
        place = (_SIDE_PX - 2.2 * size if right else size, _SIDE_PX - 1.8 * size if below else 0.6 * size)
        pen.text(place, letter, 255, font=font)
        if kind == "letter in a box":
            first, above, last, under = pen.textbbox(place, letter, font=font)
            paper.rectangle((first - 6, above - 6, last + 6, under + 6), 255)
    elif kind == "label":
        label = str(rng.choice(_LABELS))
        pen.text((column, row), label, 255, font=font)
        if rng.random() < 0.6:
            pen.rectangle((column, row + 1.5 * size, column + 110, row + 1.5 * size + 4), 255)
    else:
        pen.text((column, row), str(rng.choice(_TEXTS)), 255, font=font)


def _arrow(pen: ImageDraw.ImageDraw, tip: tuple[float, float], angle: float, size: int) -> None:
    """Draw an arrow of `2 * size` px that points at `tip`."""
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    shaft, head = max(size // 8, 2) / 2, size / 3
    end, tail = np.array(tip) - 0.7 * size * along, np.array(tip) - 2 * size * along
    corners = [
        np.array(tip), end + head * across, end + shaft * across, tail + shaft * across,
        tail - shaft * across, end - shaft * across, end - head * across,
    ]  # fmt: skip
    pen.polygon([(float(x), float(y)) for x, y in corners], fill=255)


def _scattered(writing: Mask, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Return discs that touch neither each other nor the frame, some of them 3 px away from the writing."""
    free = cv2.distanceTransform(np.pad((~writing).astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    particles: list[tuple[float, float, float]] = []
    near = np.argwhere((free > _CLEARANCE_PX + 9) & (free < _CLEARANCE_PX + 12))
    rng.shuffle(near)
    anywhere = rng.uniform(0, _SIDE_PX, (400, 2))
    for row, column in (*near[:60].tolist(), *anywhere.tolist()):
        reach = float(free[int(row), int(column)]) - _CLEARANCE_PX
        radius = min(float(rng.uniform(8, 14)), reach)
        inside = min(row, column, _SIDE_PX - row, _SIDE_PX - column) > radius + 2
        apart = all(np.hypot(row - r, column - c) > radius + other + 5 for r, c, other in particles)
        if radius >= 8 and inside and apart and len(particles) < 40:
            particles.append((float(row), float(column), radius))
    return particles
