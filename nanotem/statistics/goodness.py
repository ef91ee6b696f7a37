"""Does a model describe the sizes? Anderson and Darling's distance, judged by a parametric bootstrap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import xlog1py, xlogy

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.models import OFFERED, FittedModel, fit_model
from nanotem.statistics.sample import Sample, as_sample

FEWEST_TO_TEST = 8
"""Below so many a test rejects nothing: of eight normal sizes it finds a uniform in one case of ten."""

_REJECTED_BELOW = 0.05
_EPS = 1e-12
"""Shares nearer to 0 or 1 are moved there: the statistic's logarithms would be infinite."""


@dataclass(frozen=True)
class GoodnessOfFit:
    """How well one model describes the sizes.

    Parameters
    ----------
    fit
        The model with its parameters.
    bic
        Bayesian information criterion, smaller is better; comparable between models of the same sizes.
    statistic
        A² of Anderson and Darling, J. Am. Stat. Assoc. 49 (1954) 765, of the weighted distribution.
    p_value
        How often sizes drawn from the model, and fitted again, lie as far from it or farther; NaN for fewer than
        eight particles.
    """

    fit: FittedModel
    bic: float
    statistic: float
    p_value: float

    @property
    def is_rejected(self) -> bool:
        """Whether the sizes contradict the model at the 5 % level."""
        return self.p_value < _REJECTED_BELOW

    @property
    def verdict(self) -> str:
        """What the test says, in a sentence."""
        title = self.fit.title
        if np.isnan(self.p_value):
            return f"Too few particles to test {title}: at least {FEWEST_TO_TEST} are needed."
        p = f"p = {self.p_value:.2f}" if self.p_value >= 0.01 else "p < 0.01"
        if self.is_rejected:
            return f"The sizes contradict {title} ({p}, Anderson-Darling)."
        return f"The sizes do not contradict {title} ({p}, Anderson-Darling)."


def anderson_darling(sample: Sample, below: FloatArray) -> float:
    """Return A² = n ∫ (F_n − F)² / (F (1 − F)) dF of weighted sizes, n their effective number.

    Parameters
    ----------
    sample
        At least one particle.
    below
        Shape (n,): the model's share below each of the sorted sizes.
    """
    u = np.concatenate([[0.0], np.clip(below, _EPS, 1 - _EPS), [1.0]])
    share = np.concatenate([[0.0], np.cumsum(sample.weights) / sample.weights.sum()])
    primitive = [xlogy(share**2, edge) - xlog1py((1 - share) ** 2, -edge) - edge for edge in (u[1:], u[:-1])]
    return float(sample.n_eff * (primitive[0] - primitive[1]).sum())


def goodness_of_fit(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    model: str = "log-normal",
    n_resamples: int = 199,
    seed: int = 0,
) -> GoodnessOfFit:
    """Fit a model and test it: samples are drawn from the fit, fitted again, and their A² compared.

    Published critical values hold for known parameters only; here the fit to each drawn sample makes the test exact.
    Uneven weights enter by their effective number.

    Parameters
    ----------
    diameters, weights
        As for `summarise`.
    model
        A key of `nanotem.statistics.models.MODELS`.
    n_resamples
        199 give p in steps of 0.005.
    seed
        Of the drawing.

    Raises
    ------
    ParameterError
        If there is no such model, the sizes are all the same, or a number is outside its limits.
    """
    if n_resamples < 1:
        raise ParameterError(f"{n_resamples} resamples are fewer than 1.", "199 are usual.")
    sample = as_sample(diameters, weights)
    fit = fit_model(sample, model)
    statistic = anderson_darling(sample, fit.cumulative(sample.diameters))
    n = round(sample.n_eff)
    p_value = float("nan")
    if n >= FEWEST_TO_TEST:
        generator = np.random.default_rng(seed)
        drawn = [_drawn_statistic(fit, n, generator) for _ in range(n_resamples)]
        p_value = (1 + sum(one >= statistic for one in drawn)) / (1 + n_resamples)
    return GoodnessOfFit(fit, fit.bic(sample.n_eff), statistic, p_value)


def compare_models(
    diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, n_resamples: int = 199, seed: int = 0
) -> pd.DataFrame:
    """Return one row per offered model: which growth law describes the sizes, which they contradict.

    Parameters
    ----------
    diameters, weights, n_resamples, seed
        As for `goodness_of_fit`.

    Returns
    -------
    pandas.DataFrame
        `model`, `parameters` in words, `bic_difference` to the best one, `a2`, `p_value`, `verdict`; the best first. No
        rows where all sizes are the same.
    """
    columns = ["model", "parameters", "bic_difference", "a2", "p_value", "verdict"]
    sample = as_sample(diameters, weights)
    if sample.n < 2 or np.ptp(sample.diameters) == 0:
        return pd.DataFrame(columns=columns)
    found = [
        goodness_of_fit(sample.diameters, sample.weights, model=name, n_resamples=n_resamples, seed=seed)
        for name in OFFERED
    ]
    best = min(one.bic for one in found)
    rows = [
        (one.fit.name, one.fit.in_words(), one.bic - best, one.statistic, one.p_value, one.verdict)
        for one in sorted(found, key=lambda one: one.bic)
    ]
    return pd.DataFrame(rows, columns=columns)


def _drawn_statistic(fit: FittedModel, n: int, generator: np.random.Generator) -> float:
    drawn = as_sample(fit.draw(generator, n))
    return anderson_darling(drawn, fit_model(drawn, fit.name).cumulative(drawn.diameters))
