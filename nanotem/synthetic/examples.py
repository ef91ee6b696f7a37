"""Drawn micrographs to try everything on, one for each kind of sample that people bring."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from types import MappingProxyType
from typing import Literal

import numpy as np

from nanotem.errors import ParameterError
from nanotem.micrograph import Micrograph
from nanotem.synthetic.crystals import truncated_cube
from nanotem.synthetic.files import as_micrograph, png
from nanotem.synthetic.imaging import Imaging
from nanotem.synthetic.particle import Particle, rod, sphere
from nanotem.synthetic.placement import scatter
from nanotem.synthetic.pose import facet_down_rotation, random_rotation
from nanotem.synthetic.round_bodies import Ellipsoid
from nanotem.synthetic.scale_bar import DrawnBar, keep_out_box
from nanotem.synthetic.scene import SyntheticMicrograph, draw_micrograph
from nanotem.synthetic.support import draw_relief

_SHAPE = (1024, 1024)

_DIRTY = 0.08
"""Share of the support under dirt: what is seen on most grids, and too pale to be taken for particles."""

_WORN_CORNERS = 0.05, 0.25
"""How much of a cube's corners is cut, of 1 for a cuboctahedron: silver and palladium cubes look like this."""

_TILT_DEG = 3.0
"""Of a cube on a film: nothing lies quite flat, and more shows a side face."""

_LARGE_FACES = 0.5
"""Share of the largest face from which on a cube lies on a face: less would stand it on a worn corner."""

_LEAST_AXIS = 0.9
"""Shortest axis of a worn sphere: grown gold has aspect ratios of 1.0 to 1.1 on most images of it."""


@dataclass(frozen=True)
class ExampleDefinition:
    """What a gallery shows of an example, and how to draw it."""

    title: str
    description: str
    bar_nm: float
    """What the label of the burnt-in scale bar says."""
    draw: Callable[[], SyntheticMicrograph]


def draw_example(name: str) -> SyntheticMicrograph:
    """Draw an example with its truth; the same pixels every time.

    Raises
    ------
    ParameterError
        If there is no example of that name.
    """
    if name not in EXAMPLES:
        raise ParameterError(f"There is no example {name!r}.", f"Choose one of: {', '.join(EXAMPLES)}.")
    return EXAMPLES[name].draw()


def example_png(name: str) -> bytes:
    """Return an example as the bytes of a PNG file, as a user would upload it."""
    return png(draw_example(name).pixels)


def example_micrograph(name: str) -> Micrograph:
    """Return an example as if its PNG had been read; its scale is to be found from the burnt-in bar."""
    return as_micrograph(draw_example(name).pixels, f"{name}.png")


def _gold_spheres() -> SyntheticMicrograph:
    rng = np.random.default_rng(1)
    sample = _Sample(0.25, DrawnBar(50), rng, Imaging(gradient=0.25, texture=0.025))
    return sample.drawn(sample.scattered(_worn(d, rng) for d in rng.normal(15, 1.1, 150) / 0.25))


def _rods() -> SyntheticMicrograph:
    rng = np.random.default_rng(9)
    sample = _Sample(0.4, DrawnBar(100, corner="right", grey="black"), rng, Imaging(gradient=0.2, texture=0.03))
    widths = rng.normal(14, 1.0, 80) / 0.4
    rods = [
        rod(width * aspect, width, angle)
        for width, aspect, angle in zip(widths, rng.uniform(2.5, 5, 80), rng.uniform(0, pi, 80), strict=True)
    ]
    return sample.drawn(sample.scattered(rods, touching=0.5, overlapping=0.04), support="wrinkles")


def _cubes() -> SyntheticMicrograph:
    rng = np.random.default_rng(4)
    sample = _Sample(0.3, DrawnBar(50), rng, Imaging(attenuation_nm=18, gradient=0.25, texture=0.03))
    cubes = [_lying_cube(d, rng) for d in rng.normal(30, 2.0, 70) / 0.3]
    return sample.drawn(sample.scattered(cubes, touching=0.15), support="edge")


def _catalyst() -> SyntheticMicrograph:
    rng = np.random.default_rng(6)
    imaging = Imaging(attenuation_nm=6, gradient=0.2, texture=0.05, texture_px=2.0, dose=300)
    sample = _Sample(0.08, DrawnBar(20), rng, imaging)
    particles = [_worn(d, rng) for d in rng.lognormal(np.log(4.0), 0.22, 110) / 0.08]
    return sample.drawn(sample.scattered(particles, touching=0.15), support="holes", contamination=0.15)


