"""Convex outlines in the plane of the image: how far apart they are, and how they are brought into contact."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""Shape (n, 2), axes (row, column), in px."""

_STEEPNESS_RAD = 0.03
"""Standard deviation of the angle between two sides in contact."""

_SLIDES = 2
"""Each brings two outlines that meet at a corner closer, none makes them overlap."""


class Contact(NamedTuple):
    """How one outline is brought to another."""

    turn_rad: float
    """Around its origin, before the shift."""
    shift: Points
    """Row and column."""
    outward: Points
    """Unit vector from the other one's side."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A convex polygon.

    Parameters
    ----------
    corners
        In order, from the direction of the columns towards that of the rows; shape (corners, 2).
    """

    corners: Points

    @cached_property
    def sides(self) -> Points:
        """From each corner to the next."""
        return np.roll(self.corners, -1, axis=0) - self.corners

    @cached_property
    def normals(self) -> Points:
        """Outward, of length 1, one for each side."""
        return np.column_stack([-self.sides[:, 1], self.sides[:, 0]]) / self._lengths[:, None]

    @cached_property
    def width(self) -> float:
        """Smallest distance of two parallel lines around it."""
        along = self.normals @ self.corners.T
        return float((along.max(axis=1) - along.min(axis=1)).min())

    def moved(self, row: float, column: float) -> "Outline":
        """Return the outline shifted."""
        return Outline(self.corners + np.array([row, column]))

    def turned(self, angle_rad: float) -> "Outline":
        """Return the outline turned around (0, 0), from the direction of the columns towards that of the rows."""
        return Outline(self.corners @ [[cos(angle_rad), -sin(angle_rad)], [sin(angle_rad), cos(angle_rad)]])

    def gap_to(self, other: "Outline") -> float:
        """Return the width of the widest straight gap along a side between the two; negative where they overlap."""
        return max(self._beyond(other), other._beyond(self))

    def contact_with(self, guest: "Outline", rng: np.random.Generator, *, aligned: bool = True) -> Contact:
        """Return how `guest` is to be turned and shifted so that the two touch.

        Long sides are preferred, with the square of their length: rods lie side by side, cubes face to face, and
        spheres touch anywhere. Not `aligned`, the guest is turned by any angle and touches with a corner.
        """
        ours, theirs = self._any_side(rng), guest._any_side(rng)
        outward = self.normals[ours]
        facing = _angle(-outward) - _angle(guest.normals[theirs]) + rng.normal(0, _STEEPNESS_RAD)
        turn = facing if aligned else rng.uniform(-pi, pi)
        laid = guest.turned(turn)
        here = laid._point_on(theirs, rng) if aligned else laid.corners[np.argmin(laid.corners @ outward)]
        shift = self._point_on(ours, rng) - here
        shift += ((self.corners @ outward).max() - ((laid.corners + shift) @ outward).min()) * outward
        for _ in range(_SLIDES):
            shift -= self.gap_to(laid.moved(*shift)) * outward
        return Contact(turn, shift, outward)

    @cached_property
    def _lengths(self) -> npt.NDArray[np.float64]:
        return np.hypot(*self.sides.T)

    def _any_side(self, rng: np.random.Generator) -> int:
        return int(rng.choice(len(self.sides), p=self._lengths**2 / (self._lengths**2).sum()))

    def _point_on(self, side: int, rng: np.random.Generator) -> Points:
        """Return a point in the middle half of a side."""
        return self.corners[side] + rng.uniform(0.25, 0.75) * self.sides[side]

    def _beyond(self, other: "Outline") -> float:
        """Return how far `other` lies beyond that of our sides which parts them best."""
        reach = (self.normals @ self.corners.T).max(axis=1)
        return float(((self.normals @ other.corners.T).min(axis=1) - reach).max())


def box_outline(top: float, left: float, bottom: float, right: float) -> Outline:
    """Return a rectangle."""
    return Outline(np.array([(top, left), (top, right), (bottom, right), (bottom, left)], float))


def _angle(direction: Points) -> float:
    """Return the angle from the direction of the columns towards that of the rows."""
    return float(np.arctan2(direction[0], direction[1]))
