"""Are there enough particles? How the interval narrows with the number counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri, stdtrit

from nanotem.errors import ParameterError
from nanotem.percent import in_percent
from nanotem.statistics import moments
from nanotem.statistics.estimate import Z_95, FloatArray
from nanotem.statistics.intervals import FEWEST_FOR_INTERVAL, mean_estimate, particles_for_percentile
from nanotem.statistics.models import moments_of
from nanotem.statistics.resampling import bootstrap
from nanotem.statistics.sample import Sample, as_sample
from nanotem.statistics.weights import counted_in_words

_N_POINTS = 16
_RED_BELOW, _GREEN_FROM = 100, 500
_COARSE, _FINE = 0.05, 0.02
_CONFIDENCE = 0.95
_QUANTITIES = ("mean", "d10", "d50", "d90")
_LEVELS = (0.1, 0.5, 0.9)
"""Of the percentiles among them."""


@dataclass(frozen=True)
class Sufficiency:
    """Whether enough particles were counted for a size distribution by number.

    Parameters
    ----------
    enough
        `red` below 100 (effective) particles or where the mean is less certain than ±5 %, `green` from 500
        and ±2 % on, else `amber`.
    relative_half_width
        Half the 95 % interval of the mean, as `summarise` gives it, divided by the mean; NaN where it has none.
    needed_for_5_percent, needed_for_2_percent
        Particles that would give the mean to ±5 % and ±2 %; None where the spread is unknown.
    verdict
        In words.
    """

    enough: Literal["red", "amber", "green"]
    relative_half_width: float
    needed_for_5_percent: int | None
    needed_for_2_percent: int | None
    verdict: str


def precision_curve(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    n_resamples: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how precise mean and percentiles would be had fewer particles been counted.

    For a series of numbers up to all, subsamples of that number are drawn with replacement from the
    particles; the middle 95 % of their means (medians, …) is the interval.

    Parameters
    ----------
    diameters, weights
        As for `summarise`.
    n_resamples
        Subsamples at each number; more make the curve smoother.
    seed
        Of the drawing.

    Returns
    -------
    pandas.DataFrame
        `n`, and half the interval divided by the value: `relative_half_width_mean`, widened as Student's t is, `_d10`,
        `_d50`, `_d90`. No rows below five particles; NaN where a percentile of so many has no interval.

    Raises
    ------
    ParameterError
        If a diameter, a weight or the number of resamples is outside its limits.
    """
    if n_resamples < 1:
        raise ParameterError(f"{n_resamples} resamples are fewer than 1.", "500 are usual.")
    sample = as_sample(diameters, weights)
    columns = ["n", *(f"relative_half_width_{name}" for name in _QUANTITIES)]
    if sample.n < FEWEST_FOR_INTERVAL:
        return pd.DataFrame(np.empty((0, len(columns))), columns=columns).astype({"n": "int64"})
    values = _quantities(sample.diameters[None], sample.weights[None])[0]
    sizes = np.unique(np.geomspace(FEWEST_FOR_INTERVAL, sample.n, _N_POINTS).round().astype(int))
    half_widths = [
        np.where(_have_interval(size), _half_widths(sample, size, n_resamples, seed) / values, np.nan)
        for size in map(int, sizes)
    ]
    return pd.DataFrame(np.column_stack([sizes, half_widths]), columns=columns).astype({"n": "int64"})


def particles_needed(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    relative_half_width: float,
    confidence: float = 0.95,
) -> int | None:
    """Return how many particles would give the mean to the wanted precision, (z·CV/δ)².

    Parameters
    ----------
    diameters, weights
        As for `summarise`; uneven weights raise the answer by n/n_eff.
    relative_half_width
        δ: 0.05 for ±5 %.
    confidence
        Of the interval.

    Returns
    -------
    int or None
        None below two particles, where the spread is unknown.

    Raises
    ------
    ParameterError
        If `relative_half_width` is not above 0, or `confidence` is not between 0 and 1.
    """
    if not relative_half_width > 0:
        raise ParameterError(f"A relative half width of {relative_half_width:g} is not above 0.", "0.05 asks for ±5 %.")
    if not 0 < confidence < 1:
        raise ParameterError(f"A confidence of {confidence:g} is not between 0 and 1.", "0.95 is usual.")
    sample = as_sample(diameters, weights)
    if sample.n < 2:
        return None
    z = float(ndtri((1 + confidence) / 2))
    design_effect = sample.n / sample.n_eff
    return max(2, int(np.ceil((z * _polydispersity(sample) / relative_half_width) ** 2 * design_effect)))


