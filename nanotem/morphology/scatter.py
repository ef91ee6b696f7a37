"""How far the classes of single micrographs scatter about those of their sample, when that is not known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from nanotem.morphology.reliability import Values

_CONCENTRATIONS = np.geomspace(1, 1000, 40)
"""All as likely beforehand, as nothing is known of their scale. A share of one half scatters by 0.35 among micrographs
where it is 1: those of one sample hardly differ more. Where it is 1000 it scatters by 0.016, less than by chance in 500
particles."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """The Dirichlet distribution by which the classes of micrographs scatter about those of the sample.

    Its concentration is drawn from what the micrographs leave possible: two or three say little of it.

    Parameters
    ----------
    n_particles
        Of each micrograph, shape (micrographs,).
    """

    n_particles: npt.NDArray[np.int64]

    def first(self, m: int, rng: np.random.Generator) -> Values:
        """Draw `m` concentrations that nothing is known of."""
        return rng.choice(_CONCENTRATIONS, size=m)

    def drawn(self, n_drawn: npt.NDArray[np.int64], rng: np.random.Generator) -> Values:
        """Draw concentrations given how many particles were drawn from the shares of the sample, shape (m,).

        Micrographs of n particles have the likelihood of their number t, c^t Γ(c) / Γ(c + n), where c is the
        concentration (Antoniak, Ann. Stat. 2 (1974) 1152).
        """
        of_sizes = gammaln(_CONCENTRATIONS)[:, None] - gammaln(_CONCENTRATIONS[:, None] + self.n_particles)
        likelihood = of_sizes.sum(axis=1) + n_drawn[:, None] * np.log(_CONCENTRATIONS)
        return _CONCENTRATIONS[(likelihood + rng.gumbel(size=likelihood.shape)).argmax(axis=1)]

    def weights(self, concentration: Values) -> Values:
        """Return what a particle of each micrograph weighs in the sample, shape (m, micrographs), 1 in all together.

        The inverse variance of the shares of a micrograph: the more alike its particles, the less more of them say.
        """
        weights = 1 / (concentration[:, None] + self.n_particles)
        return np.asarray(weights / (weights * self.n_particles).sum(axis=1, keepdims=True))


def drawn_anew(counts: npt.NDArray[np.int64], weight: Values, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw how many particles did not follow the others of their micrograph: so many say something of the sample.

    Counts of a Dirichlet-multinomial distribution come about so: the particle after j others of its class is drawn from
    the sample with probability w / (w + j), else it is as one of these (the tables of a Chinese restaurant).

    Parameters
    ----------
    counts
        Particles of each class.
    weight
        Parameters w of the Dirichlet distribution, of a shape that fits.
    rng
        Source of the draws.
    """
    at = np.nonzero(counts)
    n, w = counts[at], np.broadcast_to(weight, counts.shape)[at] + np.finfo(float).tiny
    found, j = np.ones(len(n), np.int64), 1
    while j < n.max(initial=0):
        step = max(j // 2, 1)  # particles at a time, with the probability of the middle one: nearly as one by one
        tried = np.clip(n - j, 0, step)
        found += rng.binomial(tried, w / (w + j + np.maximum(tried - 1, 0) / 2))
        j += step
    drawn = np.zeros(counts.shape, np.int64)
    drawn[at] = found
    return drawn
