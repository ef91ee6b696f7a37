"""Fits of many resamples at once."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def straight_lines(x: Floats, values: Floats, weights: Floats, *, at: float = 0.0) -> tuple[Floats, Floats, Floats]:
    """Fit weighted straight lines.

    Parameters
    ----------
    x
        Shape (points,).
    values, weights
        Shape (resamples, points).
    at
        Where levels are told.

    Returns
    -------
    level, slope, left : ndarray
        The level there, the slope, and the weighted squares that are left, shape (resamples,) each.
    """
    total = weights.sum(axis=1)
    mean_x, mean = (weights * x).sum(axis=1) / total, (weights * values).sum(axis=1) / total
    away, rest = x - mean_x[:, None], values - mean[:, None]
    slope = (weights * away * rest).sum(axis=1) / (weights * away**2).sum(axis=1)
    left = (weights * (rest - slope[:, None] * away) ** 2).sum(axis=1)
    return mean + slope * (at - mean_x), slope, left


def lowest(tried: Floats, left: Floats) -> Floats:
    """Return with which value the least is left, by the parabola through the best of those tried and both beside it.

    Parameters
    ----------
    tried
        Values at even distances, shape (tried,); the first and the last are only looked at as neighbours.
    left
        What each leaves, shape (tried, resamples).
    """
    best, column = np.clip(left.argmin(axis=0), 1, len(tried) - 2), np.arange(left.shape[1])
    before, here, after = (left[best + k, column] for k in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend > 0, 0.5 * (before - after) / np.where(bend > 0, bend, 1), 0.0)
    return np.asarray(tried[best] + np.clip(shift, -1, 1) * (tried[1] - tried[0]))