def enough_particles(diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Sufficiency:
    """Judge whether enough particles were counted.

    Parameters
    ----------
    diameters, weights
        As for `summarise`.

    Raises
    ------
    ParameterError
        If a diameter or a weight is outside its limits.
    """
    sample = as_sample(diameters, weights)
    coarse = particles_needed(diameters, weights, relative_half_width=_COARSE)
    fine = particles_needed(diameters, weights, relative_half_width=_FINE)
    if sample.n < 2:
        return Sufficiency(
            "red",
            float("nan"),
            coarse,
            fine,
            f"{sample.n} counted: a distribution needs {_RED_BELOW} or more.",
        )
    if sample.n_eff < FEWEST_FOR_INTERVAL:
        counted = counted_in_words(sample.n, sample.n_eff)
        verdict = f"{counted}: too few to say how sure their mean is. Count at least {_RED_BELOW}."
        return Sufficiency("red", float("nan"), coarse, fine, verdict)
    half_width = mean_estimate(sample, _CONFIDENCE).relative_half_width
    known = f"{sample.n} counted: that leaves the mean open by ±{in_percent(half_width, '.1f')}."
    if sample.n_eff < _RED_BELOW or half_width > _COARSE:
        wanted = max(_RED_BELOW, coarse or 0)
        return Sufficiency("red", half_width, coarse, fine, f"{known} Too few: count at least {wanted}.")
    if sample.n_eff < _GREEN_FROM or half_width > _FINE:
        wanted = max(_GREEN_FROM, fine or 0)
        verdict = f"{known} Enough for the mean; for the whole distribution count {wanted}."
        return Sufficiency("amber", half_width, coarse, fine, verdict)
    return Sufficiency("green", half_width, coarse, fine, f"{known} Enough for the distribution.")


def sufficiency_table(diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> pd.DataFrame:
    """Return how many particles each kind of size needs: few for a mean by number, many for one by mass.

    Two numbers, as two things are done. `needed_…` is for the values that this program gives, which are taken from the
    particles as they are; for the mean by their own spread, for the others as if they were log-normal with the spread
    of their logarithms. `needed_log_normal_…` is for values
    worked out from a fitted log-normal, as ISO 13322-1 counts after H. Masuda and K. Iinoya, J. Chem. Eng. Jpn. 4
    (1971) 60: fewer, and right only as far as the sizes are log-normal.

    Parameters
    ----------
    diameters, weights
        As for `summarise`; uneven weights raise the numbers by n/n_eff.

    Returns
    -------
    pandas.DataFrame
        `quantity`, `n` counted, `relative_half_width` that they give a log-normal of this spread, and of the mean as
        `summarise` gives it, `needed_5_percent`, `needed_2_percent`, `needed_log_normal_5_percent`,
        `needed_log_normal_2_percent`. No rows below five particles, and where all are of one size.

    Raises
    ------
    ParameterError
        If a diameter or a weight is outside its limits.
    """
    sample = as_sample(diameters, weights)
    rows = []
    if sample.n_eff >= FEWEST_FOR_INTERVAL and np.ptp(sample.diameters) > 0:
        variance = moments_of(np.log(sample.diameters), sample)[1] ** 2 * sample.n_eff / (sample.n_eff - 1)
        design_effect = sample.n / sample.n_eff
        for name, (of_log_normal, fitted) in _RELATIVE_VARIANCES.items():
            direct = _of_these(sample) if name == _MEAN else of_log_normal
            needed = [
                int(np.ceil((Z_95 / share) ** 2 * of(variance) * design_effect))
                for of in (direct, fitted)
                for share in (_COARSE, _FINE)
            ]
            half_width = Z_95 * np.sqrt(direct(variance) / sample.n_eff)
            if name == _MEAN:
                half_width = mean_estimate(sample, _CONFIDENCE).relative_half_width
            rows.append((name, sample.n, half_width, *needed))
    numbers = [f"needed_{kind}{share}_percent" for kind in ("", "log_normal_") for share in (5, 2)]
    return pd.DataFrame(rows, columns=["quantity", "n", "relative_half_width", *numbers])


def _of_moment_mean(power: int) -> Callable[[float], float]:
    """Return the variance of ln D[p, p − 1] of one log-normal particle, by the variance v of ln d.

    D is the mean of d weighted by d^q, q = p − 1; its variance E[d^2q (d − D)²] / (M_q D)², with M_k = exp(k² v / 2).
    """
    q = power - 1

    def variance(v: float) -> float:
        def ratio(k: int, mean_power: int) -> float:  # M_k / (M_q² D^mean_power)
            return float(np.exp(k**2 * v / 2 - q**2 * v - mean_power * (q + 0.5) * v))

        return ratio(2 * q + 2, 2) - 2 * ratio(2 * q + 1, 1) + ratio(2 * q, 0)

    return variance


def _of_these(sample: Sample) -> Callable[[float], float]:
    """Return the same for the mean of these particles, which needs no log-normal, as `enough_particles` takes it."""
    return lambda v: _polydispersity(sample) ** 2


def _of_fitted(log_shift: float) -> Callable[[float], float]:
    """Return the same for exp(μ + c σ²) of a fitted log-normal: σ² (1 + 2 c² σ²)."""
    return lambda v: v * (1 + 2 * log_shift**2 * v)


def _of_percentile(level: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return the same for a percentile, of order statistics and of exp(μ + z σ)."""
    z = float(ndtri(level))
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return lambda v: level * (1 - level) * v / density**2, lambda v: v * (1 + z**2 / 2)


def _mass_median(v: float) -> float:
    """Return the same for D50 by volume of particles as they are: a share of ½, each weighing d³."""
    return v * float(np.exp(9 * v)) * np.pi / 2


_MEAN = "Mean by number"
_RELATIVE_VARIANCES = {
    _MEAN: (_of_moment_mean(1), _of_fitted(0.5)),
    "Median by number (D50)": _of_percentile(0.5),
    "D90 by number": _of_percentile(0.9),
    "Median by volume or mass": (_mass_median, _of_fitted(3.0)),
    "Surface-weighted mean D[3,2]": (_of_moment_mean(3), _of_fitted(2.5)),
    "Volume- or mass-weighted mean D[4,3]": (_of_moment_mean(4), _of_fitted(3.5)),
}


def _polydispersity(sample: Sample) -> float:
    """Return sd / mean."""
    d, w = sample.diameters[None], sample.weights[None]
    return float((moments.sd(d, w) / moments.mean(d, w))[0])


def _half_widths(sample: Sample, size: int, n_resamples: int, seed: int) -> FloatArray:
    """Return half the 95 % interval of each quantity over subsamples of one size."""
    values = bootstrap(sample, _quantities, n_resamples=n_resamples, seed=seed, size=size)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    half_widths: FloatArray = (high - low) / 2
    half_widths[0] *= float(stdtrit(size - 1, 0.975)) / Z_95
    return half_widths


def _have_interval(n: int) -> list[bool]:
    """Tell which of `_QUANTITIES` of so many particles have an interval."""
    return [True, *(n >= particles_for_percentile(level) for level in _LEVELS)]


def _quantities(diameters: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the quantities of `_QUANTITIES` of each row."""
    percentiles = (moments.quantile(diameters, weights, level) for level in _LEVELS)
    return np.stack([moments.mean(diameters, weights), *percentiles], axis=1)
