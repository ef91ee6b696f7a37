"""How the contrast of a particle rises from its edge: the families of profiles, and what blur makes of them.

A profile is 1 - exp(-u t), where t is the thickness divided by its largest value and u says how much of the beam the
thickest place takes. Thickness is that of a sphere (or a cylinder lying down), or grows linearly from the edge (a
facet that slopes), or is the same everywhere (a plate, or a body that takes all of the beam).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import i0e

Floats = npt.NDArray[np.float64]

Family = Literal["rounded", "faceted", "flat"]
"""How thickness grows from the edge."""

Profile = Literal["automatic", "rounded", "faceted", "flat"]
"""A family, or the choice by what the image shows."""

ClassWeights: TypeAlias = tuple[float, ...]
"""How probable each of `CLASSES` is."""

PROFILES: Mapping[Profile, str] = MappingProxyType(
    {
        "automatic": "Automatic",
        "rounded": "Rounded: spheres, rods lying down",
        "faceted": "Sloping facets: octahedra, tetrahedra",
        "flat": "Flat: plates, cubes, bodies that take all of the beam",
    }
)
"""Every choice with its plain name."""

FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True)
class ProfileClass:
    """One member of a family.

    Parameters
    ----------
    family
        How thickness grows from the edge.
    absorption
        u: how much of the beam the thickest place takes, as the exponent; infinite where the body is flat.
    prior
        How much it counts where the image does not tell.
    """

    family: Family
    absorption: float
    prior: float

    def contrast(self, depth: Floats) -> Floats:
        """Return the contrast without blur at a depth from the edge, in units of the inscribed radius."""
        if self.family == "flat":
            return np.asarray((depth > 0) + 0.5 * (depth == 0), np.float64)
        clipped = np.clip(depth, 0.0, 1.0)
        thickness = np.sqrt(1 - (1 - clipped) ** 2) if self.family == "rounded" else clipped
        contrast: Floats = np.expm1(-self.absorption * thickness) / np.expm1(-self.absorption)
        return contrast


CLASSES: tuple[ProfileClass, ...] = (
    *(ProfileClass("rounded", u, 0.25) for u in (0.1, 0.6, 1.3, 2.5, 4.5, 8.0)),
    *(ProfileClass("faceted", u, 0.03) for u in (0.3, 1.0, 2.5)),
    ProfileClass("flat", np.inf, 0.5),
)
"""From thin sphere to flat, near enough that a drawn sphere between two neighbours comes out within 1.2 %. Facets with
u above 2.5 look like spheres once they are blurred. Facets are rare, and where blur hides the profile they would make
every small sphere too large: they count where the image says so."""

_X_LOW, _X_HIGH, _X_STEP = -9.0, 48.0, 0.2
_RATIO_LOW, _RATIO_HIGH, _N_RATIOS = 0.5, 400.0, 60
_REACH, _REACH_STEP = 4.5, 0.1
"""The tables: depth over blur in steps that linear interpolation bridges with an error of 0.1 %, radius over blur on a
logarithmic scale, and the Gaussian up to 4.5 standard deviations."""


@lru_cache(maxsize=1)
def _tables() -> npt.NDArray[np.float32]:
    """Return the blurred profiles, shape (classes, 2, ratios, depths): straight edge first, then disc."""
    x = np.arange(_X_LOW, _X_HIGH + _X_STEP / 2, _X_STEP)[:, None]
    offset = np.arange(-_REACH + _REACH_STEP / 2, _REACH, _REACH_STEP)
    gauss = np.exp(-(offset**2) / 2)
    straight = gauss / gauss.sum()
    tables = np.empty((len(CLASSES), 2, _N_RATIOS, x.size), np.float32)
    for k, ratio in enumerate(np.geomspace(_RATIO_LOW, _RATIO_HIGH, _N_RATIOS)):
        depth = (x + offset) / ratio
        radius = np.abs(ratio - x)
        ring = np.maximum(radius + offset, 0.0)
        # Blur of a round body: a ring weighs in at a radius by the modified Bessel function of their product.
        round_weight = gauss * i0e(radius * ring) * ring * _REACH_STEP
        for c, one in enumerate(CLASSES):
            tables[c, 0, k] = one.contrast(np.where(depth > 1, 2 - depth, depth)) @ straight
            tables[c, 1, k] = (round_weight * one.contrast(1 - ring / ratio)).sum(axis=1)
    return tables


_LADDERS = {
    family: (
        next(k for k, one in enumerate(CLASSES) if one.family == family),
        np.log([one.absorption for one in CLASSES if one.family == family]),
    )
    for family in ("rounded", "faceted")
}
"""Of each family whose thickness grows from the edge: index of its first class, and the logarithms of u."""


def blurred_profile(
    index: int,
    depth_px: Floats,
    *,
    radius_px: Floats,
    sigma_px: float,
    roundness: Floats | float,
    thickness: Floats | float = 1.0,
) -> Floats:
    """Return the contrast of a class at a depth from the edge, after blur.

    Parameters
    ----------
    index
        Of `CLASSES`.
    depth_px
        Distance inwards from the edge.
    radius_px
        Radius of the largest inscribed circle: half of the largest thickness of a round body.
    sigma_px
        Standard deviation of the Gaussian blur.
    roundness
        0 where the edge is straight, 1 where its radius of curvature is `radius_px`; in between and beyond, on the line
        through both.
    thickness
        Of the particle, divided by that of those whose class it is. One material takes as much of the beam per
        nanometre everywhere: a particle of half the thickness has half of u. Flat ones are flat whatever it is.

    Returns
    -------
    numpy.ndarray
        1 where nothing but the thickest place is seen; all arguments are broadcast.
    """
    tables, steps = _of_class(index, thickness)
    ratios = _neighbours(_ratio_place(radius_px / sigma_px), _N_RATIOS)
    place, beyond = _cell((depth_px / sigma_px - _X_LOW) / _X_STEP, tables.shape[-1])
    flat = tables.ravel()
    contrast = np.zeros(1, np.float32)
    for row, in_step in steps:
        for kind, of_kind in ((0, 1 - roundness), (1, roundness)):
            for column, in_ratio in ratios:
                at = ((row * 2 + kind) * _N_RATIOS + column) * tables.shape[-1] + place
                low = flat[at]
                share = np.asarray(in_step * of_kind * in_ratio, np.float32)
                contrast = contrast + share * (low + beyond * (flat[at + 1] - low))
    return np.asarray(contrast, np.float64)


@dataclass(frozen=True, eq=False)
class Curves:
    """The blurred profiles of one class for some particles: a part of the tables, of known roundness and thickness.

    Attributes
    ----------
    values
        Shape (particles, ratios, depths).
    first_ratio, first_depth
        Where in the tables the part begins.
    """

    values: npt.NDArray[np.float32]
    first_ratio: int
    first_depth: int

    @classmethod
    def of(
        cls,
        index: int,
        *,
        depth_px: Floats,
        radius_px: Floats,
        sigmas_px: Floats,
        roundness: Floats,
        thickness: Floats,
    ) -> "Curves":
        """Return the curves of a class for all depths, radii and blurs that will be asked for.

        Parameters are those of `blurred_profile`; roundness and thickness have shape (particles,).
        """
        tables, steps = _of_class(index, thickness)
        blurs = np.array([sigmas_px.min(), sigmas_px.max()])
        ratios = _part(_ratio_place(np.array([radius_px.min(), radius_px.max()])[:, None] / blurs), _N_RATIOS)
        depths = np.array([depth_px.min(), depth_px.max()])[:, None] / blurs
        columns = _part((depths - _X_LOW) / _X_STEP, tables.shape[-1])
        values = np.zeros((len(roundness), ratios.stop - ratios.start, columns.stop - columns.start), np.float32)
        for row, in_step in steps:
            for kind, of_kind in ((0, 1 - roundness), (1, roundness)):
                share = np.asarray(in_step * of_kind, np.float32)
                values += share[:, None, None] * tables[row, kind, ratios, columns]
        return cls(values, ratios.start, columns.start)

    def __call__(self, depth_px: Floats, *, radius_px: Floats, sigma_px: float) -> Floats:
        """Return the contrast, see `blurred_profile`; the first axis of all arguments is that of the particles."""
        n_particles, n_ratios, n_depths = self.values.shape
        ratio = _ratio_place(radius_px / sigma_px) - self.first_ratio
        place, beyond = _cell((depth_px / sigma_px - _X_LOW) / _X_STEP - self.first_depth, n_depths)
        place += (np.arange(n_particles) * n_ratios * n_depths).reshape(-1, *(1,) * (place.ndim - 1))
        flat = self.values.ravel()
        contrast = np.zeros(1, np.float32)
        for column, in_ratio in _neighbours(ratio, n_ratios):
            at = column * n_depths + place
            low = flat[at]
            contrast = contrast + in_ratio.astype(np.float32) * (low + beyond * (flat[at + 1] - low))
        return np.asarray(contrast, np.float64)


def _of_class(
    index: int, thickness: Floats | float
) -> tuple[npt.NDArray[np.float32], list[tuple[npt.NDArray[np.intp], Floats]]]:
    """Return the tables of a family, and for each thickness its rows on either side with their shares."""
    one = CLASSES[index]
    first, ladder = _LADDERS.get(one.family, (index, np.zeros(1)))
    step = np.interp(np.log(thickness) + np.log(one.absorption), ladder, np.arange(ladder.size))
    return _tables()[first : first + ladder.size], _neighbours(step, ladder.size)


def _ratio_place(ratio: Floats) -> Floats:
    """Return where among the rows of a table a radius over the blur lies."""
    steps = np.log(np.maximum(ratio, _RATIO_LOW) / _RATIO_LOW) * (_N_RATIOS - 1)
    return np.asarray(steps / np.log(_RATIO_HIGH / _RATIO_LOW))


def _part(places: Floats, size: int) -> slice:
    """Return the part of an axis of a table in which all places lie, two entries at least."""
    low, high = np.clip([places.min(), places.max()], 0, size - 1)
    start = min(int(low), size - 2)
    return slice(start, max(int(np.ceil(high)), start + 1) + 1)


def _cell(place: Floats, size: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Return the cell of a table in which each place lies, and how far into it, from 0 to 1; the nearest beyond."""
    within = np.clip(place, 0, size - 1).astype(np.float32)
    cell = np.minimum(within.astype(np.intp), size - 2)
    return cell, within - cell.astype(np.float32)


def _neighbours(place: Floats, size: int) -> list[tuple[npt.NDArray[np.intp], Floats]]:
    """Return the rows of a table on either side of each place, with the share of each."""
    if size == 1:
        return [(np.zeros(1, np.intp), np.ones(1))]
    cell, beyond = _cell(place, size)
    return [(cell, np.asarray(1 - beyond, np.float64)), (cell + 1, np.asarray(beyond, np.float64))]
