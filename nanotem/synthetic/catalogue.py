"""The classes of solids, each with the variations that real particles show."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from nanotem.synthetic.crystals import (
    cube,
    cuboctahedron,
    decahedron,
    dodecahedron,
    icosahedron,
    octahedron,
    prism,
    rhombic_dodecahedron,
    tetrahedron,
    trigonal_bipyramid,
    truncated_cube,
    truncated_octahedron,
)
from nanotem.synthetic.polyhedra import Solid, Vectors
from nanotem.synthetic.pose import facet_down_rotation, flat_rotation, random_rotation
from nanotem.synthetic.projection import Body
from nanotem.synthetic.round_bodies import Capsule, Ellipsoid

_LYING = frozenset({"rod", "plate", "bipyramid"})
"""Too long or too flat to stand: these lie on the support."""


def draw_body(class_name: str, rng: np.random.Generator, *, ideal: bool = False) -> Body:
    """Return a particle of a class.

    Parameters
    ----------
    class_name
        One of `nanotem.morphology.classes.SOLID_CLASSES`; "other" gives solids that belong to none of the classes.
    rng
        Source of all chance.
    ideal
        The textbook solid without variations, where a class has one: spheres, rods and plates vary all the same.
    """
    return (_IDEAL if ideal and class_name in _IDEAL else _VARIED)[class_name](rng)


def draw_rotation(body: Body, rng: np.random.Generator, *, facet_down: bool, tilt_deg: float = 5.0) -> Vectors:
    """Return how a particle lies: on a face with a small tilt, or in any orientation; rods and plates always lie."""
    if not isinstance(body, Solid):
        return flat_rotation(rng) if body.name == "rod" else random_rotation(rng)
    if body.name in _LYING:
        return facet_down_rotation(body, rng, tilt_deg=tilt_deg, least_share=0.5)
    if facet_down:
        return facet_down_rotation(body, rng, tilt_deg=tilt_deg)
    return random_rotation(rng)


def _decahedron(rng: np.random.Generator) -> Solid:
    """Return a perfect, an Ino or a Marks decahedron."""
    kind = rng.integers(3)
    if kind == 0:
        return decahedron()
    side, length = rng.uniform(0.05, 0.3), rng.uniform(0.0, 0.35)
    return decahedron(side=side, length=length, groove=rng.uniform(0.1, 0.25) if kind == 2 else 0.0)


def _rod(rng: np.random.Generator) -> Body:
    """Return a rod with round ends, of eight sides, or of five twins."""
    aspect = rng.uniform(1.7, 6)
    kind = rng.integers(3)
    if kind == 0:
        return Capsule(aspect)
    if kind == 1:
        return prism(8, aspect, "rod")
    return decahedron(side=rng.uniform(0.05, 0.3), length=2 * (aspect - 0.6), name="rod")


def _plate(rng: np.random.Generator) -> Solid:
    """Return a triangular or hexagonal plate."""
    if rng.random() < 0.5:
        return prism(6, rng.uniform(0.1, 0.3), "plate")
    return trigonal_bipyramid(rng.uniform(0.05, 0.15), corner=rng.uniform(0, 0.15), name="plate")


def _other(rng: np.random.Generator) -> Body:
    """Return a solid of no class: a rhombic dodecahedron, or an ellipsoid that is no sphere and no rod."""
    if rng.random() < 0.5:
        return rhombic_dodecahedron()
    return Ellipsoid("other", (1.0, rng.uniform(0.55, 0.8), rng.uniform(0.55, 1.0)))


_IDEAL: Mapping[str, Callable[[np.random.Generator], Solid]] = MappingProxyType(
    {
        "CUBO": lambda rng: cuboctahedron(),
        "DEC": lambda rng: decahedron(),
        "FCC_CUBE": lambda rng: cube(),
        "OH": lambda rng: octahedron(),
        "truncated octahedron": lambda rng: truncated_octahedron(),
    }
)

_VARIED: Mapping[str, Callable[[np.random.Generator], Body]] = MappingProxyType(
    {
        "CUBO": lambda rng: truncated_cube(rng.uniform(0.85, 1.12), "CUBO"),
        "DEC": _decahedron,
        "DODECA": lambda rng: dodecahedron(),
        "FCC_CUBE": lambda rng: truncated_cube(rng.uniform(0.0, 0.25), "FCC_CUBE"),
        "ICO": lambda rng: icosahedron(),
        "OH": lambda rng: truncated_cube(rng.uniform(1.85, 1.999), "OH"),
        "TD": lambda rng: tetrahedron(),
        "TPT": lambda rng: trigonal_bipyramid(rng.uniform(0.25, 0.6)),
        "sphere": lambda rng: Ellipsoid("sphere", (1.0, rng.uniform(0.92, 1.0), rng.uniform(0.92, 1.0))),
        "rod": _rod,
        "plate": _plate,
        "bipyramid": lambda rng: decahedron(height=rng.uniform(2, 4), name="bipyramid"),
        "truncated octahedron": lambda rng: truncated_octahedron(rng.uniform(0.6, 0.75)),
        "other": _other,
    }
)
