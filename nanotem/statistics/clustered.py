"""Means and medians of particles that come in images: standard errors that know that images differ.

Particles of one image share its place on the grid, focus and threshold, and are more alike than particles of different
images. What counts as independent is therefore the image. The variance is cluster-robust with the small-sample
adjustment and the Satterthwaite degrees of freedom of Bell and McCaffrey, Survey Methodology 28 (2002) 169, under the
working assumption of independent particles. Difference of two samples: Welch's degrees of freedom.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from nanotem.statistics import moments
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.share import wilson
from nanotem.statistics.weights import effective_number

ImageIndex = npt.NDArray[np.integer[Any]]
"""Shape (n,), the image of each particle, numbered from 0 without gaps."""


@dataclass(frozen=True)
class ClusteredEstimate:
    """A value, its standard error over images, and that error's degrees of freedom; NaN from a single image."""

    value: float
    standard_error: float = float("nan")
    degrees_of_freedom: float = float("nan")

    def minus(self, other: "ClusteredEstimate") -> "ClusteredEstimate":
        """Return the difference to an independent sample."""
        one, two = self.standard_error**2, other.standard_error**2
        spread = one**2 / self.degrees_of_freedom + two**2 / other.degrees_of_freedom
        dof = (one + two) ** 2 / spread if spread else min(self.degrees_of_freedom, other.degrees_of_freedom)
        return ClusteredEstimate(self.value - other.value, float(np.sqrt(one + two)), dof)

    def reach(self, confidence: float = 0.95) -> float:
        """Return how many standard errors half the interval is, Student's t."""
        return float(stdtrit(self.degrees_of_freedom, (1 + confidence) / 2))

    def interval(self, confidence: float = 0.95) -> Estimate:
        """Return the value with its confidence interval."""
        half = self.reach(confidence) * self.standard_error
        return Estimate(self.value, self.value - half, self.value + half)

    def positive_interval(self, confidence: float = 0.95) -> Estimate:
        """Return a value above 0 with its interval, symmetric in its logarithm: means of skewed sizes hold better."""
        half = self.reach(confidence) * self.standard_error / self.value
        with np.errstate(over="ignore"):  # where one particle weighs nearly all, the upper end is open
            return Estimate(self.value, float(self.value * np.exp(-half)), float(self.value * np.exp(half)))


def clustered_mean(values: FloatArray, weights: FloatArray, image: ImageIndex) -> ClusteredEstimate:
    """Return the weighted mean of particles.

    Parameters
    ----------
    values, weights
        Shape (n,), at least one, weights above 0.
    image
        Which particles belong together.
    """
    total, n_images = float(weights.sum()), int(image.max()) + 1
    mean = float((weights * values).sum() / total)
    if n_images < 2:
        return ClusteredEstimate(mean)
    share = np.bincount(image, weights) / total
    deviation = np.bincount(image, weights * (values - mean)) / total
    own = np.bincount(image, weights**2) / total**2
    residual_variance = own - 2 * share * own + share**2 * own.sum()
    adjusted = own / residual_variance
    standard_error = float(np.sqrt((adjusted * deviation**2).sum()))
    return ClusteredEstimate(mean, standard_error, _degrees_of_freedom(share, own, adjusted))


def _degrees_of_freedom(share: FloatArray, own: FloatArray, adjusted: FloatArray) -> float:
    """Return Satterthwaite's degrees of freedom, (tr Q)²/tr Q², without the matrix Q of all pairs of clusters.

    Q is A^½ (D + U C Uᵀ) A^½ with A and D diagonal and U of two columns, so that traces of 2 x 2 matrices suffice: one
    image of ten thousand particles, each a cluster, would otherwise need gigabytes.
    """
    factors = np.stack([share, own])
    core = np.array([[own.sum(), -1.0], [-1.0, 0.0]])
    inner = core @ (factors * adjusted) @ factors.T
    low_rank = share**2 * own.sum() - 2 * share * own
    of_square = (adjusted**2 * own * (own + 2 * low_rank)).sum() + np.trace(inner @ inner)
    return float((adjusted * (own + low_rank)).sum() ** 2 / of_square)


def clustered_median(values: FloatArray, weights: FloatArray, image: ImageIndex) -> ClusteredEstimate:
    """Return the weighted median (D50) of particles.

    Parameters
    ----------
    values, weights, image
        As for `clustered_mean`.

    Returns
    -------
    ClusteredEstimate
        Standard error: that of the share below the median, carried to sizes by the quantiles one standard error above
        and below (R. S. Woodruff, J. Am. Stat. Assoc. 47 (1952) 635).
    """
    order = np.argsort(values, kind="stable")
    ordered, ordered_weights = values[order][None], weights[order][None]
    median = float(moments.quantile(ordered, ordered_weights, 0.5)[0])
    below = clustered_mean((values <= median).astype(np.float64), weights, image)
    if np.isnan(below.standard_error):
        return ClusteredEstimate(median)
    low, high = (
        float(moments.quantile(ordered, ordered_weights, 0.5 + sign * below.standard_error)[0]) for sign in (-1, 1)
    )
    return ClusteredEstimate(median, (high - low) / 2, below.degrees_of_freedom)


def clustered_fraction(chosen: npt.NDArray[np.bool_], weights: FloatArray, image: ImageIndex) -> Estimate:
    """Return the share of the particles that are chosen, with a 95 % interval between 0 and 1.

    Wilson's interval for the number of independent particles that would vary as much as these images do, at most
    (Σw)²/Σw²; also for shares of 0 and 1, where images cannot be seen to differ.

    Parameters
    ----------
    chosen
        Shape (n,).
    weights, image
        As for `clustered_mean`.
    """
    mean = clustered_mean(chosen.astype(np.float64), weights, image)
    share, variance = mean.value, mean.standard_error**2
    if np.isnan(variance):
        return Estimate(share)
    most = effective_number(weights)
    z2 = mean.reach() ** 2 / (min(share * (1 - share) / variance, most) if variance else most)
    return wilson(share, z2)
