"""How many families of sizes there are, and whether the sizes really say so."""

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.statistics.estimate import Z_95, Estimate, FloatArray
from nanotem.statistics.family import Evidence, Families, Family
from nanotem.statistics.mixture import Mixture, fit_mixture
from nanotem.statistics.sample import Sample, as_sample

_FEWEST_PARTICLES = 20
_FEWEST_IN_FAMILY = 5
_WEAK, _STRONG = 2.0, 10.0
_LARGEST_OVERLAP = 0.1
_MOST_FAMILIES = 10


def find_families(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    max_families: int = 4,
    n_starts: int = 8,
    seed: int = 0,
) -> Families:
    """Divide sizes into log-normal families: a Gaussian mixture on ln d, their number by the BIC.

    Parameters
    ----------
    diameters
        Shape (n,), above 0.
    weights
        Shape (n,), from `frame_weights`. Particles of weight 0 do not count but are given a family.
    max_families
        Largest number that is tried, 1 to 10. Below 20 (effective) particles it is 1.
    n_starts
        Starting points of each fit; more make a poor local optimum less likely.
    seed
        Of the starting points.

    Returns
    -------
    Families
        A number of families counts only if each holds at least five particles and the BIC is better by 2 or
        more than with fewer. Intervals are asymptotic.

    Raises
    ------
    ParameterError
        If a diameter, a weight, `max_families` or `n_starts` is outside its limits.
    """
    if not 1 <= max_families <= _MOST_FAMILIES:
        raise ParameterError(f"At most {max_families} families is not between 1 and {_MOST_FAMILIES}.", "4 are usual.")
    if n_starts < 1:
        raise ParameterError(f"{n_starts} starting points are fewer than 1.", "8 are usual.")
    sample = as_sample(diameters, weights)
    all_sizes = np.log(np.asarray(diameters, dtype=np.float64).ravel())
    if sample.n == 0:
        membership = np.zeros(all_sizes.size, dtype=np.intp)
        return Families((), membership, "none", False, 0.0, (), "There are no particles.")
    x, w = np.log(sample.diameters), sample.likelihood_weights
    few = sample.n_eff < _FEWEST_PARTICLES
    n_tried = 1 if few else max_families
    mixtures = [fit_mixture(x, w, k, n_starts=n_starts, seed=seed) for k in range(1, n_tried + 1)]
    bic = [_bic(mixture, x, w) for mixture in mixtures]
    chosen = _choose(bic)
    mixture = mixtures[chosen]
    overlap = float(np.average(1 - mixture.responsibilities(x).max(axis=1), weights=w))
    evidence = _evidence(bic, chosen)
    return Families(
        families=_families(mixture, sample),
        membership=mixture.joint(all_sizes).argmax(axis=1),
        evidence=evidence,
        resolved=evidence == "strong" and overlap <= _LARGEST_OVERLAP,
        overlap=overlap,
        bic=tuple(bic),
        verdict=_few_words(sample) if few else _verdict(bic, chosen, evidence, overlap),
    )


def _bic(mixture: Mixture, x: FloatArray, weights: FloatArray) -> float:
    """Return the Bayesian information criterion; infinite where a family is all but empty."""
    n_eff = float(weights.sum())
    if mixture.shares.min() * n_eff < _FEWEST_IN_FAMILY:
        return float("inf")
    return float(mixture.n_parameters * np.log(n_eff) - 2 * mixture.log_likelihood(x, weights))


def _choose(bic: list[float]) -> int:
    """Return the index of the BIC to believe: further families must earn their place."""
    return max(k for k in range(len(bic)) if k == 0 or bic[k] < min(bic[:k]) - _WEAK)


def _evidence(bic: list[float], chosen: int) -> Evidence:
    """Grade the gain of the chosen number of families over the best smaller number."""
    if chosen == 0:
        return "none"
    return "strong" if min(bic[:chosen]) - bic[chosen] >= _STRONG else "weak"


def _few_words(sample: Sample) -> str:
    return (
        f"{sample.n} counted (effectively {sample.n_eff:.0f}): "
        f"too few to look for families, at least {_FEWEST_PARTICLES} are needed."
    )


def _verdict(bic: list[float], chosen: int, evidence: Evidence, overlap: float) -> str:
    """Say how far the sizes support the families."""
    if len(bic) == 1:
        return "One family, as asked."
    if evidence == "none":
        return "One family describes these sizes as well as two or more: not resolved."
    families = f"{chosen + 1} families"
    gain = f"BIC difference {min(bic[:chosen]) - bic[chosen]:.1f}"
    if evidence == "weak":
        return f"{families} describe these sizes slightly better than fewer ({gain}): not resolved."
    if overlap > _LARGEST_OVERLAP:
        return (
            f"{families} describe these sizes clearly better than fewer ({gain}), but they overlap: "
            f"{overlap:.0%} of the particles could be in the wrong one, so they are not resolved."
        )
    wrong = f"{overlap:.0%}" if overlap >= 0.01 else "fewer than 1 %"
    return f"{families}, resolved ({gain}; {wrong} of the particles could be in the wrong one)."


def _families(mixture: Mixture, sample: Sample) -> tuple[Family, ...]:
    """Return the mixture's components with their intervals."""
    k = mixture.means.size
    covariance = mixture.covariance(np.log(sample.diameters), sample.likelihood_weights)
    free_shares = covariance[2 * k :, 2 * k :]
    share_errors = np.sqrt([*np.diag(free_shares), free_shares.sum()])
    families = []
    for j, (share, mean, sd) in enumerate(zip(mixture.shares, mixture.means, mixture.sds, strict=True)):
        own = covariance[np.ix_([j, k + j], [j, k + j])]
        by_mean, by_log_sd = np.sqrt(np.diag(own))
        by_both = np.sqrt(np.array([1, sd**2]) @ own @ np.array([1, sd**2]))
        reach = Z_95 * share_errors[j]
        families.append(
            Family(
                fraction=Estimate(float(share), float(max(share - reach, 0)), float(min(share + reach, 1))),
                median=_exponential(mean, by_mean),
                geometric_sd=_geometric_sd(sd, by_log_sd),
                mean=_exponential(mean + sd**2 / 2, by_both),
            )
        )
    return tuple(families)


def _exponential(log_value: float, log_error: float) -> Estimate:
    """Return exp of a value whose standard error is known."""
    reach = Z_95 * log_error
    return Estimate(*map(float, np.exp([log_value, log_value - reach, log_value + reach])))


def _geometric_sd(sd: float, log_error: float) -> Estimate:
    """Return exp of a standard deviation; the error is that of its logarithm, so that it stays above 0."""
    with np.errstate(over="ignore"):
        factor = np.exp(Z_95 * log_error)
        return Estimate(*map(float, np.exp([sd, sd / factor, sd * factor])))
