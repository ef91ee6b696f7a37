"""Convex solids as half-spaces, and solids made of such grains."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection

from nanotem.errors import ParameterError
from nanotem.synthetic.outline import Outline

Vectors = npt.NDArray[np.float64]
"""Shape (n, 3): axes x (columns), y (rows), z (along the beam)."""

Values = npt.NDArray[np.float32]

_ALONG_BEAM = 1e-6


@dataclass(frozen=True, eq=False)
class Polyhedron:
    """A bounded convex solid {p : normals · p <= offsets}.

    Parameters
    ----------
    normals
        Outward normals, shape (faces, 3), of any length.
    offsets
        Shape (faces,).

    Raises
    ------
    ParameterError
        If the half-spaces enclose no bounded solid around a point inside all of them.
    """

    normals: Vectors
    offsets: npt.NDArray[np.float64]

    @cached_property
    def vertices(self) -> Vectors:
        """Corners, shape (corners, 3)."""
        half_spaces = np.column_stack([self.normals, -self.offsets])
        try:
            corners = HalfspaceIntersection(half_spaces, self._inside()).intersections
        except (ValueError, RuntimeError) as error:
            raise ParameterError("The faces enclose no solid.", "Give faces on all sides.") from error
        if not np.isfinite(corners).all():
            raise ParameterError("The faces leave the solid open.", "Give faces on all sides.")
        return np.unique(np.round(corners, 9), axis=0)

    @cached_property
    def volume(self) -> float:
        """Volume, in cubed units of the offsets."""
        return float(ConvexHull(self.vertices).volume)

    def scaled(self, factor: float) -> "Polyhedron":
        """Return the solid `factor` times as large."""
        return Polyhedron(self.normals, self.offsets * factor)

    def cut(self, normals: npt.ArrayLike, offsets: npt.ArrayLike) -> "Polyhedron":
        """Return the solid with more faces."""
        return Polyhedron(np.vstack([self.normals, np.atleast_2d(normals)]), np.append(self.offsets, offsets))

    def face_areas(self) -> npt.NDArray[np.float64]:
        """Return the area of every face, 0 for one that touches the solid in an edge or not at all."""
        lengths = np.linalg.norm(self.normals, axis=1)
        return np.array(
            [
                _polygon_area(self.vertices[np.abs(self.vertices @ normal - offset) < 1e-6 * length], normal / length)
                for normal, offset, length in zip(self.normals, self.offsets, lengths, strict=True)
            ]
        )

    def chord(self, rotation: Vectors, x: Values, y: Values) -> Values:
        """Return the path of a beam along z inside the rotated solid.

        Each half-space bounds the beam from above or below, or shuts it out if its face is parallel to the beam.

        Parameters
        ----------
        rotation
            Shape (3, 3), from the solid's axes to those of the image.
        x, y
            Places, shape (places,), in units of the solid.

        Returns
        -------
        array
            Shape (places,); 0 outside.
        """
        normals = (self.normals @ rotation.T).astype(np.float32)
        slack = self.offsets.astype(np.float32)[:, None] - normals[:, :1] * x - normals[:, 1:2] * y
        tilt = normals[:, 2:]
        upper, lower = tilt[:, 0] > _ALONG_BEAM, tilt[:, 0] < -_ALONG_BEAM
        path = (slack[upper] / tilt[upper]).min(axis=0) - (slack[lower] / tilt[lower]).max(axis=0)
        beside = slack[~(upper | lower)]
        return np.where((path > 0) & (beside >= 0).all(axis=0), path, np.float32(0))

    def _inside(self) -> npt.NDArray[np.float64]:
        """Return a point inside: the origin, or else the centre of the largest ball, by a linear programme."""
        if (self.offsets > 0).all():
            return np.zeros(3)
        lengths = np.linalg.norm(self.normals, axis=1)
        planes = np.column_stack([self.normals, lengths])
        found = linprog([0, 0, 0, -1], A_ub=planes, b_ub=self.offsets, bounds=(None, None))
        if not found.success or found.x[3] <= 0:
            raise ParameterError("The faces enclose no solid.", "Give faces on all sides.")
        return np.asarray(found.x[:3])


@dataclass(frozen=True, eq=False)
class Solid:
    """A particle's shape: an outer hull, divided into grains of one lattice orientation each.

    Parameters
    ----------
    name
        Class that a classifier should give it.
    grains
        Convex pieces that fill the solid without overlap; one for a single crystal.
    hull
        Smallest convex solid around all grains; it decides on which faces the solid can lie.
    """

    name: str
    grains: tuple[Polyhedron, ...]
    hull: Polyhedron

    @property
    def volume(self) -> float:
        """Sum of the grains' volumes."""
        return sum(grain.volume for grain in self.grains)

    @cached_property
    def reach(self) -> float:
        """Largest distance of a corner from the origin."""
        return float(np.linalg.norm(self.hull.vertices, axis=1).max())

    @property
    def n_grains(self) -> int:
        """Number of lattice orientations."""
        return len(self.grains)

    def grain_thicknesses(self, rotation: Vectors, x: Values, y: Values) -> Values:
        """Return the path of the beam inside each grain, shape (grains, places).

        A single crystal is one chord. Grains are looked at only where the beam meets the hull.
        """
        if len(self.grains) == 1:
            return self.grains[0].chord(rotation, x, y)[None]
        paths = np.zeros((len(self.grains), len(x)), np.float32)
        met = self.hull.chord(rotation, x, y) > 0
        for path, grain in zip(paths, self.grains, strict=True):
            path[met] = grain.chord(rotation, x[met], y[met])
        return paths

    def outline(self, rotation: Vectors) -> Outline:
        """Return the outline of the projected corners."""
        places = self.hull.vertices @ rotation[:2].T
        return Outline(places[ConvexHull(places).vertices, ::-1])


def single_crystal(name: str, normals: npt.ArrayLike, offsets: npt.ArrayLike) -> Solid:
    """Return a convex solid of one grain, centred and with the volume of a sphere of diameter 1."""
    faces = np.atleast_2d(np.asarray(normals, float))
    return normalised(name, [Polyhedron(faces, np.broadcast_to(np.asarray(offsets, float), len(faces)).copy())])


def normalised(name: str, grains: Sequence[Polyhedron], hull: Polyhedron | None = None) -> Solid:
    """Return a solid scaled to the volume of a sphere of diameter 1; a single grain is its own hull."""
    factor = float(np.cbrt(np.pi / 6 / sum(grain.volume for grain in grains)))
    return Solid(name, tuple(grain.scaled(factor) for grain in grains), (hull or grains[0]).scaled(factor))


def _polygon_area(corners: Vectors, normal: npt.NDArray[np.float64]) -> float:
    """Return the area of the convex polygon of `corners` in the plane across `normal`."""
    if len(corners) < 3:
        return 0.0
    axis = np.eye(3)[np.argmin(np.abs(normal))]
    u = np.cross(normal, axis)
    u /= np.linalg.norm(u)
    flat = (corners - corners.mean(axis=0)) @ np.column_stack([u, np.cross(normal, u)])
    x, y = flat[np.argsort(np.arctan2(flat[:, 1], flat[:, 0]))].T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
