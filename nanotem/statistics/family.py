"""What a family of sizes is, and what a division into families says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.percent import in_percent
from nanotem.statistics.distributions import log_normal_density
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.histogram import HistogramFit
from nanotem.statistics.models import FittedModel

PAIRS = "pairs counted as one"
"""Name of the family that pairs make: twice the area, √2 times the diameter."""

SKEWED = ("Weibull", "skew-normal")
"""Models that lean to one side, other than the log-normal that is usual."""

Evidence = Literal["none", "weak", "strong", "by hand"]


@dataclass(frozen=True)
class Family:
    """One family of sizes; intervals of 95 %.

    Parameters
    ----------
    fraction
        Share of the particles, by weight.
    median, geometric_sd
        Of the family's sizes; where several are found, of its log-normal, none narrower than 1.02.
    mean
        Arithmetic mean of the family.
    histogram_fit
        Gaussian fitted to the family's own histogram; only where the families were divided by hand.
    model
        The model of the sizes where it is no log-normal: a family alone may be normal, Weibull or skew-normal.
    name
        What kind of family it is: the name of its model, or "pairs counted as one".
    """

    fraction: Estimate
    median: Estimate
    geometric_sd: Estimate
    mean: Estimate
    histogram_fit: HistogramFit | None = None
    model: FittedModel | None = None
    name: str = "log-normal"

    def density(self, diameters: FloatArray) -> FloatArray:
        """Return fraction times probability density at the diameters (above 0)."""
        if self.model:
            return self.fraction.value * self.model.density(diameters)
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
        For 1, 2, … families, of the densities of the sizes, for one family that of the best of `rivals`; smaller is
        better, infinite where a family would hold fewer than five particles. Empty where they were not compared.
    rivals
        Descriptions of one family that competed, each with its BIC: log-normal, normal, Weibull, skew-normal, uniform,
        and a log-normal some of whose pairs were counted as one.
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
    rivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def population(self) -> str:
        """What describes the sizes, in a few words: "one skewed population (Weibull)", "2 families"."""
        if any(family.name == PAIRS for family in self.families):
            return "one population, some of its pairs counted as one"
        if len(self.families) != 1:
            return f"{len(self.families)} families"
        name = self.families[0].name
        return f"one skewed population ({name})" if name in SKEWED else f"one {name} population"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per family: family, name, n (as `membership` has them), each number with its ends."""
        rows = []
        for place, family in enumerate(self.families):
            row = {"family": place + 1, "name": family.name, "n": int((self.membership == place).sum())}
            for quantity in ("fraction", "mean", "median", "geometric_sd"):
                one: Estimate = getattr(family, quantity)
                row |= {quantity: one.value, f"{quantity}_low": one.low, f"{quantity}_high": one.high}
            rows.append(row)
        return pd.DataFrame(rows)

    def in_words(self, unit: str) -> tuple[str, ...]:
        """Return one line per family where they are told apart, else what the sizes show; nothing if nothing was asked.

        Parameters
        ----------
        unit
            Of the sizes.
        """
        if self.resolved or self.evidence == "by hand":
            return tuple(
                f"Family {number}: {in_percent(family.fraction.value)} of the particles, "
                f"mean {family.mean.in_words(unit)}, geometric standard deviation {family.geometric_sd.in_words()}."
                for number, family in enumerate(self.families, start=1)
            )
        if not self.rivals:
            return ()
        is_one = len(self.families) == 1 or any(family.name == PAIRS for family in self.families)
        return (f"{self.population[0].upper()}{self.population[1:]}." if is_one else self.verdict,)
