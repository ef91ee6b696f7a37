"""How many families of sizes there are, and whether the sizes really say so."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError
from nanotem.percent import in_percent
from nanotem.statistics.estimate import Z_95, Estimate, FloatArray
from nanotem.statistics.family import PAIRS, SKEWED, Evidence, Families, Family
from nanotem.statistics.mixture import Mixture, fit_mixture
from nanotem.statistics.models import fit_model
from nanotem.statistics.pairs import N_PARAMETERS as PAIRS_PARAMETERS
from nanotem.statistics.pairs import fit_pairs
from nanotem.statistics.sample import Sample, as_sample
from nanotem.statistics.summary import summarise

ONE_POPULATION = ("normal", "Weibull", "skew-normal", "uniform")
"""Rivals of several families beside the log-normal. Ostwald ripening (LSW) is described by the two skewed ones."""

_FEWEST_PARTICLES = 20
_FEWEST_IN_FAMILY = 5
_WEAK, _STRONG = 2.0, 10.0
"""Differences of BIC: below 2 not worth a mention, above 10 very strong (R. E. Kass and A. E. Raftery, J. Am. Stat.
Assoc. 90 (1995) 773)."""

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
    """Divide sizes into log-normal families, where they do not follow from one population.

    Log-normal families are a Gaussian mixture on ln d. One population may be log-normal, normal, Weibull,
    skew-normal or uniform, or log-normal with some touching pairs counted as one particle; all compete by the BIC of
    the density of d. Without the rivals a mixture describes the tail of one skewed population as a second family in a
    third of the cases (`python -m benchmarks.statistics`).

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
        more than with fewer. Intervals are asymptotic. Where pairs describe the sizes best, there are two families that
        are not `resolved`: single particles, and pairs.

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
    few = sample.n_eff < _FEWEST_PARTICLES
    x, w = np.log(sample.diameters), sample.likelihood_weights
    mixtures = [fit_mixture(x, w, k, n_starts=n_starts, seed=seed) for k in range(1, 2 if few else max_families + 1)]
    one_alone = few or max_families == 1
    pairs = None if one_alone else fit_pairs(x, w)
    rivals = {} if one_alone else _rivals(sample, mixtures[0], pairs)
    bic = [_bic(mixture, mixture.n_parameters, x, w) for mixture in mixtures]
    bic[0] = min([bic[0], *rivals.values()])
    chosen = _choose(bic)
    name = _name(rivals) if chosen == 0 else "log-normal"
    mixture = pairs if pairs and name == PAIRS else mixtures[chosen]
    overlap = float(np.average(1 - mixture.responsibilities(x).max(axis=1), weights=w))
    evidence = _evidence(bic, chosen)
    return Families(
        families=_families(mixture, sample, name),
        membership=mixture.likeliest(all_sizes),
        evidence=evidence,
        resolved=evidence == "strong" and overlap <= _LARGEST_OVERLAP,
        overlap=overlap,
        bic=tuple(bic),
        verdict=_few_words(sample) if few else _verdict(bic, chosen, evidence, overlap, name, mixture),
        rivals=rivals,
    )


def _rivals(sample: Sample, log_normal: Mixture, pairs: Mixture | None) -> dict[str, float]:
    """Return the BIC of each description of one population, of the density of d."""
    x, w = np.log(sample.diameters), sample.likelihood_weights
    rivals = {"log-normal": _bic(log_normal, log_normal.n_parameters, x, w)}
    if np.ptp(x) > 0:
        rivals |= {name: fit_model(sample, name).bic(sample.n_eff) for name in ONE_POPULATION}
    if pairs:
        rivals[PAIRS] = _bic(pairs, PAIRS_PARAMETERS, x, w)
    return rivals


def _name(rivals: Mapping[str, float]) -> str:
    """Return the description of one population to believe: a log-normal unless another is better by 2 or more."""
    best = min(rivals, key=rivals.__getitem__, default="log-normal")
    return best if rivals and rivals[best] < rivals["log-normal"] - _WEAK else "log-normal"


def _bic(mixture: Mixture, n_parameters: int, x: FloatArray, weights: FloatArray) -> float:
    """Return the Bayesian information criterion of the density of d; infinite where a family is all but empty.

    The density of d is that of ln d divided by d: 2 Σ ln d, the same for all mixtures, makes them comparable with
    distributions of d.
    """
    n_eff = float(weights.sum())
    if mixture.shares.min() * n_eff < _FEWEST_IN_FAMILY:
        return float("inf")
    log_likelihood = mixture.log_likelihood(x, weights) - float(weights @ x)
    return float(n_parameters * np.log(n_eff) - 2 * log_likelihood)


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


def _verdict(bic: list[float], chosen: int, evidence: Evidence, overlap: float, name: str, mixture: Mixture) -> str:
    """Say how far the sizes support the families."""
    if len(bic) == 1:
        return "One family, as asked."
    if name == PAIRS:
        return (
            f"One family, and {in_percent(mixture.shares[1])} of what was counted lies at √2 = 1.41 times its size: "
            "touching particles that were counted as one would. Look at the largest outlines, and split the pairs."
        )
    if name != "log-normal":
        kind = "skewed population" if name in SKEWED else "population"
        return f"One {kind} ({name}) describes these sizes as well as two or more families: not resolved."
    if evidence == "none":
        return "One family describes these sizes as well as two or more: not resolved."
    families = f"{chosen + 1} families"
    gain = f"BIC difference {min(bic[:chosen]) - bic[chosen]:.1f}"
    if evidence == "weak":
        return f"{families} describe these sizes slightly better than fewer ({gain}): not resolved."
    if overlap > _LARGEST_OVERLAP:
        return (
            f"{families} describe these sizes clearly better than fewer ({gain}), but they overlap: "
            f"{in_percent(overlap)} of the particles could be in the wrong one, so they are not resolved."
        )
    wrong = in_percent(overlap) if overlap >= 0.01 else "fewer than 1 %"
    return f"{families}, resolved ({gain}; {wrong} of the particles could be in the wrong one)."


def _families(mixture: Mixture, sample: Sample, name: str) -> tuple[Family, ...]:
    """Return the mixture's components with their intervals; one population alone is what was measured of it."""
    if mixture.means.size == 1:
        return (_population(sample, name),)
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
                name=PAIRS if name == PAIRS and j == 1 else "log-normal",
            )
        )
    return tuple(families)


def _population(sample: Sample, name: str) -> Family:
    """Return all particles as one family."""
    summary = summarise(sample.diameters, sample.weights)
    model = None if name == "log-normal" else fit_model(sample, name)
    median = summary.median if model else summary.log_normal.median
    return Family(Estimate(1.0, 1.0, 1.0), median, summary.log_normal.geometric_sd, summary.mean, None, model, name)


def _exponential(log_value: float, log_error: float) -> Estimate:
    """Return exp of a value whose standard error is known."""
    reach = Z_95 * log_error
    return Estimate(log_value, log_value - reach, log_value + reach).exponential()


def _geometric_sd(sd: float, log_error: float) -> Estimate:
    """Return exp of a standard deviation; the error is that of its logarithm, so that it stays above 0."""
    with np.errstate(over="ignore"):
        factor = np.exp(Z_95 * log_error)
        return Estimate(sd, sd / factor, sd * factor).exponential()
