"""The two usual models of a size distribution, fitted by maximum likelihood."""

from dataclasses import dataclass

import numpy as np

from nanotem.statistics.estimate import Estimate, FloatArray

_MODEL_PARAMETERS = 2
NO_SPREAD = 1e-9
"""Relative: what is left of equal sizes by rounding."""

_CLEAR, _WORTH_A_MENTION = 10.0, 2.0
"""Differences of AICc: up to 2 the worse model has substantial support, above 10 essentially none (K. P. Burnham and
D. R. Anderson, Model Selection and Multimodel Inference, 2nd ed. (2002), 2.6)."""


@dataclass(frozen=True)
class NormalFit:
    """A normal distribution: mean and standard deviation (divided by n: the maximum of the likelihood)."""

    mean: Estimate
    sd: Estimate

    def density(self, diameters: FloatArray) -> FloatArray:
        """Return the probability density at the diameters, per unit of diameter."""
        return normal_density(diameters, self.mean.value, self.sd.value)


@dataclass(frozen=True)
class LogNormalFit:
    """A log-normal distribution: median, and geometric standard deviation σ_g = exp(sd of ln d)."""

    median: Estimate
    geometric_sd: Estimate

    def density(self, diameters: FloatArray) -> FloatArray:
        """Return the probability density at the diameters (above 0), per unit of diameter."""
        return log_normal_density(diameters, self.median.value, self.geometric_sd.value)


def normal_density(x: FloatArray, mean: float, sd: float) -> FloatArray:
    """Return the density of a normal distribution."""
    density: FloatArray = np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    return density


def log_normal_density(x: FloatArray, median: float, geometric_sd: float) -> FloatArray:
    """Return the density of a log-normal distribution at x > 0."""
    return normal_density(np.log(x), np.log(median), np.log(geometric_sd)) / x


def aicc_difference(n: int, n_eff: float, normal: NormalFit, log_normal: LogNormalFit) -> float:
    """Return AICc of the normal minus AICc of the log-normal fit: positive where the log-normal is better.

    Both models have two parameters, so that the penalties cancel; at the maximum each log-likelihood is
    -n_eff (ln sd + constant), with Σ ln d for the logarithms' Jacobian. NaN where the sizes have no spread.
    """
    if n <= _MODEL_PARAMETERS or normal.sd.value <= NO_SPREAD * normal.mean.value:
        return float("nan")
    log_sd = float(np.log(log_normal.geometric_sd.value))
    return 2 * n_eff * float(np.log(normal.sd.value / (log_sd * log_normal.median.value)))


def compare_fits(difference: float) -> str:
    """Say in words which of the two fits is better, from the difference of their AICc."""
    if np.isnan(difference):
        return "Too few different sizes to compare a normal with a log-normal fit."
    better, worse = ("log-normal", "normal") if difference > 0 else ("normal", "log-normal")
    amount = f"(AICc difference {abs(difference):.1f})"
    if abs(difference) < _WORTH_A_MENTION:
        return f"A normal and a log-normal describe these sizes about equally well {amount}."
    adverb = "clearly" if abs(difference) >= _CLEAR else "somewhat"
    return f"A {better} describes these sizes {adverb} better than a {worse} {amount}."
