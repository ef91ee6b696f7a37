"""What a family of sizes is, and what a division into families says."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from nanotem.statistics.distributions import log_normal_density
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.histogram import HistogramFit

Evidence = Literal["none", "weak", "strong", "by hand"]


@dataclass(frozen=True)
class Family:
    """One family of sizes, log-normal; intervals of 95 %.

    Parameters
    ----------
    fraction
        Share of the particles, by weight.
    median, geometric_sd
        Of the family's log-normal; `find_families` finds none narrower than 1.02.
    mean
        Arithmetic mean of the family.
    histogram_fit
        Gaussian fitted to the family's own histogram; only where the families were divided by hand.
    """

    fraction: Estimate
    median: Estimate
    geometric_sd: Estimate
    mean: Estimate
    histogram_fit: HistogramFit | None = None

    def density(self, diameters: FloatArray) -> FloatArray:
        """Return fraction times probability density at the diameters (above 0)."""
        return self.fraction.value * log_normal_density(diameters, self.median.value, self.geometric_sd.value)


@dataclass(frozen=True, eq=False)
class Families:
    """The families of a sample, small ones first.

    Parameters
    ----------
    families
        Empty without particles.
    membership
        Shape (n,), index of each diameter's most likely family, in the order the diameters were given.
    evidence
        For more than one family: `strong` (BIC better by 10 or more), `weak` (2 to 10), `none`; or `by hand`.
    resolved
        True where several families have strong evidence and overlap little.
    overlap
        Expected share of particles that `membership` puts into the wrong family.
    bic
        For 1, 2, … families; smaller is better, infinite where a family would hold fewer than five
        particles. Empty where they were not compared.
    verdict
        In words.
    """

    families: tuple[Family, ...]
    membership: npt.NDArray[np.intp]
    evidence: Evidence
    resolved: bool
    overlap: float
    bic: tuple[float, ...]
    verdict: str
