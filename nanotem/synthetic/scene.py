"""A micrograph drawn from particles, with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import Labels, Micrograph, Pixels, Scale
from nanotem.synthetic.files import as_micrograph
from nanotem.synthetic.imaging import Imaging, expose
from nanotem.synthetic.particle import Particle, Patch
from nanotem.synthetic.polyhedra import Values
from nanotem.synthetic.scale_bar import DrawnBar, draw_bar

_PLANES_NM = 0.2355
"""Distance of the {111} planes of gold."""
_LEAST_PLANES_PX = 2.5


@dataclass(frozen=True, eq=False)
class SyntheticMicrograph:
    """A drawn micrograph and what is in it.

    Parameters
    ----------
    pixels
        8 bits, shape (rows, columns).
    labels
        0 background; where particles overlap, the pixel belongs to the upper one.
    truth
        One row per particle:

        - label: its number in `labels`.
        - row, column: place of its centre.
        - diameter_px, diameter_nm, area_px: of its whole projected outline, also of what the frame or another particle
          hides; the diameter is that of the circle with the same area.
        - volume_diameter_nm: of the sphere with the same volume.
        - class_name: its shape.
        - facet_down: whether it was laid on one of its faces.
        - visible: share of its outline that is inside the frame and under no other particle.
    nm_per_px
        Scale.
    """

    pixels: Pixels
    labels: Labels
    truth: pd.DataFrame
    nm_per_px: float

    @property
    def micrograph(self) -> Micrograph:
        """The image with its scale, ready to be analysed."""
        return as_micrograph(self.pixels, "simulated.png").with_scale(Scale(self.nm_per_px, "example"))


def draw_micrograph(
    particles: Sequence[Particle],
    *,
    shape: tuple[int, int],
    nm_per_px: float,
    rng: np.random.Generator,
    imaging: Imaging | None = None,
    relief_nm: Values | None = None,
    lattice: float = 0.0,
    inverted: bool = False,
    bar: DrawnBar | None = None,
) -> SyntheticMicrograph:
    """Draw the image of particles on a thin support.

    Thickness adds where particles overlap; the later one is the upper one.

    Parameters
    ----------
    particles
        In their places.
    shape
        Rows and columns.
    nm_per_px
        Scale: it decides how dark a particle of a given size in px is.
    rng
        Source of all chance: the same state gives the same pixels.
    imaging
        Microscope and camera; the defaults if None.
    relief_nm
        Thickness of the support and of dirt on it above that of the empty support, as if it were the particles'
        material; negative in holes. Shape as above; none if left out.
    lattice
        Contrast of one set of {111} planes in each particle, 0 to 1; seen only where they are 2.5 px apart or more.
    inverted
        Whether grey levels are turned round.
    bar
        A scale bar to burn in.

    Raises
    ------
    ParameterError
        If `nm_per_px` is not positive.
    """
    if not nm_per_px > 0:
        raise ParameterError(f"A scale of {nm_per_px:g} nm per pixel cannot be drawn.", "Give one above 0.")
    imaging = imaging or Imaging()
    thickness_px, labels = np.zeros(shape, np.float32), np.zeros(shape, np.int32)
    planes_px = _PLANES_NM / nm_per_px
    sizes = []
    for label, one in enumerate(particles, start=1):
        patch = one.patch(np.exp(rng.normal(0, imaging.crystal_contrast, one.body.n_grains)))
        if lattice and planes_px >= _LEAST_PLANES_PX:
            patch.weighted_px[:] *= 1 + lattice * _planes(len(patch.coverage), planes_px, rng)
        sizes.append(add_patch(patch, label, thickness_px, labels))
    thickness_nm = thickness_px * np.float32(nm_per_px)
    if relief_nm is not None:
        thickness_nm += relief_nm
    if imaging.mode == "HAADF":
        thickness_nm -= min(float(thickness_nm.min()), 0)
    pixels = expose(thickness_nm, imaging, rng)
    if inverted:
        pixels = 255 - pixels
    if bar is not None:
        draw_bar(pixels, bar, nm_per_px)
    return SyntheticMicrograph(pixels, labels, _truth(particles, np.array(sizes), labels, nm_per_px), nm_per_px)


def add_patch(patch: Patch, label: int, thickness_px: Values, labels: Labels) -> tuple[float, int]:
    """Add a particle to both images; return the area of its outline and the number of pixels that are mostly inside."""
    in_image, in_patch = _inside_frame(patch, labels.shape)
    inside = patch.coverage >= 0.5
    thickness_px[in_image] += patch.weighted_px[in_patch]
    labels[in_image][inside[in_patch]] = label
    return float(patch.coverage.sum()), int(np.count_nonzero(inside))


def _planes(side: int, distance_px: float, rng: np.random.Generator) -> Values:
    """Return a cosine in any direction, shape (side, side)."""
    towards, phase = rng.uniform(0, 2 * pi, 2)
    rows, columns = np.ogrid[:side, :side]
    along = np.sin(towards) * rows + np.cos(towards) * columns
    return np.asarray(np.cos(2 * pi * along / distance_px + phase), np.float32)


_Window = tuple[slice, slice]


def _inside_frame(patch: Patch, shape: tuple[int, ...]) -> tuple[_Window, _Window]:
    """Return the part of the image that a patch covers, and the part of the patch that is inside the image."""
    parts = []
    for start, length, side in zip((patch.top, patch.left), patch.coverage.shape, shape, strict=True):
        first, last = min(max(start, 0), side), min(max(start + length, 0), side)
        parts.append((slice(first, last), slice(first - start, last - start)))
    (rows, patch_rows), (columns, patch_columns) = parts
    return (rows, columns), (patch_rows, patch_columns)


def _truth(
    particles: Sequence[Particle], sizes: npt.NDArray[np.float64], labels: Labels, nm_per_px: float
) -> pd.DataFrame:
    area, n_inside = sizes.reshape(-1, 2).T
    n_visible = np.bincount(labels.ravel(), minlength=len(particles) + 1)[1:]
    diameter = 2 * np.sqrt(area / pi)
    return pd.DataFrame(
        {
            "label": np.arange(1, len(particles) + 1, dtype=np.int32),
            "row": np.array([one.row for one in particles], float),
            "column": np.array([one.column for one in particles], float),
            "diameter_px": diameter,
            "diameter_nm": diameter * nm_per_px,
            "area_px": area,
            "volume_diameter_nm": np.array([one.diameter_px * nm_per_px for one in particles], float),
            "class_name": pd.Series([one.body.name for one in particles], dtype=str),
            "facet_down": np.array([one.facet_down for one in particles], bool),
            "visible": n_visible / np.maximum(n_inside, 1),
        }
    )
