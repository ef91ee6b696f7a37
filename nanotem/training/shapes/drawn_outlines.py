"""Crops of drawn outlines."""

from collections.abc import Callable, Mapping
from math import exp, pi
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask
from nanotem.morphology.crops import Crops
from nanotem.synthetic.polyhedra import Values
from nanotem.training.shapes.drawing import Drawing, draw_imaging, photographed
from nanotem.training.shapes.roughness import roughened

_SIZES_PX = (14.0, 110.0)
_FINE = 4
"""Outlines are drawn so many times finer than a pixel."""

Outline = npt.NDArray[np.float64]
"""Shape (corners, 2): x and y, of any size."""


def draw_outline(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    """Draw a body with an outline of a class, in any direction and size, photograph it, and cut it out.

    Returns
    -------
    Crops
        Shape (CROP_PX, CROP_PX, 2); only the mask tells anything.
    """
    size_px = exp(rng.uniform(*np.log(_SIZES_PX)))
    side = round(1.6 * size_px) + 12
    mask = _OUTLINES[class_name](size_px, side, rng)
    imaging = draw_imaging(rng, size_px, held_out=drawing.held_out)
    labels = roughened(mask, min(0.8, 0.02 * size_px), rng)
    return photographed(_thickness(mask, rng), labels, drawing, imaging, rng)


def _thickness(mask: Mask, rng: np.random.Generator) -> Values:
    """Return a plate, a body with slopes, or one that rises steeply and levels off, of an outline."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    rise = float(depth.max()) * rng.uniform(0.15, 1)
    power = rng.choice([0.0, 0.5, 1.0])
    return np.asarray(np.where(mask, np.minimum(depth / max(rise, 1e-6), 1) ** power, 0), np.float32)


def filled(outline: Outline, size_px: float, side_px: int) -> npt.NDArray[np.bool_]:
    """Return an outline as a mask, scaled so that the circle around it has the diameter `size_px`."""
    (x, y), radius = cv2.minEnclosingCircle(outline.astype(np.float32))
    scale = _FINE * size_px / 2 / radius
    corners = (outline - (x, y)) * scale + _FINE * side_px / 2
    fine = np.zeros((_FINE * side_px,) * 2, np.uint8)
    cv2.fillPoly(fine, [np.rint(corners).astype(np.int32)], 255)
    return cv2.resize(fine, (side_px, side_px), interpolation=cv2.INTER_AREA) > 127


def _turned(outline: Outline, rng: np.random.Generator) -> Outline:
    angle = rng.uniform(0, 2 * pi)
    return outline @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _regular(n_corners: int) -> Outline:
    towards = 2 * pi * np.arange(n_corners) / n_corners
    return np.column_stack([np.cos(towards), np.sin(towards)])


def _drawn(
    outline: Callable[[np.random.Generator], Outline], *, rounding: float
) -> Callable[[float, int, np.random.Generator], npt.NDArray[np.bool_]]:
    """Return a function that draws an outline in any direction, its corners worn by up to `rounding` of its size."""

    def draw(size_px: float, side: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
        mask = filled(_turned(outline(rng), rng), size_px, side)
        radius = round(rng.uniform(0, rounding) * size_px)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
        worn = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
        return worn if worn.any() else mask

    return draw


def _polygon(n_corners: int, wander: float) -> Callable[[np.random.Generator], Outline]:
    """Return a regular polygon whose corners are moved a little."""
    return lambda rng: _regular(n_corners) + rng.normal(0, wander, (n_corners, 2))


def _circle(rng: np.random.Generator) -> Outline:
    """Return a circle as real ones are: up to a fifth longer than wide, a little lumpy, some drawn with few corners."""
    n_corners = int(rng.integers(8, 17)) if rng.random() < 0.4 else 64
    spread = 2 * pi / n_corners
    towards = spread * np.arange(n_corners) + (rng.uniform(-0.3, 0.3, n_corners) * spread if n_corners < 64 else 0)
    lumps = rng.normal(0, 0.012, 4) @ np.cos(np.outer(np.arange(3, 7), towards) + rng.uniform(0, 2 * pi, (4, 1)))
    return np.column_stack([rng.uniform(1, 1.2) * np.cos(towards), np.sin(towards)]) * (1 + lumps[:, None])


def _ellipse(least: float, largest: float) -> Callable[[np.random.Generator], Outline]:
    return lambda rng: _regular(64) * (rng.uniform(least, largest), 1.0)


def _rectangle(least: float, largest: float) -> Callable[[np.random.Generator], Outline]:
    """Return a rectangle of a range of aspect ratios, its sides nearly parallel."""

    def corners(rng: np.random.Generator) -> Outline:
        sides = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (rng.uniform(least, largest), 1.0)
        return sides + rng.normal(0, 0.03, (4, 2))

    return corners


def _rod(rng: np.random.Generator) -> Outline:
    """Return a rectangle, or a rod with round or cut ends; longer ones are bent a little."""
    aspect, ends = rng.uniform(1.4, 6), rng.choice([0.0, 0.5, 1.0])
    half = np.array([[np.cos(t), np.sin(t)] for t in np.linspace(-pi / 2, pi / 2, 33)])
    if ends == 0:
        half = np.array([[1.0, -1.0], [1.0, 1.0]])
    elif ends == 0.5:
        cut = rng.uniform(0.2, 0.7)
        half = np.array([[1 - cut, -1.0], [1.0, -1 + cut], [1.0, 1 - cut], [1 - cut, 1.0]])
    straight = max(aspect - (1 if ends == 0 else rng.uniform(0.8, 1.0)), 0.35)
    right = half + np.array([straight, 0])
    outline = np.vstack([right, -right])
    outline[:, 1] += rng.normal(0, 0.01) * outline[:, 0] ** 2
    return outline


def _rhombus(rng: np.random.Generator) -> Outline:
    """Return a rhombus with acute angles of 30 to 75 degrees."""
    half_angle = np.deg2rad(rng.uniform(30, 75)) / 2
    return np.array(
        [[np.cos(half_angle), 0], [0, np.sin(half_angle)], [-np.cos(half_angle), 0], [0, -np.sin(half_angle)]]
    )


def _triangle(rng: np.random.Generator) -> Outline:
    """Return a triangle with up to a sixth of each side cut at the corners."""
    corners = _regular(3) + rng.normal(0, 0.06, (3, 2))
    if rng.random() < 0.5:
        return corners
    cut = rng.uniform(0.05, 0.16)
    following = np.roll(corners, -1, axis=0)
    return np.stack([corners + cut * (following - corners), following + cut * (corners - following)], axis=1).reshape(
        -1, 2
    )


def _hexagon(rng: np.random.Generator) -> Outline:
    """Return a hexagon, up to a quarter longer along one axis."""
    outline = _regular(6) + rng.normal(0, 0.03, (6, 2))
    return outline @ np.diag([rng.uniform(1, 1.12), 1.0]) if rng.random() < 0.5 else outline


def _irregular(size_px: float, side: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return two particles that touch, a half, a star, a blob with bays, or a rod with a waist."""
    kind = rng.integers(5)
    if kind == 0:
        return _pair(size_px, side, rng)
    if kind == 4:
        return filled(_turned(_waisted(rng), rng), size_px, side)
    if kind == 1:
        whole = filled(_turned(_regular(int(rng.choice([3, 4, 5, 6, 40]))), rng), size_px, side)
        rows, columns = np.indices((side, side)) - side / 2
        angle = rng.uniform(0, 2 * pi)
        half = whole & (np.sin(angle) * rows + np.cos(angle) * columns > rng.uniform(-0.04, 0.06) * size_px)
        return half if half.any() else whole
    towards = np.linspace(0, 2 * pi, 128, endpoint=False)
    if kind == 2:
        points, depth = int(rng.integers(3, 9)), rng.uniform(0.2, 0.5)
        radius = 1 + depth * np.cos(points * towards) + rng.normal(0, 0.1) * np.cos(2 * towards)
    else:
        orders = np.arange(2, 7)
        phases = rng.uniform(0, 2 * pi, 5)
        sizes = rng.uniform(0.06, 0.22) * rng.standard_normal(5) / np.sqrt(orders / 2)
        radius = np.maximum(1 + np.cos(np.outer(towards, orders) + phases) @ sizes, 0.2)
        if np.ptp(radius) < 0.35:
            radius = 1 + (radius - 1) * 0.35 / max(np.ptp(radius), 1e-3)
    return filled(_turned(np.column_stack([radius * np.cos(towards), radius * np.sin(towards)]), rng), size_px, side)


def _waisted(rng: np.random.Generator) -> Outline:
    """Return a rod that is clearly narrower in its middle than near its ends, which are more or less round."""
    along = np.linspace(-1, 1, 65)
    width = (1 - rng.uniform(0.18, 0.45) * (1 - along**2)) * (1 - np.abs(along) ** rng.uniform(8, 40))
    aspect, lean = rng.uniform(1.4, 4), rng.uniform(-0.12, 0.12) * along
    upper, lower = np.column_stack([along * aspect, width + lean]), np.column_stack([along * aspect, -width + lean])
    return np.vstack([upper, lower[::-1]])


def _pair(size_px: float, side: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return two or three outlines that touch."""
    canvas = np.zeros((side, side), bool)
    towards = rng.uniform(0, 2 * pi)
    for sign in (-1, 1):
        n_corners = int(rng.choice([3, 4, 6, 40, 40]))
        share = rng.uniform(0.4, 0.6)
        part = filled(_turned(_regular(n_corners), rng), share * size_px, side)
        shift = sign * share * 0.42 * size_px * np.array([np.cos(towards), np.sin(towards)])
        moved = cv2.warpAffine(
            part.astype(np.uint8), np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32), (side, side)
        )
        canvas |= moved > 0
    return canvas


_OUTLINES: Mapping[str, Callable[[float, int, np.random.Generator], npt.NDArray[np.bool_]]] = MappingProxyType(
    {
        "circle": _drawn(_circle, rounding=0),
        "ellipse": _drawn(_ellipse(1.3, 2.4), rounding=0),
        "triangle": _drawn(_triangle, rounding=0.12),
        "square": _drawn(_rectangle(1.0, 1.22), rounding=0.16),
        "rod": _drawn(_rod, rounding=0.05),
        "rhombus": _drawn(_rhombus, rounding=0.08),
        "pentagon": _drawn(_polygon(5, 0.04), rounding=0.12),
        "hexagon": _drawn(_hexagon, rounding=0.12),
        "irregular": _irregular,
    }
)
