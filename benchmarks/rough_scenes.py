"""F1 of the default recipe on drawn scenes with rough edges, noise and uneven background, from image and not from mask.

    python -m benchmarks.rough_scenes [--seeds N]

Every scene is 512 x 512 px with flat particles of one kind, dark on bright, whose edges wander by 0.7 px (standard
deviation). The mean over seeds is printed per kind; "low contrast" is the polygons at a fifth of the contrast, on a
steep background. "noise", "blank" and "gradient" hold no particles: the number found is printed.
"""

import argparse
from collections.abc import Callable
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Micrograph

_SIDE = 512
_BACKGROUND, _CONTRAST, _NOISE, _RISE = 150.0, 90.0, 8.0, 40.0
_ROUGHNESS_PX = 0.7

_PACKED = "packed, 8 px"
KINDS = ("overlapping discs", "rods", "ellipses", "two families", "satellites", "polygons", "low contrast", _PACKED)
EMPTY = ("noise", "blank", "gradient")
"""Scenes without particles."""

Inside = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""Signed distance to an edge, in px, positive inside, from coordinates along and across a particle."""


def disc(radius: float) -> Inside:
    """Return a disc."""
    return lambda u, v: radius - np.hypot(u, v)


def rod(length: float, width: float) -> Inside:
    """Return a rod with round ends."""
    return lambda u, v: width / 2 - np.hypot(np.maximum(np.abs(u) - (length - width) / 2, 0), v)


def ellipse(a: float, b: float) -> Inside:
    """Return an ellipse; the distance is right to first order."""
    return lambda u, v: b * (1 - np.hypot(u / a, v / b))


def polygon(radius: float, n_sides: int) -> Inside:
    """Return a regular polygon with this radius of its inscribed circle."""
    angles = 2 * np.pi * np.arange(n_sides) / n_sides
    return lambda u, v: radius - np.max([u * np.cos(t) + v * np.sin(t) for t in angles], axis=0)


def shapes(kind: str, rng: np.random.Generator) -> tuple[list[Inside], float]:
    """Return the particles of a scene and how far neighbours may overlap, as a share of the smaller diameter."""
    if kind == "overlapping discs":
        return [disc(r) for r in rng.uniform(13, 19, 75)], 0.2
    if kind == "rods":
        return [rod(w * a, w) for w, a in zip(rng.uniform(12, 16, 45), rng.uniform(2.5, 4.5, 45), strict=True)], 0.0
    if kind == "ellipses":
        return [ellipse(b * a, b) for b, a in zip(rng.uniform(9, 13, 55), rng.uniform(1.4, 2, 55), strict=True)], 0.05
    if kind == "two families":
        return [disc(r) for r in [*rng.uniform(17, 20, 30), *rng.uniform(7, 9, 50)]], 0.05
    if kind == "satellites":
        return [disc(r) for r in [*rng.uniform(30, 36, 9), *rng.uniform(5, 7, 50)]], 0.1
    polygons = [polygon(r, n) for r, n in zip(rng.uniform(12, 17, 60), rng.choice([3, 4, 6], 60), strict=True)]
    return polygons, 0.05


def draw(kind: str, seed: int) -> tuple[npt.NDArray[np.uint8], Labels]:
    """Draw a scene and its truth."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((_SIDE, _SIDE), np.int32)
    if kind == _PACKED:
        _pack(labels, rng)
    elif kind not in EMPTY:
        particles, overlap = shapes(kind, rng)
        _place(labels, particles, overlap, rng, clustered=kind == "satellites")
    faint = kind == "low contrast"
    contrast, rise = (_CONTRAST / 5, 2 * _RISE) if faint else (_CONTRAST, _RISE)
    noise = 0.0 if kind in ("blank", "gradient") else _NOISE / 2 if faint else _NOISE
    down, across = np.mgrid[-0.5 : 0.5 : _SIDE * 1j, -0.5 : 0.5 : _SIDE * 1j]
    uneven = 0.0 if kind in ("noise", "blank") else rise * (0.7 * across + 0.3 * down + 2 * across**2)
    image = _BACKGROUND - contrast * cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), 0.8) + uneven
    return np.clip(image + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8), labels


def _place(
    labels: Labels, particles: list[Inside], overlap: float, rng: np.random.Generator, *, clustered: bool
) -> None:
    """Put particles where they overlap no other by more than `overlap`; later ones lie on top."""
    rows, columns = np.mgrid[:_SIDE, :_SIDE].astype(float)
    for inside in particles:
        for _ in range(60):
            row, column = _where(labels, rng, clustered=clustered)
            angle = rng.uniform(0, np.pi)
            u = (columns - column) * np.cos(angle) + (rows - row) * np.sin(angle)
            v = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
            wander = cv2.GaussianBlur(rng.normal(0, 1, labels.shape), (0, 0), 3) * 3 * 2 * np.sqrt(np.pi)
            new = inside(u, v) + _ROUGHNESS_PX * wander > 0
            if new.any() and np.count_nonzero(labels[new]) <= overlap * 0.5 * new.sum():
                labels[new & (labels == 0)] = labels.max() + 1
                break


def _pack(labels: Labels, rng: np.random.Generator) -> None:
    """Put 240 discs of 8 px on a hexagonal lattice, 2 px apart."""
    rows, columns = np.mgrid[:_SIDE, :_SIDE]
    for number, (i, j) in enumerate(product(range(15), range(16)), start=1):
        place = 170 + 10 * np.array([i * np.sqrt(0.75), j + i % 2 / 2]) + rng.normal(0, 0.3, 2)
        inside = np.hypot(rows - place[0], columns - place[1]) < rng.uniform(3.7, 4.2)
        labels[inside & (labels == 0)] = number


def _where(labels: Labels, rng: np.random.Generator, *, clustered: bool) -> tuple[float, float]:
    """Return a place; half of the later particles of a clustered scene go to the edge of an earlier one."""
    row, column = rng.uniform(15, _SIDE - 15, 2)
    if clustered and labels.max() >= 9 and rng.random() < 0.5:
        around = cv2.dilate((labels > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        edge = np.argwhere(around & (labels == 0))
        row, column = edge[rng.integers(len(edge))]
    return float(row), float(column)


def main() -> None:
    """Print one line per kind."""
    parser = argparse.ArgumentParser(description="F1 of the default recipe on drawn scenes.")
    parser.add_argument("--seeds", type=int, default=6, help="scenes per kind")
    n_seeds = parser.parse_args().seeds
    print(f"{'kind':20} {'F1@0.5':>7} {'PQ':>7} {'count':>7}")
    for kind in KINDS:
        scores = []
        for seed in range(n_seeds):
            pixels, true = draw(kind, seed)
            scores.append(evaluate(analyse(Micrograph(pixels, id="", name=kind)).labels, true))
        means = [np.mean([getattr(score, name) for score in scores]) for name in ("f1_50", "pq", "count_error")]
        print(f"{kind:20} {means[0]:7.3f} {means[1]:7.3f} {means[2]:+7.3f}")
    for kind in EMPTY:
        counts = [len(analyse(Micrograph(draw(kind, seed)[0], id="", name=kind)).particles) for seed in range(n_seeds)]
        print(f"{kind:20} found {counts}")


if __name__ == "__main__":
    main()
