"""Models of one population of sizes, each fitted by maximum likelihood: what a family or a growth law predicts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import log_ndtr, ndtr, ndtri, owens_t

from nanotem.errors import ParameterError
from nanotem.statistics import moments
from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.mixture import LEAST_SD
from nanotem.statistics.sample import Sample

Parameters = tuple[float, ...]

LSW_LARGEST = 1.5
"""Ostwald ripening leaves no particle above 1.5 times the mean: Lifshitz and Slyozov; Wagner, 1961."""

_MOST_SKEWED = 20.0
"""Skew-normal α: beyond it the density no longer changes by 1 %, and the likelihood may rise for ever."""

_SHAPES = (0.2, 400.0)
"""Between which Weibull's shape is looked for: CV 500 % to 0.3 %."""


@dataclass(frozen=True)
class SizeModel:
    """What is known of one kind of distribution.

    Parameters
    ----------
    title
        As in a sentence: "a Weibull distribution".
    parameters
        Names, in the order that the functions take their values.
    meaning
        What it is the law of, in a sentence.
    fit
        Maximum-likelihood parameters of a sample of at least two sizes that differ; unbiased limits of the uniform.
    log_density, cumulative
        Of sizes above 0; first the sizes, then the parameters.
    draw
        Random sizes: generator, number, parameters.
    """

    title: str
    parameters: tuple[str, ...]
    meaning: str
    fit: Callable[[Sample], Parameters]
    log_density: Callable[..., FloatArray]
    cumulative: Callable[..., FloatArray]
    draw: Callable[..., FloatArray]


@dataclass(frozen=True)
class FittedModel:
    """A model with the parameters that describe a sample best.

    Parameters
    ----------
    name
        A key of `MODELS`.
    parameters
        In the order of the model.
    log_likelihood
        Of the sizes, weights adding up to their effective number.
    """

    name: str
    parameters: Parameters
    log_likelihood: float

    @property
    def title(self) -> str:
        """The model's name in a sentence."""
        return MODELS[self.name].title

    def density(self, diameters: FloatArray) -> FloatArray:
        """Return the probability density at diameters above 0, per unit of diameter."""
        density: FloatArray = np.exp(MODELS[self.name].log_density(diameters, *self.parameters))
        return density

    def cumulative(self, diameters: FloatArray) -> FloatArray:
        """Return the share of the population below diameters above 0."""
        return MODELS[self.name].cumulative(diameters, *self.parameters)

    def draw(self, generator: np.random.Generator, size: int) -> FloatArray:
        """Return sizes drawn from the population."""
        return MODELS[self.name].draw(generator, size, *self.parameters)

    def bic(self, n_eff: float) -> float:
        """Return the Bayesian information criterion; smaller is better."""
        return float(len(self.parameters) * np.log(n_eff) - 2 * self.log_likelihood)

    def in_words(self) -> str:
        """Return the parameters with their names."""
        names = MODELS[self.name].parameters
        return ", ".join(f"{name} {value:.4g}" for name, value in zip(names, self.parameters, strict=True))


def fit_model(sample: Sample, name: str) -> FittedModel:
    """Fit one model by maximum likelihood, particles weighted.

    Parameters
    ----------
    sample
        At least two sizes that differ.
    name
        A key of `MODELS`.

    Raises
    ------
    ParameterError
        If there is no such model, or all sizes are the same.
    """
    if name not in MODELS:
        raise ParameterError(f"There is no model {name!r} of sizes.", f"Use one of {', '.join(MODELS)}.")
    if sample.n < 2 or np.ptp(sample.diameters) == 0:
        raise ParameterError("Sizes that are all the same have no distribution to fit.", "Measure more particles.")
    parameters = MODELS[name].fit(sample)
    level = MODELS[name].log_density(sample.diameters, *parameters)
    return FittedModel(name, parameters, float(sample.likelihood_weights @ level))


def moments_of(values: FloatArray, sample: Sample) -> tuple[float, float]:
    """Return the weighted mean of values, one for each particle, and their maximum-likelihood standard deviation."""
    v, w = values[None], sample.weights[None]
    return float(moments.mean(v, w)[0]), float(moments.sd_mle(v, w)[0])


def _fit_normal(sample: Sample) -> Parameters:
    mean, sd = moments_of(sample.diameters, sample)
    return mean, max(sd, LEAST_SD * mean)


def _log_normal_level(z: FloatArray, sd: float) -> FloatArray:
    return -0.5 * z**2 - np.log(sd * np.sqrt(2 * np.pi))


