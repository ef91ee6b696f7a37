"""Whether a map tells what the network really looks at."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from nanotem.explanation.explain import explain
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.questions import Question
from nanotem.explanation.regions import regions
from nanotem.morphology.crops import Crops

Map = npt.NDArray[np.float32]
"""Shape (rows, columns)."""

_STEPS = 63
"""From nothing to all; few blur a curve that falls at once."""
_N_SUBSETS = 192
_GRID = 9
_SUBSET_SHARE = 0.2
_NOISE = 0.05
_N_NEIGHBOURS = 4
_SEED = 0


@dataclass(frozen=True, eq=False)
class Curve:
    """The probability of the target while pixels are removed or put back, the most important ones first.

    Attributes
    ----------
    shares
        Share of the pixels, from 0 to 1.
    probabilities
        Of the target; of the target among the two classes if it is held against one.
    """

    shares: npt.NDArray[np.float64]
    probabilities: npt.NDArray[np.float64]

    @property
    def area(self) -> float:
        """Mean probability along the curve (area under it): small is good for deletion, large for insertion."""
        return float(np.trapezoid(self.probabilities, self.shares))


def causal_curve(
    explainer: Explainer,
    crop: Crops,
    values: Map,
    question: Question,
    *,
    mode: Literal["deletion", "insertion"],
) -> Curve:
    """Remove the pixels of a crop in the order of a map, or put them into an empty crop (Petsiuk et al. 2018).

    Parameters
    ----------
    explainer
        The model that was asked.
    crop
        Shape (CROP_PX, CROP_PX, 2).
    values
        Its map: the largest value goes first.
    question
        What was asked.
    mode
        "deletion": a good map lets the probability fall early. "insertion": it lets it rise early.
    """
    inputs = explainer.to_input(crop[None])
    counts = np.linspace(0, values.size, _STEPS + 1).astype(int)
    taken = _ranks(values) < counts[:, None, None]
    kept = ~taken if mode == "deletion" else taken
    answers = explainer.probabilities(inputs * kept[..., None], question.weights(explainer.classes))
    return Curve(counts / values.size, answers.astype(float))


def mu_fidelity(explainer: Explainer, crop: Crops, values: Map, question: Question) -> float:
    """Return how well the sums of a map over random patches foretell what removing them does to the score.

    Spearman's correlation over 192 random subsets of a fifth of a grid of 9 x 9 (Bhatt et al. 2020): 1 is best. 0 where
    one of the two never changes. Xplique's own gives the same, but compiles anew for every particle.
    """
    inputs = explainer.to_input(crop[None])
    coarse = np.random.default_rng(_SEED).random((_N_SUBSETS, _GRID, _GRID)) < _SUBSET_SHARE
    cell = np.arange(values.shape[0]) * _GRID // values.shape[0]
    removed = coarse[:, cell][:, :, cell]
    scores = explainer.logits(inputs * ~removed[..., None]) @ question.weights(explainer.classes)
    return _spearman((values * removed).sum(axis=(1, 2)), -scores)


def stability(explainer: Explainer, crop: Crops, values: Map, question: Question, *, method: str) -> float:
    """Return the mean rank correlation of a map with the maps of four crops with a little noise.

    The noise has a standard deviation of 0.05 and leaves the empty background empty. Xplique's own stability is a
    distance in the units of the map, which cannot be compared between methods.
    """
    rng = np.random.default_rng(_SEED)
    noise = rng.normal(0, _NOISE, (_N_NEIGHBOURS, *crop.shape)).astype(np.float32) * crop.any(axis=-1, keepdims=True)
    maps = explain(explainer, crop + noise, target=question.target, contrast=question.contrast, method=method).maps()
    return float(np.mean([rank_correlation(values, other, crop) for other in maps]))


def likeness_without_knowledge(
    explainer: Explainer, crop: Crops, values: Map, question: Question, *, method: str
) -> float:
    """Return the rank correlation of a map with that of the same network with shuffled weights.

    A map that is about the same without any knowledge shows the picture, not the reason (Adebayo et al. 2018): near 0
    is good, near 1 means that the map must not be believed.
    """
    other = explain(
        explainer.shuffled, crop[None], target=question.target, contrast=question.contrast, method=method
    ).maps()[0]
    return rank_correlation(np.abs(values), np.abs(other), crop)


def rank_correlation(one: Map, other: Map, crop: Crops) -> float:
    """Return Spearman's correlation of two maps over a particle and its border; 0 if one of them is constant there."""
    there = ~regions(crop[..., 1] > 0.5)["outside"]
    return _spearman(one[there], other[there])


def _ranks(values: Map) -> npt.NDArray[np.int64]:
    """Return the place of every pixel in the order of falling values; among equals the first in the picture leads."""
    order = np.argsort(-values, axis=None, kind="stable")
    ranks = np.empty(values.size, np.int64)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)


def _spearman(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    """Return the rank correlation, 0 if one of the two is constant."""
    return float(spearmanr(one, other).statistic) if np.ptp(one) > 0 and np.ptp(other) > 0 else 0.0