def _two_families() -> SyntheticMicrograph:
    rng = np.random.default_rng(3)
    sample = _Sample(0.4, DrawnBar(100, on_strip=True), rng, Imaging(gradient=0.2, texture=0.025))
    diameters = np.concatenate([rng.normal(24, 1.4, 90), rng.normal(12, 0.9, 60)]) / 0.4
    return sample.drawn(sample.scattered((_worn(d, rng) for d in diameters), touching=0.3))


def _satellites() -> SyntheticMicrograph:
    rng = np.random.default_rng(5)
    sample = _Sample(0.5, DrawnBar(100, grey="black"), rng, Imaging(attenuation_nm=20, gradient=0.2, texture=0.02))
    hosts = sample.scattered((_worn(d, rng) for d in rng.normal(45, 3, 30) / 0.5), touching=0.2)
    small = [sphere(d) for d in rng.lognormal(np.log(7), 0.2, 200) / 0.5]
    return sample.drawn(sample.scattered(small, around=hosts, touching=0.4), contamination=0.0)


@dataclass(frozen=True)
class _Sample:
    """What is common to all examples: how particles are placed and imaged."""

    nm_per_px: float
    bar: DrawnBar
    rng: np.random.Generator
    imaging: Imaging

    def scattered(
        self,
        particles: Iterable[Particle],
        *,
        around: Sequence[Particle] = (),
        touching: float = 0.6,
        overlapping: float = 0.0,
    ) -> list[Particle]:
        """Return the particles in their places, none under the bar."""
        return scatter(
            particles,
            shape=_SHAPE,
            keep_out=keep_out_box(self.bar, _SHAPE, self.nm_per_px),
            rng=self.rng,
            around=around,
            touching=touching,
            overlapping=overlapping,
        )

    def drawn(
        self,
        particles: Sequence[Particle],
        *,
        support: Literal["plain", "edge", "holes", "wrinkles"] = "plain",
        contamination: float = _DIRTY,
    ) -> SyntheticMicrograph:
        """Return the micrograph, on a support with a little dirt."""
        relief = draw_relief(_SHAPE, self.rng, support=support, contamination=contamination)
        return draw_micrograph(
            particles,
            shape=_SHAPE,
            nm_per_px=self.nm_per_px,
            rng=self.rng,
            imaging=self.imaging,
            relief_nm=np.float32(self.imaging.attenuation_nm) * relief,
            bar=self.bar,
        )


def _worn(diameter_px: float, rng: np.random.Generator) -> Particle:
    """Return a particle that is nearly a sphere, in any orientation."""
    body = Ellipsoid("sphere", (1.0, *rng.uniform(_LEAST_AXIS, 1.0, 2)))
    return Particle(body, diameter_px, random_rotation(rng))


def _lying_cube(diameter_px: float, rng: np.random.Generator) -> Particle:
    """Return a cube with worn corners on one of its large faces."""
    body = truncated_cube(rng.uniform(*_WORN_CORNERS), "FCC_CUBE")
    lying = facet_down_rotation(body, rng, tilt_deg=_TILT_DEG, least_share=_LARGE_FACES)
    return Particle(body, diameter_px, lying, facet_down=True)


EXAMPLES: Mapping[str, ExampleDefinition] = MappingProxyType(
    {
        "gold spheres": ExampleDefinition(
            "Gold spheres", "150 of 15 nm, not quite round, in pairs and chains.", 50, _gold_spheres
        ),
        "rods": ExampleDefinition("Rods", "80, some side by side, a few crossed, on a wrinkled film.", 100, _rods),
        "cubes": ExampleDefinition("Cubes", "70 with worn corners, at the edge of the film.", 50, _cubes),
        "catalyst": ExampleDefinition(
            "Catalyst on carbon", "110 of 4 nm, log-normal, on a dirty film with holes.", 20, _catalyst
        ),
        "satellites": ExampleDefinition(
            "Satellites", "30 of 45 nm among 200 of 7 nm: Ostwald ripening.", 100, _satellites
        ),
        "two families": ExampleDefinition(
            "Two families", "90 of 24 nm and 60 of 12 nm, with an info strip.", 100, _two_families
        ),
    }
)
