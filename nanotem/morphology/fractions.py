"""How large a part of a population each class is, when it is known how often one is taken for another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.morphology.reliability import Values
from nanotem.morphology.scatter import Scatter, drawn_anew
from nanotem.percent import share_in_words

_N_CHAINS, _FEWEST_CHAINS, _N_SETTLING, _N_KEPT = 100, 6, 100, 50
"""Of the Gibbs sampler. Of simulated samples another seed moves ends of intervals by 0.005 to 0.02 on average,
one in ten by 0.01 to 0.06. The chains are shared out among the micrographs of a sample."""
PRIOR = 0.5
"""Jeffreys: what is added to each count of the confusion table, so that nothing is impossible."""
_ALL_CLASSES = 0.25
"""Weight in particles of all classes beforehand, of the Dirichlet distribution of the shares: as makers aim at one
class, of samples of which nothing is known a third has more than 99 % of one and a third less than 80 %."""
_UNSEEN = 0.5
"""What the particles did not show weighs so many of them, and may be of any class. With 0.5 and 1, 0.977 and 0.981 of
213 shares of solids of drawn samples lay within their intervals, of mean width 0.27 and 0.29."""
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

    def among(self, answers: npt.NDArray[np.int64]) -> Values:
        """Return the parameters of the rows' Dirichlet distributions for these answers, shape (classes, k + 1).

        The last column stands for all other answers together, which nobody gave.
        """
        parameters = self.counts + PRIOR
        others = np.delete(parameters, answers, axis=1).sum(axis=1, keepdims=True)
        return np.hstack([parameters[:, answers], others])


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
    few classes are likelier than many (Dirichlet distribution, a quarter of a particle's weight in all).

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

    As `class_fractions` does for one. What is meant is the share in the sample: the mean over all micrographs that
    could be taken of it. What is mistaken for what, and which classes occur, differ from micrograph to micrograph; both
    scatter about those of the sample by Dirichlet distributions, the first with the concentration of `confusion`, the
    second with one that is not known (`nanotem.morphology.scatter`): intervals hold all that it may be. All of this is
    drawn in turn, each given the others (hierarchical Dirichlet: Teh et al., J. Am. Stat. Assoc. 101 (2006) 1566).

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

    Returns
    -------
    Fractions
        The mean of the shares of the micrographs, each weighed by what it says of the sample, with intervals for the
        sample; of one micrograph, as `class_fractions`.
    """
    has_any = (answers + named).any(axis=1)
    answers, named, n = answers[has_any], named[has_any], len(classes)
    n_all = int(answers.sum() + named.sum())
    if not n_all:
        return Fractions(classes, np.zeros(n), np.zeros(n), np.ones(n))
    values, (least, most) = _drawn_fractions(answers, named, confusion, np.random.default_rng(seed))
    low, high = np.quantile(least, 0.025, axis=0), np.quantile(most, 0.975, axis=0)
    edge = _LEAST_PARTICLES / n_all
    low, high = np.where(low < edge, 0.0, low), np.where(high > 1 - edge, 1.0, high)
    return Fractions(classes, values, np.minimum(low, values), np.maximum(high, values))


