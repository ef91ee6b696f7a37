"""The scale from the lattice of a known crystal."""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from nanotem.errors import ParameterError
from nanotem.lattice.indexing import ASSUMED_SCALE_UNCERTAINTY, Vote, family_in_words, scale_votes
from nanotem.lattice.lattices import lattice_members
from nanotem.lattice.measure import Lattices
from nanotem.lattice.phases import PHASES, Floats, reflections
from nanotem.micrograph import Scale
from nanotem.percent import in_percent

REACH = 0.15
"""How far off the scale in force may be. {111} and {200} of a face-centred cubic crystal differ by as much, so that
from there on one set of planes could be any."""

_MISSED = 0.01
"""Density that a lattice has anywhere although no vote asks for it: some are of another crystal, or seen wrong."""

_SURE = 20.0
"""How many times likelier the best scale must be than the next."""

_APART = 3.0
"""Standard deviations from which on another scale is another one."""


@dataclass(frozen=True)
class KnownLattice:
    """What the spacings of a known crystal say about the scale.

    Parameters
    ----------
    scale
        With its uncertainty; None where it cannot be said.
    reason
        Why not; empty if there is one.
    n_lattices
        How many lattices agree.
    difference
        By how much it is larger than the scale in force, relative; NaN where there is none.
    difference_uncertainty
        Standard uncertainty of this, that of the scale in force included.
    symbol, in_force
        The crystal, and the scale that its spacings were measured with; None where there is no scale to compare.
    """

    scale: Scale | None
    reason: str = ""
    n_lattices: int = 0
    difference: float = np.nan
    difference_uncertainty: float = np.nan
    symbol: str = ""
    in_force: Scale | None = None

    @property
    def in_words(self) -> str:
        """What it says: the scale, how far that in force is from it, what this does to a spacing, and what to do."""
        if self.scale is None or self.in_force is None:
            return self.reason
        name, unsure = PHASES[self.symbol].name, in_percent(self.difference_uncertainty, ".1f")
        said = (
            f"If the particles are {name}, a pixel spans {self.scale.nm_per_px:.5g} nm ± "
            f"{in_percent(self.scale.relative_uncertainty, '.1f')}, by {self.n_lattices} "
            f"lattice{'s' if self.n_lattices != 1 else ''}: {in_percent(abs(self.difference), '.1f')} "
            f"{'more' if self.difference > 0 else 'less'} than the {self.in_force.nm_per_px:.5g} nm in force"
        )
        if abs(self.difference) <= 2 * self.difference_uncertainty:
            return f"{said}, with which it agrees (standard uncertainty {unsure})."
        widest = reflections(self.symbol)
        planes, apart = family_in_words(self.symbol, widest.hkl[0].tolist()), float(widest.spacings_nm[0])
        return (
            f"{said}, which it contradicts (standard uncertainty {unsure}). {planes}, {apart:.4f} nm apart in {name}, "
            f"measure {apart / (1 + self.difference):.4f} nm by the scale in force, and planes and crystals named by "
            f"it are not to be trusted. If you know that the particles are {name}, use {self.scale.nm_per_px:.5g} "
            "nm / px; if you know the scale, they are another crystal."
        )


def scale_from_lattice(lattices: Lattices, symbol: str) -> KnownLattice:
    """Return the scale at which the lattices of an image are those of a known crystal.

    Each lattice votes for every way to index it; the scale on which most agree is taken, if no other is nearly as
    likely.

    Parameters
    ----------
    lattices
        With a scale that is right to `REACH`: from the file, the bar, or typed.
    symbol
        A key of `PHASES`.

    Raises
    ------
    ParameterError
        If there is no such crystal.

    Examples
    --------
    >>> from nanotem.lattice import find_lattices
    >>> from nanotem.synthetic.fringes import Crystal, draw_crystals
    >>> gold = Crystal("Au", (1, 1, 0), 5.0, 90, 90)
    >>> drawn = draw_crystals([gold], shape=(180, 180), nm_per_px=0.04, rng=np.random.default_rng(1))
    >>> wrong = Scale(0.037, "file", 0.02)
    >>> found = scale_from_lattice(find_lattices(drawn.pixels, drawn.labels, scale=wrong), "Au")
    >>> round(found.scale.nm_per_px, 3), "which it contradicts" in found.in_words
    (0.04, True)
    """
    if symbol not in PHASES:
        raise ParameterError(f"There is no crystal {symbol!r} in the table.", f"Use one of {', '.join(PHASES)}.")
    scale = lattices.scale
    if scale is None:
        return KnownLattice(
            None, f"A scale that is right to {in_percent(REACH)} is needed first: one spacing fits any planes."
        )
    ballots = _ballots(lattices, scale, symbol)
    if not ballots:
        return KnownLattice(
            None, f"No particle shows a lattice of {PHASES[symbol].name} within {in_percent(REACH)} of the scale."
        )
    grid = np.linspace(np.log(1 - REACH), np.log(1 + REACH), 601)
    likely = np.sum([np.log(_MISSED + _density(ballot, grid)) for ballot in ballots], axis=0)
    best = int(np.argmax(likely))
    chosen = [vote for ballot in ballots if (vote := _nearest(ballot, float(grid[best])))]
    precision = sum(1 / vote.variance for vote in chosen)
    shift = sum(vote.shift / vote.variance for vote in chosen) / precision
    spread = sum((vote.shift - shift) ** 2 / vote.variance for vote in chosen) / max(len(chosen) - 1, 1)
    uncertainty = sqrt(max(spread, 1.0) / precision)
    others = np.abs(grid - shift) > _APART * max(uncertainty, sqrt(max(vote.variance for vote in chosen)))
    if others.any() and likely[best] - np.max(likely[others]) < np.log(_SURE):
        other = float(np.exp(grid[others][np.argmax(likely[others])]))
        return KnownLattice(
            None,
            f"Several scales fit {PHASES[symbol].name}: {scale.nm_per_px * exp(shift):.4g} and "
            f"{scale.nm_per_px * other:.4g} nm / px. Two sets of planes in one particle would decide.",
        )
    nm_per_px = scale.nm_per_px * exp(shift)
    total = sqrt(uncertainty**2 + (scale.relative_uncertainty or ASSUMED_SCALE_UNCERTAINTY) ** 2)
    by_lattice = Scale(nm_per_px, "lattice", uncertainty)
    return KnownLattice(by_lattice, "", len(chosen), exp(shift) - 1, total, symbol, scale)


def _ballots(lattices: Lattices, scale: Scale, symbol: str) -> list[list[Vote]]:
    """Return what each lattice votes for; those that vote for nothing are left out."""
    ballots = []
    for one in lattices.particles.values():
        for number in range(1, one.n_lattices + 1):
            ballots.append(scale_votes(lattice_members(one.spots, number), scale, symbol, reach=REACH))
    return [ballot for ballot in ballots if ballot]


def _density(ballot: list[Vote], grid: Floats) -> Floats:
    """Return how likely each logarithm of the factor is, the best 1."""
    found = np.zeros_like(grid)
    for vote in ballot:
        found = np.maximum(found, np.exp(-((grid - vote.shift) ** 2) / (2 * vote.variance) - vote.misfit / 2))
    return found


def _nearest(ballot: list[Vote], shift: float) -> Vote | None:
    """Return the vote that is nearest to a scale, None if it is for another."""
    vote = min(ballot, key=lambda one: abs(one.shift - shift))
    return vote if abs(vote.shift - shift) <= _APART * sqrt(vote.variance) else None
