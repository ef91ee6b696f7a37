"""The numbers that describe a size distribution, each with its interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.statistics import moments
from nanotem.statistics.distributions import LogNormalFit, NormalFit, aicc_difference, compare_fits
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.resampling import estimates
from nanotem.statistics.sample import as_sample


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
    n_resamples: int = 2000,
    seed: int = 0,
) -> SizeSummary:
    """Describe a size distribution.

    Parameters
    ----------
    diameters
        Shape (n,), any unit, above 0.
    weights
        Shape (n,), from `frame_weights`; particles of weight 0 are left out.
    confidence
        Of the intervals, percentile bootstrap over particles. They hold the sampling error alone: scale and
        outline errors are shared by all particles and come on top.
    n_resamples
        More make the intervals' ends steadier (about 3 % of their width at 2000).
    seed
        Of the bootstrap: the same sizes give the same intervals.

    Returns
    -------
    SizeSummary
        NaN for what cannot be known: everything at n = 0, spreads at n = 1, intervals below five particles.

    Raises
    ------
    ParameterError
        If a diameter, a weight, the confidence or the number of resamples is outside its limits.
    """
    if not 0 < confidence < 1:
        raise ParameterError(f"A confidence of {confidence:g} is not between 0 and 1.", "0.95 is usual.")
    if n_resamples < 1:
        raise ParameterError(f"{n_resamples} resamples are fewer than 1.", "2000 are usual.")
    sample = as_sample(diameters, weights)
    mean, sd, cv, d10, median, d90, normal_sd, log_median, geometric_sd = estimates(
        sample, _quantities, confidence=confidence, n_resamples=n_resamples, seed=seed
    )
    normal, log_normal = NormalFit(mean, normal_sd), LogNormalFit(log_median, geometric_sd)
    difference = aicc_difference(sample.n, sample.n_eff, normal, log_normal)
    return SizeSummary(
        *(sample.n, sample.n_eff, confidence, mean, sd, cv, d10, median, d90, normal, log_normal, difference)
    )


def _quantities(diameters: FloatArray, weights: FloatArray) -> FloatArray:
    """Return all quantities of each row, shape (rows, 9)."""
    logs = np.log(diameters)
    mean, sd = moments.mean(diameters, weights), moments.sd(diameters, weights)
    several = np.where(np.isnan(sd), np.nan, 1.0)
    return np.stack(
        [
            *(mean, sd, sd / mean),
            *(moments.quantile(diameters, weights, level) for level in (0.1, 0.5, 0.9)),
            moments.sd_mle(diameters, weights) * several,
            np.exp(moments.mean(logs, weights)),
            np.exp(moments.sd_mle(logs, weights)) * several,
        ],
        axis=1,
    )
