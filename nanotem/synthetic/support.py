"""What the support adds to the particles: the edge of the film, holes, wrinkles, contamination."""

from math import pi
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.synthetic.polyhedra import Values

_FILM = 0.12
"""Thickness of the film in attenuation lengths: 15 to 20 nm of carbon."""
_WRINKLE = 0.1
_DIRT = 0.15


def draw_relief(
    shape: tuple[int, int],
    rng: np.random.Generator,
    *,
    support: Literal["plain", "edge", "holes", "wrinkles"] = "plain",
    contamination: float = 0.0,
) -> Values:
    """Return the thickness of support and dirt above that of the even film, in attenuation lengths.

    Parameters
    ----------
    shape
        Rows and columns.
    rng
        Source of all chance.
    support
        "edge": beyond a wavy line there is no film. "holes": holes over a sixth of the film. "wrinkles": a few
        darker lines.
    contamination
        Share of the image under patches of dirt.
    """
    relief = np.zeros(shape, np.float32)
    if support == "edge":
        beyond = _along(shape, rng) + 0.1 * _waves(shape, rng, 0.08) - rng.uniform(0.1, 0.3)
        relief -= _FILM * _soft(beyond, shape)
    elif support == "holes":
        holes = _waves(shape, rng, 0.06)
        relief -= _FILM * _soft((holes - np.quantile(holes, 5 / 6)) / 10, shape)
    elif support == "wrinkles":
        for _ in range(rng.integers(2, 5)):
            across = _along(shape, rng) + 0.05 * _waves(shape, rng, 0.15) - rng.uniform(-0.4, 0.4)
            relief += _WRINKLE * np.exp(-((across / rng.uniform(0.004, 0.012)) ** 2) / 2).astype(np.float32)
    if contamination:
        dirt = _waves(shape, rng, 0.03)
        above = np.maximum(dirt - np.float32(np.quantile(dirt, 1 - contamination)), 0)
        relief += _DIRT * above / max(float(above.max()), 1e-6)
    return relief


def _along(shape: tuple[int, int], rng: np.random.Generator) -> Values:
    """Return the distance from the middle in any direction, as a share of the longer side."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    towards = rng.uniform(0, 2 * pi)
    middle = np.sin(towards) * (rows - shape[0] / 2) + np.cos(towards) * (columns - shape[1] / 2)
    return np.asarray(middle / max(shape), np.float32)


def _waves(shape: tuple[int, int], rng: np.random.Generator, scale: float) -> Values:
    """Return smooth noise of standard deviation 1 whose width is a share of the longer side."""
    small = cv2.GaussianBlur(rng.standard_normal((128, 128), np.float32), (0, 0), 128 * scale)
    small = (small - small.mean()) / small.std()
    side = max(shape)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)[: shape[0], : shape[1]])


def _soft(level: npt.NDArray[Any], shape: tuple[int, int]) -> Values:
    """Return 1 where a level is above 0, with an edge about two pixels wide."""
    return np.asarray(np.clip(level * max(shape) / 2 + 0.5, 0, 1), np.float32)
