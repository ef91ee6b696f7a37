"""How particles for a classifier are drawn: the microscope, and what a segmentation makes of them."""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from nanotem.micrograph import Labels
from nanotem.morphology.crops import Crops, crop_particles
from nanotem.synthetic.imaging import Imaging, expose
from nanotem.synthetic.polyhedra import Values
from nanotem.training.shapes.variation import varied_at_random

SHARE_FACET_DOWN = 0.5
_HELD_OUT_STEPS = (2, 5)
_STEPS = 8
_SHARE_WITH_EDGES = 0.3


@dataclass(frozen=True)
class Drawing:
    """How crops for a classifier are drawn.

    Parameters
    ----------
    held_out
        Whether imaging parameters come from those parts of their ranges that are kept out of training.
    sizes_px
        Smallest and largest diameter of the circle around a particle; log-uniform between.
    depths
        Least and largest ratio of diameter to attenuation length in bright field; log-uniform between.
    facet_down
        Share of particles that lie on a facet; the others have any orientation.
    silhouette
        Whether everything inside the outline is uniform, as in a saturated image.
    ideal
        Whether solids are the textbook ones, lying exactly flat, with sharp corners.
    varied
        Share of particles whose outline is moved, worn or turned as `nanotem.training.shapes.variation` does it.
    other
        Which kind of `nanotem.training.shapes.drawn_solids.OTHER_KINDS` the class "other" is; any if empty.
    """

    held_out: bool = False
    sizes_px: tuple[float, float] = (20.0, 110.0)
    depths: tuple[float, float] = (0.4, 4.0)
    facet_down: float = SHARE_FACET_DOWN
    silhouette: bool = False
    ideal: bool = False
    varied: float = 0.0
    other: str = ""


def photographed(
    weighted: Values, labels: Labels, drawing: Drawing, imaging: Imaging, rng: np.random.Generator
) -> Crops:
    """Return the crop of particle 1, shape (CROP_PX, CROP_PX, 2), of either polarity, now and then seen otherwise.

    Parameters
    ----------
    weighted
        Thickness along the beam, of any unit, weighted by how strongly each grain scatters.
    labels
        What the segmentation found.
    drawing, imaging
        How it is drawn.
    rng
        Source of all chance.
    """
    depth = _drawn(rng, *drawing.depths, held_out=drawing.held_out, logarithmic=True)
    nm = depth * imaging.attenuation_nm / max(float(weighted.max()), 1e-3)
    pixels = expose(weighted * np.float32(nm), imaging, rng)
    if rng.random() < 0.5:
        pixels = 255 - pixels
    if rng.random() < drawing.varied:
        return varied_at_random(pixels, labels, 1, rng)
    return np.asarray(crop_particles(pixels, labels, [1])[0])


def draw_imaging(rng: np.random.Generator, size_px: float = 60.0, *, held_out: bool) -> Imaging:
    """Return a microscope and camera at random: bright field, or HAADF in one of three."""
    bright_field = rng.random() < 2 / 3
    return Imaging(
        mode="bright field" if bright_field else "HAADF",
        power=_drawn(rng, 0.3, 1.6, held_out=held_out),
        crystal_contrast=_drawn(rng, 0.0, 0.6, held_out=held_out),
        edges=rng.uniform(0.05, 0.5) if rng.random() < _SHARE_WITH_EDGES else 0.0,
        edges_px=rng.uniform(1, max(0.05 * size_px, 1.5)),
        gradient=rng.uniform(0, 0.15),
        texture=_drawn(rng, 0.002, 0.05, held_out=held_out, logarithmic=True),
        texture_px=rng.uniform(0.6, 2.5),
        fringe=rng.uniform(-0.1, 0.3) if bright_field else 0.0,
        fringe_px=rng.uniform(1, 3),
        blur_px=_drawn(rng, 0.4, 1.6, held_out=held_out, logarithmic=True),
        dose=_drawn(rng, 80, 3000, held_out=held_out, logarithmic=True),
        readout=rng.uniform(0.003, 0.02),
        gamma=rng.uniform(0.7, 1.3),
        background_grey=rng.uniform(120, 220),
        jpeg_quality=int(rng.integers(60, 96)) if rng.random() < 0.5 else 0,
    )


def _drawn(rng: np.random.Generator, low: float, high: float, *, held_out: bool, logarithmic: bool = False) -> float:
    """Draw from a range of which two of eight steps are kept out of training, and only these are for testing."""
    steps = [step for step in range(_STEPS) if (step in _HELD_OUT_STEPS) == held_out]
    share = (steps[int(rng.integers(len(steps)))] + rng.random()) / _STEPS
    return exp(log(low) + share * log(high / low)) if logarithmic else low + share * (high - low)
