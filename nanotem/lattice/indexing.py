"""Which crystal shows a lattice: spacings and angles against the table of phases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from nanotem.lattice.phases import PHASES, Floats, Reflections, is_allowed, reflections
from nanotem.lattice.spots import Spot
from nanotem.micrograph import Scale

ASSUMED_SCALE_UNCERTAINTY = 0.03
"""Where a scale does not say how sure it is. The magnification of a microscope is right to about 5 % unless it was
calibrated, to 2 % if it was (D. B. Williams and C. B. Carter, Transmission Electron Microscopy, 2nd ed. (2009), 9.6)."""

_DISTORTED, _DISTORTED_DEG = 0.01, 1.0
"""Standard deviation of spacings and angles that a crystal and a microscope add to the noise: projector lenses distort
by about a per cent, the drift of a scan as much."""

_FITS = 0.001
"""Of lattices that are in the table so many are refused by chance as misfits."""

_MISFIT = float(np.sqrt(chi2.ppf(1 - _FITS, 1)))
"""How many standard deviations one number may be off."""

_WHOLE = 1e-6
"""Indices are whole, or they are thirds or halves: anything between is rounding."""

_TOLD_APART = 0.975
"""The candidates are the likeliest phases that share this much of the probability, a little more than the 0.95 that the
set is to hold, because distortions are not exactly as assumed."""


@dataclass(frozen=True)
class Candidate:
    """A crystal that fits everything that a particle shows.

    Parameters
    ----------
    symbol
        A key of `PHASES`.
    probability
        All of the table being equally likely beforehand.
    scale_factor
        What the spacings must be multiplied by to fit best.
    """

    symbol: str
    probability: float
    scale_factor: float


@dataclass(frozen=True)
class Fit:
    """How well a phase fits one lattice.

    Parameters
    ----------
    symbol
        A key of `PHASES`.
    evidence
        Likelihood of its assignments of planes, summed, by the number of those that would be possible.
    hkl
        Planes of each spot, in the order of the spots, by the best assignment.
    zone
        Direction [uvw] of the beam; None where only one direction of planes is seen.
    misfit
        χ² of the best assignment; spots + 1 degrees of freedom, 1 for one direction.
    scale_factor
        What the spacings must be multiplied by to fit best.
    """

    symbol: str
    evidence: float
    hkl: tuple[tuple[int, int, int], ...]
    zone: tuple[int, int, int] | None
    misfit: float
    scale_factor: float

    @property
    def zone_in_words(self) -> str:
        """The zone axis in brackets; empty if there is none."""
        return "" if self.zone is None else f"[{_run(self.zone)}]"

    @property
    def planes_in_words(self) -> list[str]:
        """Each spot's planes as a family in braces."""
        return [family_in_words(self.symbol, hkl) for hkl in self.hkl]


def family_in_words(symbol: str, hkl: Sequence[int]) -> str:
    """Return planes in braces; of a cubic crystal, where order and signs make no difference, the largest index last.

    Examples
    --------
    >>> family_in_words("Au", (2, 0, 0)), family_in_words("Au", (1, -1, 1)), family_in_words("Ru", (1, 0, -1))
    ('{200}', '{111}', '{10-1}')
    """
    shown = sorted((abs(one) for one in hkl), reverse=True) if PHASES[symbol].is_cubic else list(hkl)
    return f"{{{_run(shown)}}}"


def _run(indices: Sequence[int]) -> str:
    return "".join(map(str, indices)) if all(abs(one) < 10 for one in indices) else " ".join(map(str, indices))


@dataclass(frozen=True, eq=False)
class _Seen:
    """A lattice in numbers.

    `axes` are the places of its two strongest spots that are not in line, or of its strongest; `from_axes` gives every
    spot as so many steps along these, shape (spots, axes).
    """

    per_nm: Floats
    variances: Floats
    axes: tuple[int, ...]
    from_axes: Floats
    angle_rad: float
    angle_variance: float
    scale_variance: float


