"""Weighted mean, spread and quantiles along rows."""

import numpy as np

from nanotem.statistics.estimate import FloatArray


def mean(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the weighted mean of each row; NaN for empty rows."""
    return _ratio((values * weights).sum(axis=1), weights.sum(axis=1))


def sd_mle(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the maximum-likelihood standard deviation of each row (divided by n, not n − 1)."""
    return np.sqrt(mean((values - mean(values, weights)[:, None]) ** 2, weights))


def sd(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the sample standard deviation of each row, divided by n − 1 where the weights are equal."""
    total = weights.sum(axis=1)
    bessel = _ratio(total**2, total**2 - (weights**2).sum(axis=1))
    return sd_mle(values, weights) * np.sqrt(bessel)


def quantile(ordered: FloatArray, weights: FloatArray, level: float) -> FloatArray:
    """Return a weighted quantile of each row of ascending values.

    Each value sits in the middle of its share of the total weight (Hazen's rule); linear between values. One without
    weight is not there.
    """
    n = ordered.shape[1]
    if n == 0:
        return np.full(len(ordered), np.nan)
    last = np.count_nonzero(weights, axis=1) - 1
    if (last < n - 1).any():
        counted_first = np.argsort(weights == 0, axis=1, kind="stable")
        ordered, weights = (np.take_along_axis(one, counted_first, axis=1) for one in (ordered, weights))
    upper_edge = weights.cumsum(axis=1)
    position = (upper_edge - weights / 2) / upper_edge[:, -1:]
    above = np.minimum(np.maximum((position < level).sum(axis=1), 1), np.maximum(last, 0))
    below = np.maximum(above - 1, 0)
    row = np.arange(len(ordered))
    reached = level - position[row, below]
    share = np.clip(np.nan_to_num(_ratio(reached, position[row, above] - position[row, below])), 0, 1)
    values: FloatArray = ordered[row, below] + share * (ordered[row, above] - ordered[row, below])
    return values


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, NaN where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.full_like(denominator, np.nan), where=denominator > 0)
