"""The shapes of metal nanoparticles, as solids with their grains.

Half-spaces of the Platonic and Archimedean solids are textbook geometry; the crystallographic names are those of the
origin project. Every solid has the volume of a sphere of diameter 1.
"""

from functools import cache
from itertools import product
from math import cos, pi, sin, sqrt

import numpy as np

from nanotem.errors import ParameterError
from nanotem.synthetic.polyhedra import Polyhedron, Solid, Vectors, normalised, single_crystal

_GOLDEN = (1 + sqrt(5)) / 2
_AXES = np.vstack([np.eye(3), -np.eye(3)])
_DIAGONALS = np.array(list(product([-1.0, 1.0], repeat=3)))
_APOTHEM = cos(pi / 5)
_TIP = sqrt((2 * sin(pi / 5)) ** 2 - 1)
"""Half height of a pentagonal bipyramid of equilateral triangles whose equator has the radius 1."""
_GROOVE_RAD = 0.55
"""Angle between a twin plane and the normals of the groove beside it: the groove opens by 63 degrees."""
_TWELVE = np.array([v for v in product([-1.0, 0.0, 1.0], repeat=3) if np.count_nonzero(v) == 2])


def cube() -> Solid:
    """Return a cube: six {100} faces."""
    return single_crystal("FCC_CUBE", _AXES, 1)


def octahedron() -> Solid:
    """Return an octahedron: eight {111} faces."""
    return single_crystal("OH", _DIAGONALS, 1)


def truncated_cube(truncation: float, name: str) -> Solid:
    """Return a cube with cut corners: 0 is the cube, 1 the cuboctahedron, towards 2 the octahedron."""
    return single_crystal(name, np.vstack([_AXES, _DIAGONALS]), [1] * 6 + [3 - truncation] * 8)


def cuboctahedron() -> Solid:
    """Return a cuboctahedron: six {100} and eight {111} faces, all edges equal."""
    return truncated_cube(1, "CUBO")


def truncated_octahedron(cut: float = 2 / 3) -> Solid:
    """Return an octahedron with its corners cut at the share `cut` of their distance; 2/3 has equal edges."""
    return single_crystal("truncated octahedron", np.vstack([_DIAGONALS, _AXES]), [1] * 8 + [cut] * 6)


def tetrahedron() -> Solid:
    """Return a tetrahedron: four {111} faces."""
    return single_crystal("TD", -_DIAGONALS[_DIAGONALS.prod(axis=1) > 0], 1)


def dodecahedron() -> Solid:
    """Return a regular dodecahedron: twelve pentagons (no face of a face-centred cubic crystal)."""
    return single_crystal("DODECA", _cyclic(0, _GOLDEN, 1), _GOLDEN)


def rhombic_dodecahedron() -> Solid:
    """Return a rhombic dodecahedron: twelve {110} faces."""
    return single_crystal("other", _TWELVE, 1)


@cache
def icosahedron() -> Solid:
    """Return an icosahedron of 20 tetrahedral grains that meet in the centre."""
    corners = _cyclic(0, 1, _GOLDEN)
    faces = np.vstack([_DIAGONALS, _cyclic(0, _GOLDEN, 1 / _GOLDEN)])
    hull = Polyhedron(faces, np.full(20, _GOLDEN**2))
    return normalised("ICO", [_cone(face, corners, _GOLDEN**2) for face in faces], hull)


def decahedron(
    *, side: float = 0.0, length: float = 0.0, groove: float = 0.0, height: float = 1.0, name: str = "DEC"
) -> Solid:
    """Return a five-fold twinned solid: five grains around one axis.

    Parameters
    ----------
    side
        How far the five {100} side faces cut in, as a share of the distance to the equator's edges (Ino decahedron).
    length
        Length of a prism between the two pyramids, in units of the equator's radius; a large one gives a
        pentatwinned rod.
    groove
        Depth of the re-entrant grooves at the twin planes, as a share of the radius (Marks decahedron).
    height
        Height of the tips relative to ten equilateral triangles; 2 to 4 for a gold bipyramid.
    name
        Class.
    """
    tip = height * _TIP
    grains = [_wedge(k, side, length / 2, groove, tip) for k in range(5)]
    hull = Polyhedron(
        np.vstack([grain.normals[:3] for grain in grains]), np.concatenate([grain.offsets[:3] for grain in grains])
    )
    return normalised(name, grains, hull)


