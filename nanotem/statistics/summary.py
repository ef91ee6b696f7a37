"""The numbers that describe a size distribution, each with its interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.statistics import moments
from nanotem.statistics.distributions import LogNormalFit, NormalFit, aicc_difference, compare_fits
from nanotem.statistics.estimate import Estimate
from nanotem.statistics.intervals import (
    FEWEST_FOR_INTERVAL,
    geometric_mean_estimate,
    geometric_sd_estimate,
    log_normal_is_plausible,
    mean_estimate,
    particles_for_percentile,
    percentile_estimate,
    spread_estimates,
)
from nanotem.statistics.models import moments_of
from nanotem.statistics.sample import Sample, as_sample
from nanotem.statistics.weights import counted_in_words

INTERVALS_IN_WORDS = (
    "Intervals are of 95 %: of the mean by Student's t on its logarithm, of median and percentiles by order "
    "statistics, of spreads by Bonett's method or that of a log-normal. They hold the sampling error alone."
)
"""How the intervals were made, for the methods of a paper."""

PERCENTILES = {"d10": 0.1, "median": 0.5, "d90": 0.9}


@dataclass(frozen=True)
class SizeSummary:
    """A size distribution in numbers, in the unit of the diameters.

    Parameters
    ----------
    n, n_eff
        Number of particles, and effective number after weighting, (Σw)²/Σw².
    confidence
        Of all intervals.
    mean, sd
        Weighted mean, and sample standard deviation (divided by n − 1).
    polydispersity
        sd / mean, the coefficient of variation.
    d10, median, d90
        10 %, 50 % and 90 % of the particles are smaller.
    normal, log_normal
        Maximum-likelihood fits.
    aicc_difference
        AICc of the normal minus that of the log-normal fit; positive where the log-normal is better.
    """

    n: int
    n_eff: float
    confidence: float
    mean: Estimate
    sd: Estimate
    polydispersity: Estimate
    d10: Estimate
    median: Estimate
    d90: Estimate
    normal: NormalFit
    log_normal: LogNormalFit
    aicc_difference: float

    @property
    def d50(self) -> Estimate:
        """The median under its other name."""
        return self.median

    @property
    def notes(self) -> tuple[str, ...]:
        """Which values have no interval, and how many particles they need; in sentences."""
        if 0 < self.n_eff < FEWEST_FOR_INTERVAL:
            return (f"{counted_in_words(self.n, self.n_eff)}: no intervals below {FEWEST_FOR_INTERVAL} particles.",)
        needed = particles_for_percentile(PERCENTILES["d10"], self.confidence)
        without = [name for name, one in (("D10", self.d10), ("D90", self.d90)) if np.isnan(one.low)]
        if not self.n or not without:
            return ()
        of_median = particles_for_percentile(PERCENTILES["median"], self.confidence)
        also = f"D50 without interval: {of_median} are needed; " if np.isnan(self.median.low) else ""
        return (
            f"{' and '.join(without)} without interval: {needed} particles are needed, so that some lie beyond it; "
            f"{also}{self.n_eff:.0f} were counted effectively.",
        )

    @property
    def verdict(self) -> str:
        """Which of the two fits is better, in words."""
        return compare_fits(self.aicc_difference)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantity: quantity, value, low, high."""
        rows = {
            "n": Estimate(self.n),
            "n_eff": Estimate(self.n_eff),
            **{name: getattr(self, name) for name in ("mean", "sd", "polydispersity", "d10", "median", "d90")},
            "normal_mean": self.normal.mean,
            "normal_sd": self.normal.sd,
            "log_normal_median": self.log_normal.median,
            "log_normal_geometric_sd": self.log_normal.geometric_sd,
            "aicc_normal_minus_log_normal": Estimate(self.aicc_difference),
        }
        return pd.DataFrame(
            [(name, float(e.value), e.low, e.high) for name, e in rows.items()],
            columns=["quantity", "value", "low", "high"],
        )


def summarise(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> SizeSummary:
    """Describe a size distribution.

    Intervals hold the truth as often as they say from 20 particles on (`python -m benchmarks.statistics`). Mean:
    Student's t on its logarithm. Median and percentiles: order statistics, whatever the distribution; D10 and D90 have
    none below 36 particles, and `notes` says so. Spreads: Bonett's interval with the kurtosis of the sample, of the
    logarithms for the geometric one; where the sizes are plausibly log-normal, those of sd and polydispersity are a
    log-normal's, as large particles that were not met are missing from the kurtosis.

    Parameters
    ----------
    diameters
        Shape (n,), any unit, above 0.
    weights
        Shape (n,), from `frame_weights`; particles of weight 0 are left out.
    confidence
        Of the intervals. They hold the sampling error alone: scale and outline errors are shared by all particles and
        come on top.

    Returns
    -------
    SizeSummary
        NaN for what cannot be known: everything at n = 0, spreads at n = 1, intervals below five particles.

    Raises
    ------
    ParameterError
        If a diameter, a weight or the confidence is outside its limits.

    Examples
    --------
    >>> summarise([4.1, 5.0, 5.2, 5.9, 6.3, 7.0]).mean.in_words("nm")
    '5.6 nm (4.6 to 6.8)'
    """
    if not 0 < confidence < 1:
        raise ParameterError(f"A confidence of {confidence:g} is not between 0 and 1.", "0.95 is usual.")
    sample = as_sample(diameters, weights)
    normal, log_normal = _fits(sample)
    difference = aicc_difference(sample.n, sample.n_eff, normal, log_normal)
    sd = float(moments.sd(sample.diameters[None], sample.weights[None])[0]) if sample.n > 1 else float("nan")
    mean, of_sd, of_cv = normal.mean, Estimate(sd), Estimate(sd / normal.mean.value)
    if sample.n_eff >= FEWEST_FOR_INTERVAL:
        mean = mean_estimate(sample, confidence)
        of_sd, of_cv = spread_estimates(sample, log_normal_is_plausible(sample, difference), confidence)
        shrink = normal.sd.value / sd if sd else 1.0
        normal = NormalFit(mean, Estimate(normal.sd.value, of_sd.low * shrink, of_sd.high * shrink))
        log_normal = LogNormalFit(
            geometric_mean_estimate(sample, confidence), geometric_sd_estimate(sample, confidence)
        )
    d10, d50, d90 = (
        percentile_estimate(sample.diameters, sample.weights, level, n_eff=sample.n_eff, confidence=confidence)
        for level in PERCENTILES.values()
    )
    return SizeSummary(
        n=sample.n,
        n_eff=sample.n_eff,
        confidence=confidence,
        mean=mean,
        sd=of_sd,
        polydispersity=of_cv,
        d10=d10,
        median=d50,
        d90=d90,
        normal=normal,
        log_normal=log_normal,
        aicc_difference=difference,
    )


def _fits(sample: Sample) -> tuple[NormalFit, LogNormalFit]:
    """Return both models without intervals; NaN for what one particle, or none, does not tell."""
    logs = np.log(sample.diameters)
    (mean, sd), (log_mean, log_sd) = moments_of(sample.diameters, sample), moments_of(logs, sample)
    spreads = (sd, float(np.exp(log_sd))) if sample.n > 1 else (float("nan"), float("nan"))
    return (
        NormalFit(Estimate(mean), Estimate(spreads[0])),
        LogNormalFit(Estimate(float(np.exp(log_mean))), Estimate(spreads[1])),
    )
