"""How far a classifier can be believed: calibrated probabilities, sets of plausible classes, and what it never saw."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

Values = npt.NDArray[np.float64]


def plausible_classes(
    probabilities: Values, threshold: float, *, rng: np.random.Generator, keep_best: bool = True
) -> npt.NDArray[np.bool_]:
    """Return which classes are plausible.

    Parameters
    ----------
    probabilities
        Shape (n, classes).
    threshold
        Of `nanotem.training.shapes.calibration.conformal_threshold`.
    rng
        For the random shares.
    keep_best
        Whether the most likely class always stays: then no set is empty, and the sets hold the truth at least as often
        as asked. Without it they hold it exactly as often, and some are empty, as is unavoidable for a classifier
        that is right more often than that.
    """
    chosen = adaptive_scores(probabilities, rng) <= threshold
    if keep_best:
        chosen[np.arange(len(chosen)), probabilities.argmax(axis=1)] = True
    return chosen


def adaptive_scores(probabilities: Values, rng: np.random.Generator) -> Values:
    """Return the score of every class: the probability of all that are more likely, and a random share of its own."""
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


def probabilities_of(logits: Values, temperature: float) -> Values:
    """Return calibrated probabilities."""
    return np.asarray(softmax(logits / temperature, axis=1))
