"""Micrographs of crystals whose lattice is resolved, with every spacing known.

A weak phase object seen through a contrast transfer function: each set of planes that stands edge-on gives a cosine,
whose amplitude is what the microscope transfers at its frequency, in proportion to the thickness; the support gives
noise that is filtered by the same function. Of multiple scattering it knows nothing: amplitudes are not those of a real
crystal, periods and directions are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, pi
from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.lattice.zones import zone_reflections
from nanotem.synthetic.polyhedra import Values
from nanotem.synthetic.scene import SyntheticMicrograph

Grains = Literal["single", "twin", "five-fold"]

_TWIN_ZONE = (1, 1, 0)
"""Along it the {111} twin planes of face-centred cubic crystals stand edge-on."""

_THICKNESS_NM = 5.0
"""Thickness for which a contrast is given."""


@dataclass(frozen=True)
class Crystal:
    """A round particle with its lattice.

    Parameters
    ----------
    symbol
        A key of `nanotem.lattice.PHASES`.
    zone
        Indices [uvw] along the beam; [110] for twins.
    diameter_nm
        Of its outline; it is as thick in the middle.
    row, column
        Place of its centre.
    turned_rad
        Direction of its lattice in the plane of the image.
    grains
        "single"; "twin": two halves, one the mirror image of the other in a {111} plane that stands edge-on;
        "five-fold": five twins around the beam.
    seen
        Share of the sets of planes that scatter; a crystal is rarely exactly in its zone.

    Raises
    ------
    ParameterError
        If twins are asked for of another zone than [110].
    """

    symbol: str
    zone: tuple[int, int, int]
    diameter_nm: float
    row: float
    column: float
    turned_rad: float = 0.0
    grains: Grains = "single"
    seen: float = 1.0

    def __post_init__(self) -> None:
        if self.grains != "single" and self.zone != _TWIN_ZONE:
            raise ParameterError(
                f"Twins along {list(self.zone)} cannot be drawn.", f"Use the zone axis {list(_TWIN_ZONE)}."
            )


@dataclass(frozen=True)
class LatticeImaging:
    """Microscope, support and camera.

    Parameters
    ----------
    contrast
        Amplitude of a set of planes that is fully transferred, where the crystal is 5 nm thick, as a share of the
        background.
    attenuation_nm
        Of the mean intensity: thickness that leaves 1/e.
    wavelength_nm, defocus_nm, cs_nm
        λ (2.51 pm at 200 kV), defocus (positive is underfocus) and spherical aberration of the transfer sin χ.
    limit_nm
        Information limit: spacing at which the envelope has fallen to 1/e².
    support
        Standard deviation of the amorphous support's image, as a share of the background.
    dose
        Electrons per pixel.
    scan_lines
        Standard deviation of the level of each row, as a share of the background.
    jpeg_quality
        1 to 100; 0 for none.
    """

    contrast: float = 0.1
    attenuation_nm: float = 40.0
    wavelength_nm: float = 0.00251
    defocus_nm: float = 40.0
    cs_nm: float = 5e5
    limit_nm: float = 0.12
    support: float = 0.04
    dose: float = 200.0
    scan_lines: float = 0.0
    jpeg_quality: int = 0

    def transfer(self, per_nm: Values) -> Values:
        """Return what is left of a frequency, with its sign."""
        squared = np.asarray(per_nm, np.float64) ** 2
        phase = pi * self.wavelength_nm * squared * (self.defocus_nm - self.cs_nm * self.wavelength_nm**2 * squared / 2)
        return np.asarray(np.sin(phase) * np.exp(-2 * (squared * self.limit_nm**2) ** 2), np.float32)


class LatticeMicrograph(SyntheticMicrograph):
    """A drawn micrograph of crystals, numbered from 1 in their order.

    Its truth has one row per set of planes and grain: label, symbol, zone, grain (from 0), h, k, l, spacing_px,
    direction_deg (of the planes' normal, from horizontal, counter-clockwise, 0 to 180) and amplitude (share of the
    background).
    """


def draw_crystals(
    crystals: Sequence[Crystal],
    *,
    shape: tuple[int, int],
    nm_per_px: float,
    rng: np.random.Generator,
    imaging: LatticeImaging | None = None,
) -> LatticeMicrograph:
    """Draw crystals on an amorphous support.

    Parameters
    ----------
    crystals
        In their places; a later one hides an earlier one in the labels, and their fringes add.
    shape
        Rows and columns.
    nm_per_px
        Scale.
    rng
        Source of all chance: the same state gives the same pixels.
    imaging
        Microscope, support and camera; the defaults if None.

    Examples
    --------
    >>> gold = Crystal("Au", (1, 1, 0), 5.0, 64, 64)
    >>> drawn = draw_crystals([gold], shape=(128, 128), nm_per_px=0.05, rng=np.random.default_rng(1))
    >>> drawn.truth.spacing_px.round(2).tolist()[:3]
    [4.71, 4.71, 4.08]
    """
    imaging = imaging or LatticeImaging()
    thickness_nm, fringes = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    labels, rows = np.zeros(shape, np.int32), []
    for label, crystal in enumerate(crystals, start=1):
        window, along, across, path_nm = _place(crystal, shape, nm_per_px)
        labels[window][path_nm > 0] = label
        thickness_nm[window] += path_nm
        for number, grain in enumerate(_grains(crystal, along, across)):
            for planes in _planes(crystal, grain, imaging, rng):
                of = label, crystal.symbol, crystal.zone, number
                rows.append((*of, *planes.hkl, *planes.vector, planes.amplitude))
                row, column = nm_per_px * planes.vector
                waves = np.cos(2 * pi * (row * along + column * across))  # an atom is in the centre, of all grains
                fringes[window] += (planes.amplitude * grain.share * path_nm / _THICKNESS_NM * waves).astype(np.float32)
    pixels = _recorded(thickness_nm, fringes, nm_per_px, imaging, rng)
    return LatticeMicrograph(pixels, labels, _truth(rows, nm_per_px), nm_per_px)


_Window = tuple[slice, slice]


def _place(crystal: Crystal, shape: tuple[int, int], nm_per_px: float) -> tuple[_Window, Values, Values, Values]:
    """Return the part of the image it covers, the distances from its centre in px, and its thickness."""
    radius = crystal.diameter_nm / nm_per_px / 2
    reach, middle = ceil(radius) + 1, (round(crystal.row), round(crystal.column))
    low = [max(at - reach, 0) for at in middle]
    high = [min(at + reach + 1, side) for at, side in zip(middle, shape, strict=True)]
    along = np.arange(low[0], high[0], dtype=np.float32)[:, None] - np.float32(crystal.row)
    across = np.arange(low[1], high[1], dtype=np.float32)[None] - np.float32(crystal.column)
    inside = np.maximum(radius**2 - along**2 - across**2, 0)
    return (slice(low[0], high[0]), slice(low[1], high[1])), along, across, 2 * np.sqrt(inside) * np.float32(nm_per_px)


class _Grain(NamedTuple):
    share: Values
    """1 where the grain is, 0 elsewhere."""
    turned_rad: float
    is_mirrored: bool = False


class _Planes(NamedTuple):
    hkl: tuple[int, ...]
    vector: npt.NDArray[np.float64]
    """Per nm, axes (row, column)."""
    amplitude: float


def _grains(crystal: Crystal, along: Values, across: Values) -> list[_Grain]:
    angle, turned = np.arctan2(along, across) - crystal.turned_rad, crystal.turned_rad
    if crystal.grains == "single":
        return [_Grain(np.ones_like(angle), turned)]
    if crystal.grains == "twin":
        upper = np.asarray(np.sin(angle) > 0, np.float32)
        return [_Grain(upper, turned), _Grain(1 - upper, turned, is_mirrored=True)]
    sector = np.floor(np.mod(angle, 2 * pi) / (2 * pi / 5)).astype(int)
    return [_Grain(np.asarray(sector == n, np.float32), turned + n * 2 * pi / 5) for n in range(5)]


def _planes(crystal: Crystal, grain: _Grain, imaging: LatticeImaging, rng: np.random.Generator) -> Iterator[_Planes]:
    """Yield the planes that scatter, one of each pair of signs.

    Of a grain that is not turned, the first planes lie along the columns; along [110] the other {111} planes are turned
    from them by 70.5° towards the rows, or away if it is mirrored.
    """
    hkl, vectors = zone_reflections(crystal.symbol, crystal.zone)
    angles = np.arctan2(vectors[:, 0], vectors[:, 1])
    angles -= angles[0]
    second = next((one for one in np.mod(angles, pi) if 0.1 < one < pi - 0.1), 0)
    sign = -1 if (second > pi / 2) != grain.is_mirrored else 1
    angles = sign * angles + grain.turned_rad + pi / 2
    lengths = np.linalg.norm(vectors, axis=1)
    for indices, angle, length in zip(hkl.tolist(), angles, lengths, strict=True):
        if indices > [0, 0, 0] and rng.random() < crystal.seen:
            vector = length * np.array([np.sin(angle), np.cos(angle)])
            yield _Planes(tuple(indices), vector, imaging.contrast * abs(float(imaging.transfer(length))))


def _recorded(
    thickness_nm: Values, fringes: Values, nm_per_px: float, imaging: LatticeImaging, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    rows, columns = thickness_nm.shape
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None]) / nm_per_px
    spectrum = np.fft.rfft2(rng.standard_normal(thickness_nm.shape)) * imaging.transfer(frequency)
    grain = np.fft.irfft2(spectrum, s=thickness_nm.shape)
    grain *= imaging.support / max(float(grain.std()), 1e-9)
    mean = np.exp(-thickness_nm / np.float32(imaging.attenuation_nm))
    beam = np.maximum(mean * (1 + fringes + grain), 0)
    recorded = rng.poisson(imaging.dose * beam) / imaging.dose
    recorded += rng.normal(0, imaging.scan_lines, (rows, 1)) if imaging.scan_lines else 0
    pixels = np.asarray(np.clip(np.rint(140 * recorded), 0, 255), np.uint8)
    if not imaging.jpeg_quality:
        return pixels
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, imaging.jpeg_quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _truth(rows: list[tuple[object, ...]], nm_per_px: float) -> pd.DataFrame:
    names = ["label", "symbol", "zone", "grain", "h", "k", "l", "row_per_nm", "column_per_nm", "amplitude"]
    table = pd.DataFrame(rows, columns=names)
    row, column = table.pop("row_per_nm").astype(float), table.pop("column_per_nm").astype(float)
    return table.assign(
        spacing_px=1 / (np.hypot(row, column) * nm_per_px), direction_deg=np.degrees(np.arctan2(-row, column)) % 180
    )
