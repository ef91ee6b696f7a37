"""One image in numbers: what the command line prints, and what a study and a batch keep of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nanotem.analysis import Analysis
from nanotem.measurement.doubt import doubtful_particles
from nanotem.micrograph import Scale, ScaleSource
from nanotem.quantities import quantities_of
from nanotem.statistics import UncertaintyBudget, uncertainty_budget
from nanotem.statistics.budget import in_a_sentence


@dataclass(frozen=True)
class ImageSummary:
    """One image in numbers; None for what cannot be known.

    Parameters
    ----------
    n_particles, n_measured
        Particles that were found, and those of them whose size counts: not cut by the frame.
    method
        How they were told apart: what "automatic" came to.
    nm_per_px, scale_source, scale_relative_uncertainty
        The scale, as in `Scale`.
    unit
        "nm" or "px", of the sizes.
    mean, median, sd
        Of the area-equivalent diameter of the whole particles, corrected for the frame if the recipe says so.
    mean_uncertainty, median_uncertainty
        Expanded uncertainty of each, k = 2, of all that `budget_of` knows; None for a single particle.
    uncertainty_without
        What is not known of these and not in them, with commas between: with any, they are lower bounds.
    n_doubtful
        Particles that `nanotem.measurement.doubt` lists.
    n_lost_edits
        Corrections by hand that could not be carried out.
    area_px
        How much of the image is micrograph.
    metal
        Whose dispersion is among the quantities: a key of `METALS`, or "none".
    quantities
        Value, low and high of each of `nanotem.quantities.QUANTITIES`.
    notes
        What was assumed, what was left out and what looks wrong, in sentences.
    """

    n_particles: int
    n_measured: int
    method: str
    nm_per_px: float | None
    scale_source: ScaleSource | None
    scale_relative_uncertainty: float | None
    unit: str
    mean: float | None
    median: float | None
    sd: float | None
    mean_uncertainty: float | None
    median_uncertainty: float | None
    uncertainty_without: str
    n_doubtful: int
    n_lost_edits: int
    area_px: int
    metal: str
    quantities: Mapping[str, tuple[float | None, ...]]
    notes: str

    @classmethod
    def of(cls, analysis: Analysis) -> "ImageSummary":
        """Return the numbers of an analysis."""
        sizes, scale = analysis.diameters, analysis.scale
        summary = sizes.summary
        budget = budget_of(analysis)
        of_mean, of_median = budget.expanded
        return cls(
            n_particles=len(analysis.measured),
            n_measured=sizes.values.size,
            method=analysis.segmentation.method,
            nm_per_px=scale.nm_per_px if scale else None,
            scale_source=scale.source if scale else None,
            scale_relative_uncertainty=scale.relative_uncertainty if scale else None,
            unit=sizes.unit,
            mean=known(summary.mean.value),
            median=known(summary.median.value),
            sd=known(summary.sd.value),
            mean_uncertainty=known(of_mean.half_width),
            median_uncertainty=known(of_median.half_width),
            uncertainty_without=in_a_sentence(budget.unknown),
            n_doubtful=len(doubtful_particles(analysis.measured)),
            n_lost_edits=len(analysis.edited.lost),
            area_px=int(analysis.frame.sum()),
            metal=analysis.recipe.sizes.metal,
            quantities={
                name: (known(one.value), known(one.low), known(one.high))
                for name, one in quantities_of(analysis).items()
            },
            notes=" ".join(one.text for one in analysis.notes),
        )

    @property
    def scale(self) -> Scale | None:
        """The scale that was in force."""
        if self.nm_per_px is None or self.scale_source is None:
            return None
        return Scale(self.nm_per_px, self.scale_source, self.scale_relative_uncertainty or 0.0)


def counts_in_words(analysis: Analysis) -> str:
    """Say how many particles were found, how many of them count for the sizes, and how many the frame cuts.

    The one wording for pages, reports, files and the command line.

    Examples
    --------
    >>> import nanotem
    >>> counts_in_words(nanotem.analyse(nanotem.simulate(n_particles=12, side_px=512, seed=1).micrograph))
    'Found 12 · measured 11 · cut by the frame 1'
    """
    sizes = analysis.diameters
    return counted(len(analysis.measured), sizes.values.size)


def counted(n_found: int, n_measured: int) -> str:
    """Return the counts in words, where the numbers alone are at hand."""
    return f"Found {n_found} · measured {n_measured} · cut by the frame {n_found - n_measured}"


def count_interval_in_words(analysis: Analysis) -> str:
    """Say between how many particles there are likely to be; nothing where no judge can tell.

    Examples
    --------
    >>> import nanotem
    >>> corrected = nanotem.analyse(nanotem.simulate(n_particles=2, side_px=128, seed=1).micrograph)
    >>> count_interval_in_words(corrected).startswith("Between ")
    True
    """
    count = analysis.count
    return f"Between {count.low:.0f} and {count.high:.0f} particles are likely (95 %)." if count else ""


def budget_of(analysis: Analysis, sensitivity: pd.DataFrame | None = None) -> UncertaintyBudget:
    """Return what the uncertainty of the mean diameter of an image and of its D50 is made of.

    Parameters
    ----------
    analysis
        Of the image, corrections included.
    sensitivity
        From `nanotem.sensitivity.sensitivity`, for methods without a judge; None leaves segmentation unknown there.
    """
    return uncertainty_budget(
        analysis.diameters,
        analysis.scale,
        sensitivity,
        outline_px=_outline_px(analysis),
        probabilities=_probabilities(analysis),
    )


def _probabilities(analysis: Analysis) -> list[float] | None:
    """Return how likely each counted particle is one, by the judge; what a person corrected is certain."""
    if analysis.segmentation.count is None:
        return None
    sure, touched = analysis.segmentation.confidence, set(analysis.edited.touched)
    return [1.0 if label in touched else sure.get(label, 1.0) for label in analysis.diameters.labels.tolist()]


def _outline_px(analysis: Analysis) -> float | None:
    """Return the standard uncertainty of the mean diameter that all outlines share; None where no edge was fitted."""
    relative, sizes = analysis.outlines.report.relative_uncertainty, analysis.diameters
    found = relative * sizes.summary.mean.value * sizes.px_per_unit
    return found if math.isfinite(found) else None


def known(value: float) -> float | None:
    """Return a number, or None where there is none: JSON has no NaN."""
    return float(value) if math.isfinite(value) else None
