"""Single particles as flat outlines with a height: cheap enough to draw a thousand of them in a scene."""

from math import ceil, pi
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Corners = npt.NDArray[np.float64]
"""Shape (n, 2), axes (row, column), in px around a particle's centre."""

Profile = Literal["dome", "flat", "roof"]
"""How the height rises from the edge: as a sphere's, at once, or as a slope up to a terrace."""

_FINE_PX = 48
"""Particles are drawn with at least so many places across, at most eight per px: areas are true to 1 %."""
_FRACTION_BITS = 6
_N_ROUND = 40


class Piece(NamedTuple):
    """A particle by itself, in a square window.

    Attributes
    ----------
    inside
        Shape (side, side), True in the outline.
    height
        The same shape, px.
    reach
        Distance of the middle pixel from the window's sides, in px.
    """

    inside: npt.NDArray[np.bool_]
    height: npt.NDArray[np.float32]
    reach: int


def piece(
    corners: Corners, *, profile: Profile = "dome", offset: tuple[float, float] = (0.0, 0.0), terrace: float = 0.5
) -> Piece:
    """Draw an outline with its height.

    Parameters
    ----------
    corners
        The outline.
    profile
        How the height rises.
    offset
        Row and column of the centre from that of the middle pixel.
    terrace
        Where the slope of a roof ends, as a share of the largest distance to the edge; thickness of a flat one, as a
        share of its width.
    """
    reach = ceil(float(np.abs(corners).max()) + 1.5)
    side = 2 * reach + 1
    fine = int(np.clip(_FINE_PX // reach, 2, 8))
    inset = 1 - 0.5 / fine / max(float(np.hypot(*corners.T).mean()), 1.0)  # a filled polygon holds its edge too
    canvas = np.zeros((fine * side + 2,) * 2, np.uint8)
    places = (inset * corners + reach + 0.5 + np.array(offset)) * fine + 0.5
    cv2.fillPoly(canvas, [np.rint(places[:, ::-1] * 2**_FRACTION_BITS).astype(np.int32)], 1, shift=_FRACTION_BITS)
    depth = np.maximum(cv2.distanceTransform(canvas, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1] - 0.5, 0) / fine
    covered = cv2.resize(canvas[1:-1, 1:-1].astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    height = cv2.resize(_height(depth, profile, terrace), (side, side), interpolation=cv2.INTER_AREA)
    return Piece(covered >= 0.5, height, reach)


def _height(depth: npt.NDArray[np.float32], profile: Profile, terrace: float) -> npt.NDArray[np.float32]:
    radius = max(float(depth.max()), 0.5)
    if profile == "dome":
        return np.asarray(2 * np.sqrt(np.maximum(2 * radius * depth - depth**2, 0)), np.float32)
    if profile == "roof":
        return np.asarray(2 * np.minimum(depth, terrace * radius), np.float32)
    return np.where(depth > 0, np.float32(2 * terrace * radius), np.float32(0))


def ellipse(length: float, width: float, angle: float = 0.0) -> Corners:
    """Return the corners of an ellipse; of a disc if both are equal."""
    towards = _all_around(_N_ROUND)
    return turned(towards * (width / 2, length / 2), angle)


def bar(length: float, width: float, angle: float, *, pointed: float = 1.0) -> Corners:
    """Return the corners of a rod; `pointed` is the length of its round ends, relative to half of its width."""
    towards = _all_around(_N_ROUND)
    straight = max(length - pointed * width, 0) / 2
    ends = towards * (width / 2, pointed * width / 2)
    ends[:, 1] += np.where(towards[:, 1] >= 0, straight, -straight)
    return turned(ends, angle)


def regular(diameter: float, n_corners: int, rng: np.random.Generator, *, uneven: float = 0.1) -> Corners:
    """Return a polygon with corners a little out of place, at any angle; its diameter is that of a disc of its area."""
    towards = 2 * pi * (np.arange(n_corners) + rng.normal(0, uneven / 2, n_corners)) / n_corners + rng.uniform(
        0, 2 * pi
    )
    radii = rng.normal(1, uneven / 2, n_corners)
    return sized(radii[:, None] * np.column_stack([np.sin(towards), np.cos(towards)]), diameter)


def worn(diameter: float, rng: np.random.Generator) -> Corners:
    """Return an irregular outline: a random polygon, its corners rounded, longer than wide by up to a half."""
    n_corners = int(rng.integers(5, 10))
    rough = regular(diameter, n_corners, rng, uneven=rng.uniform(0.1, 0.5)) * (1, rng.uniform(1, 1.5))
    return sized(turned(rounded(rough, int(rng.integers(0, 4))), rng.uniform(0, pi)), diameter)


def rounded(corners: Corners, times: int) -> Corners:
    """Cut every corner so many times (Chaikin 1974)."""
    for _ in range(times):
        following = np.roll(corners, -1, axis=0)
        cut = np.stack([0.75 * corners + 0.25 * following, 0.25 * corners + 0.75 * following], axis=1)
        corners = cut.reshape(-1, 2)
    return corners


def turned(corners: Corners, angle: float) -> Corners:
    """Turn an outline around its centre."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(corners @ np.array([[cos, -sin], [sin, cos]]))


def sized(corners: Corners, diameter: float) -> Corners:
    """Scale an outline to the area of a disc of a diameter."""
    return corners * (diameter / diameter_of(corners))


def diameter_of(corners: Corners) -> float:
    """Return the diameter of the disc with an outline's area."""
    rows, columns = corners.T
    area = abs(np.dot(rows, np.roll(columns, 1)) - np.dot(columns, np.roll(rows, 1))) / 2
    return float(2 * np.sqrt(max(area, 1e-6) / pi))


def _all_around(n: int) -> Corners:
    angles = 2 * pi * (np.arange(n) + 0.5) / n
    return np.column_stack([np.sin(angles), np.cos(angles)])
