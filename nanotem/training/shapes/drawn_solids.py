"""Crops of drawn solids, as a micrograph would show them."""

from collections.abc import Callable, Mapping
from math import exp, pi
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.micrograph import Labels
from nanotem.morphology.crops import Crops
from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.polyhedra import Values
from nanotem.synthetic.projection import project
from nanotem.training.shapes.drawing import SHARE_FACET_DOWN, Drawing, draw_imaging, photographed
from nanotem.training.shapes.roughness import roughened

_TILT_DEG = 5.0
_NEIGHBOURS = ("CUBO", "DEC", "FCC_CUBE", "ICO", "OH", "TD", "TPT", "sphere", "rod", "sphere")

OTHER_KINDS = ("solid", "pair", "half", "dirt")
"""What the class "other" consists of: a solid of no class, two that touch, half a particle, and dirt."""


def draw_solid(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    """Draw one particle on its support, with a neighbour now and then, and cut it out."""
    size_px = exp(rng.uniform(*np.log(drawing.sizes_px)))
    side = round(1.6 * size_px) + 12
    shape, centre = (side, side), ((side - 1) / 2, (side - 1) / 2)
    imaging = draw_imaging(rng, size_px, held_out=drawing.held_out)
    kind = drawing.other or OTHER_KINDS[int(rng.integers(len(OTHER_KINDS)))]
    if class_name == "other" and kind != "solid":
        thickness, weighted = _NO_SOLIDS[kind](rng, size_px, shape)
    else:
        body = draw_body(class_name, rng, ideal=drawing.ideal)
        tilt_deg = 0.0 if drawing.ideal else _TILT_DEG
        rotation = draw_rotation(body, rng, facet_down=rng.random() < drawing.facet_down, tilt_deg=tilt_deg)
        diameter = size_px / (2 * body.reach)
        weights = np.exp(rng.normal(0, imaging.crystal_contrast, body.n_grains))
        oversample = 2 if size_px < 40 else 1
        thickness, weighted = project(
            body, rotation, diameter_px=diameter, shape=shape, centre=centre, weights=weights, oversample=oversample
        )
    if not drawing.ideal:
        thickness, weighted = _rounded(thickness, weighted, rng)
    labels = roughened(thickness > 0, min(0.8, 0.015 * size_px), rng)
    if drawing.silhouette:
        weighted = np.where(thickness > 0, np.float32(weighted.max()), 0).astype(np.float32)
    if rng.random() < 0.15:
        weighted, labels = _with_bump(weighted, labels, size_px, rng)
    if rng.random() < 0.3:
        weighted, labels = _with_neighbour(weighted, labels, size_px, rng)
    return photographed(weighted, labels, drawing, imaging, rng)


def _rounded(thickness: Values, weighted: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    """Round the corners of most particles: thin places at the outline are worn away."""
    if rng.random() < 0.4:
        return thickness, weighted
    radius = rng.uniform(0.02, 0.12) * np.sqrt(np.count_nonzero(thickness))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(radius) + 1,) * 2)
    kept = cv2.morphologyEx((thickness > 0).astype(np.uint8), cv2.MORPH_OPEN, disc)
    return thickness * kept, weighted * kept


def _with_neighbour(
    weighted: Values, labels: Labels, size_px: float, rng: np.random.Generator
) -> tuple[Values, Labels]:
    """Put another particle beside the first; where they meet the pixel stays with the first."""
    body = draw_body(("sphere", "FCC_CUBE", "CUBO", "rod")[int(rng.integers(4))], rng)
    rotation = draw_rotation(body, rng, facet_down=True)
    diameter = rng.uniform(0.5, 1.0) * size_px / (2 * body.reach)
    towards, distance = rng.uniform(0, 2 * pi), rng.uniform(0.45, 0.6) * size_px + 0.5 * diameter
    middle = (labels.shape[0] - 1) / 2
    centre = middle + distance * np.sin(towards), middle + distance * np.cos(towards)
    _, beside = project(body, rotation, diameter_px=diameter, shape=labels.shape, centre=centre, oversample=1)
    return weighted + beside, np.where((beside > 0) & (labels == 0), np.int32(2), labels)


