"""From probabilities to particles: the likeliest proposals that do not overlap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.segmentation.judge.proposals import Proposals

_MOST_SHARED = 0.25
"""Share of a proposal that likelier ones may have taken; F1 is the same within 0.003 from 0.15 to 0.5."""

_LEAST_WORTH = 0.02
"""Proposals that are less likely are not even counted among what may have been missed."""

_SURE_OF_ONE, _TOGETHER = 0.8, 5
"""The judge finds particles only where it is so sure of one of them, or twice as sure as is asked of each; or where so
many stand together, and it expects more true ones among them than among what it leaves. Drawn frames of films, dirt,
fringes and noise hold a few things that look like particles, or a few of many that do: left out, nothing is found on
0.87 of them, without this on two thirds. Being sure of one alone would leave two more of 80 micrographs empty."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """Proposals that do not overlap, the likeliest first.

    Attributes
    ----------
    places
        Their places among the proposals: those that are particles, then those that are not.
    n_kept
        How many of them are particles.
    n_unsure
        How many after these would be, if the judge were sure of them together.
    number
        For every atom the number of the particle that it is part of, in the order of `kept` from 1, or 0.
    """

    places: npt.NDArray[np.intp]
    n_kept: int
    n_unsure: int
    number: npt.NDArray[np.int32]

    @property
    def without_any(self) -> "Chosen":
        """The same, but none is a particle: what would be is unsure."""
        return Chosen(self.places, 0, self.n_kept + self.n_unsure, np.zeros_like(self.number))

    @property
    def kept(self) -> npt.NDArray[np.intp]:
        """The particles."""
        return self.places[: self.n_kept]

    @property
    def unsure(self) -> npt.NDArray[np.intp]:
        """What would be particles, if the judge were sure of them together: all of them, or none."""
        return self.places[self.n_kept : self.n_kept + self.n_unsure]

    @property
    def left(self) -> npt.NDArray[np.intp]:
        """What may have been missed."""
        return self.places[self.n_kept + self.n_unsure :]


def choose(proposals: Proposals, probabilities: npt.NDArray[np.float64], *, least_probability: float) -> Chosen:
    """Take the likeliest proposals in turn, each unless likelier ones have taken more than a quarter of it.

    Where none of them is likely enough to be trusted by itself, and they are few, or more are left than taken, none is
    a particle: they are texture rather than particles.

    Parameters
    ----------
    proposals
        What was proposed.
    probabilities
        That each is one particle, outlined right.
    least_probability
        Below it a proposal is no particle.

    Returns
    -------
    Chosen
        The particles, and what may have been missed; `number[proposals.atoms]` is their label image.
    """
    taken = np.zeros(len(proposals.atom_px), bool)
    number = np.zeros(len(proposals.atom_px), np.int32)
    areas, members = proposals.areas_px, proposals.members
    places: list[int] = []
    n_kept = 0
    for place in np.argsort(-probabilities, kind="stable"):
        if probabilities[place] < _LEAST_WORTH:
            break
        atoms = members.indices[members.indptr[place] : members.indptr[place + 1]]
        free = atoms[~taken[atoms]]
        if proposals.atom_px[free].sum() < (1 - _MOST_SHARED) * areas[place]:
            continue
        taken[free] = True
        places.append(int(place))
        if probabilities[place] >= least_probability:
            n_kept += 1
            number[free] = n_kept
    chosen = Chosen(np.array(places, np.intp), n_kept, 0, number)
    is_sure = not n_kept or _is_sure(probabilities[chosen.places], n_kept, least_probability)
    return chosen if is_sure else chosen.without_any


def _is_sure(probabilities: npt.NDArray[np.float64], n_kept: int, least_probability: float) -> bool:
    """Tell whether the first of these, the likeliest first, are particles rather than texture."""
    kept, left = probabilities[:n_kept], probabilities[n_kept:]
    of_one = kept[0] >= min(_SURE_OF_ONE, 2 * least_probability)
    return bool(of_one or (n_kept >= _TOGETHER and kept.sum() > left.sum()))