@dataclass(frozen=True, eq=False)
class _Assignment:
    hkl: npt.NDArray[np.int64]
    misfit: float
    scale_factor: float


def fits_of(members: Sequence[Spot], scale: Scale, *, phases: Sequence[str] = tuple(PHASES)) -> dict[str, Fit]:
    """Return the phases that fit a lattice, by their symbols; none if none fits.

    The evidence of a phase is the sum of the likelihoods of its assignments of planes, each as likely beforehand as any
    other of the phase: a crystal with many planes fits much by chance, and pays for it.

    Parameters
    ----------
    members
        Spots of one lattice, from `lattice_members`.
    scale
        Its uncertainty is one error for all spots; `ASSUMED_SCALE_UNCERTAINTY` where it is not known.
    phases
        Keys of `PHASES` that come into question.
    """
    seen = _seen(members, scale)
    limit = float(chi2.ppf(1 - _FITS, 1 if len(seen.axes) == 1 else len(members) + 1))
    found = {}
    for symbol in phases:
        ones = list(_assignments(reflections(symbol), symbol, seen))
        best = min(ones, key=lambda one: one.misfit, default=None)
        if best is not None and best.misfit <= limit:
            found[symbol] = _fit(symbol, best, _evidence(ones, reflections(symbol), seen), seen)
    return found


def together(fits: Sequence[Mapping[str, Fit]]) -> list[Candidate]:
    """Return the phases that fit all lattices of a particle, the likeliest first, as many as share most of the probability.

    Parameters
    ----------
    fits
        From `fits_of`, one per lattice.
    """
    symbols = set.intersection(*(set(one) for one in fits)) if fits else set()
    evidence = {symbol: float(np.prod([one[symbol].evidence for one in fits])) for symbol in symbols}
    total, candidates, shared = sum(evidence.values()), list[Candidate](), 0.0
    for symbol in sorted(evidence, key=lambda one: (-evidence[one], one)):
        probability = evidence[symbol] / total
        candidates.append(Candidate(symbol, probability, fits[0][symbol].scale_factor))
        shared += probability
        if shared >= _TOLD_APART:
            break
    return candidates


def _seen(members: Sequence[Spot], scale: Scale) -> _Seen:
    vectors = np.array([[spot.row_per_px, spot.column_per_px] for spot in members]) / scale.nm_per_px
    lengths = np.linalg.norm(vectors, axis=1)
    relative = np.array([spot.radial_uncertainty_per_px / spot.per_px for spot in members])
    axes, from_axes = _axes(members)
    angle, variance = 0.0, 0.0
    if len(axes) == 2:
        one, other = (vectors[axis] for axis in axes)
        angle = float(np.arccos(np.clip(one @ other / lengths[list(axes)].prod(), -1, 1)))
        errors = [np.radians(members[axis].direction_uncertainty_deg) for axis in axes]
        variance = float(np.sum(np.square(errors)) + np.radians(_DISTORTED_DEG) ** 2)
    relative_scale = scale.relative_uncertainty or ASSUMED_SCALE_UNCERTAINTY
    return _Seen(lengths, relative**2 + _DISTORTED**2, axes, from_axes, angle, variance, relative_scale**2)


def _axes(members: Sequence[Spot]) -> tuple[tuple[int, ...], Floats]:
    """Return `axes` and `from_axes` of a lattice."""
    steps = np.array([spot.indices for spot in members], float)
    order = sorted(range(len(members)), key=lambda place: -members[place].amplitude_over_noise)
    first = order[0]
    for second in order[1:]:
        if abs(np.linalg.det(steps[[first, second]])) > 0.5:
            return (first, second), steps @ np.linalg.inv(steps[[first, second]])
    along = steps @ steps[first] / (steps[first] @ steps[first])
    return (first,), along[:, None]


