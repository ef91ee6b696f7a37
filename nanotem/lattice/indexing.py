"""Which crystal shows a lattice: spacings and angles against the table of phases."""

from collections.abc import Mapping, Sequence
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
calibrated, to 2 % if it was (D. B. Williams and C. B. Carter, Transmission Electron Microscopy, 2nd ed. (2009), 9.6).
"""

_DISTORTED, _DISTORTED_DEG = 0.01, 1.0
"""Standard deviation of spacings and angles that a crystal and a microscope add to the noise: projector lenses distort
by about a per cent, the drift of a scan as much."""

_FITS = 0.001
"""Of lattices that are in the table so many are refused by chance as misfits."""

_MISFIT = float(np.sqrt(chi2.ppf(1 - _FITS, 1)))
"""How many standard deviations one number may be off."""

_ABSENT = 0.5
"""Probability that a set of planes does not show although its spacing is wider than all that show, and is transferred
better for that: the crystal is tilted, or defocus takes just this one. Of the drawn crystals a quarter is missing."""

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
class _Assignments:
    """What planes the spots may be: `hkl` of shape (assignments, spots, 3), misfits and scale factors of each.

    `n_missing` says how many wider sets of planes the zone has of which none shows.
    """

    hkl: npt.NDArray[np.int64]
    misfits: Floats
    scale_factors: Floats
    n_missing: Floats


def fits_of(members: Sequence[Spot], scale: Scale, *, phases: Sequence[str] = tuple(PHASES)) -> dict[str, Fit]:
    """Return the phases that fit a lattice, by their symbols; none if none fits.

    The evidence of a phase is the sum of the likelihoods of its assignments of planes, each as likely beforehand as any
    other of the phase: a crystal with many planes fits much by chance, and pays for it. It pays for wider planes that
    should show and do not, too.

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
        ones = _assignments(symbol, seen, limit)
        if ones.misfits.size:
            found[symbol] = _fit(symbol, ones, seen)
    return found


