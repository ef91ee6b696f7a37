"""Which spots belong to one lattice: harmonics, sums and differences of two of them."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from nanotem.lattice.phases import Floats
from nanotem.lattice.spots import Spot

_HIGHEST_STEP = 6
"""Largest index along the shortest axes of a lattice: of ⟨110⟩ magnetite the finest planes above 0.1 nm are 6 steps
out."""

_DISTORTED = 0.01
"""Share of a frequency by which its place may be off for other reasons than noise: relaxation, drift of a scan."""

_WITHIN = 3.0
"""Standard uncertainties within which a place fits."""

_LEAST_ANGLE_DEG = 15.0
"""Axes at a smaller angle are two grains turned a little: the lattice that both would span has so short an axis that
everything fits it."""

_SHORTEST_AXIS = 0.4
"""An axis shorter than this share of the lowest frequency that is seen explains everything by chance. Of spinel along
[110], {111} is 0.61 of {220}, the lowest of the strong ones."""

_STRONGEST = 10
"""Spots among which axes are looked for."""


def told_apart(spots: Sequence[Spot]) -> list[Spot]:
    """Return the spots with the number of their lattice and their place in it, in the same order.

    The two spots that explain most others, as sums and differences of few steps along the shortest axes of the lattice
    that they span, make the first lattice; of what is left the next, which may share spots with those before, as twins
    do. What is left alone is a lattice of one direction, with its harmonics.

    Parameters
    ----------
    spots
        Of one particle, the strongest first.
    """
    result = list(spots)
    left, number = set(range(len(spots))), 0
    while left:
        number += 1
        places = _best_lattice(spots, left) or _one_direction(spots, min(left))
        for place, indices in places.items():
            if place in left:
                result[place] = spots[place].within(number, indices)
        left -= set(places)
    return result


def lattice_members(spots: Sequence[Spot], number: int) -> list[Spot]:
    """Return the spots of a lattice, those that it shares with earlier ones included, by its own axes.

    Parameters
    ----------
    spots
        From `told_apart`.
    number
        Of the lattice.
    """
    own = [spot for spot in spots if spot.lattice == number]
    steps = np.array([spot.indices for spot in own], float)
    if np.linalg.matrix_rank(steps) < 2:
        return own
    axes = np.linalg.lstsq(steps, np.array([_vector(spot) for spot in own]), rcond=None)[0]
    shared = [spot for spot in spots if spot.lattice < number]
    fits = _indices(shared, axes)
    return own + [spot.within(number, indices) for spot, indices in zip(shared, fits, strict=True) if indices]


def _vector(spot: Spot) -> Floats:
    return np.array([spot.row_per_px, spot.column_per_px])


def _best_lattice(spots: Sequence[Spot], left: set[int]) -> dict[int, tuple[int, int]] | None:
    """Return the spots of the lattice that explains most of what is left, with their places; None if none does.

    Of equals the one whose axes are nearest to a right angle wins, then the strongest.
    """
    best, best_score = None, (1, 0, 0.0)
    lowest = min(spot.per_px for spot in spots)
    for one, other in combinations(sorted(left)[:_STRONGEST], 2):
        pair = np.array([_vector(spots[one]), _vector(spots[other])])
        lengths = np.linalg.norm(pair, axis=1)
        sine = abs(np.linalg.det(pair)) / lengths.prod()
        if sine < np.sin(np.radians(_LEAST_ANGLE_DEG)):
            continue
        axes = _shortest(pair)
        if np.linalg.norm(axes[0]) < _SHORTEST_AXIS * lowest:
            continue
        places = {place: indices for place, indices in enumerate(_indices(spots, axes)) if indices}
        score = (len(left & set(places)), len(places), round(float(sine), 2))
        if score[0] > 1 and score > best_score:
            best, best_score = places, score
    return best


def _shortest(axes: Floats) -> Floats:
    """Return the two shortest axes of the same lattice (Lagrange's reduction), the shorter first."""
    one, other = sorted(axes, key=np.linalg.norm)
    while (steps := round(float(one @ other / (one @ one)))) != 0:
        other = other - steps * one
        if np.linalg.norm(other) >= np.linalg.norm(one) * (1 - _DISTORTED):
            break
        one, other = other, one
    return np.array([one, other])


def _indices(spots: Sequence[Spot], axes: Floats) -> list[tuple[int, int] | None]:
    """Return how many steps along each axis lead to each spot; None where no small whole numbers do."""
    if not spots:
        return []
    vectors = np.array([_vector(spot) for spot in spots])
    whole = np.rint(np.linalg.solve(axes.T, vectors.T).T)
    away = vectors - whole @ axes
    fits = (np.abs(whole) <= _HIGHEST_STEP).all(axis=1) & (whole != 0).any(axis=1)
    return [
        (int(indices[0]), int(indices[1])) if fit and _is_near(spot, offset) else None
        for spot, indices, offset, fit in zip(spots, whole, away, fits, strict=True)
    ]


def _is_near(spot: Spot, offset: Floats) -> bool:
    """Whether an offset is within what noise and distortion allow, along the spot's direction and across."""
    towards = _vector(spot) / spot.per_px
    radial, tangential = float(offset @ towards), float(offset @ np.array([-towards[1], towards[0]]))
    floor = _DISTORTED * spot.per_px
    return bool(
        np.hypot(
            radial / np.hypot(spot.radial_uncertainty_per_px, floor),
            tangential / np.hypot(spot.tangential_uncertainty_per_px, floor),
        )
        <= _WITHIN
    )


def _one_direction(spots: Sequence[Spot], strongest: int) -> dict[int, tuple[int, int]]:
    """Return a spot with its harmonics, counted from the lowest of them."""
    vector = _vector(spots[strongest])
    for order in (3, 2, 1):
        axis = vector / order
        fits = _indices(spots, np.array([axis, [-axis[1], axis[0]]]))
        places = {place: indices for place, indices in enumerate(fits) if indices and indices[1] == 0}
        if (1, 0) in places.values() or (-1, 0) in places.values():
            return places
    return {strongest: (1, 0)}
