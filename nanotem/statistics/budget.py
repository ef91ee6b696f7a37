"""What the uncertainty of a mean size and of D50 is made of, as ISO 21363 asks for: a budget after the GUM."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import Scale
from nanotem.percent import in_percent
from nanotem.statistics import moments
from nanotem.statistics.estimate import Z_95, Estimate, FloatArray
from nanotem.statistics.rounding import plus_minus
from nanotem.statistics.sizes import Sizes

COVERAGE_FACTOR = 2.0

NOT_INCLUDED = (
    "how the micrograph was chosen, and whether it stands for the sample: compare several images",
    "the error of the microscope's calibration, where the scale was read from a bar or typed without its uncertainty",
    "particles that overlap or are not found",
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
    def unknown(self) -> str:
        """What of it is not known: nothing, itself, or itself of one of the two values."""
        of_mean, of_d50 = np.isnan(self.mean), np.isnan(self.d50)
        if of_mean and of_d50:
            return self.name
        return f"{self.name} of the mean" if of_mean else f"{self.name} of D50" if of_d50 else ""


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
        Independent of each other, counting first.
    """

    unit: str
    mean: float
    d50: float
    contributions: tuple[Contribution, ...]

    @property
    def combined(self) -> tuple[float, float]:
        """Combined standard uncertainty of mean and D50, the root of the sum of squares of what is known of each.

        NaN where counting is not known, as with one particle: what is left says nothing of the particles not counted.
        """
        parts = np.array([(c.mean, c.d50) for c in self.contributions])
        mean, d50 = np.where(np.isnan(parts[0]), np.nan, np.sqrt(np.nansum(parts**2, axis=0)))
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
        return tuple(c.unknown for c in self.contributions if c.unknown)

    @property
    def in_words(self) -> str:
        """Mean and D50 with their expanded uncertainty, each to the digit of the latter."""
        parts = [
            f"{name} {plus_minus(one.value, one.half_width, self.unit)}"
            for name, one in zip(("Mean", "D50"), self.expanded, strict=True)
        ]
        at_least = f", at least; not known: {in_a_sentence(self.unknown)}" if self.unknown else ""
        return f"{', '.join(parts)} (k = {COVERAGE_FACTOR:g}{at_least})."

    def to_frame(self) -> pd.DataFrame:
        """Return one row per contribution, then `Combined` and `Expanded (k = 2)`; NaN where not known."""
        rows = [(c.name, c.evaluation, c.mean, c.d50, c.basis) for c in self.contributions]
        complete = "root of the sum of squares"
        if self.unknown:
            complete += f"; at least, as these are not known: {in_a_sentence(self.unknown)}"
        rows.append(("Combined", "", *self.combined, complete))
        mean, d50 = (COVERAGE_FACTOR * u for u in self.combined)
        rows.append((f"Expanded (k = {COVERAGE_FACTOR:g})", "", mean, d50, "about 95 %"))
        return pd.DataFrame(rows, columns=["contribution", "evaluation", "mean", "d50", "basis"])


def in_a_sentence(names: Sequence[str]) -> str:
    """Return names of contributions with commas between.

    Examples
    --------
    >>> in_a_sentence(["Scale", "Counting of D50"])
    'scale, counting of D50'
    """
    return ", ".join(name[:1].lower() + name[1:] for name in names)


def uncertainty_budget(
    sizes: Sizes,
    scale: Scale | None = None,
    sensitivity: pd.DataFrame | None = None,
    *,
    outline_px: float | None = None,
    probabilities: npt.ArrayLike | None = None,
) -> UncertaintyBudget:
    """Say what the uncertainty of the mean and of D50 of one image is made of.

    Counting: standard error, from the 95 % interval. Scale: its relative uncertainty; left out of sizes in px, which
    have none. Outline: how far all edges of the image may be off alike, so that it is not divided by √n; not known
    where edges were not fitted, and then one pixel of the diameter stands for what is certain of it, a rectangle of
    1/√12 px (JCGM 100:2008, F.2.2.1). Segmentation: how far mean and D50 move when doubtful particles are left out at
    random, each by its probability; else from `sensitivity`, the furthest that the mean moves in neighbouring recipes
    as the half width a of a rectangle, a/√3, added as squares, D50 by the same share.

    Parameters
    ----------
    sizes
        Counted diameters of one image.
    scale
        The scale in force; an uncertainty of 0 means that it is not known.
    sensitivity
        As `nanotem.sensitivity.sensitivity` returns it; None where it was not examined.
    outline_px
        Standard uncertainty of the diameter in px that all outlines share, from the fit of edges; None where there is
        none.
    probabilities
        Shape (n,), in the order of `sizes.values`: how sure it is that each particle is one; None where nothing judged.

    Returns
    -------
    UncertaintyBudget
        NaN for all of it without sizes. `NOT_INCLUDED` says what it does not hold.

    Raises
    ------
    ParameterError
        If `outline_px` is negative or no number, or the probabilities are not one for each size from 0 to 1.
    """
    summary = sizes.summary
    mean, d50 = summary.mean.value, summary.d50.value
    basis = f"{summary.n} particles, half the 95 % interval divided by {Z_95:.2f}"
    counting = Contribution("Counting", _standard_error(summary.mean), _standard_error(summary.d50), "A", basis)
    contributions = [
        counting,
        *_scale(sizes, scale),
        *_outline(sizes, outline_px),
        _segmentation(sizes, sensitivity, probabilities),
    ]
    return UncertaintyBudget(sizes.unit, mean, d50, tuple(contributions))


