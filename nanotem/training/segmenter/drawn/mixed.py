"""Any of the shapes of `nanotem.synthetic` on any support: crystals with their facets, twins and thickness."""

from math import pi

import numpy as np

from nanotem.synthetic.scene_params import SHAPES, SceneParams
from nanotem.synthetic.simulate import simulate
from nanotem.training.segmenter.drawn.exposure import Drawn

_SIDE_PX = 448
_EMPTY_SHARE = 0.15
_DIAMETER_PX = (14.0, 44.0)


def mixed(rng: np.random.Generator) -> Drawn:
    """Draw a micrograph with everything that `nanotem.synthetic` can show, at random."""
    scene = random_scene(rng, int(rng.integers(2**31 - 1)))
    drawn = simulate(scene)
    return Drawn(drawn.pixels, drawn.labels, scene.particles.diameter_nm / scene.frame.nm_per_px)


def random_scene(rng: np.random.Generator, seed: int) -> SceneParams:
    """Return a scene: any shape, crowd, contrast, noise, support and background; one in seven is empty."""
    diameter_px = float(np.exp(rng.uniform(*np.log(_DIAMETER_PX))))
    nm_per_px = float(np.exp(rng.uniform(np.log(0.03), np.log(0.6))))
    diameter_nm = max(diameter_px * nm_per_px, 0.5)
    n_full = _SIDE_PX**2 / (pi / 4 * (diameter_nm / nm_per_px) ** 2)
    n_particles = 0 if rng.random() < _EMPTY_SHARE else max(int(rng.uniform(0.03, 0.6) * n_full), 3)
    satellites = int(rng.integers(1, 9)) if rng.random() < 0.2 else 0
    if satellites:
        n_particles = n_particles // 3
    shapes = list(SHAPES)
    return SceneParams.of(
        shape=str(rng.choice(shapes)),
        share=float(rng.choice([1.0, 0.7, 0.5])),
        second_shape=str(rng.choice(["rod", "sphere", "everything"])),
        n_particles=n_particles,
        diameter_nm=diameter_nm,
        spread=float(rng.uniform(0.03, 0.5)),
        touching=float(rng.uniform(0, 0.95)),
        overlapping=float(rng.choice([0.0, 0.1, 0.3])),
        satellites=satellites,
        satellite_size=float(rng.uniform(0.15, 0.45)),
        facet_down=float(rng.uniform(0, 1)),
        mode=str(rng.choice(["bright field", "bright field", "HAADF"])),
        attenuation_nm=float(np.clip(diameter_nm * np.exp(rng.uniform(np.log(0.4), np.log(6.0))), 1, 300)),
        crystal_contrast=float(rng.uniform(0, 0.6)),
        lattice=float(rng.choice([0.0, 0.1, 0.3])),
        dose=float(np.exp(rng.uniform(np.log(8), np.log(3000)))),
        blur_px=float(rng.uniform(0.5, 2.5)),
        fringe=float(rng.uniform(-0.2, 0.4)),
        gradient=float(rng.uniform(0, 0.6)),
        side_px=_SIDE_PX,
        nm_per_px=nm_per_px,
        support=str(rng.choice(["plain", "plain", "edge", "holes", "wrinkles"])),
        texture=float(rng.uniform(0, 0.08)),
        contamination=float(rng.choice([0.0, 0.1, 0.3])),
        inverted=bool(rng.random() < 0.1),
        scale_bar=bool(rng.random() < 0.6),
        panel_letter=bool(rng.random() < 0.2),
        seed=seed,
    )