def _normal_log_density(d: FloatArray, mean: float, sd: float) -> FloatArray:
    return _log_normal_level((d - mean) / sd, sd)


def _normal_cumulative(d: FloatArray, mean: float, sd: float) -> FloatArray:
    return ndtr((d - mean) / sd)


def _draw_normal(generator: np.random.Generator, size: int, mean: float, sd: float) -> FloatArray:
    least = ndtr(-mean / sd)
    drawn: FloatArray = mean + sd * ndtri(generator.uniform(least, 1, size))
    return np.maximum(drawn, np.finfo(float).tiny)


def _fit_log_normal(sample: Sample) -> Parameters:
    mean, sd = moments_of(np.log(sample.diameters), sample)
    return float(np.exp(mean)), float(np.exp(max(sd, LEAST_SD)))


def _log_normal_log_density(d: FloatArray, median: float, geometric_sd: float) -> FloatArray:
    return _normal_log_density(np.log(d), float(np.log(median)), float(np.log(geometric_sd))) - np.log(d)


def _log_normal_cumulative(d: FloatArray, median: float, geometric_sd: float) -> FloatArray:
    return ndtr(np.log(d / median) / np.log(geometric_sd))


def _draw_log_normal(generator: np.random.Generator, size: int, median: float, geometric_sd: float) -> FloatArray:
    return generator.lognormal(np.log(median), np.log(geometric_sd), size)


def _fit_weibull(sample: Sample) -> Parameters:
    logs, weights = np.log(sample.diameters / sample.diameters[-1]), sample.weights / sample.weights.sum()

    def slope(shape: float) -> float:
        power = weights * np.exp(shape * logs)
        return float(power @ logs / power.sum() - 1 / shape - weights @ logs)

    low, high = _SHAPES
    shape = float(brentq(slope, low, high)) if slope(low) < 0 < slope(high) else high
    shape = min(shape, 1.2 / LEAST_SD)  # CV of a Weibull is about 1.2 / shape
    scale = float((weights @ np.exp(shape * logs)) ** (1 / shape) * sample.diameters[-1])
    return scale, shape


def _weibull_log_density(d: FloatArray, scale: float, shape: float) -> FloatArray:
    logs = np.log(d / scale)
    density: FloatArray = np.log(shape / scale) + (shape - 1) * logs - np.exp(shape * logs)
    return density


def _weibull_cumulative(d: FloatArray, scale: float, shape: float) -> FloatArray:
    cumulative: FloatArray = -np.expm1(-((d / scale) ** shape))
    return cumulative


def _draw_weibull(generator: np.random.Generator, size: int, scale: float, shape: float) -> FloatArray:
    return scale * generator.weibull(shape, size)


def _fit_skew_normal(sample: Sample) -> Parameters:
    mean, sd = _fit_normal(sample)
    d, weights = (sample.diameters - mean) / sd, sample.weights / sample.weights.sum()

    def cost(at: FloatArray) -> float:
        return -float(weights @ _skew_normal_log_density(d, at[0], float(np.exp(at[1])), at[2]))

    bounds = ((-3.0, 3.0), (np.log(0.3), np.log(3.0)), (-_MOST_SKEWED, _MOST_SKEWED))
    starts = [np.array([-0.8 * sign, 0.25, 2.0 * sign]) for sign in (-1, 1)]
    best = min((minimize(cost, start, bounds=bounds) for start in starts), key=lambda found: found.fun).x
    return float(mean + sd * best[0]), float(sd * np.exp(best[1])), float(best[2])


def _skew_normal_log_density(d: FloatArray, location: float, scale: float, skewness: float) -> FloatArray:
    z = (d - location) / scale
    return np.log(2) + _log_normal_level(z, scale) + log_ndtr(skewness * z)


def _skew_normal_cumulative(d: FloatArray, location: float, scale: float, skewness: float) -> FloatArray:
    z = (d - location) / scale
    return ndtr(z) - 2 * owens_t(z, skewness)


def _draw_skew_normal(
    generator: np.random.Generator, size: int, location: float, scale: float, skewness: float
) -> FloatArray:
    slant = skewness / np.hypot(1, skewness)
    one, other = generator.normal(size=(2, size))
    drawn: FloatArray = location + scale * (slant * np.abs(one) + np.sqrt(1 - slant**2) * other)
    return np.maximum(drawn, np.finfo(float).tiny)


def _fit_uniform(sample: Sample) -> Parameters:
    """Return the unbiased limits: those of largest likelihood, the extreme sizes, fit ever too well."""
    smallest, largest = float(sample.diameters[0]), float(sample.diameters[-1])
    beyond = (largest - smallest) / max(sample.n_eff - 1, 1)
    return max(smallest - beyond, 0.0), largest + beyond