def _with_bump(weighted: Values, labels: Labels, size_px: float, rng: np.random.Generator) -> tuple[Values, Labels]:
    """Let a faint piece of something behind stick out, taken for a part of the particle."""
    outline = np.argwhere((labels == 1) & (cv2.erode((labels == 1).astype(np.uint8), np.ones((3, 3))) == 0))
    row, column = outline[int(rng.integers(len(outline)))]
    rows, columns = np.indices(labels.shape)
    bump = np.hypot(rows - row, columns - column) < rng.uniform(0.05, 0.14) * size_px
    faint = np.float32(rng.uniform(0.15, 0.5) * weighted.max())
    return np.where(bump, np.maximum(weighted, faint), weighted), np.where(bump, np.int32(1), labels)


def _pair(rng: np.random.Generator, size_px: float, shape: tuple[int, int]) -> tuple[Values, Values]:
    """Draw two particles that touch and were not told apart."""
    return _some(rng, size_px, shape, (-1, 1))


def _half(rng: np.random.Generator, size_px: float, shape: tuple[int, int]) -> tuple[Values, Values]:
    """Draw half a particle: cut in the middle by mistake."""
    thickness, weighted = _some(rng, size_px, shape, (0,))
    rows, columns = np.indices(shape) - (shape[0] - 1) / 2
    towards, cut = rng.uniform(0, 2 * pi), rng.uniform(-0.12, 0.12) * size_px
    keep = np.sin(towards) * rows + np.cos(towards) * columns > cut
    return thickness * keep, weighted * keep


def _some(
    rng: np.random.Generator, size_px: float, shape: tuple[int, int], places: tuple[int, ...]
) -> tuple[Values, Values]:
    """Draw any solids: one in the middle (place 0), or one on each side (-1, 1)."""
    towards = rng.uniform(0, 2 * pi)
    step = np.array([np.sin(towards), np.cos(towards)])
    total, weighted_total = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for place in places:
        body = draw_body(_NEIGHBOURS[int(rng.integers(len(_NEIGHBOURS)))], rng)
        rotation = draw_rotation(body, rng, facet_down=rng.random() < SHARE_FACET_DOWN)
        diameter = size_px / (2 * body.reach) * (rng.uniform(0.45, 0.6) if place else 1)
        shift = place * rng.uniform(0.35, 0.48) * diameter * 2 * min(body.reach, 0.6)
        row, column = (shape[0] - 1) / 2 + shift * step
        weights = np.exp(rng.normal(0, 0.4, body.n_grains))
        thickness, weighted = project(
            body, rotation, diameter_px=diameter, shape=shape, centre=(row, column), weights=weights, oversample=1
        )
        total, weighted_total = total + thickness, weighted_total + weighted
    return total, weighted_total


def _dirt(rng: np.random.Generator, size_px: float, shape: tuple[int, int]) -> tuple[Values, Values]:
    """Draw a smooth blob of no particular outline."""
    field = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), size_px * rng.uniform(0.08, 0.2))
    rows, columns = (np.indices(shape) - (shape[0] - 1) / 2) / size_px
    field = field / max(float(field.std()), 1e-6) - 5 * (rows**2 + rng.uniform(1, 3) * columns**2)
    blob = np.maximum(field - np.percentile(field, rng.uniform(75, 92)), 0).astype(np.float32)
    flatness = rng.uniform(0.2, 1)
    blob = (blob / max(float(blob.max()), 1e-6)) ** np.float32(flatness) * np.float32(size_px / 2)
    return blob, blob


_NO_SOLIDS: Mapping[str, Callable[[np.random.Generator, float, tuple[int, int]], tuple[Values, Values]]]
_NO_SOLIDS = MappingProxyType({"pair": _pair, "half": _half, "dirt": _dirt})
