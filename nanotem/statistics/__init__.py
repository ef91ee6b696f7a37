"""Sizes in, distributions out: summaries with intervals, families, and how many particles are enough."""

from nanotem.statistics.arrangement import Arrangement, Neighbours, arrangement_of
from nanotem.statistics.budget import UncertaintyBudget, uncertainty_budget
from nanotem.statistics.compare import compare_samples
from nanotem.statistics.comparison import Comparison
from nanotem.statistics.distributions import LogNormalFit, NormalFit
from nanotem.statistics.estimate import Estimate
from nanotem.statistics.families import find_families
from nanotem.statistics.family import Families, Family
from nanotem.statistics.goodness import GoodnessOfFit, compare_models, goodness_of_fit
from nanotem.statistics.histogram import HistogramFit, gaussian_histogram_fit, histogram_bins
from nanotem.statistics.models import MODELS, FittedModel, fit_model
from nanotem.statistics.precision import (
    Sufficiency,
    enough_particles,
    particles_needed,
    precision_curve,
    sufficiency_table,
)
from nanotem.statistics.split import split_at
from nanotem.statistics.summary import SizeSummary, summarise
from nanotem.statistics.surface import METALS, MetalSurface, metal_surface
from nanotem.statistics.weighting import (
    WEIGHTINGS,
    Quantity,
    cumulative_distribution,
    quantities_frame,
    weighted_quantities,
)
from nanotem.statistics.weights import effective_number, frame_weights

__all__ = [
    "METALS",
    "MODELS",
    "WEIGHTINGS",
    "Arrangement",
    "Comparison",
    "Estimate",
    "Families",
    "Family",
    "FittedModel",
    "GoodnessOfFit",
    "HistogramFit",
    "LogNormalFit",
    "MetalSurface",
    "Neighbours",
    "NormalFit",
    "Quantity",
    "SizeSummary",
    "Sufficiency",
    "UncertaintyBudget",
    "arrangement_of",
    "compare_models",
    "compare_samples",
    "cumulative_distribution",
    "effective_number",
    "enough_particles",
    "find_families",
    "fit_model",
    "frame_weights",
    "gaussian_histogram_fit",
    "goodness_of_fit",
    "histogram_bins",
    "metal_surface",
    "particles_needed",
    "precision_curve",
    "quantities_frame",
    "split_at",
    "sufficiency_table",
    "summarise",
    "uncertainty_budget",
    "weighted_quantities",
]
