"""How far a classifier can be believed: calibrated probabilities, sets of plausible classes, and what it never saw."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

Values = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int64]


def fit_temperature(logits: Values, classes: Classes) -> float:
    """Return T that makes softmax(logits / T) most likely on data that were not trained on (Guo et al. 2017)."""

    def loss(log_t: float) -> float:
        return -float(log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(classes)), classes].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def expected_calibration_error(probabilities: Values, classes: Classes, *, n_bins: int = 15) -> float:
    """Return the mean difference between confidence and accuracy, in bins of equal width weighted by their count."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == classes
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = [abs(right[bins == k].mean() - confidence[bins == k].mean()) * (bins == k).mean() for k in np.unique(bins)]
    return float(sum(gaps))


def conformal_threshold(probabilities: Values, classes: Classes, *, coverage: float, rng: np.random.Generator) -> float:
    """Return the score up to which classes are plausible, so that the set holds the truth with a given probability.

    Adaptive prediction sets (Romano, Sesia and Candès 2020): the score of a class is the probability of all classes
    that are more likely, plus a random share of its own. Unlike a threshold on the probability it stays exact when the
    classifier is right more often than `coverage`.

    Parameters
    ----------
    probabilities
        Shape (n, classes), of data that were not trained on.
    classes
        Truth of each.
    coverage
        For example 0.9.
    rng
        For the random shares.
    """
    scores = _scores(probabilities, rng)[np.arange(len(classes)), classes]
    rank = np.ceil((len(scores) + 1) * coverage) / len(scores)
    return float(np.quantile(scores, min(rank, 1.0), method="higher"))


def plausible_classes(
    probabilities: Values, threshold: float, *, rng: np.random.Generator, keep_best: bool = True
) -> npt.NDArray[np.bool_]:
    """Return which classes are plausible.

    Parameters
    ----------
    probabilities
        Shape (n, classes).
    threshold
        Of `conformal_threshold`.
    rng
        For the random shares.
    keep_best
        Whether the most likely class always stays: then no set is empty, and the sets hold the truth at least as often
        as asked. Without it they hold it exactly as often, and some are empty, as is unavoidable for a classifier
        that is right more often than that.
    """
    chosen = _scores(probabilities, rng) <= threshold
    if keep_best:
        chosen[np.arange(len(chosen)), probabilities.argmax(axis=1)] = True
    return chosen


def _scores(probabilities: Values, rng: np.random.Generator) -> Values:
    order = np.argsort(-probabilities, axis=1)
    ranked = np.take_along_axis(probabilities, order, axis=1)
    shares = rng.random((len(probabilities), 1))
    scores = np.empty_like(probabilities)
    np.put_along_axis(scores, order, np.cumsum(ranked, axis=1) - shares * ranked, axis=1)
    return scores


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Where known particles lie among the features of a network (Lee et al. 2018).

    Attributes
    ----------
    means
        Centre of each class, shape (classes, features).
    whitening
        Shape (features, features): turns the common covariance into the unit matrix.
    """

    means: Values
    whitening: Values

    def distances(self, features: Values) -> Values:
        """Return the Mahalanobis distance of each row to the nearest class."""
        placed, centres = features @ self.whitening, self.means @ self.whitening
        squares = ((placed[:, None] - centres[None]) ** 2).sum(axis=2)
        return np.asarray(np.sqrt(squares.min(axis=1)))


def learn_familiarity(features: Values, classes: Classes, n_classes: int) -> Familiarity:
    """Return centres and common covariance of the features of known particles."""
    means = np.array([features[classes == k].mean(axis=0) for k in range(n_classes)])
    within = features - means[classes]
    values, vectors = np.linalg.eigh(np.cov(within, rowvar=False) + 1e-6 * np.eye(features.shape[1]))
    return Familiarity(means, vectors / np.sqrt(values))


def probabilities_of(logits: Values, temperature: float) -> Values:
    """Return calibrated probabilities."""
    return np.asarray(softmax(logits / temperature, axis=1))
