"""The lattices of every particle of a micrograph."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import hypot
from types import MappingProxyType

import numpy as np
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.labels import windows
from nanotem.lattice.enlargement import enlargement_of
from nanotem.lattice.grid import Grid, grid_of
from nanotem.lattice.indexing import Candidate, Fit, fits_of, together
from nanotem.lattice.lattices import lattice_members, told_apart
from nanotem.lattice.phases import FINEST_NM, PHASES, reflections
from nanotem.lattice.spectrum import LEAST_PERIODS, LEAST_SPACING_PX, Spectrum, spectrum_of
from nanotem.lattice.spots import LEAST_AMPLITUDE_OVER_NOISE, Spot, find_spots
from nanotem.lattice.surroundings import Surroundings, surroundings_of
from nanotem.micrograph import Labels, Mask, Pixels, Scale

COARSEST_NM = 0.55
"""Widest spacing that is looked for where the scale is known: {111} of magnetite, 0.485 nm, and a scale that is a tenth
off. Wider periods are moiré, the support or the shape of the particle."""

_NYQUIST_PX = 2.1
"""Down to this spacing is looked, to be able to say that something is there which cannot be trusted."""

NO_LATTICE: Mapping[str, str] = MappingProxyType(
    {
        "coarse_pixels": "A pixel spans {nm_per_px:.3g} nm: planes up to {coarsest_nm:g} nm apart have fewer than "
        "{least_px:g} px per period.",
        "too_small": "The particle is {width_px:.0f} px wide where it counts: planes that are seen have fewer than "
        "{periods:g} periods in it.",
        "nothing": "No fringes: nothing in its spectrum is {least:g} times above the noise.",
        "near_nyquist": "Fringes of {spacing_px:.2f} px are too fine for the pixels: below {least_px:g} px they may be "
        "the alias of finer ones.",
        "picture_grid": "Fringes of {spacing_px:.2f} px lie along rows or columns, where the picture's own grid "
        "repeats: it was enlarged, or stored in blocks.",
        "enlarged": "Fringes of {spacing_px:.2f} px are too fine: the picture was enlarged {factor:.2g} times, which "
        "leaves patterns finer than {least_px:g} of its own pixels.",
        "outside_too": "Fringes of {spacing_px:.2f} px are also outside the particles: lines of a scan, JPEG blocks, "
        "the camera or the support.",
    }
)
"""Why a particle has no lattice, by kind."""


@dataclass(frozen=True)
class ParticleLattices:
    """What one particle shows.

    Parameters
    ----------
    label
        Of the particle.
    spots
        Sets of planes, the strongest first, each with the number of its lattice; none where nothing can be trusted.
    reason
        Why there is none, in a sentence; empty if there is one.
    candidates
        Crystals that fit all of its lattices, the likeliest first; empty without a scale, or where none fits.
    zones
        Of every lattice, by the likeliest crystal, in brackets; empty where only one direction is seen.
    planes
        Of every spot, by the likeliest crystal.
    could_show
        Whether the widest planes of every metal that comes into question would have been looked for whatever their
        direction: enough periods in the particle, enough pixels per period. Never without a scale.
    """

    label: int
    spots: tuple[Spot, ...] = ()
    reason: str = ""
    candidates: tuple[Candidate, ...] = ()
    zones: tuple[str, ...] = ()
    planes: tuple[str, ...] = ()
    could_show: bool = False

    @property
    def n_lattices(self) -> int:
        """How many lattices there are: 0, 1, or more in twins, grains and overlapping crystals."""
        return max((spot.lattice for spot in self.spots), default=0)


@dataclass(frozen=True, eq=False)
class Lattices:
    """What all particles show.

    Parameters
    ----------
    particles
        By their labels.
    scale
        That was in force; None for spacings in px, which cannot be indexed.
    """

    particles: Mapping[int, ParticleLattices] = field(default_factory=dict)
    scale: Scale | None = None

    @property
    def share(self) -> float:
        """Share of the particles that show a lattice; NaN without particles."""
        return float(np.mean([bool(one.spots) for one in self.particles.values()])) if self.particles else np.nan

    def spacing_nm(self, spot: Spot) -> tuple[float, float]:
        """Return a spacing and its standard uncertainty, that of the scale included; NaN without a scale."""
        if self.scale is None:
            return np.nan, np.nan
        relative = hypot(spot.spacing_uncertainty_px / spot.spacing_px, self.scale.relative_uncertainty)
        spacing = spot.spacing_px * self.scale.nm_per_px
        return spacing, spacing * relative

    def spots_table(self) -> pd.DataFrame:
        """Return one row per set of planes, of all particles.

        Returns
        -------
        pandas.DataFrame
            label, lattice, spacing_px, spacing_uncertainty_px, spacing_nm, spacing_uncertainty_nm, direction_deg,
            direction_uncertainty_deg, amplitude_over_noise, planes (by the likeliest crystal).
        """
        rows = []
        for one in self.particles.values():
            for spot, planes in zip(one.spots, one.planes or [""] * len(one.spots), strict=True):
                nm = self.spacing_nm(spot)
                px = spot.spacing_px, spot.spacing_uncertainty_px
                angle = spot.direction_deg, spot.direction_uncertainty_deg
                rows.append((one.label, spot.lattice, *px, *nm, *angle, spot.amplitude_over_noise, planes))
        names = ["label", "lattice", "spacing_px", "spacing_uncertainty_px", "spacing_nm", "spacing_uncertainty_nm"]
        names += ["direction_deg", "direction_uncertainty_deg", "amplitude_over_noise", "planes"]
        types = {"label": int, "lattice": int, "planes": str} | dict.fromkeys(names[2:-1], float)
        return pd.DataFrame(rows, columns=names).astype(types)


@dataclass(frozen=True, eq=False)
class _Picture:
    """What looks like fringes in any picture of this history."""

    grid: Grid
    surroundings: Surroundings
    factor: float
    """By how much it was enlarged."""

    def origins(self, cell_per_px: float) -> Iterator[tuple[str, Callable[[Spot], bool]]]:
        """Yield kinds of `NO_LATTICE`, and whether a spot of a particle is of this kind."""
        if self.factor > 1:
            yield "enlarged", lambda spot: spot.spacing_px < LEAST_SPACING_PX * self.factor
        yield "picture_grid", lambda spot: self.grid.shows(spot.row_per_px, spot.column_per_px, cell_per_px)
        yield "outside_too", lambda spot: self.surroundings.shows(spot.row_per_px, spot.column_per_px, spot.amplitude)


def find_lattices(
    pixels: Pixels,
    labels: Labels,
    *,
    scale: Scale | None = None,
    frame: Mask | None = None,
    phases: Sequence[str] = tuple(PHASES),
) -> Lattices:
    """Find the lattice fringes of every particle, and the crystals that they fit.

    Parameters
    ----------
    pixels, labels
        The micrograph and its particles, shape (rows, columns).
    scale
        Without it there are spacings in px, and nothing is indexed.
    frame
        False where the picture is no micrograph; the whole image without it.
    phases
        Crystals that come into question, keys of `PHASES`.

    Raises
    ------
    ParameterError
        If the shapes differ, or a phase is not in the table.

    Examples
    --------
    >>> from nanotem.synthetic.fringes import Crystal, draw_crystals
    >>> gold = Crystal("Au", (1, 1, 0), 5.0, 90, 90)
    >>> drawn = draw_crystals([gold], shape=(180, 180), nm_per_px=0.04, rng=np.random.default_rng(1))
    >>> found = find_lattices(drawn.pixels, drawn.labels, scale=drawn.micrograph.scale, phases=("Au", "Cu", "Pt"))
    >>> one = found.particles[1]
    >>> one.n_lattices, one.candidates[0].symbol, one.zones, one.planes[:3]
    (1, 'Au', ('[110]',), ('{111}', '{111}', '{220}'))
    """
    if pixels.shape != labels.shape:
        raise ParameterError(
            f"The labels (shape {labels.shape}) must have the shape of the pixels (shape {pixels.shape}).",
            "Pass arrays of the same micrograph, uncropped.",
        )
    unknown = [symbol for symbol in phases if symbol not in PHASES]
    if unknown:
        raise ParameterError(f"There is no crystal {unknown[0]!r} in the table.", f"Use some of {', '.join(PHASES)}.")
    places = list(windows(labels))
    if scale is not None and LEAST_SPACING_PX * scale.nm_per_px > COARSEST_NM:
        reason = _why("coarse_pixels", nm_per_px=scale.nm_per_px, coarsest_nm=COARSEST_NM, least_px=LEAST_SPACING_PX)
        return Lattices({label: ParticleLattices(label, reason=reason) for label, _ in places}, scale)
    background = (labels == 0) if frame is None else (labels == 0) & frame
    picture = _Picture(grid_of(pixels, background), surroundings_of(pixels, background), enlargement_of(pixels))
    inside = labels if frame is None else np.where(frame, labels, 0)
    found, widest_nm = {}, _widest_planes_nm(phases)
    for label, window in places:
        mask = inside[window] == label
        spectrum = spectrum_of(pixels[window], mask) if mask.any() else None
        could_show = _could_show(spectrum, picture.factor, scale, widest_nm)
        found[label] = replace(_particle(label, spectrum, picture, scale, phases), could_show=could_show)
    return Lattices(found, scale)


def _widest_planes_nm(phases: Sequence[str]) -> list[float]:
    """Return the widest spacing of every metal; without a metal that of every phase."""
    metals = [symbol for symbol in phases if PHASES[symbol].is_metal]
    return [float(reflections(symbol).spacings_nm[0]) for symbol in metals or phases]


def _could_show(spectrum: Spectrum | None, factor: float, scale: Scale | None, widest_nm: Sequence[float]) -> bool:
    """Whether all of some planes would be looked for in a particle of a picture that was enlarged by a factor."""
    if spectrum is None or scale is None or not widest_nm:
        return False
    widest_px = [spacing / scale.nm_per_px for spacing in widest_nm]
    return bool(min(widest_px) >= LEAST_SPACING_PX * factor and max(widest_px) <= spectrum.coarsest_everywhere_px)


def _particle(
    label: int,
    spectrum: Spectrum | None,
    picture: _Picture,
    scale: Scale | None,
    phases: Sequence[str],
) -> ParticleLattices:
    nm_per_px = scale.nm_per_px if scale else 1.0
    finest_px, coarsest_px = (FINEST_NM / nm_per_px, COARSEST_NM / nm_per_px) if scale else (0.0, np.inf)
    if spectrum is None or spectrum.coarsest_px <= max(LEAST_SPACING_PX, finest_px):
        width = 1 / spectrum.cell_per_px if spectrum else 0.0
        return ParticleLattices(label, reason=_why("too_small", width_px=width, periods=LEAST_PERIODS))
    spots = find_spots(spectrum, finest_px=max(finest_px, _NYQUIST_PX), coarsest_px=coarsest_px)
    if not spots:
        return ParticleLattices(label, reason=_why("nothing", least=LEAST_AMPLITUDE_OVER_NOISE))
    for kind, is_of_picture in picture.origins(spectrum.cell_per_px):
        left = [spot for spot in spots if not is_of_picture(spot)]
        if not left:
            values = {"spacing_px": spots[0].spacing_px, "factor": picture.factor, "least_px": LEAST_SPACING_PX}
            return ParticleLattices(label, reason=_why(kind, **values))
        spots = left
    trusted = [spot for spot in spots if spot.spacing_px >= LEAST_SPACING_PX]
    if not trusted:
        reason = _why("near_nyquist", spacing_px=spots[0].spacing_px, least_px=LEAST_SPACING_PX)
        return ParticleLattices(label, reason=reason)
    return _indexed(label, told_apart(trusted), scale, phases)


def _indexed(label: int, spots: list[Spot], scale: Scale | None, phases: Sequence[str]) -> ParticleLattices:
    if scale is None:
        return ParticleLattices(label, tuple(spots))
    members = [lattice_members(spots, number) for number in range(1, max(spot.lattice for spot in spots) + 1)]
    fits = [fits_of(one, scale, phases=phases) for one in members]
    candidates = together(fits)
    if not candidates:
        return ParticleLattices(label, tuple(spots))
    likeliest = [one[candidates[0].symbol] for one in fits]
    return ParticleLattices(
        label,
        tuple(spots),
        candidates=tuple(candidates),
        zones=tuple(fit.zone_in_words for fit in likeliest),
        planes=_planes(spots, members, likeliest),
    )


def _planes(spots: Sequence[Spot], members: Sequence[Sequence[Spot]], fits: Sequence[Fit]) -> tuple[str, ...]:
    """Return the planes of every spot in words, by the lattice that it was first counted to."""
    named: dict[tuple[float, float], str] = {}
    for ones, fit in zip(members, fits, strict=True):
        for spot, planes in zip(ones, fit.planes_in_words, strict=True):
            named.setdefault((spot.row_per_px, spot.column_per_px), planes)
    return tuple(named[spot.row_per_px, spot.column_per_px] for spot in spots)


def _why(kind: str, **values: float) -> str:
    return NO_LATTICE[kind].format(**values)
