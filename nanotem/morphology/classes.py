"""The names of the classes."""

from collections.abc import Mapping
from types import MappingProxyType

POLYHEDRA = ("CUBO", "DEC", "DODECA", "FCC_CUBE", "ICO", "OH", "TD", "TPT")
"""The eight solids of the origin project: cuboctahedron, decahedron, dodecahedron, cube, icosahedron, octahedron,
tetrahedron, truncated trigonal bipyramid."""

SOLID_CLASSES = (*POLYHEDRA, "sphere", "rod", "plate", "bipyramid", "truncated octahedron", "other")
"""What a classifier of solids can say."""

OUTLINE_CLASSES = (
    "circle",
    "ellipse",
    "triangle",
    "square",
    "rod",
    "rhombus",
    "pentagon",
    "hexagon",
    "irregular",
)
"""What a classifier of outlines can say; a rectangle is a rod with sharp corners."""

SOLID_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "triangular": ("TD", "TPT", "plate"),
        "square": ("FCC_CUBE", "CUBO", "OH"),
        "nearly round": ("sphere", "truncated octahedron", "ICO", "DODECA"),
        "hexagonal": ("OH", "CUBO", "ICO", "TPT", "plate", "DODECA", "truncated octahedron"),
    }
)
"""What can be said where one projection does not tell the solid: those that show an outline in a fifth of their views
or more, by the table of coincidences of the model's card, and the icosahedron, which worn corners make round."""
