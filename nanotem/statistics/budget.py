"""What the uncertainty of a mean size and of D50 is made of, as ISO 21363 asks for: a budget after the GUM."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nanotem.micrograph import Scale
from nanotem.statistics.estimate import Z_95, Estimate
from nanotem.statistics.sizes import Sizes

COVERAGE_FACTOR = 2.0

NOT_INCLUDED = (
    "how the micrograph was chosen, and whether it stands for the sample: compare several images",
    "the error of the microscope's calibration, where the scale was read from a bar or typed without its uncertainty",
    "the share of the contrast at which outlines are drawn: an edge is a convention, and depends on focus and support",
    "particles that overlap, are not found, or are found though they are none",
    "corrections by hand",
)


@dataclass(frozen=True)
class Contribution:
    """One line of the budget.

    Parameters
    ----------
    name
        Where the uncertainty comes from.
    mean, d50
        Standard uncertainty of each, in the unit of the sizes; NaN where it is not known.
    evaluation
        A from the particles themselves, B from other knowledge.
    basis
        What the figures rest on, in words.
    """

    name: str
    mean: float
    d50: float
    evaluation: str
    basis: str

    @property
    def is_known(self) -> bool:
        """Whether it is in the sum."""
        return not np.isnan(self.mean)


@dataclass(frozen=True)
class UncertaintyBudget:
    """Contributions to the uncertainty of the mean and of D50.

    Parameters
    ----------
    unit
        Of all sizes.
    mean, d50
        The values.
    contributions
        Independent of each other.
    """

    unit: str
    mean: float
    d50: float
    contributions: tuple[Contribution, ...]

    @property
    def combined(self) -> tuple[float, float]:
        """Combined standard uncertainty of mean and D50, the root of the sum of squares; unknown ones left out."""
        known = [(c.mean, c.d50) for c in self.contributions if c.is_known]
        mean, d50 = np.hypot.reduce(known, axis=0) if known else (np.nan, np.nan)
        return float(mean), float(d50)

    @property
    def expanded(self) -> tuple[Estimate, Estimate]:
        """Mean and D50 with their expanded uncertainty, k = 2: about 95 %."""
        one, two = (
            Estimate(value, value - COVERAGE_FACTOR * u, value + COVERAGE_FACTOR * u)
            for value, u in zip((self.mean, self.d50), self.combined, strict=True)
        )
        return one, two

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of contributions that are not known: with any, the combined uncertainty is a lower bound."""
        return tuple(c.name for c in self.contributions if not c.is_known)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per contribution, then `Combined` and `Expanded (k = 2)`; NaN where not known."""
        rows = [(c.name, c.evaluation, c.mean, c.d50, c.basis) for c in self.contributions]
        complete = "root of the sum of squares"
        if self.unknown:
            complete += f"; at least, as these are not known: {', '.join(self.unknown).lower()}"
        rows.append(("Combined", "", *self.combined, complete))
        mean, d50 = (COVERAGE_FACTOR * u for u in self.combined)
        rows.append((f"Expanded (k = {COVERAGE_FACTOR:g})", "", mean, d50, "about 95 %"))
        return pd.DataFrame(rows, columns=["contribution", "evaluation", "mean", "d50", "basis"])


def uncertainty_budget(
    sizes: Sizes, scale: Scale | None = None, sensitivity: pd.DataFrame | None = None
) -> UncertaintyBudget:
    """Say what the uncertainty of the mean and of D50 of one image is made of.

    Counting: standard error, from the 95 % bootstrap interval. Scale: its relative uncertainty; left out of sizes in
    px, which have none. Threshold and neck ratio, or what else `sensitivity` moved: the furthest that the mean moves in
    neighbouring recipes is the half width a of a rectangle, a/√3; D50 is taken to move by the same share. Pixel: all
    outlines may be off by part of a pixel in the same way, a rectangle of 1 px on the diameter, 0.29 px (JCGM 100:2008,
    F.2.2.1); what differs from particle to particle is in the counting.

    Parameters
    ----------
    sizes
        Counted sizes of one image.
    scale
        The scale in force; an uncertainty of 0 means that it is not known.
    sensitivity
        As `nanotem.sensitivity.sensitivity` returns it; None where it was not examined.

    Returns
    -------
    UncertaintyBudget
        NaN for all of it without sizes. `NOT_INCLUDED` says what it does not hold.
    """
    summary = sizes.summary
    mean, d50 = summary.mean.value, summary.d50.value
    pixel = 1 / np.sqrt(12) / sizes.px_per_unit if sizes.values.size else float("nan")
    counting = _standard_error(summary.mean), _standard_error(summary.d50)
    contributions = [Contribution("Counting", counting[0], counting[1], "A", f"{summary.n} particles, bootstrap")]
    if sizes.unit == "nm":
        relative = scale.relative_uncertainty if scale and scale.relative_uncertainty else float("nan")
        basis = f"±{relative:.2%} of the scale" if relative == relative else "the scale came without its uncertainty"
        contributions.append(Contribution("Scale", relative * mean, relative * d50, "B", basis))
    moved = _USUALLY_MOVED if sensitivity is None else sensitivity["change"].iloc[1:].str.rsplit(n=1).str[0].unique()
    for name in moved:
        relative, basis = _moved(sensitivity, name)
        contributions.append(Contribution(name, relative * mean, relative * d50, "B", basis))
    contributions.append(Contribution("Pixel", pixel, pixel, "B", "one pixel of the diameter, rectangular"))
    return UncertaintyBudget(sizes.unit, mean, d50, tuple(contributions))


_USUALLY_MOVED = ("Threshold", "Neck ratio")


def _standard_error(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / (2 * Z_95)


def _moved(sensitivity: pd.DataFrame | None, name: str) -> tuple[float, str]:
    """Return the relative standard uncertainty that follows from moving one parameter, and what was done."""
    if sensitivity is None:
        return float("nan"), "not examined"
    own = sensitivity["mean_diameter"].iloc[0]
    reached = sensitivity.loc[sensitivity["change"].str.startswith(name), "mean_diameter"]
    largest = float((reached / own - 1).abs().max())
    if np.isnan(largest):
        return largest, "nothing was found without corrections by hand"
    return largest / np.sqrt(3), f"the mean moves by up to {largest:.2%} when it is moved a little"