def _assignments(found: Reflections, symbol: str, seen: _Seen) -> Iterator[_Assignment]:
    """Yield what planes the spots may be, one for all that symmetry makes equal."""
    lengths = 1 / found.spacings_nm
    near = []
    for axis in seen.axes:
        tolerance = _MISFIT * np.sqrt(seen.variances[axis] + seen.scale_variance)
        near.append(np.flatnonzero(np.abs(np.log(lengths / seen.per_nm[axis])) <= tolerance))
    _, representative = np.unique(np.round(lengths[near[0]], 6), return_index=True)
    known = set()
    for first in near[0][representative]:
        for pair in _pairs(found, int(first), near[1:], seen):
            continued = seen.from_axes @ found.hkl[list(pair)]
            hkl = np.rint(continued).astype(np.int64)
            if np.abs(continued - hkl).max() > _WHOLE or not is_allowed(PHASES[symbol].rule, hkl).all():
                continue
            one = _fitted(hkl, hkl @ PHASES[symbol].reciprocal_per_nm, seen)
            key = round(one.misfit, 6), round(one.scale_factor, 6)
            if key not in known:
                known.add(key)
                yield one


def _pairs(
    found: Reflections, first: int, others: Sequence[npt.NDArray[np.intp]], seen: _Seen
) -> Iterator[tuple[int, ...]]:
    """Yield planes for both axes, if there are two, whose angle fits."""
    if not others:
        yield (first,)
        return
    vectors = found.vectors_per_nm
    cosines = vectors[others[0]] @ vectors[first] * found.spacings_nm[others[0]] * found.spacings_nm[first]
    off = np.abs(np.arccos(np.clip(cosines, -1, 1)) - seen.angle_rad)
    for second in others[0][off <= _MISFIT * np.sqrt(seen.angle_variance)]:
        yield first, int(second)


def _fitted(hkl: npt.NDArray[np.int64], vectors: Floats, seen: _Seen) -> _Assignment:
    """Fit the scale, which all spots share, and return how far off the rest is."""
    lengths = np.linalg.norm(vectors, axis=1)
    off = np.log(seen.per_nm / lengths)
    weights = 1 / seen.variances
    shift = float((weights @ off) / (weights.sum() + 1 / seen.scale_variance))
    misfit = float(weights @ (off - shift) ** 2 + shift**2 / seen.scale_variance)
    if len(seen.axes) == 2:
        one, other = (vectors[axis] for axis in seen.axes)
        angle = np.arccos(np.clip(one @ other / lengths[list(seen.axes)].prod(), -1, 1))
        misfit += float((angle - seen.angle_rad) ** 2 / seen.angle_variance)
    return _Assignment(hkl, misfit, float(np.exp(shift)))


def _evidence(ones: Sequence[_Assignment], found: Reflections, seen: _Seen) -> float:
    likelihoods = np.exp(-np.array([one.misfit for one in ones]) / 2)
    return float(likelihoods.sum() / found.n_families ** len(seen.axes))


def _fit(symbol: str, best: _Assignment, evidence: float, seen: _Seen) -> Fit:
    planes = tuple((int(h), int(k), int(m)) for h, k, m in best.hkl)
    zone = None
    if len(seen.axes) == 2:
        one, other = (best.hkl[axis] for axis in seen.axes)
        zone = _lowest(np.cross(one, other), is_cubic=PHASES[symbol].is_cubic)
    return Fit(symbol, evidence, planes, zone, best.misfit, best.scale_factor)


def _lowest(zone: npt.NDArray[np.int64], *, is_cubic: bool) -> tuple[int, int, int]:
    """Return a direction by its smallest whole numbers, of a cubic crystal in order and without signs."""
    u, v, w = (int(one) // gcd(*map(int, zone)) for one in zone)
    if is_cubic:
        u, v, w = sorted((abs(u), abs(v), abs(w)), reverse=True)
    return u, v, w
