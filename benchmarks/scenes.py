"""Drawn micrographs for the benchmarks: any size, any number of particles, another one for every seed."""

import numpy as np

from nanotem.synthetic import DrawnBar, Particle, SyntheticMicrograph, draw_micrograph, rod, scatter, sphere
from nanotem.synthetic.scale_bar import keep_out_box

_NM_PER_PX = 0.25
_BAR = DrawnBar(50)
_DIAMETER_PX = 55.0
_SHARE_OF_RODS = 0.25


def draw_scene(side_px: int, n_particles: int, *, seed: int = 0) -> SyntheticMicrograph:
    """Draw spheres of about 55 px and some rods on a square image, half of them in contact."""
    rng = np.random.default_rng(seed)
    shape = (side_px, side_px)
    solids = [_solid(rng) for _ in range(n_particles)]
    room = keep_out_box(_BAR, shape, _NM_PER_PX)
    placed = scatter(solids, shape=shape, keep_out=room, rng=rng, touching=0.5)
    return draw_micrograph(placed, shape=shape, nm_per_px=_NM_PER_PX, rng=rng, bar=_BAR)


def _solid(rng: np.random.Generator) -> Particle:
    diameter_px = _DIAMETER_PX * rng.lognormal(0, 0.15)
    if rng.random() > _SHARE_OF_RODS:
        return sphere(diameter_px)
    width_px = diameter_px / 2
    return rod(width_px * rng.uniform(2.5, 4), width_px, rng.uniform(0, np.pi))