def together(fits: Sequence[Mapping[str, Fit]]) -> list[Candidate]:
    """Return the phases that fit all lattices of a particle, the likeliest first.

    As many are returned as share most of the probability.

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


def _assignments(symbol: str, seen: _Seen, limit: float) -> _Assignments:
    """Return what planes the spots may be, one assignment for all that symmetry makes equal; χ² up to a limit."""
    found = reflections(symbol)
    axes = _plausible_axes(found, seen)
    continued = np.einsum("sa,pak->psk", seen.from_axes, found.hkl[axes])
    hkl = np.rint(continued).astype(np.int64)
    allowed = is_allowed(PHASES[symbol].rule, hkl.reshape(-1, 3)).reshape(hkl.shape[:2])
    hkl = hkl[allowed.all(axis=1) & (np.abs(continued - hkl) < _WHOLE).all(axis=(1, 2))]
    misfits, shifts = _fitted(hkl @ found.reciprocal_per_nm, seen)
    hkl, misfits, shifts = hkl[misfits <= limit], misfits[misfits <= limit], shifts[misfits <= limit]
    _, first = np.unique(np.round(np.stack([misfits, shifts]), 6), axis=1, return_index=True)
    hkl = hkl[first]
    return _Assignments(hkl, misfits[first], np.exp(shifts[first]), _n_missing(found, hkl, seen.axes))


def _n_missing(found: Reflections, hkl: npt.NDArray[np.int64], axes: Sequence[int]) -> Floats:
    """Return how many sets of planes a zone has that are wider than all that show, shape (assignments,)."""
    if len(axes) == 2:
        zones = np.cross(hkl[:, axes[0]], hkl[:, axes[1]])
        inside = zones @ found.hkl.T == 0
    else:
        inside = (np.cross(hkl[:, axes[0], None], found.hkl[None]) == 0).all(axis=2)
    lengths = np.linalg.norm(hkl @ found.reciprocal_per_nm, axis=2).min(axis=1)
    wider = found.spacings_nm[None] * lengths[:, None] > 1 + _DISTORTED
    return np.asarray((inside & wider).sum(axis=1) / 2)  # both signs are there


def _plausible_axes(found: Reflections, seen: _Seen) -> npt.NDArray[np.intp]:
    """Return planes whose spacings and angle are those of the lattice's axes, shape (assignments, axes).

    The first is one of each spacing: those of the same spacing are equal by symmetry.
    """
    lengths = 1 / found.spacings_nm
    near = []
    for axis in seen.axes:
        tolerance = _MISFIT * np.sqrt(seen.variances[axis] + seen.scale_variance)
        near.append(np.flatnonzero(np.abs(np.log(lengths / seen.per_nm[axis])) <= tolerance))
    _, representative = np.unique(np.round(lengths[near[0]], 6), return_index=True)
    firsts = near[0][representative]
    if len(near) == 1:
        return firsts[:, None]
    unit = found.vectors_per_nm * found.spacings_nm[:, None]
    angles = np.arccos(np.clip(unit[firsts] @ unit[near[1]].T, -1, 1))
    one, other = np.nonzero(np.abs(angles - seen.angle_rad) <= _MISFIT * np.sqrt(seen.angle_variance))
    return np.stack([firsts[one], near[1][other]], axis=1)


def _fitted(vectors: Floats, seen: _Seen) -> tuple[Floats, Floats]:
    """Fit the scale, which all spots share; return χ² of each assignment and the logarithm of its scale factor.

    Parameters
    ----------
    vectors
        Of the planes, shape (assignments, spots, 3).
    seen
        What they must be like.
    """
    lengths = np.linalg.norm(vectors, axis=2)
    off = np.log(seen.per_nm / lengths)
    weights = 1 / seen.variances
    shifts = off @ weights / (weights.sum() + 1 / seen.scale_variance)
    misfits = (off - shifts[:, None]) ** 2 @ weights + shifts**2 / seen.scale_variance
    if len(seen.axes) == 2:
        one, other = (vectors[:, axis] / lengths[:, axis, None] for axis in seen.axes)
        angles = np.arccos(np.clip((one * other).sum(axis=1), -1, 1))
        misfits = misfits + (angles - seen.angle_rad) ** 2 / seen.angle_variance
    return misfits, shifts


def _fit(symbol: str, ones: _Assignments, seen: _Seen) -> Fit:
    likelihoods = np.exp(-ones.misfits / 2) * _ABSENT**ones.n_missing
    evidence = likelihoods.sum() / reflections(symbol).n_families ** len(seen.axes)
    best = int(np.argmax(likelihoods))
    hkl = ones.hkl[best]
    planes = tuple((int(h), int(k), int(m)) for h, k, m in hkl)
    zone = None
    if len(seen.axes) == 2:
        zone = _lowest(np.cross(*(hkl[axis] for axis in seen.axes)), is_cubic=PHASES[symbol].is_cubic)
    return Fit(symbol, float(evidence), planes, zone, float(ones.misfits[best]), float(ones.scale_factors[best]))


def _lowest(zone: npt.NDArray[np.int64], *, is_cubic: bool) -> tuple[int, int, int]:
    """Return a direction by its smallest whole numbers, of a cubic crystal in order and without signs."""
    u, v, w = (int(one) // gcd(*map(int, zone)) for one in zone)
    if is_cubic:
        u, v, w = sorted((abs(u), abs(v), abs(w)), reverse=True)
    return u, v, w


@dataclass(frozen=True)
class Vote:
    """A scale that one assignment of planes asks for: logarithm of the factor, its variance and χ² of the rest."""

    shift: float
    variance: float
    misfit: float


def scale_votes(members: Sequence[Spot], scale: Scale, symbol: str, *, reach: float) -> list[Vote]:
    """Return the factors on the scale with which a lattice is one of a known crystal, one for each way to index it.

    Parameters
    ----------
    members
        Spots of one lattice, from `lattice_members`.
    scale
        About which the scale is looked for.
    symbol
        A key of `PHASES`.
    reach
        How far off the scale may be, relative.
    """
    free = Scale(scale.nm_per_px, scale.source, reach / _MISFIT)
    seen = _seen(members, free)
    ones = _assignments(symbol, seen, np.inf)
    shifts = np.log(ones.scale_factors)
    weight = float((1 / seen.variances).sum())
    unpulled = shifts * (weight + 1 / seen.scale_variance) / weight
    misfits = ones.misfits - unpulled * shifts / seen.scale_variance
    return [
        Vote(float(shift), 1 / weight + _DISTORTED**2, float(misfit))
        for shift, misfit in zip(unpulled, misfits, strict=True)
        if misfit <= chi2.ppf(1 - _FITS, len(members))
    ]
