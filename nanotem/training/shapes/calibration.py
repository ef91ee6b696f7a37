"""What is learned from particles that were not trained on: temperature, conformal threshold, familiarity."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from nanotem.morphology.reliability import Familiarity, adaptive_scores

Values = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int64]
"""Index of the class of each crop."""


def fit_temperature(logits: Values, classes: Classes) -> float:
    """Return T that makes softmax(logits / T) most likely on data that were not trained on (Guo et al. 2017)."""

    def loss(log_t: float) -> float:
        return -float(log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(classes)), classes].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded").x))


def expected_calibration_error(probabilities: Values, classes: Classes, *, n_bins: int = 15) -> float:
    """Return the mean difference between confidence and accuracy, in bins of equal width weighted by their count."""
    return calibration_error(probabilities.max(axis=1), probabilities.argmax(axis=1) == classes, n_bins=n_bins)


def calibration_error(confidence: Values, right: npt.NDArray[np.bool_], *, n_bins: int = 15) -> float:
    """Return the same for the probability of each answer, and whether it is right, both of shape (n,)."""
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
    scores = adaptive_scores(probabilities, rng)[np.arange(len(classes)), classes]
    rank = np.ceil((len(scores) + 1) * coverage) / len(scores)
    return float(np.quantile(scores, min(rank, 1.0), method="higher"))


def learn_familiarity(features: Values, classes: Classes, n_classes: int) -> Familiarity:
    """Return centres and common covariance of the features of known particles."""
    means = np.array([features[classes == k].mean(axis=0) for k in range(n_classes)])
    within = features - means[classes]
    values, vectors = np.linalg.eigh(np.cov(within, rowvar=False) + 1e-6 * np.eye(features.shape[1]))
    return Familiarity(means, vectors / np.sqrt(values))
