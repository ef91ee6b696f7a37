"""How large a part of a population each class is, when it is known how often one is taken for another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.morphology.reliability import Values

_N_RESAMPLED = 400
"""The ends of a 95 % interval then lie within 0.01 of those of many more."""
_N_STEPS = 200
"""Of the EM algorithm; from 200 on no fraction of 50 random mixtures moves by more than 0.0005."""
_PRIOR = 0.5
"""Jeffreys: what is added to each count of the confusion table, so that nothing is impossible."""


@dataclass(frozen=True, eq=False)
class Fractions:
    """The part of each class in a population, with its 95 % interval; arrays of shape (classes,)."""

    classes: tuple[str, ...]
    values: Values
    low: Values
    high: Values

    def table(self) -> pd.DataFrame:
        """Return one row per class that may occur: `class`, `share`, `share_low`, `share_high`, the largest first."""
        columns = {"class": self.classes, "share": self.values, "share_low": self.low, "share_high": self.high}
        table = pd.DataFrame(columns).sort_values("share", ascending=False, kind="stable")
        return table[table["share_high"] >= 0.01].reset_index(drop=True)


def class_fractions(
    answers: npt.NDArray[np.int64],
    confusion: npt.NDArray[np.int64],
    classes: tuple[str, ...],
    *,
    seed: int = 0,
) -> Fractions:
    """Estimate the part of each class among particles whose answers are sometimes wrong.

    The answers of a mixture are the rows of the confusion table in the proportions of the classes; those proportions
    that make the answers likeliest are found by the EM algorithm (Saerens, Latinne and Decaestecker 2002). Both the
    finite number of particles and that of the table count in the interval.

    Parameters
    ----------
    answers
        Index of the most probable class of each particle, accepted or not, shape (n,).
    confusion
        Truth in rows, answers in columns, counted on particles that were not trained on.
    classes
        Names of the classes.
    seed
        Of the resampling: the same seed gives the same interval.

    Returns
    -------
    Fractions
        All zero, from 0 to 1, for no particles.

    Raises
    ------
    ParameterError
        If the confusion table is not of these classes.

    Examples
    --------
    >>> said = np.repeat([0, 1], [80, 20])
    >>> found = class_fractions(said, np.array([[80, 20], [0, 100]]), ("cube", "sphere"))
    >>> bool(found.values[0] > 0.95)
    True
    """
    n = len(classes)
    if confusion.shape != (n, n):
        raise ParameterError(f"The confusion table has shape {confusion.shape}, not {n} x {n}.", "Use the model's own.")
    counts = np.bincount(answers, minlength=n)
    if not len(answers):
        return Fractions(classes, np.zeros(n), np.zeros(n), np.ones(n))
    rng = np.random.default_rng(seed)
    likelihood = (confusion + _PRIOR) / (confusion + _PRIOR).sum(axis=1, keepdims=True)
    best = _likeliest(counts[None] / counts.sum(), likelihood[None])[0]
    resampled = rng.multinomial(len(answers), (counts + _PRIOR / n) / (counts + _PRIOR / n).sum(), _N_RESAMPLED)
    tables = rng.standard_gamma(np.broadcast_to(confusion + _PRIOR, (_N_RESAMPLED, n, n)))
    drawn = _likeliest(resampled / len(answers), tables / tables.sum(axis=2, keepdims=True))
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return Fractions(classes, best, np.minimum(low, best), np.maximum(high, best))


def _likeliest(shares: Values, likelihood: Values) -> Values:
    """Return the proportions, shape (m, classes), that make shares of answers likeliest, for m tables at once."""
    fractions = np.full(shares.shape, 1 / shares.shape[1])
    for _ in range(_N_STEPS):
        expected = np.einsum("mk,mkj->mj", fractions, likelihood)
        fractions = fractions * np.einsum("mkj,mj->mk", likelihood, shares / np.maximum(expected, 1e-12))
    return fractions
