"""A body in its place on the support."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, cos, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.synthetic.outline import Outline
from nanotem.synthetic.polyhedra import Values, Vectors
from nanotem.synthetic.projection import Body, project
from nanotem.synthetic.round_bodies import Capsule, Ellipsoid

_FINE_PX = 64
"""Particles are drawn with at least so many places across: areas are true to 0.2 %, along pixel rows to 1.5 %."""


class Patch(NamedTuple):
    """A particle by itself: two square arrays, and which pixel of the image their first one is."""

    top: int
    left: int
    weighted_px: Values
    """Thickness along the beam, each grain with its weight."""
    coverage: Values
    """Share of the pixel that lies inside the outline."""


@dataclass(frozen=True, eq=False)
class Particle:
    """A body with its size, orientation and place.

    Parameters
    ----------
    body
        Shape and class.
    diameter_px
        Diameter of the sphere with its volume.
    rotation
        Shape (3, 3), from the body's axes to those of the image.
    row, column
        Place of the body's origin; pixel centres are whole numbers.
    facet_down
        Whether it was laid on one of its faces.

    Raises
    ------
    ParameterError
        If the diameter is not positive.
    """

    body: Body
    diameter_px: float
    rotation: Vectors = field(default_factory=lambda: np.eye(3))
    row: float = 0.0
    column: float = 0.0
    facet_down: bool = False

    def __post_init__(self) -> None:
        if not self.diameter_px > 0:
            raise ParameterError(f"A particle of {self.diameter_px:g} px cannot be drawn.", "Give a diameter above 0.")

    @cached_property
    def outline_px(self) -> Outline:
        """Smallest convex outline around the projection, with the body's origin at (0, 0)."""
        return Outline(self.body.outline(self.rotation).corners * self.diameter_px)

    def at(self, row: float, column: float) -> "Particle":
        """Return the particle in another place."""
        return replace(self, row=row, column=column)

    def turned(self, angle_rad: float) -> "Particle":
        """Return the particle turned around the beam, from the direction of the columns towards that of the rows."""
        turn = np.array([[cos(angle_rad), -sin(angle_rad), 0], [sin(angle_rad), cos(angle_rad), 0], [0, 0, 1]])
        return replace(self, rotation=turn @ self.rotation)

    def patch(self, weights: npt.ArrayLike | None = None) -> Patch:
        """Return its projection, whole whatever the frame; `weights` are those of the grains."""
        fine = max(2, ceil(_FINE_PX / self.diameter_px))
        reach = ceil(self.body.reach * self.diameter_px) + 1
        top, left, side = round(self.row) - reach, round(self.column) - reach, 2 * reach + 1
        thickness, weighted = project(
            self.body,
            self.rotation,
            diameter_px=fine * self.diameter_px,
            shape=(fine * side, fine * side),
            centre=(fine * (self.row - top + 0.5) - 0.5, fine * (self.column - left + 0.5) - 0.5),
            weights=weights,
            oversample=1,
        )
        places = side, fine, side, fine
        covered = (thickness > 0).reshape(places).mean(axis=(1, 3), dtype=np.float32)
        return Patch(top, left, weighted.reshape(places).mean(axis=(1, 3)) / fine, covered)


def sphere(diameter_px: float) -> Particle:
    """Return a sphere, not yet placed."""
    return Particle(Ellipsoid("sphere"), diameter_px)


def rod(length_px: float, width_px: float, angle_rad: float = 0.0) -> Particle:
    """Return a lying rod with round ends, not yet placed.

    Parameters
    ----------
    length_px, width_px
        Whole length, round ends included, and width.
    angle_rad
        From the direction of the columns towards that of the rows.

    Raises
    ------
    ParameterError
        If the width is not positive or the length is smaller than the width.
    """
    if not 0 < width_px <= length_px:
        raise ParameterError(
            f"A rod {length_px:g} px long and {width_px:g} px wide cannot be drawn.",
            "Give a width above 0 and a length that is not smaller.",
        )
    body = Capsule(length_px / width_px)
    return Particle(body, width_px / body.width).turned(angle_rad)
