"""Bodies without facets, projected in closed form."""

from dataclasses import dataclass
from math import cbrt, hypot, pi

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.synthetic.outline import Outline
from nanotem.synthetic.polyhedra import Values, Vectors

_N_CORNERS = 72
"""Of a round outline: a polygon that is at most 0.1 % of the radius inside it."""


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid with the volume of a sphere of diameter 1; a sphere if its axes are equal.

    Parameters
    ----------
    name
        Class that a classifier should give it.
    proportions
        Lengths of its axes, relative to each other.

    Raises
    ------
    ParameterError
        If an axis is not positive.
    """

    name: str
    proportions: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if min(self.proportions) <= 0:
            raise ParameterError(f"An axis of {min(self.proportions):g} is too short.", "Give lengths above 0.")

    @property
    def half_axes(self) -> npt.NDArray[np.float64]:
        """Half of the length of each axis."""
        return np.array(self.proportions) * 0.5 / cbrt(np.prod(self.proportions))

    @property
    def reach(self) -> float:
        """Largest distance of the surface from the origin."""
        return float(self.half_axes.max())

    @property
    def n_grains(self) -> int:
        """One lattice orientation."""
        return 1

    def grain_thicknesses(self, rotation: Vectors, x: Values, y: Values) -> Values:
        """Return the path of the beam, shape (1, places): the roots of a quadratic in z."""
        form = (rotation / self.half_axes**2) @ rotation.T
        linear = form[0, 2] * x + form[1, 2] * y
        constant = form[0, 0] * x**2 + 2 * form[0, 1] * x * y + form[1, 1] * y**2 - 1
        root = np.maximum(linear**2 - form[2, 2] * constant, 0)
        return np.asarray(2 / form[2, 2] * np.sqrt(root), np.float32)[None]

    def outline(self, rotation: Vectors) -> Outline:
        """Return the farthest points of the surface in directions all around."""
        towards = _all_around() @ (rotation * self.half_axes)[:2]
        farthest = towards / np.linalg.norm(towards, axis=1, keepdims=True) @ (rotation * self.half_axes)[:2].T
        return Outline(farthest[:, ::-1])


@dataclass(frozen=True)
class Capsule:
    """A rod with round ends, along x before rotation, with the volume of a sphere of diameter 1.

    Its projection is exact when it lies flat; a tilted one is seen foreshortened, as thick as when it lies.

    Parameters
    ----------
    aspect
        Whole length divided by width, 1 or more.
    name
        Class that a classifier should give it.

    Raises
    ------
    ParameterError
        If it is wider than long.
    """

    aspect: float
    name: str = "rod"

    def __post_init__(self) -> None:
        if not self.aspect >= 1:
            raise ParameterError(f"A rod cannot have the aspect ratio {self.aspect:g}.", "Give 1 or more.")

    @property
    def width(self) -> float:
        """Diameter: π/6 w³ + π/4 w² (l - w) = π/6."""
        return 1 / cbrt(1 + 1.5 * (self.aspect - 1))

    @property
    def reach(self) -> float:
        """Half of the whole length."""
        return self.aspect * self.width / 2

    @property
    def n_grains(self) -> int:
        """One lattice orientation."""
        return 1

    def grain_thicknesses(self, rotation: Vectors, x: Values, y: Values) -> Values:
        """Return the path of the beam, shape (1, places)."""
        flat = hypot(rotation[0, 0], rotation[1, 0])
        along_x, along_y = (rotation[:2, 0] / flat) if flat > 0 else (1.0, 0.0)
        along, across = along_x * x + along_y * y, along_x * y - along_y * x
        beyond = np.maximum(np.abs(along) - flat * (self.aspect - 1) * self.width / 2, 0)
        square = np.maximum(self.width**2 / 4 - across**2 - beyond**2, 0)
        return np.asarray(2 * np.sqrt(square), np.float32)[None]

    def outline(self, rotation: Vectors) -> Outline:
        """Return half circles around both ends of the axis."""
        end = rotation[:2, 0] * (self.aspect - 1) * self.width / 2
        towards = _all_around()
        farthest = self.width / 2 * towards + np.where(towards @ end > 0, 1, -1)[:, None] * end
        return Outline(farthest[:, ::-1])


def _all_around() -> npt.NDArray[np.float64]:
    """Return unit vectors (x, y) in order, shape (n, 2)."""
    angles = 2 * pi * (np.arange(_N_CORNERS) + 0.5) / _N_CORNERS
    return np.column_stack([np.cos(angles), np.sin(angles)])