_N_DRAWN = 500
"""Selections of particles: a standard uncertainty known to 3 %."""


def _scale(sizes: Sizes, scale: Scale | None) -> list[Contribution]:
    if sizes.unit != "nm":
        return []
    relative = scale.relative_uncertainty if scale and scale.relative_uncertainty else float("nan")
    basis = (
        f"±{in_percent(relative, '.2f')} of the scale"
        if relative == relative
        else "the scale came without its uncertainty"
    )
    own = sizes.summary
    return [Contribution("Scale", relative * own.mean.value, relative * own.d50.value, "B", basis)]


def _outline(sizes: Sizes, outline_px: float | None) -> list[Contribution]:
    if outline_px is None:
        pixel = 1 / np.sqrt(12) / sizes.px_per_unit if sizes.values.size else float("nan")
        unknown = Contribution("Outline", float("nan"), float("nan"), "B", "edges were not fitted")
        return [unknown, Contribution("Pixel", pixel, pixel, "B", "one pixel of the diameter, rectangular")]
    if not (np.isfinite(outline_px) and outline_px >= 0):
        raise ParameterError(
            f"An uncertainty of outlines of {outline_px:g} px is not a number from 0 on.", "Pass None if not known."
        )
    own = outline_px / sizes.px_per_unit if sizes.values.size else float("nan")
    return [Contribution("Outline", own, own, "B", f"fit of the edges, {outline_px:.2g} px of all diameters alike")]


def _segmentation(sizes: Sizes, sensitivity: pd.DataFrame | None, probabilities: npt.ArrayLike | None) -> Contribution:
    if probabilities is not None:
        return _doubted(sizes, np.asarray(probabilities, np.float64).ravel())
    if sensitivity is None:
        return Contribution("Segmentation", float("nan"), float("nan"), "B", "not examined")
    names = sensitivity["change"].iloc[1:].str.rsplit(n=1).str[0].unique()
    moved = {str(name): _moved(sensitivity, str(name)) for name in names}
    relative = float(np.sqrt(sum(share**2 for share in moved.values())) / np.sqrt(3))
    basis = "nothing was found without corrections by hand"
    if relative == relative:
        parts = ", ".join(f"{name.lower()} {in_percent(share, '.2f')}" for name, share in moved.items())
        basis = f"the mean moves by up to: {parts}"
    own = sizes.summary
    return Contribution("Segmentation", relative * own.mean.value, relative * own.d50.value, "B", basis)


def _doubted(sizes: Sizes, probabilities: FloatArray) -> Contribution:
    """Return the root mean square of how far mean and D50 move when particles are kept by their probability."""
    if probabilities.shape != sizes.values.shape or not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ParameterError(
            f"{probabilities.size} probabilities for {sizes.values.size} sizes, or some of them not from 0 to 1.",
            "Pass one for each counted particle.",
        )
    if not probabilities.any():
        return Contribution("Segmentation", float("nan"), float("nan"), "B", "no particle is likely to be one")
    order = np.argsort(sizes.values, kind="stable")
    generator = np.random.default_rng(0)
    kept = generator.random((_N_DRAWN, order.size)) < probabilities[order]
    kept = kept[kept.any(axis=1)]
    rows = np.broadcast_to(sizes.values[order], kept.shape), kept * sizes.weights[order]
    mean = _root_mean_square(moments.mean(*rows) - sizes.summary.mean.value)
    d50 = _root_mean_square(moments.quantile(*rows, 0.5) - sizes.summary.d50.value)
    doubted = int((probabilities < _DOUBTED_BELOW).sum())
    basis = f"particles left out at random by their probability; {doubted} of {order.size} are below {_DOUBTED_BELOW:g}"
    return Contribution("Segmentation", mean, d50, "B", basis)


_DOUBTED_BELOW = 0.9
"""For the words alone."""


def _root_mean_square(moves: FloatArray) -> float:
    return float(np.sqrt(np.mean(moves**2)))


def _standard_error(estimate: Estimate) -> float:
    """Return the error that gives the interval with k = 1.96: larger than s/√n where few particles widen it."""
    return (estimate.high - estimate.low) / (2 * Z_95)


def _moved(sensitivity: pd.DataFrame, name: str) -> float:
    """Return the largest relative change of the mean when one parameter is moved."""
    own = sensitivity["mean_diameter"].iloc[0]
    reached = sensitivity.loc[sensitivity["change"].str.startswith(name), "mean_diameter"]
    return float((reached / own - 1).abs().max())
