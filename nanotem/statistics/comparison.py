"""What a comparison of samples says."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nanotem.statistics.estimate import Estimate
from nanotem.statistics.rounding import decimal_places, to_place
from nanotem.statistics.surface import MetalSurface
from nanotem.statistics.weighting import Quantity, WeightingName


def title_of_sample(name: str) -> str:
    """Return the name of a sample, and words for one that has none."""
    return name or "The sample without a name"


@dataclass(frozen=True)
class SampleSizes:
    """The sizes of one sample; intervals of 95 %, over images, NaN from a single image.

    Parameters
    ----------
    sample
        Its name.
    n_images, n_particles, n_eff
        How many were counted, and the effective number of particles, (Σw)²/Σw².
    mean, d50
        Corrected for the frame where the table has weights.
    mean_without_weights
        The mean if every particle counts once: what the frame correction changes.
    weighted
        Mean, D10, D50, D90 and span by area and by volume; a note where there is no interval.
    surface
        Dispersion and specific surface by the mean by area; None without a metal.
    """

    sample: str
    n_images: int
    n_particles: int
    n_eff: float
    mean: Estimate
    d50: Estimate
    mean_without_weights: float
    weighted: Mapping[WeightingName, tuple[Quantity, ...]]
    surface: MetalSurface | None


@dataclass(frozen=True)
class Difference:
    """How much larger the particles of `second` are than those of `first`, with intervals of 95 %.

    Parameters
    ----------
    first, second
        Names of samples.
    mean, d50
        By number.
    d32, d43
        The means by area and by volume, D[3,2] and D[4,3].
    """

    first: str
    second: str
    mean: Estimate
    d50: Estimate
    d32: Estimate
    d43: Estimate

    def in_words(self, unit: str) -> str:
        """Say whether the means differ."""
        low, high = self.mean.low, self.mean.high
        if np.isnan(low):
            return f"{self.second} and {self.first} cannot be compared: several images of each are needed."
        places = decimal_places((high - low) / 2)
        between = f"95 % interval {to_place(low, places)} to {to_place(high, places)} {unit}"
        if low <= 0 <= high:
            return f"{self.second} and {self.first} are not shown to differ in their mean ({between})."
        word = "larger" if self.mean.value > 0 else "smaller"
        amount = to_place(abs(self.mean.value), places)
        return f"{self.second} is {word} than {self.first} by {amount} {unit} in its mean ({between})."


@dataclass(frozen=True, eq=False)
class Comparison:
    """Samples, and every pair of them.

    Parameters
    ----------
    quantity
        The column that was compared.
    samples
        In the order of their names.
    differences
        One per pair.
    class_fractions
        Columns `kind`, `class`, `sample`, `n`, `fraction`, `low`, `high`; no rows without classes.
    notes
        What limits the comparison, in sentences.
    """

    quantity: str
    samples: tuple[SampleSizes, ...]
    differences: tuple[Difference, ...]
    class_fractions: pd.DataFrame
    notes: tuple[str, ...]
