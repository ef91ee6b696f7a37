"""Weighted Gaussian mixture in one dimension, by expectation-maximisation.

scikit-learn's `GaussianMixture` takes no weights, which the frame correction needs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.statistics.estimate import FloatArray

LEAST_SD = 0.02
"""In ln d, and of models in parts of the size: no family is narrower than 2 %, and repeated values cannot draw one onto
themselves."""

_FIRST_ROUNDS, _MOST_ROUNDS = 30, 1000
_TOLERANCE = 1e-7
_DERIVATIVE_STEP = 1e-5


@dataclass(frozen=True, eq=False)
class Mixture:
    """Components in order of their mean; each array has the shape (components,)."""

    shares: FloatArray
    means: FloatArray
    sds: FloatArray

    @property
    def n_parameters(self) -> int:
        """Free parameters: the shares add up to 1."""
        return 3 * self.means.size - 1

    def joint(self, x: FloatArray) -> FloatArray:
        """Return share times density, shape (n, components)."""
        z = (x[:, None] - self.means) / self.sds
        joint: FloatArray = self.shares / (self.sds * np.sqrt(2 * np.pi)) * np.exp(-0.5 * z**2)
        return joint

    def likeliest(self, x: FloatArray) -> npt.NDArray[np.intp]:
        """Return the component that each value belongs to most likely, however far it is from all of them."""
        z = (x[:, None] - self.means) / self.sds
        return np.asarray((np.log(self.shares / self.sds) - 0.5 * z**2).argmax(axis=1))

    def log_likelihood(self, x: FloatArray, weights: FloatArray) -> float:
        """Return the weighted log-likelihood."""
        return float(weights @ np.log(_total(self.joint(x))))

    def responsibilities(self, x: FloatArray) -> FloatArray:
        """Return the chance that each value belongs to each component, shape (n, components)."""
        joint = self.joint(x)
        return joint / _total(joint)[:, None]

    def covariance(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the asymptotic covariance of the parameters; NaN where the likelihood has no proper maximum.

        The inverse of the observed information, in the order means, logarithms of the sds, all shares but the
        last. Central differences of the exact gradient: the outer product of the gradients, which would be
        simpler, fails for a family that is not normal.
        """
        centre = np.concatenate([self.means, np.log(self.sds), self.shares[:-1]])
        steps = _DERIVATIVE_STEP * np.eye(centre.size)
        rise = [_at(centre + step).gradient(x, weights) - _at(centre - step).gradient(x, weights) for step in steps]
        information = -np.array(rise) / (2 * _DERIVATIVE_STEP)
        information = (information + information.T) / 2
        try:
            root = np.linalg.inv(np.linalg.cholesky(information))
        except np.linalg.LinAlgError:
            return np.full(information.shape, np.nan)
        return np.asarray(root.T @ root, np.float64)  # unlike `inv`, never with a variance below 0

    def gradient(self, x: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the derivatives of the log-likelihood by the parameters that `covariance` lists."""
        r, z = self.responsibilities(x), (x[:, None] - self.means) / self.sds
        by_share = weights @ (r / self.shares)
        by_mean, by_log_sd = weights @ (r * z / self.sds), weights @ (r * (z**2 - 1))
        return np.concatenate([by_mean, by_log_sd, by_share[:-1] - by_share[-1]])


def _at(parameters: FloatArray) -> Mixture:
    """Return the mixture with the parameters in the order of `covariance`."""
    k = (parameters.size + 1) // 3
    shares = parameters[2 * k :]
    return Mixture(np.append(shares, 1 - shares.sum()), parameters[:k], np.exp(parameters[k : 2 * k]))


def fit_mixture(x: FloatArray, weights: FloatArray, n_components: int, *, n_starts: int, seed: int) -> Mixture:
    """Fit by maximum likelihood: several short runs from random means, then the best of them to the end."""
    generator = np.random.default_rng(seed)
    even = np.quantile(x, (np.arange(n_components) + 0.5) / n_components)
    starts = [even, *(generator.choice(x, n_components) for _ in range(n_starts - 1))]
    runs = [_run(x, weights, _start(x, weights, means), _FIRST_ROUNDS) for means in starts]
    best = max(runs, key=lambda mixture: mixture.log_likelihood(x, weights))
    best = _run(x, weights, best, _MOST_ROUNDS)
    order = np.argsort(best.means)
    return Mixture(best.shares[order], best.means[order], best.sds[order])


def _start(x: FloatArray, weights: FloatArray, means: FloatArray) -> Mixture:
    """Return equal components of the sample's spread divided by their number."""
    spread = np.sqrt(np.cov(x, aweights=weights, ddof=0)) / means.size
    return Mixture(np.full(means.size, 1 / means.size), means, np.full(means.size, max(float(spread), LEAST_SD)))


def _run(x: FloatArray, weights: FloatArray, mixture: Mixture, rounds: int) -> Mixture:
    """Improve a mixture until the log-likelihood per particle stands still."""
    previous, total = -np.inf, weights.sum()
    for _ in range(rounds):
        joint = mixture.joint(x)
        evidence = _total(joint)
        level = float(weights @ np.log(evidence)) / total
        if level - previous < _TOLERANCE:
            break
        previous = level
        held = joint / evidence[:, None] * weights[:, None]
        mass = np.maximum(held.sum(axis=0), np.finfo(float).tiny)
        means = (held * x[:, None]).sum(axis=0) / mass
        variances = (held * (x[:, None] - means) ** 2).sum(axis=0) / mass
        mixture = Mixture(mass / total, means, np.maximum(np.sqrt(variances), LEAST_SD))
    return mixture


def _total(joint: FloatArray) -> FloatArray:
    """Sum over components, above 0 even for a value far from all of them."""
    evidence: FloatArray = joint.sum(axis=1) + np.finfo(float).tiny
    return evidence