def trigonal_bipyramid(cap: float, *, corner: float = 0.0, name: str = "TPT") -> Solid:
    """Return a truncated trigonal bipyramid: two grains that share a {111} twin plane.

    Parameters
    ----------
    cap
        Where the tips are cut, as a share of their height, above 0 and below 1; below 0.2 it is a triangular plate.
    corner
        Share of the equator's corners that is cut.
    name
        Class.
    """
    if not 0 < cap < 1:
        raise ParameterError(f"Tips cut at {cap:g} of their height leave no solid.", "Give a share between 0 and 1.")
    towards = np.deg2rad([60, 180, 300])
    level = np.column_stack([np.cos(towards), np.sin(towards)])
    slope = 1 / sqrt(8)
    lateral = [(*u, sign * slope) for sign in (1, -1) for u in level]
    cuts = [(*-u, 0.0) for u in level]
    apothem = 1 / (2 * sqrt(3))
    tips = cap * sqrt(2 / 3)
    normals = np.array([*lateral, (0, 0, 1), (0, 0, -1), *cuts])
    offsets = np.array([apothem] * 6 + [tips] * 2 + [2 * apothem * (1 - corner)] * 3)
    hull = Polyhedron(normals, offsets)
    return normalised(name, [hull.cut((0, 0, -1), 0), hull.cut((0, 0, 1), 0)], hull)


def prism(n_sides: int, height: float, name: str) -> Solid:
    """Return a right prism; `height` is relative to the inner diameter of its base."""
    towards = 2 * pi * np.arange(n_sides) / n_sides
    sides = np.column_stack([np.cos(towards), np.sin(towards), np.zeros(n_sides)])
    return single_crystal(name, np.vstack([sides, [(0, 0, 1), (0, 0, -1)]]), [1] * n_sides + [height] * 2)


def _cyclic(a: float, b: float, c: float) -> Vectors:
    """Return the cyclic permutations of (±a, ±b, ±c), each once."""
    signed = {tuple(np.roll((a * i, b * j, c * k), shift) + 0.0) for i, j, k in _DIAGONALS for shift in range(3)}
    return np.array(sorted(signed))


def _cone(face: Vectors, corners: Vectors, offset: float) -> Polyhedron:
    """Return the grain between one triangular face and the centre."""
    a, b, c = corners[np.argsort(corners @ face)[-3:]]
    sides = np.array([np.cross(a, b), np.cross(b, c), np.cross(c, a)])
    sides *= -np.sign(sides @ face)[:, None]
    return Polyhedron(np.vstack([face, sides]), np.array([offset, 0, 0, 0]))


def _wedge(k: int, side: float, half_length: float, groove: float, tip: float) -> Polyhedron:
    """Return one grain of a decahedron, between the twin planes at 72 k and 72 (k + 1) degrees.

    The first three half-spaces, the two tip faces and the side face, are those of the hull.
    """
    first, middle, last = 2 * pi / 5 * (k + np.array([0, 0.5, 1]))
    out, up = _horizontal(middle), np.array([0, 0, _APOTHEM / tip])
    reach = _APOTHEM * (1 + half_length / tip)
    normals = [out + up, out - up, out, _horizontal(first - pi / 2), _horizontal(last + pi / 2)]
    offsets = [reach, reach, _APOTHEM * (1 - side), 0.0, 0.0]
    if groove:
        normals += [_horizontal(first - _GROOVE_RAD), _horizontal(last + _GROOVE_RAD)]
        offsets += [(1 - groove) * cos(_GROOVE_RAD)] * 2
    return Polyhedron(np.array(normals), np.array(offsets))


def _horizontal(angle_rad: float) -> Vectors:
    return np.array([cos(angle_rad), sin(angle_rad), 0.0])