def _drawn_fractions(
    counts: npt.NDArray[np.int64], by_hand: npt.NDArray[np.int64], confusion: Confusion, rng: np.random.Generator
) -> tuple[Values, Values]:
    """Return the mean shares of these particles, and draw the least and most in the population, (2, draws, classes)."""
    (n_images, n), given = counts.shape, np.flatnonzero(counts.any(axis=0))
    counts = counts[:, given]
    n_chains = max(_N_CHAINS // n_images, _FEWEST_CHAINS)
    scatter = Scatter(counts.sum(axis=1) + by_hand.sum(axis=1))
    parameters = confusion.among(given)
    rates = np.broadcast_to(parameters / parameters.sum(axis=1, keepdims=True), (n_chains, 1, *parameters.shape))
    start = _likeliest(counts.sum(axis=0), rates[0, 0, :, :-1])
    population = unnamed = fractions = np.broadcast_to(start, (n_chains, 1, n))
    concentration, tables = scatter.first(n_chains, rng), rates
    assigned = np.zeros((n_chains, n_images, *parameters.shape), np.int64)
    shares, kept = [], []
    for step in range(_N_SETTLING + _N_KEPT):
        likely = np.swapaxes(fractions[..., None] * tables[..., :-1], 2, 3)  # answers in rows, what they may be
        drawn = rng.multinomial(counts, likely / likely.sum(axis=3, keepdims=True))
        assigned[..., :-1] = np.swapaxes(drawn, 2, 3)
        found = assigned.sum(axis=3)
        everyone, spread = found + by_hand, concentration[:, None, None]
        of_sample = _of_sample(everyone, spread * population, rng)
        population = _distributions(_ALL_CLASSES / n + of_sample, rng)
        if by_hand.any():  # a person names what is wrong: those that nobody named are a population of their own
            unnamed = _distributions(_ALL_CLASSES / n + _of_sample(found, spread * unnamed, rng), rng)
        else:
            unnamed = population
        concentration = scatter.drawn(of_sample.sum(axis=(1, 2)), rng)
        fractions = unnamed
        if n_images > 1:
            fractions = _distributions(concentration[:, None, None] * unnamed + found, rng)
        rates, tables = _mistaken(assigned, parameters, rates, confusion.concentration, rng)
        if step >= _N_SETTLING:
            weights = scatter.weights(concentration)
            shares.append((weights[..., None] * everyone).sum(axis=1).mean(axis=0))
            kept.append(_least_and_most(of_sample[:, 0], rng))
    return np.mean(shares, axis=0), np.concatenate(kept, axis=1)


def _least_and_most(of_sample: npt.NDArray[np.int64], rng: np.random.Generator) -> Values:
    """Draw the shares of a sample, shape (2, m, classes), where what was not seen is all of others, and all of a class.

    The ends of all that Dirichlet distributions of this weight beforehand allow (imprecise Dirichlet model: Walley,
    J. R. Stat. Soc. B 58 (1996) 3): a class of which one alone leaves a low share is not ruled out, nor a pure sample.
    """
    seen, unseen = rng.standard_gamma(of_sample), rng.standard_gamma(_UNSEEN, size=(len(of_sample), 1))
    total = seen.sum(axis=1, keepdims=True) + unseen
    return np.stack([seen / total, (seen + unseen) / total])


def _of_sample(found: npt.NDArray[np.int64], weight: Values, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw how many particles of each class say something of the sample, shape (m, 1, classes): of one image, all."""
    said = drawn_anew(found, weight, rng) if found.shape[1] > 1 else found
    return said.sum(axis=1, keepdims=True)


def _mistaken(
    assigned: npt.NDArray[np.int64], parameters: Values, rates: Values, concentration: float, rng: np.random.Generator
) -> tuple[Values, Values]:
    """Draw what is taken for what in this sample, and in each of its micrographs, given what answers were assigned to.

    Both have the truth in rows and answers in columns, shape (m, 1 or micrographs, classes, answers).
    """
    if np.isinf(concentration):
        rates = _distributions(parameters + assigned.sum(axis=1, keepdims=True), rng)
        return rates, rates
    said = np.zeros_like(assigned)
    if assigned.shape[1] > 1:  # else a class of which little was counted learns from the answers that it has to explain
        said = drawn_anew(assigned, concentration * rates, rng)
    rates = _distributions(parameters + said.sum(axis=1, keepdims=True), rng)
    return rates, _distributions(concentration * rates + assigned, rng)


def _likeliest(counts: npt.NDArray[np.int64], table: Values) -> Values:
    """Return the proportions of which these counts are likeliest, nearly (expectation maximisation).

    Chains start there: from any others and any table, many a chain stays for long where a rare table explains all.
    """
    fractions = np.full(len(table), 1 / len(table))
    if counts.any():
        for _ in range(_N_SETTLING):
            fractions = fractions * (table @ (counts / (fractions @ table))) / counts.sum()
    return fractions


def _distributions(shape: Values, rng: np.random.Generator) -> Values:
    """Draw from Dirichlet distributions along the last axis."""
    drawn = rng.standard_gamma(shape) + np.finfo(float).tiny
    return np.asarray(drawn / drawn.sum(axis=-1, keepdims=True))
