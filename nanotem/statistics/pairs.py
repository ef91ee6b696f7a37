"""One population whose touching pairs were partly counted as one particle: a rival of two families."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.mixture import LEAST_SD, Mixture

N_PARAMETERS = 3
"""Median, geometric sd, share of pairs: the pairs' own sizes follow from them."""

_LARGEST_SHARE = 0.25
"""Of what was counted. More would mean that two in five particles were not told from their neighbours, which is seen at
once; and families of like numbers at a ratio of √2 are more likely two families."""

_ALMOST = 0.99
"""Of the largest share: a fit that ends there wants more."""

_FIRST_SHARES = (0.03, 0.15)
_LEAST_SHARE = 1e-4


def paired(mean: float, sd: float, share: float) -> Mixture:
    """Return single particles and their pairs, on ln d.

    The area of a pair is the sum of two, so that its area-equivalent diameter is √(d₁² + d₂²), √2 times that of equal
    ones. The sum of two log-normal areas is taken as log-normal of the same mean and variance: L. F. Fenton, IRE Trans.
    Commun. Syst. 8 (1960) 57.

    Parameters
    ----------
    mean, sd
        Of ln d of the single particles.
    share
        Of pairs among what was counted.
    """
    variance_of_sum = np.log1p(np.expm1(4 * sd**2) / 2)
    mean_of_sum = np.log(2) + 2 * mean + 2 * sd**2 - variance_of_sum / 2
    sds = np.array([sd, np.sqrt(variance_of_sum) / 2])
    return Mixture(np.array([1 - share, share]), np.array([mean, mean_of_sum / 2]), np.maximum(sds, LEAST_SD))


def fit_pairs(x: FloatArray, weights: FloatArray) -> Mixture | None:
    """Fit by maximum likelihood; None where the best share of pairs is larger than pairs can explain.

    Parameters
    ----------
    x
        Shape (n,), ln d of at least two particles.
    weights
        Shape (n,), above 0.
    """
    centre = np.average(x, weights=weights)
    spread = max(float(np.sqrt(np.average((x - centre) ** 2, weights=weights))), LEAST_SD)

    def mixture(at: FloatArray) -> Mixture:
        share = _LEAST_SHARE + (_LARGEST_SHARE - _LEAST_SHARE) * expit(at[2])
        return paired(centre + spread * at[0], max(spread * float(np.exp(at[1])), LEAST_SD), float(share))

    def cost(at: FloatArray) -> float:
        return -mixture(at).log_likelihood(x, weights) / float(weights.sum())

    starts = [np.array([-share, -2 * share, logit(share / _LARGEST_SHARE)]) for share in _FIRST_SHARES]
    bounds = ((-2.0, 1.0), (-3.0, 0.5), (-9.0, 9.0))
    best = min((minimize(cost, start, bounds=bounds) for start in starts), key=lambda found: found.fun)
    found = mixture(best.x)
    return found if found.shares[1] < _ALMOST * _LARGEST_SHARE else None
