"""The names of the classes."""

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
