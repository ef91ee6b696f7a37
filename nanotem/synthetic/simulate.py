"""A whole micrograph from its parameters."""

from math import floor, log, log10, sqrt
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.synthetic.catalogue import draw_body, draw_rotation
from nanotem.synthetic.imaging import Imaging
from nanotem.synthetic.particle import Particle, sphere
from nanotem.synthetic.placement import scatter
from nanotem.synthetic.scale_bar import Box, DrawnBar, keep_out_box
from nanotem.synthetic.scene import SyntheticMicrograph, draw_micrograph
from nanotem.synthetic.scene_params import SHAPES, ParticleParams, SceneParams
from nanotem.synthetic.support import draw_relief

_BAR_SHARE = 0.25
"""Of the width of the image; the bar is the next shorter one of 1, 2, 5, 10, …"""
_LEAST_SHARE_OF_MEAN = 0.2
_SATELLITE_SPREAD = 0.2
_SATELLITES_TOUCHING = 0.7
_NOWHERE: Box = (0, 0, 0, 0)


def simulate(params: SceneParams | None = None, **values: Any) -> SyntheticMicrograph:
    """Draw a micrograph with its truth; equal parameters give equal pixels.

    Parameters
    ----------
    params
        Particles, microscope and frame.
    values
        In the place of `params`, single parameters by the names that `SceneParams.flat` lists; the others have their
        defaults.

    Raises
    ------
    ParameterError
        If a name is unknown, or a value breaks its limits.

    Examples
    --------
    >>> drawn = simulate(shape="rod", n_particles=5, side_px=256, seed=3)
    >>> len(drawn.truth)
    5
    """
    params = params or SceneParams.of(**values)
    frame, microscope = params.frame, params.microscope
    rng = np.random.default_rng(frame.seed)
    shape = (frame.side_px, frame.side_px)
    bar = _bar(params) if frame.scale_bar else None
    drawn = draw_micrograph(
        _crowd(params, shape, keep_out_box(bar, shape, frame.nm_per_px) if bar else _NOWHERE, rng),
        shape=shape,
        nm_per_px=frame.nm_per_px,
        rng=rng,
        imaging=imaging_of(params),
        relief_nm=np.float32(microscope.attenuation_nm)
        * draw_relief(shape, rng, support=frame.support, contamination=frame.contamination),
        lattice=microscope.lattice,
        inverted=frame.inverted,
        bar=bar,
    )
    if frame.panel_letter:
        _write_letter(drawn.pixels, rng)
    return drawn


def imaging_of(params: SceneParams) -> Imaging:
    """Return the microscope of a scene."""
    microscope = params.microscope
    return Imaging(
        mode=microscope.mode,
        attenuation_nm=microscope.attenuation_nm,
        crystal_contrast=microscope.crystal_contrast,
        gradient=microscope.gradient,
        texture=params.frame.texture,
        fringe=microscope.fringe,
        blur_px=microscope.blur_px,
        dose=microscope.dose,
    )


def _crowd(params: SceneParams, shape: tuple[int, int], room: Box, rng: np.random.Generator) -> list[Particle]:
    """Return the particles in their places, satellites last."""
    particles, mean_px = params.particles, params.particles.diameter_nm / params.frame.nm_per_px
    crowd = scatter(
        [draw_particle(diameter, particles, rng) for diameter in mean_px * relative_diameters(particles, rng)],
        shape=shape,
        keep_out=room,
        rng=rng,
        touching=particles.touching,
        overlapping=particles.overlapping,
    )
    n_satellites = particles.satellites * len(crowd)
    sizes = particles.satellite_size * mean_px * rng.lognormal(0, _SATELLITE_SPREAD, n_satellites)
    satellites = [sphere(diameter) for diameter in sizes]
    return scatter(satellites, shape=shape, keep_out=room, rng=rng, around=crowd, touching=_SATELLITES_TOUCHING)


def relative_diameters(particles: ParticleParams, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return diameters of mean 1 and the spread that was asked for, none below a fifth."""
    if particles.size_law == "normal":
        relative = rng.normal(1, particles.spread, particles.n_particles)
    else:
        variance = log(1 + particles.spread**2)
        relative = rng.lognormal(-variance / 2, sqrt(variance), particles.n_particles)
    return np.maximum(relative, _LEAST_SHARE_OF_MEAN)


def draw_particle(diameter_px: float, particles: ParticleParams, rng: np.random.Generator) -> Particle:
    """Return a particle of a shape and orientation that the parameters allow, not yet placed."""
    classes = SHAPES[particles.shape if rng.random() < particles.share else particles.second_shape]
    body = draw_body(classes[int(rng.integers(len(classes)))], rng, ideal=particles.ideal)
    facet_down = bool(rng.random() < particles.facet_down)
    return Particle(body, diameter_px, draw_rotation(body, rng, facet_down=facet_down), facet_down=facet_down)


def _bar(params: SceneParams) -> DrawnBar:
    """Return a bar of 1, 2 or 5 times a power of ten, in the grey that differs more from the background."""
    longest = _BAR_SHARE * params.frame.side_px * params.frame.nm_per_px
    power = 10.0 ** floor(log10(longest))
    dark_background = (params.microscope.mode == "HAADF") != params.frame.inverted
    length_nm = max(step * power for step in (1, 2, 5) if step * power <= longest)
    return DrawnBar(length_nm, grey="white" if dark_background else "black")


def _write_letter(pixels: npt.NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Write (a), (b) … in the upper left corner, in place."""
    side = pixels.shape[0]
    letter, grey = f"({'abcdef'[int(rng.integers(6))]})", int(rng.choice([0, 255]))
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, max(side // 18, 10))
    place, stroke = (side // 40, side // 40 + max(side // 18, 10)), max(side // 250, 1)
    cv2.putText(pixels, letter, place, cv2.FONT_HERSHEY_SIMPLEX, scale, grey, stroke, cv2.LINE_AA)
