"""From what the trees say of micrographs that they did not learn from to probabilities and counts that hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize, nnls
from scipy.special import expit, logit

from nanotem.segmentation.judge.card import OFFSETS, SLOPES
from nanotem.segmentation.judge.choose import choose
from nanotem.training.judge.example import Heard
from nanotem.training.judge.fit import TRUE_OVERLAP

_MOST_SCATTER = 10.0
"""An interval ten times as wide as all doubts says nothing any more."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """What is said of a micrograph that was left out.

    Attributes
    ----------
    kept, unsure, left
        Probabilities as the trees gave them, see `Chosen`.
    is_true
        Whether each is a particle, in the same order; of several that share one, the first alone.
    overlap
        Of those that are true with their particle, in the same order.
    n_true
        Number of true particles.
    weight
        What the micrograph counts.
    """

    kept: FloatArray
    unsure: FloatArray
    left: FloatArray
    is_true: npt.NDArray[np.bool_]
    overlap: npt.NDArray[np.float64]
    n_true: int
    weight: float

    @property
    def n_found(self) -> int:
        """How many true particles are kept."""
        return int(self.is_true[: len(self.kept)].sum())

    @property
    def f1(self) -> float:
        """F1 at an intersection over union of 0.5; 1 if nothing is there and nothing is found."""
        total = len(self.kept) + self.n_true
        return 2 * self.n_found / total if total else 1.0

    @property
    def pq(self) -> float:
        """Panoptic quality; 1 if nothing is there and nothing is found."""
        total, n = len(self.kept) + self.n_true, len(self.kept)
        return 2 * float(self.overlap[:n][self.is_true[:n]].sum()) / total if total else 1.0


def answer(
    heard: Heard, probabilities: npt.NDArray[np.float64], n_true: int, weight: float, *, least_probability: float
) -> Answer:
    """Choose particles by probabilities, and compare them with the truth."""
    chosen = choose(heard.proposals, probabilities, least_probability=least_probability)
    places = chosen.places
    is_true = heard.overlap[places] > TRUE_OVERLAP
    first = np.zeros(len(places), bool)
    first[np.unique(heard.truth[places], return_index=True)[1]] = True
    is_true &= first | (heard.overlap[places] <= TRUE_OVERLAP)
    shares = heard.overlap[places].astype(float)
    kept, unsure, left = (probabilities[some] for some in (chosen.kept, chosen.unsure, chosen.left))
    return Answer(kept, unsure, left, is_true, shares, n_true, weight)


def calibrated(answers: Sequence[Answer]) -> tuple[float, float]:
    """Return slope and offset from the logit of the trees to that of the probability, by maximum likelihood."""
    said = np.concatenate([np.concatenate([one.kept, one.unsure, one.left]) for one in answers])
    is_true = np.concatenate([one.is_true for one in answers])
    weights = np.concatenate([np.full(len(one.is_true), one.weight / max(len(one.is_true), 1)) for one in answers])
    logits = logit(np.clip(said, 1e-6, 1 - 1e-6))

    def loss(values: npt.NDArray[np.float64]) -> float:
        probability = np.clip(expit(values[0] * logits + values[1]), 1e-9, 1 - 1e-9)
        return -float((weights * np.where(is_true, np.log(probability), np.log(1 - probability))).sum())

    slope, offset = minimize(loss, [1.0, 0.0], method="Nelder-Mead", bounds=(SLOPES, OFFSETS)).x
    return float(slope), float(offset)


def share_missed(answers: Sequence[Answer]) -> float:
    """Return how many particles were missed for each doubt: what was left, and what may be false.

    Where the judge was sure of none, all that it would have found is expected to be missing anyway.
    """
    answers = [one for one in answers if not len(one.unsure)]
    doubts = np.array([[one.left.sum() + (1 - one.kept).sum()] for one in answers])
    missed = np.array([one.n_true - one.n_found for one in answers], float)
    weights = np.sqrt([one.weight for one in answers]) / np.sqrt(np.maximum([one.n_true for one in answers], 10))
    return float(nnls(doubts * weights[:, None], missed * weights)[0][0])


def scatter_of(coverage: float, distances: Callable[[float], FloatArray], weights: FloatArray) -> float:
    """Return the scatter at which an end of their intervals holds a share of all counts, by their weights.

    Parameters
    ----------
    coverage
        The share.
    distances
        Takes a scatter, and returns by how much each true number lies beyond that end of its interval; half a particle
        is not beyond.
    weights
        What each micrograph counts.
    """

    def excess(scatter: float) -> float:
        return float(np.average(distances(scatter) <= 0.5, weights=weights)) - coverage

    if excess(0.0) >= 0:
        return 0.0
    return float(brentq(excess, 0.0, _MOST_SCATTER)) if excess(_MOST_SCATTER) > 0 else _MOST_SCATTER
