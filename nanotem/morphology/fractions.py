"""How large a part of a population each class is, when it is known how often one is taken for another."""

from collections.abc import Sequence
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
_LEAST_PARTICLES = 0.5
"""An interval that begins below half a particle begins at none: EM nears zero and never gets there."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class is taken for each other.

    Attributes
    ----------
    counts
        Truth in rows, answers in columns, shape (classes, classes), of particles that were not trained on.
    concentration
        Of the Dirichlet distribution by which the rows of single micrographs scatter about those of all: the lower,
        the more alike the particles of one micrograph are mistaken. Infinite where each errs for itself.
    """

    counts: npt.NDArray[np.int64]
    concentration: float = np.inf

    def drawn(self, n: int, rng: np.random.Generator) -> Values:
        """Draw `n` tables of one micrograph that agree with the counts, each row a distribution."""
        tables = rng.standard_gamma(np.broadcast_to(self.counts + _PRIOR, (n, *self.counts.shape)))
        tables = tables / tables.sum(axis=2, keepdims=True)
        if np.isinf(self.concentration):
            return tables
        tables = rng.standard_gamma(self.concentration * tables) + np.finfo(float).tiny
        return tables / tables.sum(axis=2, keepdims=True)

    @property
    def expected(self) -> Values:
        """The likeliest table, each row a distribution."""
        return (self.counts + _PRIOR) / (self.counts + _PRIOR).sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Fractions:
    """The part of each class in a population, with its 95 % interval; arrays of shape (classes,)."""

    classes: tuple[str, ...]
    values: Values
    low: Values
    high: Values

    def table(self, least: float = 0.005) -> pd.DataFrame:
        """Return one row per class that makes up at least so much: `class`, `share`, `share_low`, `share_high`.

        The largest first. What is left out may still occur: `high` says how much of it.
        """
        columns = {"class": self.classes, "share": self.values, "share_low": self.low, "share_high": self.high}
        table = pd.DataFrame(columns).sort_values("share", ascending=False, kind="stable")
        return table[table["share"] >= least].reset_index(drop=True)

    def in_words(self) -> str:
        """Return the classes that occur with their shares and intervals, the most frequent first.

        Examples
        --------
        >>> Fractions(("cube", "rod"), np.array([0.3, 0.7]), np.array([0.2, 0.6]), np.array([0.4, 0.8])).in_words()
        'rod 70 % (60 to 80), cube 30 % (20 to 40)'
        """
        rows = self.table().itertuples(index=False)
        return ", ".join(f"{name} {share_in_words(*ends)}" for name, *ends in rows)


def share_in_words(share: float, low: float, high: float) -> str:
    """Return a share with its interval in whole per cent, to which alone intervals of a resampling are sure."""
    return f"{100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def class_fractions(
    answers: npt.NDArray[np.int64],
    confusion: Confusion,
    classes: tuple[str, ...],
    *,
    named: Sequence[int] | npt.NDArray[np.int64] = (),
    seed: int = 0,
) -> Fractions:
    """Estimate the part of each class among particles whose answers are sometimes wrong.

    The answers of a mixture are the rows of the confusion table in the proportions of the classes; those proportions
    that make the answers likeliest are found by the EM algorithm (Saerens, Latinne and Decaestecker 2002). The finite
    number of particles, that of the table, and how much micrographs differ in what is mistaken count in the interval.

    Parameters
    ----------
    answers
        Index of the most probable class of each particle, accepted or not, shape (n,).
    confusion
        What is taken for what, and how often.
    classes
        Names of the classes.
    named
        Index of the class of particles that a person named, which are among the population and not mistaken.
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
    >>> found = class_fractions(said, Confusion(np.array([[80, 20], [0, 100]])), ("cube", "sphere"))
    >>> bool(found.values[0] > 0.95)
    True
    """
    n, n_said, n_all = len(classes), len(answers), len(answers) + len(named)
    if confusion.counts.shape != (n, n):
        shape = confusion.counts.shape
        raise ParameterError(f"The confusion table has shape {shape}, not {n} x {n}.", "Use the model's own.")
    if not n_all:
        return Fractions(classes, np.zeros(n), np.zeros(n), np.ones(n))
    rng = np.random.default_rng(seed)
    counts, by_hand = np.bincount(answers, minlength=n), np.bincount(np.asarray(named, np.int64), minlength=n)
    best, drawn = np.zeros(n), np.zeros((_N_RESAMPLED, n))
    if n_said:
        best = _likeliest(counts[None] / n_said, confusion.expected[None])[0]
        resampled = rng.multinomial(n_said, (counts + _PRIOR / n) / (n_said + _PRIOR), _N_RESAMPLED)
        drawn = _likeliest(resampled / n_said, confusion.drawn(_N_RESAMPLED, rng))
    best = (n_said * best + by_hand) / n_all
    low, high = np.quantile((n_said * drawn + by_hand) / n_all, (0.025, 0.975), axis=0)
    low = np.where(low < _LEAST_PARTICLES / n_all, 0.0, low)
    return Fractions(classes, best, np.minimum(low, best), np.maximum(high, best))


def _likeliest(shares: Values, likelihood: Values) -> Values:
    """Return the proportions, shape (m, classes), that make shares of answers likeliest, for m tables at once."""
    fractions = np.full(shares.shape, 1 / shares.shape[1])
    for _ in range(_N_STEPS):
        expected = np.einsum("mk,mkj->mj", fractions, likelihood)
        fractions = fractions * np.einsum("mkj,mj->mk", likelihood, shares / np.maximum(expected, 1e-12))
    return fractions
