"""Four drawn micrographs to try everything on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi
from types import MappingProxyType

import numpy as np

from nanotem.errors import ParameterError
from nanotem.micrograph import Micrograph
from nanotem.synthetic.files import as_micrograph, png
from nanotem.synthetic.imaging import Imaging
from nanotem.synthetic.particle import rod, sphere
from nanotem.synthetic.placement import scatter
from nanotem.synthetic.scale_bar import DrawnBar, keep_out_box
from nanotem.synthetic.scene import SyntheticMicrograph, draw_micrograph

_SHAPE = (1024, 1024)


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


def _touching_spheres() -> SyntheticMicrograph:
    rng = np.random.default_rng(1)
    nm_per_px, bar = 0.25, DrawnBar(50)
    room = keep_out_box(bar, _SHAPE, nm_per_px)
    spheres = [sphere(d) for d in rng.normal(15, 1.1, 150) / nm_per_px]
    placed = scatter(spheres, shape=_SHAPE, keep_out=room, rng=rng, touching=0.6)
    return draw_micrograph(placed, shape=_SHAPE, nm_per_px=nm_per_px, rng=rng, bar=bar)


def _rods() -> SyntheticMicrograph:
    rng = np.random.default_rng(9)
    nm_per_px, bar = 0.4, DrawnBar(100, corner="right", grey="black")
    widths = rng.normal(14, 1.0, 80) / nm_per_px
    rods = [
        rod(width * aspect, width, angle)
        for width, aspect, angle in zip(widths, rng.uniform(2.5, 5, 80), rng.uniform(0, pi, 80), strict=True)
    ]
    room = keep_out_box(bar, _SHAPE, nm_per_px)
    placed = scatter(rods, shape=_SHAPE, keep_out=room, rng=rng, touching=0.5, overlapping=0.04)
    return draw_micrograph(placed, shape=_SHAPE, nm_per_px=nm_per_px, rng=rng, bar=bar)


def _two_families() -> SyntheticMicrograph:
    rng = np.random.default_rng(3)
    nm_per_px, bar = 0.4, DrawnBar(100, on_strip=True)
    diameters = np.concatenate([rng.normal(24, 1.4, 90), rng.normal(12, 0.9, 60)]) / nm_per_px
    room = keep_out_box(bar, _SHAPE, nm_per_px)
    placed = scatter([sphere(d) for d in diameters], shape=_SHAPE, keep_out=room, rng=rng, touching=0.3)
    return draw_micrograph(placed, shape=_SHAPE, nm_per_px=nm_per_px, rng=rng, bar=bar)


def _satellites() -> SyntheticMicrograph:
    rng = np.random.default_rng(5)
    nm_per_px, bar = 0.5, DrawnBar(100, grey="black")
    room = keep_out_box(bar, _SHAPE, nm_per_px)
    large = [sphere(d) for d in rng.normal(45, 3, 30) / nm_per_px]
    small = [sphere(d) for d in rng.lognormal(np.log(7), 0.2, 200) / nm_per_px]
    hosts = scatter(large, shape=_SHAPE, keep_out=room, rng=rng, touching=0.2)
    placed = scatter(small, shape=_SHAPE, keep_out=room, rng=rng, around=hosts, touching=0.4)
    imaging = Imaging(attenuation_nm=20)
    return draw_micrograph(placed, shape=_SHAPE, nm_per_px=nm_per_px, rng=rng, imaging=imaging, bar=bar)


EXAMPLES: Mapping[str, ExampleDefinition] = MappingProxyType(
    {
        "touching spheres": ExampleDefinition(
            "Touching spheres",
            "150 spheres of 15 nm, not quite equal, in pairs and chains.",
            50,
            _touching_spheres,
        ),
        "rods": ExampleDefinition("Rods", "80 rods, some side by side, a few crossed.", 100, _rods),
        "two families": ExampleDefinition(
            "Two families", "90 spheres of 24 nm and 60 of 12 nm, with an info strip.", 100, _two_families
        ),
        "satellites": ExampleDefinition(
            "Satellites", "30 spheres of 45 nm among 200 of 7 nm: Ostwald ripening.", 100, _satellites
        ),
    }
)
