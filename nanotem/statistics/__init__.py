"""Sizes in, distributions out: summaries with intervals, families, and how many particles are enough."""

from nanotem.statistics.budget import UncertaintyBudget, uncertainty_budget
from nanotem.statistics.compare import compare_samples
from nanotem.statistics.comparison import Comparison
from nanotem.statistics.distributions import LogNormalFit, NormalFit
from nanotem.statistics.estimate import Estimate
from nanotem.statistics.families import find_families
from nanotem.statistics.family import Families, Family
from nanotem.statistics.histogram import HistogramFit, gaussian_histogram_fit, histogram_bins
from nanotem.statistics.precision import Sufficiency, enough_particles, particles_needed, precision_curve
from nanotem.statistics.split import split_at
from nanotem.statistics.summary import SizeSummary, summarise
from nanotem.statistics.weights import effective_number, frame_weights

__all__ = [
    "Comparison",
    "Estimate",
    "Families",
    "Family",
    "HistogramFit",
    "LogNormalFit",
    "NormalFit",
    "SizeSummary",
    "Sufficiency",
    "UncertaintyBudget",
    "compare_samples",
    "effective_number",
    "enough_particles",
    "find_families",
    "frame_weights",
    "gaussian_histogram_fit",
    "histogram_bins",
    "particles_needed",
    "precision_curve",
    "split_at",
    "summarise",
    "uncertainty_budget",
]
