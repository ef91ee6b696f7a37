"""Solids, seen along the beam as thickness."""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError

Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spherocylinder:
    """A rod with round ends lying on the support; a sphere if it is as long as it is wide.

    Parameters
    ----------
    length_px, width_px
        Whole length, round ends included, and width.
    angle_rad
        From the direction of the columns towards that of the rows.
    row, column
        Centre; pixel centres are whole numbers.

    Raises
    ------
    ParameterError
        If the width is not positive or the length is smaller than the width.
    """

    length_px: float
    width_px: float
    angle_rad: float = 0.0
    row: float = 0.0
    column: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.width_px <= self.length_px:
            raise ParameterError(
                f"A rod {self.length_px:g} px long and {self.width_px:g} px wide cannot be drawn.",
                "Give a width above 0 and a length that is not smaller.",
            )

    @property
    def class_name(self) -> str:
        """What a classifier should say."""
        return "sphere" if self.length_px == self.width_px else "rod"

    @property
    def area_px(self) -> float:
        """Area of the projected outline."""
        return pi / 4 * self.width_px**2 + self.width_px * (self.length_px - self.width_px)

    @property
    def reach_px(self) -> float:
        """Largest distance of the outline from the centre."""
        return self.length_px / 2

    def axis(self) -> Coordinates:
        """Return 9 points (row, column) on the axis, from the centre of one round end to the other."""
        along = np.linspace(-0.5, 0.5, 9) * (self.length_px - self.width_px)
        return np.column_stack([self.row + along * sin(self.angle_rad), self.column + along * cos(self.angle_rad)])

    def thickness_px(self, rows: Coordinates, columns: Coordinates) -> Coordinates:
        """Return the length of the beam's path inside the solid at the given places; 0 outside."""
        y, x = rows - self.row, columns - self.column
        along = x * cos(self.angle_rad) + y * sin(self.angle_rad)
        across = y * cos(self.angle_rad) - x * sin(self.angle_rad)
        beyond = np.maximum(np.abs(along) - (self.length_px - self.width_px) / 2, 0)
        half_squared = np.maximum(self.width_px**2 / 4 - across**2 - beyond**2, 0)
        return np.asarray(2 * np.sqrt(half_squared))


def sphere(diameter_px: float) -> Spherocylinder:
    """Return a sphere, not yet placed."""
    return Spherocylinder(diameter_px, diameter_px)
