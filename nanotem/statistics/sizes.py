"""The sizes of a particle table that a distribution is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from nanotem.micrograph import Mask
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.families import find_families
from nanotem.statistics.family import Families
from nanotem.statistics.histogram import histogram_bins
from nanotem.statistics.params import SizeParams
from nanotem.statistics.split import split_at
from nanotem.statistics.summary import SizeSummary, summarise
from nanotem.statistics.weighting import WEIGHTINGS, Quantity, WeightingName, weighted_quantities
from nanotem.statistics.weights import frame_weights


@dataclass(frozen=True, eq=False)
class Sizes:
    """One size per counted particle.

    Attributes
    ----------
    labels, values, weights
        Shape (n,), particles that touch the frame left out.
    unit
        "nm" or "px".
    name
        What the values are, sentence case.
    px_per_unit
        Pixels in one unit, so that no bin is narrower than a pixel.
    n_cut
        How many particles were left out because the frame cuts them.
    """

    labels: FloatArray
    values: FloatArray
    weights: FloatArray
    unit: str
    name: str
    px_per_unit: float
    n_cut: int

    @cached_property
    def summary(self) -> SizeSummary:
        """The sizes in numbers, with their intervals."""
        return summarise(self.values, self.weights)

    @cached_property
    def weighted(self) -> Mapping[WeightingName, tuple[Quantity, ...]]:
        """Mean, D10, D50, D90 and span by number, length, area and volume."""
        return {name: weighted_quantities(self.values, self.weights, weighting=name) for name in WEIGHTINGS}

    def bins(self, params: SizeParams) -> FloatArray:
        """Return the edges of the histogram's bins."""
        n_bins = params.n_bins if params.bin_rule == "count" else None
        return histogram_bins(self.values, rule=params.bin_rule, n_bins=n_bins, least_width=1 / self.px_per_unit)

    def families(self, params: SizeParams) -> Families:
        """Return the families, by evidence or divided by hand."""
        if params.families == "cut":
            return split_at(self.values, self.weights, edges=[params.cut])
        return find_families(self.values, self.weights, max_families=1 if params.families == "one" else 4)


def sizes_of(particles: pd.DataFrame, params: SizeParams, *, frame: Mask) -> Sizes:
    """Choose the sizes that `params.quantity` names, in nm where the table has them.

    Parameters
    ----------
    particles
        A particle table.
    params
        What to take, and whether to correct for the frame.
    frame
        Shape of the image, False where it is no micrograph.
    """
    column = "diameter" if params.quantity == "radius" else params.quantity
    unit = "nm" if f"{column}_nm" in particles else "px"
    weights = frame_weights(particles, frame.shape, frame=frame)
    counted = weights > 0
    values = particles[f"{column}_{unit}"].to_numpy(float) / (2 if params.quantity == "radius" else 1)
    in_px = particles["diameter_px"].sum()
    return Sizes(
        labels=particles["label"].to_numpy()[counted],
        values=values[counted],
        weights=weights[counted] if params.correct_frame else np.ones(int(counted.sum())),
        unit=unit,
        name=_NAMES[params.quantity],
        px_per_unit=float(in_px / particles[f"diameter_{unit}"].sum()) if in_px else 1.0,
        n_cut=int((~counted).sum()),
    )


_NAMES = {
    "diameter": "Diameter",
    "radius": "Radius",
    "feret_max": "Feret max",
    "feret_min": "Feret min",
    "major_axis": "Major axis",
    "minor_axis": "Minor axis",
}
