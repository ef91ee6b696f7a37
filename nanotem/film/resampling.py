"""Intervals by drawing tracks anew.

References
----------
A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, Cambridge 1997.
"""

import numpy as np
import numpy.typing as npt

from nanotem.statistics.estimate import Estimate

Floats = npt.NDArray[np.float64]

N_RESAMPLES = 600
"""Ends of 95 % intervals then scatter by a thirtieth of their width."""

LEVELS = (0.025, 0.975)
"""Between which an interval of 95 % lies."""

_SEED = 0


def weights_of_tracks(n_tracks: int) -> Floats:
    """Return how often each track counts in each resample, from Poisson's distribution, shape (resamples, tracks)."""
    return np.random.default_rng(_SEED).poisson(1.0, (N_RESAMPLES, n_tracks)).astype(np.float64)


def estimate(value: float, resampled: Floats) -> Estimate:
    """Return a value with the interval of what it is in all resamples, shape (resamples,)."""
    return Estimate(float(value), *np.quantile(resampled, LEVELS).tolist())


def interval(resampled: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of columns; NaN where no resample has a value."""
    ends = np.full((2, resampled.shape[1]), np.nan)
    known = np.isfinite(resampled).any(axis=0)
    if known.any():
        ends[:, known] = np.nanquantile(resampled[:, known], LEVELS, axis=0)
    return ends[0], ends[1]
