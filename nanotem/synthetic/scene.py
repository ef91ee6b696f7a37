"""A bright-field micrograph drawn from solids, with its truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import Labels, Pixels
from nanotem.synthetic.imaging import Imaging, expose
from nanotem.synthetic.scale_bar import DrawnBar, draw_bar
from nanotem.synthetic.solids import Spherocylinder

Image = npt.NDArray[np.float32]


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
        One row per particle: label, row, column, diameter_px, diameter_nm, class_name. The diameter is that
        of the circle with the area of the whole projected outline, also of what the frame or another particle
        hides.
    nm_per_px
        Scale.
    """

    pixels: Pixels
    labels: Labels
    truth: pd.DataFrame
    nm_per_px: float


def draw_micrograph(
    solids: Sequence[Spherocylinder],
    *,
    shape: tuple[int, int],
    nm_per_px: float,
    rng: np.random.Generator,
    imaging: Imaging | None = None,
    bar: DrawnBar | None = None,
) -> SyntheticMicrograph:
    """Draw the bright-field image of solids on a thin support.

    Thickness adds where solids overlap; the later one is the upper one.

    Parameters
    ----------
    solids
        Placed solids, in px.
    shape
        Rows and columns.
    nm_per_px
        Scale: it decides how dark a solid of a given size in px is.
    rng
        Source of all chance: the same state gives the same pixels.
    imaging
        Microscope and camera; the defaults if None.
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
    darkness = np.exp(rng.normal(0, imaging.crystal_contrast, len(solids)))
    thickness_px, labels = _project(solids, darkness, shape)
    pixels = expose(thickness_px * np.float32(nm_per_px), imaging, rng)
    if bar is not None:
        draw_bar(pixels, bar, nm_per_px)
    return SyntheticMicrograph(pixels, labels, _truth(solids, nm_per_px), nm_per_px)


def _project(
    solids: Sequence[Spherocylinder], darkness: npt.NDArray[np.float64], shape: tuple[int, int]
) -> tuple[Image, Labels]:
    """Return the thickness along the beam, weighted by each solid's darkness, and the label image."""
    thickness, labels = np.zeros(shape, np.float32), np.zeros(shape, np.int32)
    for label, (solid, weight) in enumerate(zip(solids, darkness, strict=True), start=1):
        top, left = max(int(solid.row - solid.reach_px), 0), max(int(solid.column - solid.reach_px), 0)
        bottom, right = int(solid.row + solid.reach_px) + 2, int(solid.column + solid.reach_px) + 2
        patch = thickness[top:bottom, left:right]
        rows, columns = np.ogrid[top : top + patch.shape[0], left : left + patch.shape[1]]
        path = solid.thickness_px(rows, columns)
        patch += weight * path
        labels[top:bottom, left:right][path > 0] = label
    return thickness, labels


def _truth(solids: Sequence[Spherocylinder], nm_per_px: float) -> pd.DataFrame:
    diameters = np.array([2 * sqrt(solid.area_px / pi) for solid in solids])
    return pd.DataFrame(
        {
            "label": np.arange(1, len(solids) + 1, dtype=np.int32),
            "row": np.array([solid.row for solid in solids], float),
            "column": np.array([solid.column for solid in solids], float),
            "diameter_px": diameters,
            "diameter_nm": diameters * nm_per_px,
            "class_name": pd.Series([solid.class_name for solid in solids], dtype=str),
        }
    )
