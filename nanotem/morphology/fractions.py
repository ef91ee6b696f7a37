"""How large a part of a population each class is, when it is known how often one is taken for another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.morphology.reliability import Values
from nanotem.percent import in_percent

_N_CHAINS, _FEWEST_CHAINS, _N_SETTLING, _N_KEPT = 400, 40, 40, 10
"""Of the Gibbs sampler. On mixtures of three classes, 100 particles: between 30 and 60 steps the means move by at most
0.01 and the ends of intervals by 0.05; with 400 chains another seed moves these ends by 0.02, with 50 by up to 0.1. The
chains are shared out among the micrographs of a sample: with 40 for 20 micrographs another seed moves ends by 0.01."""
PRIOR = 0.5
"""Jeffreys: what is added to each count of the confusion table, so that nothing is impossible."""
_MOST_ALIKE = 1e6
"""Particles that the sample weighs in the classes of a micrograph where micrographs do not differ: more than it has."""
_LEAST_PARTICLES = 0.5
"""An end of an interval within half a particle of none or of all is none or all."""


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

    def drawn(self, assigned: npt.NDArray[np.int64], rng: np.random.Generator) -> Values:
        """Draw tables of micrographs, each row a distribution, given answers of them that were assigned to truths.

        Parameters
        ----------
        assigned
            Truth in rows, answers in columns, shape (m, micrographs, classes, classes), for `m` draws of all tables.
        rng
            Source of the draws.
        """
        counted = np.broadcast_to(self.counts + PRIOR, (len(assigned), 1, *self.counts.shape))
        if np.isinf(self.concentration):
            return _distributions(counted + assigned.sum(axis=1, keepdims=True), rng)
        return _distributions(self.concentration * _distributions(counted, rng) + assigned, rng)


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
        r"""Return the classes that occur with their shares and intervals, the most frequent first.

        Examples
        --------
        >>> Fractions(("cube", "rod"), np.array([0.3, 0.7]), np.array([0.2, 0.6]), np.array([0.4, 0.8])).in_words()
        'rod 70\xa0% (60\xa0% to 80\xa0%), cube 30\xa0% (20\xa0% to 40\xa0%)'
        """
        rows = self.table().itertuples(index=False)
        return ", ".join(f"{name} {share_in_words(*ends)}" for name, *ends in rows)


def share_in_words(share: float, low: float, high: float) -> str:
    """Return a share with its interval in whole per cent, to which alone intervals of a resampling are sure."""
    return f"{in_percent(share)} ({in_percent(low)} to {in_percent(high)})"


def class_fractions(
    answers: npt.NDArray[np.int64],
    confusion: Confusion,
    classes: tuple[str, ...],
    *,
    named: Sequence[int] | npt.NDArray[np.int64] = (),
    seed: int = 0,
) -> Fractions:
    """Estimate the part of each class among particles whose answers are sometimes wrong.

    The answers of a mixture are the rows of the confusion table in the proportions of the classes. Proportions, table
    and the true class of each particle are drawn in turn, each given the others (Gibbs sampling): the finite number of
    particles, that of the table, and how much micrographs differ in what is mistaken count in the interval. Beforehand
    few classes are likelier than many (Dirichlet distribution, one particle's weight in all).

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
        Of the draws: the same seed gives the same interval.

    Returns
    -------
    Fractions
        The shares of these particles, as their answers are likely to have come about, and intervals for the population
        that they are a sample of; all zero, from 0 to 1, for no particles.

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
    n = len(classes)
    if confusion.counts.shape != (n, n):
        shape = confusion.counts.shape
        raise ParameterError(f"The confusion table has shape {shape}, not {n} x {n}.", "Use the model's own.")
    counts, by_hand = (np.bincount(np.asarray(one, np.int64), minlength=n)[None] for one in (answers, named))
    return pooled_fractions(counts, confusion, classes, named=by_hand, seed=seed)


def pooled_fractions(
    answers: npt.NDArray[np.int64],
    confusion: Confusion,
    classes: tuple[str, ...],
    *,
    named: npt.NDArray[np.int64],
    seed: int = 0,
) -> Fractions:
    """Estimate the part of each class among the particles of several micrographs of one sample.

    As `class_fractions` does for one. What is mistaken for what is drawn for each micrograph, as micrographs differ in
    it, and so are its classes, as alike to those of the sample as the micrographs are to each other: where they differ
    by more than chance, a particle counts for less than one, by the design effect (Rao and Scott, J. Am. Stat. Assoc.
    76 (1981) 221), Pearson's chi-square by its degrees of freedom.

    Parameters
    ----------
    answers
        How often each class was the most probable one, shape (micrographs, classes).
    confusion
        What is taken for what, and how often.
    classes
        Names of the classes.
    named
        How many particles a person named, by class, of the same shape.
    seed
        Of the draws.
    """
    has_any = (answers + named).any(axis=1)
    answers, named, n = answers[has_any], named[has_any], len(classes)
    n_all = int(answers.sum() + named.sum())
    if not n_all:
        return Fractions(classes, np.zeros(n), np.zeros(n), np.ones(n))
    values, drawn = _drawn_fractions(answers, named, confusion, np.random.default_rng(seed))
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    edge = _LEAST_PARTICLES / n_all
    low, high = np.where(low < edge, 0.0, low), np.where(high > 1 - edge, 1.0, high)
    return Fractions(classes, values, np.minimum(low, values), np.maximum(high, values))


def _drawn_fractions(
    counts: npt.NDArray[np.int64], by_hand: npt.NDArray[np.int64], confusion: Confusion, rng: np.random.Generator
) -> tuple[Values, Values]:
    """Return the mean shares of these particles, and draw shares of the population, shape (draws, classes)."""
    (n_images, n), given = counts.shape, np.flatnonzero(counts.any(axis=0))
    n_chains = max(_N_CHAINS // n_images, _FEWEST_CHAINS)
    assigned = np.zeros((n_chains, n_images, n, n), np.int64)
    expected = (confusion.counts + PRIOR) / (confusion.counts + PRIOR).sum(axis=1, keepdims=True)
    table = np.broadcast_to(expected, assigned.shape)
    fractions = np.broadcast_to(_likeliest(counts.sum(axis=0), expected), (n_chains, n_images, n))
    shares, kept = [], []
    for step in range(_N_SETTLING + _N_KEPT):
        likely = np.swapaxes(fractions[..., None] * table[..., given], 2, 3)  # answers in rows, what they may be
        drawn = rng.multinomial(counts[:, given], likely / likely.sum(axis=3, keepdims=True))
        assigned[..., given] = np.swapaxes(drawn, 2, 3)
        found = assigned.sum(axis=3)
        effect = _design_effect(found + by_hand, rng)[:, None]
        unnamed = _distributions(1 / n + found.sum(axis=1) / effect, rng)  # a person names what is wrong
        fractions = unnamed[:, None]
        if n_images > 1:
            fractions = _distributions(_alike(effect, counts)[..., None] * fractions + found, rng)
        table = confusion.drawn(assigned, rng)
        if step >= _N_SETTLING:
            everyone = (found + by_hand).sum(axis=1)
            shares.append(everyone.mean(axis=0) / (counts + by_hand).sum())
            kept.append(_distributions(1 / n + everyone / effect, rng))
    return np.mean(shares, axis=0), np.concatenate(kept)


def _design_effect(found: npt.NDArray[np.int64], rng: np.random.Generator) -> Values:
    """Draw how many particles count as one, 1 at least, from classes found in micrographs, shape (m, images, classes).

    The spread of few micrographs says little of that of all: it is drawn from what it leaves possible.
    """
    m, n_images, _ = found.shape
    if n_images < 2:
        return np.ones(m)
    of_class, of_image = found.sum(axis=1, keepdims=True), found.sum(axis=2, keepdims=True)
    expected = of_class * of_image / of_image.sum(axis=1, keepdims=True)
    squares = np.divide((found - expected) ** 2, expected, out=np.zeros(found.shape), where=expected > 0)
    freedom = (n_images - 1) * np.maximum((of_class > 0).sum(axis=(1, 2)) - 1, 1)
    return np.maximum(squares.sum(axis=(1, 2)) / rng.chisquare(freedom), 1.0)


def _alike(effect: Values, counts: npt.NDArray[np.int64]) -> Values:
    """Return the concentration by which the classes of micrographs scatter about those of the sample.

    Counts of a Dirichlet-multinomial distribution have this design effect; one particle's weight at least.
    """
    per_image = counts.sum(axis=1).mean()
    return np.clip((per_image - effect) / np.maximum(effect - 1, 1e-6), 1.0, _MOST_ALIKE)


def _likeliest(counts: npt.NDArray[np.int64], table: Values) -> Values:
    """Return the proportions of which these counts are likeliest, nearly (expectation maximisation).

    Chains start there: from any others and any table, many a chain stays for long where a rare table explains all.
    """
    fractions = np.full(len(counts), 1 / len(counts))
    if counts.any():
        for _ in range(_N_SETTLING):
            fractions = fractions * (table @ (counts / (fractions @ table))) / counts.sum()
    return fractions


def _distributions(shape: Values, rng: np.random.Generator) -> Values:
    """Draw from Dirichlet distributions along the last axis."""
    drawn = rng.standard_gamma(shape) + np.finfo(float).tiny
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))
