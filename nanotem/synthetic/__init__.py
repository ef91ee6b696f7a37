"""Micrographs with known particles."""

from nanotem.synthetic.examples import (
    EXAMPLES,
    ExampleDefinition,
    draw_example,
    example_micrograph,
    example_png,
)
from nanotem.synthetic.imaging import Imaging
from nanotem.synthetic.particle import Particle, rod, sphere
from nanotem.synthetic.placement import scatter
from nanotem.synthetic.scale_bar import DrawnBar
from nanotem.synthetic.scene import SyntheticMicrograph, draw_micrograph

__all__ = [
    "EXAMPLES",
    "DrawnBar",
    "ExampleDefinition",
    "Imaging",
    "Particle",
    "SyntheticMicrograph",
    "draw_example",
    "draw_micrograph",
    "example_micrograph",
    "example_png",
    "rod",
    "scatter",
    "sphere",
]
