"""What the microscope makes of a sheet: any contrast, support, noise, either polarity."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Pixels
from nanotem.synthetic.imaging import Imaging, expose
from nanotem.synthetic.support import draw_relief
from nanotem.training.segmenter.drawn.sheet import Sheet

_LEAST_DOSE, _LARGEST_DOSE = 3.0, 3000.0
"""Electrons per px: below, nothing of 28 px is seen; above, noise is not."""


class Drawn(NamedTuple):
    """A drawn micrograph.

    Attributes
    ----------
    pixels
        8 bits, shape (rows, columns).
    labels
        Of the same shape; 0 background.
    empty_px
        Size at which an image without particles is to be shown as if it were theirs.
    """

    pixels: Pixels
    labels: Labels
    empty_px: float


def transmitted(
    sheet: Sheet,
    rng: np.random.Generator,
    *,
    relief: npt.NDArray[np.float32] | None = None,
    darkness: tuple[float, float] = (0.2, 2.5),
    least_dose: float = 12.0,
    empty_px: float = 28.0,
) -> Drawn:
    """Return a bright-field or dark-field image.

    Parameters
    ----------
    sheet
        Particles; heights are thicknesses.
    rng
        Source of all chance.
    relief
        Thickness of the support, in attenuation lengths; drawn if left out.
    darkness
        Range of the attenuation lengths that the thick particles have.
    least_dose
        Electrons per px that are needed for the particles to be seen.
    empty_px
        See `Drawn`.
    """
    shape = (sheet.side_px, sheet.side_px)
    if relief is None:
        support = rng.choice(["plain", "plain", "plain", "edge", "holes", "wrinkles"])
        relief = draw_relief(shape, rng, support=support, contamination=float(rng.choice([0.0, 0.0, 0.1, 0.3])))
    inside = sheet.height[sheet.labels > 0]
    thick = max(float(np.percentile(inside, 80)) if inside.size else 1.0, 1e-3)
    dark = float(np.exp(rng.uniform(*np.log(darkness))))
    thickness = sheet.height * np.float32(dark / thick) + relief
    imaging = random_imaging(rng, least_dose=least_dose / min(dark, 1.0) ** 2)
    if imaging.mode == "HAADF":
        thickness = thickness - min(float(thickness.min()), 0.0)
    pixels = expose(thickness.astype(np.float32), imaging, rng)
    return Drawn(255 - pixels if rng.random() < 0.1 else pixels, sheet.labels, empty_px)


def on_surface(
    sheet: Sheet,
    rng: np.random.Generator,
    *,
    ground: npt.NDArray[np.float32] | None = None,
    empty_px: float = 28.0,
) -> Drawn:
    """Return the image of secondary electrons: bright edges and slopes, upper particles hide lower ones.

    Parameters
    ----------
    sheet
        Particles.
    rng
        Source of all chance.
    ground
        Grey levels that the ground has besides its own, 1 being about those of particles.
    empty_px
        See `Drawn`.
    """
    down, across = np.gradient(sheet.height)
    towards = rng.uniform(0, 2 * np.pi)
    facing = (np.sin(towards) * down + np.cos(towards) * across) / np.sqrt(1 + down**2 + across**2)
    steep = 1 - 1 / np.sqrt(1 + down**2 + across**2)
    particle_grey = np.append(0.0, rng.normal(1, rng.uniform(0, 0.2), sheet.n_particles)).astype(np.float32)
    inside = sheet.labels > 0
    grey = np.where(inside, rng.uniform(0.3, 0.9), rng.uniform(0.0, 0.35)) * np.where(
        inside, np.maximum(particle_grey[sheet.labels], 0.3), 1
    )
    lit = grey + inside * (rng.uniform(0, 0.7) * steep + rng.uniform(0, 0.3) * facing)
    if ground is not None:
        lit = lit + ~inside * ground
    imaging = random_imaging(rng, mode="HAADF", least_dose=8.0)
    pixels = expose(np.maximum(lit, 0).astype(np.float32), imaging, rng)
    return Drawn(255 - pixels if rng.random() < 0.05 else pixels, sheet.labels, empty_px)


def random_imaging(rng: np.random.Generator, *, mode: str | None = None, least_dose: float = _LEAST_DOSE) -> Imaging:
    """Return a microscope and camera."""
    low = min(max(least_dose, _LEAST_DOSE), _LARGEST_DOSE / 2)
    chosen = mode or str(rng.choice(["bright field", "bright field", "HAADF"]))
    return Imaging(
        mode="HAADF" if chosen == "HAADF" else "bright field",
        attenuation_nm=1.0,
        power=float(rng.uniform(0.6, 1.3)),
        edges=float(rng.choice([0.0, 0.0, rng.uniform(0, 0.4)])),
        gradient=float(rng.uniform(0, 0.5)),
        texture=float(rng.uniform(0, 0.08)),
        texture_px=float(rng.uniform(0.8, 3.0)),
        fringe=float(rng.uniform(-0.2, 0.4)),
        fringe_px=float(rng.uniform(1.5, 5.0)),
        blur_px=float(rng.uniform(0.4, 1.6)),
        dose=float(np.exp(rng.uniform(np.log(low), np.log(_LARGEST_DOSE)))),
        gamma=float(np.exp(rng.normal(0, 0.2))),
        background_grey=float(rng.uniform(90, 220)),
        jpeg_quality=int(rng.choice([0, 0, 0, 40, 75, 90])),
    )