def _uniform_log_density(d: FloatArray, smallest: float, largest: float) -> FloatArray:
    return np.where((d >= smallest) & (d <= largest), -np.log(largest - smallest), -np.inf)


def _uniform_cumulative(d: FloatArray, smallest: float, largest: float) -> FloatArray:
    return np.clip((d - smallest) / (largest - smallest), 0, 1)


def _draw_uniform(generator: np.random.Generator, size: int, smallest: float, largest: float) -> FloatArray:
    return generator.uniform(smallest, largest, size)


def _fit_lsw(sample: Sample) -> Parameters:
    mean, largest = moments_of(sample.diameters, sample)[0], sample.diameters[-1]

    def cost(log_mean: float) -> float:
        return -float(sample.weights @ _lsw_log_density(sample.diameters, float(np.exp(log_mean))))

    low = np.log(largest / LSW_LARGEST * (1 + 1e-6))  # the density is 0 from 1.5 times the mean on
    high = max(np.log(2 * mean), low + np.log(2))
    return (float(np.exp(minimize_scalar(cost, bounds=(low, high), method="bounded").x)),)


def _lsw_log_density(d: FloatArray, mean: float) -> FloatArray:
    rho = np.asarray(d / mean, np.float64)
    inside = rho < LSW_LARGEST
    r = np.where(inside, rho, 1.0)
    level = np.log(4 / 9 / mean) + 2 * np.log(r) + 7 / 3 * np.log(3 / (3 + r))
    level += 11 / 3 * np.log(LSW_LARGEST / (LSW_LARGEST - r)) - r / (LSW_LARGEST - r)
    return np.where(inside, level, -np.inf)


@cache
def _lsw_table() -> tuple[FloatArray, FloatArray]:
    """Return sizes in units of the mean and the share below them: 4,000 steps keep the share within 1e-6."""
    rho = np.linspace(0, LSW_LARGEST, 4001)[1:-1]
    density = np.exp(_lsw_log_density(rho, 1.0))
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return rho, below / below[-1]


def _lsw_cumulative(d: FloatArray, mean: float) -> FloatArray:
    return np.interp(d / mean, *_lsw_table())


def _draw_lsw(generator: np.random.Generator, size: int, mean: float) -> FloatArray:
    rho, below = _lsw_table()
    return mean * np.interp(generator.random(size), below, rho)


MODELS: Mapping[str, SizeModel] = MappingProxyType(
    {
        "normal": SizeModel(
            "a normal distribution",
            ("mean", "sd"),
            "Many small independent influences that add up.",
            _fit_normal,
            _normal_log_density,
            _normal_cumulative,
            _draw_normal,
        ),
        "log-normal": SizeModel(
            "a log-normal distribution",
            ("median", "geometric sd"),
            "Growth by coalescence, or influences that multiply: a tail to large sizes.",
            _fit_log_normal,
            _log_normal_log_density,
            _log_normal_cumulative,
            _draw_log_normal,
        ),
        "Weibull": SizeModel(
            "a Weibull distribution",
            ("scale", "shape"),
            "A flexible law; above a shape of 3.6 its tail is on the small side.",
            _fit_weibull,
            _weibull_log_density,
            _weibull_cumulative,
            _draw_weibull,
        ),
        "skew-normal": SizeModel(
            "a skew-normal distribution",
            ("location", "scale", "skewness"),
            "A normal distribution that leans to one side.",
            _fit_skew_normal,
            _skew_normal_log_density,
            _skew_normal_cumulative,
            _draw_skew_normal,
        ),
        "uniform": SizeModel(
            "a uniform distribution",
            ("smallest", "largest"),
            "No size is preferred between two limits.",
            _fit_uniform,
            _uniform_log_density,
            _uniform_cumulative,
            _draw_uniform,
        ),
        "LSW": SizeModel(
            "the distribution of Ostwald ripening (LSW)",
            ("mean",),
            "Large particles grow at the cost of small ones by diffusion (Lifshitz, Slyozov, Wagner): no particle is "
            "larger than 1.5 times the mean, and the tail is on the small side.",
            _fit_lsw,
            _lsw_log_density,
            _lsw_cumulative,
            _draw_lsw,
        ),
    }
)
"""Models by their names, the usual ones first."""

OFFERED = ("normal", "log-normal", "Weibull", "LSW")
"""Those that are offered as fits with a test. The others stand for no growth law; they compete with families."""
