"""How solids lie on the support."""

from math import cos, pi, sin

import numpy as np

from nanotem.synthetic.polyhedra import Solid, Vectors


def random_rotation(rng: np.random.Generator) -> Vectors:
    """Return a rotation, every orientation equally likely (Shoemake: a normalised normal quaternion)."""
    w, x, y, z = (q := rng.standard_normal(4)) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def flat_rotation(rng: np.random.Generator, *, tilt_deg: float = 0.0) -> Vectors:
    """Return a turn around the beam, after a tilt by a normal angle with standard deviation `tilt_deg`."""
    towards, tilt = rng.uniform(0, 2 * pi), np.deg2rad(rng.normal(0, tilt_deg))
    return _about((cos(towards), sin(towards), 0), tilt) @ _about((0, 0, 1), rng.uniform(0, 2 * pi))


def facet_down_rotation(
    solid: Solid, rng: np.random.Generator, *, tilt_deg: float = 0.0, least_share: float = 0.0
) -> Vectors:
    """Return a rotation that lays a solid on one of its faces.

    Parameters
    ----------
    solid
        Large faces are proportionally more likely.
    rng
        Source of all chance.
    tilt_deg
        Standard deviation of a tilt away from lying flat.
    least_share
        Faces smaller than this share of the largest are never stood on.
    """
    areas = solid.hull.face_areas()
    areas[areas < least_share * areas.max()] = 0
    normal = solid.hull.normals[rng.choice(len(areas), p=areas / areas.sum())]
    return flat_rotation(rng, tilt_deg=tilt_deg) @ towards_beam(normal)


def towards_beam(direction: Vectors) -> Vectors:
    """Return the shortest rotation that turns a direction into +z."""
    unit = direction / np.linalg.norm(direction)
    axis = np.array([unit[1], -unit[0], 0.0])
    length = np.linalg.norm(axis)
    if length < 1e-12:
        return np.diag([1.0, 1.0, 1.0] if unit[2] > 0 else [1.0, -1.0, -1.0])
    return _about(axis / length, float(np.arctan2(length, unit[2])))


def _about(axis: tuple[float, float, float] | Vectors, angle_rad: float) -> Vectors:
    """Return the rotation about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + sin(angle_rad) * cross + (1 - cos(angle_rad)) * cross @ cross)
