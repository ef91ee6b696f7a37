"""Distributions by number, length, area and volume after ISO 9276-2: means, percentiles and cumulative curves.

A mean D[p, q] = Σ w dᵖ / Σ w d^q with p = q + 1 is the mean of d in which each particle weighs w d^q, and a percentile
of the distribution by area is one in which each weighs w d². So all of them are weighted means and weighted shares, and
one standard error serves for all: that of `nanotem.statistics.clustered`, in which the images are what is independent
(particles, where there is one image). A bootstrap over images would be the obvious other way; from 3 images its
intervals hold the truth in about 80 % of the cases in the place of 95 (`python -m benchmarks.compare`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtr, ndtri

from nanotem.errors import ParameterError
from nanotem.statistics import moments
from nanotem.statistics.clustered import ClusteredEstimate, ImageIndex, clustered_mean
from nanotem.statistics.estimate import Estimate, FloatArray
from nanotem.statistics.intervals import (
    FEWEST_FOR_INTERVAL,
    PLAUSIBLE_AICC,
    between_levels,
    log_normal_interval,
    log_normal_is_plausible,
    particles_for_percentile,
    percentile_estimate,
)
from nanotem.statistics.models import moments_of
from nanotem.statistics.sample import Sample, as_sample
from nanotem.statistics.summary import summarise

WeightingName = Literal["number", "length", "area", "volume"]

_LEAST_FREEDOM = 20.0
"""Degrees of freedom below which a weighted mean that no log-normal supports has no interval. For Weibull and bimodal
sizes intervals hold in 92 to 97 % from 7 on; for log-normal ones, which the test may miss, in 88 to 92 % at 12 to
22."""

_MARGIN = 3.0
"""Standard errors by which the spread is taken larger where it decides what is known: a sample without its largest
particles has a small spread too, and would be given an interval just where it misses. With 1, D50 by area of 20 sizes
of σ_g 1.65 is given an interval that misses in 10 % of all samples, with 2 in 8 %, with 3 in 4 %."""

_TAIL_SEEN_FROM = 100
"""Fewer particles do not show whether there is such a tail: one is taken for possible."""

FEWEST_IMAGES = 5
"""Images from which D50 has an interval over images, and that of means by area and volume allows for a log-normal tail
(with half of the variance of ln d between 5 to 20 images, means by volume hold in 92 to 99 % in the place of 84 to 94).
D50 holds in 93 % from 5 on; D10 and D90 have none, as D90 by area holds in 77 % from 5, 85 % from 10 and 82 % from 20
images."""

_MIDDLE = 0.5
_LEVELS = (0.1, _MIDDLE, 0.9)
_CORRELATION_10_90, _CORRELATION_50 = 1 / 9, 1 / 3
"""Of sample percentiles, √(p (1 − q) / (q (1 − p))): D10 with D90, and either with D50; whatever the distribution."""

_POWERS = ("⁰", "", "²", "³", "⁴")
_SUMS = ("number", "length", "area", "volume")
_NO_TAILS = "Over images it has no interval that holds: look at the images one by one."
_FEW = "Too few particles for an interval."


@dataclass(frozen=True)
class Weighting:
    """What each particle counts for.

    Parameters
    ----------
    power
        The r of ISO 9276: a particle counts for its diameter to this power.
    density, cumulative
        ISO 9276-1 symbols of the density and the cumulative distribution.
    title
        For axes: "by area".
    mean_symbol, mean_name
        The mean of the distribution, D[p, q], and what it is called.
    assumption
        What must hold for the sizes on the picture to say it.
    """

    power: int
    density: str
    cumulative: str
    title: str
    mean_symbol: str
    mean_name: str
    assumption: str


WEIGHTINGS: Mapping[WeightingName, Weighting] = MappingProxyType(
    {
        "number": Weighting(0, "q₀", "Q₀", "by number", "D[1,0]", "Arithmetic mean", "Each particle counts once."),
        "length": Weighting(
            1,
            "q₁",
            "Q₁",
            "by length",
            "D[2,1]",
            "Length-weighted mean",
            "Each particle counts for its diameter.",
        ),
        "area": Weighting(
            2,
            "q₂",
            "Q₂",
            "by area",
            "D[3,2]",
            "Surface-weighted mean (of diameters the Sauter mean, d_VA of catalysis)",
            "All particles have the same shape, as spheres do: a projected area says nothing about height.",
        ),
        "volume": Weighting(
            3,
            "q₃",
            "Q₃",
            "by volume",
            "D[4,3]",
            "Volume-weighted mean (De Brouckere diameter; mass-weighted at one density)",
            "All particles have the same shape and density, as full spheres do: a projected area says nothing about "
            "height.",
        ),
    }
)
"""By the names that a recipe uses; symbols after ISO 9276-1 and ISO 9276-2."""


@dataclass(frozen=True)
class Quantity:
    """One number of a distribution, with what it means.

    Parameters
    ----------
    symbol
        "D[3,2]", "x₅₀,₂" as in ISO 9276.
    name, definition, assumption
        In words.
    estimate
        The value with its interval; NaN ends where the data do not allow one.
    note
        Why there is no interval; empty where there is one.
    """

    symbol: str
    name: str
    definition: str
    assumption: str
    estimate: Estimate
    note: str = ""


def weighted_quantities(
    diameters: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    weighting: WeightingName = "area",
    images: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> tuple[Quantity, ...]:
    """Return mean, D10, D50, D90 and span of a distribution by number, length, area or volume.

    Parameters
    ----------
    diameters
        Shape (n,), above 0.
    weights
        Shape (n,), from `frame_weights`; particles of weight 0 are left out.
    weighting
        What each particle counts for, a key of `WEIGHTINGS`.
    images
        Shape (n,), the image of each particle, any labels; None for one image. With several, images are what is
        independent.
    confidence
        Of the intervals.

    Returns
    -------
    tuple of Quantity
        Mean, D10, D50, D90, span.

    Raises
    ------
    ParameterError
        If there is no such weighting, or a diameter, a weight, `images` or the confidence is outside its limits.

    Examples
    --------
    >>> [round(one.estimate.value, 3) for one in weighted_quantities([1.0, 2.0], weighting="volume")][0]
    1.889
    """
    kind = _kind(weighting)
    if not 0 < confidence < 1:
        raise ParameterError(f"A confidence of {confidence:g} is not between 0 and 1.", "0.95 is usual.")
    sample, image = _with_images(diameters, weights, images)
    weighed = _Weighed(sample, kind, image, confidence)
    d10, d50, d90 = (weighed.percentile(level) for level in _LEVELS)
    return weighed.mean(), d10, d50, d90, weighed.span(d10.estimate, d50.estimate, d90.estimate)


def quantities_frame(quantities: tuple[Quantity, ...], *, unit: str) -> pd.DataFrame:
    """Return one row per quantity: symbol, name, value, low, high, unit, definition, assumption, note."""
    rows = [
        (
            *(one.symbol, one.name, one.estimate.value, one.estimate.low, one.estimate.high),
            *("" if one.symbol.startswith("span") else unit, one.definition, one.assumption, one.note),
        )
        for one in quantities
    ]
    columns = ["symbol", "name", "value", "low", "high", "unit", "definition", "assumption", "note"]
    return pd.DataFrame(rows, columns=columns)


def cumulative_distribution(
    diameters: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, weighting: WeightingName = "number"
) -> tuple[FloatArray, FloatArray]:
    """Return the cumulative distribution: ascending diameters, and the share below each of them.

    Parameters
    ----------
    diameters, weights, weighting
        As for `weighted_quantities`.

    Returns
    -------
    tuple of numpy.ndarray
        Both of shape (n,). Each particle sits in the middle of its own share, as in the percentiles, which therefore
        lie on the curve.

    Raises
    ------
    ParameterError
        If there is no such weighting, or a diameter or a weight is outside its limits.
    """
    sample = as_sample(diameters, weights)
    mass = sample.weights * sample.diameters ** _kind(weighting).power
    return sample.diameters, (mass.cumsum() - mass / 2) / mass.sum() if sample.n else mass


def weighted_by(diameters: FloatArray, weights: FloatArray, weighting: WeightingName) -> FloatArray:
    """Return weights with which particles count for number, length, area or volume; they add up as before.

    Parameters
    ----------
    diameters, weights
        Shape (n,).
    weighting
        A key of `WEIGHTINGS`.
    """
    mass = weights * diameters ** _kind(weighting).power
    return mass * (weights.sum() / mass.sum()) if mass.any() else mass


def _kind(weighting: WeightingName) -> Weighting:
    if weighting not in WEIGHTINGS:
        raise ParameterError(f"There is no weighting {weighting!r}.", f"Use one of {', '.join(WEIGHTINGS)}.")
    return WEIGHTINGS[weighting]


@dataclass(frozen=True, eq=False)
class _Weighed:
    """A sorted sample with what each particle weighs, and what is independent."""

    sample: Sample
    kind: Weighting
    image: ImageIndex
    confidence: float

    @cached_property
    def mass(self) -> FloatArray:
        return self.sample.weights * self.sample.diameters**self.kind.power

    @property
    def is_one_image(self) -> bool:
        return self.image.size == 0 or self.n_images == self.sample.n

    @property
    def n_images(self) -> int:
        return int(self.image.max()) + 1

    def mean(self) -> Quantity:
        power = self.kind.power
        definition = f"Σ w d{_POWERS[power + 1]} / Σ w d{_POWERS[power]}, w the weights of the frame."
        estimate, note = self._mean_estimate()
        return Quantity(self.kind.mean_symbol, self.kind.mean_name, definition, self.kind.assumption, estimate, note)

    def _mean_estimate(self) -> tuple[Estimate, str]:
        sample, r = self.sample, self.kind.power
        if sample.n == 0:
            return Estimate(float("nan")), "There are no particles."
        found = clustered_mean(sample.diameters, self.mass, self.image)
        if sample.n_eff < FEWEST_FOR_INTERVAL:
            return Estimate(found.value), f"At least {FEWEST_FOR_INTERVAL} particles are needed for an interval."
        own = found.positive_interval(self.confidence)
        if r == 0:
            return own, ""
        if not self.is_one_image:
            few = self.n_images < FEWEST_IMAGES
            return own if few else self._widened(own, self._independent_in_images), ""
        if self.is_log_normal:
            return self._widened(own, sample.n_eff), ""
        if found.degrees_of_freedom < _LEAST_FREEDOM:
            needed = np.ceil(sample.n * _LEAST_FREEDOM / found.degrees_of_freedom)
            return Estimate(found.value), f"Few large particles weigh most: about {needed:.0f} particles are needed."
        return own, ""

    def _widened(self, own: Estimate, n_eff: float) -> Estimate:
        """Return an interval of a mean that holds that of a log-normal, too, known from so many particles."""
        low, high = log_normal_interval(
            self.sample, lambda variance: (self.kind.power + 0.5) * variance, confidence=self.confidence, n_eff=n_eff
        )
        return Estimate(own.value, min(own.low, low), max(own.high, high))

    @property
    def _independent_in_images(self) -> float:
        """Return how many independent particles would know the mean of ln d as well as these images do."""
        logs = np.log(self.sample.diameters)
        error = clustered_mean(logs, self.sample.weights, self.image).standard_error
        spread = moments_of(logs, self.sample)[1]
        return (
            float(np.clip(spread**2 / error**2, self.n_images, self.sample.n_eff)) if error > 0 else self.sample.n_eff
        )

    def percentile(self, level: float) -> Quantity:
        percent, rows = f"{100 * level:.0f}", (self.sample.diameters, self.mass)
        note = ""
        if self.is_one_image:
            n_eff = self._independent(level)
            estimate = percentile_estimate(*rows, level, n_eff=n_eff, confidence=self.confidence)
            if np.isnan(estimate.low):
                needed = particles_for_percentile(level, self.confidence) / n_eff * self.sample.n if n_eff else np.inf
                note = (
                    _FEW if np.isinf(needed) else f"About {np.ceil(needed):.0f} particles are needed for an interval."
                )
        else:
            estimate = self._over_images(level)
            if np.isnan(estimate.low):
                note = _NO_TAILS if level != _MIDDLE else f"At least {FEWEST_IMAGES} images are needed for an interval."
        return Quantity(
            f"x{percent},{self.kind.power}",
            f"D{percent} {self.kind.title}",
            f"{self.kind.cumulative}(x) = {level:g}: smaller ones are {percent} % of the {_SUMS[self.kind.power]}.",
            self.kind.assumption,
            estimate,
            note,
        )

    def _below(self, level: float) -> ClusteredEstimate:
        """Return the share below a percentile with its standard error."""
        value = float(moments.quantile(self.sample.diameters[None], self.mass[None], level)[0])
        return clustered_mean((self.sample.diameters <= value).astype(np.float64), self.mass, self.image)

    def _over_images(self, level: float) -> Estimate:
        """Return a percentile whose ends are those of the share below it (Woodruff), Student's t on its logit."""
        if level != _MIDDLE or self.n_images < FEWEST_IMAGES:
            return between_levels(self.sample.diameters, self.mass, level, (0.0, 1.0))
        below = self._below(level)
        half = below.reach(self.confidence) * below.standard_error / (level * (1 - level))
        levels = tuple(float(expit(logit(level) + sign * half)) for sign in (-1, 1))
        return between_levels(self.sample.diameters, self.mass, level, levels, 1 / self.sample.n)

    def _independent(self, level: float) -> float:
        """Return how many independent particles of equal weight would know the share below a percentile as well."""
        sample, r = self.sample, self.kind.power
        if sample.n < 2 or r == 0:
            return sample.n_eff
        below = self._below(level)
        variance = below.standard_error**2
        known = below.value * (1 - below.value) / variance if variance > 0 else 0.0
        if self.is_skewed:
            sd = moments_of(np.log(sample.diameters), sample)[1] * (1 + _MARGIN / np.sqrt(2 * sample.n_eff))
            known = min(known, sample.n_eff * _share_known(level, r, sd))
        return min(known, sample.n_eff)

    @cached_property
    def _log_normal_gain(self) -> float:
        return summarise(self.sample.diameters, self.sample.weights).aicc_difference

    @property
    def is_skewed(self) -> bool:
        """Whether a tail of rare large particles, which weigh most and may not have been met, is to be expected."""
        return self.sample.n_eff < _TAIL_SEEN_FROM or self._log_normal_gain > PLAUSIBLE_AICC

    @property
    def is_log_normal(self) -> bool:
        """Whether a log-normal says how long that tail is."""
        return log_normal_is_plausible(self.sample, self._log_normal_gain)

    def span(self, d10: Estimate, d50: Estimate, d90: Estimate) -> Quantity:
        """Combine the percentiles' intervals (MOVER), with the correlations that order statistics have."""
        width = _minus(d90, d10, _CORRELATION_10_90)
        estimate = _over_median(width, d10, d50, d90) if width.value else Estimate(0.0 if self.sample.n > 1 else np.nan)
        note = "" if estimate.low == estimate.low else "Its percentiles have no interval."
        definition = "(D90 − D10) / D50: how wide the distribution is."
        return Quantity(
            f"span,{self.kind.power}", f"Span {self.kind.title}", definition, self.kind.assumption, estimate, note
        )


def _over_median(width: Estimate, d10: Estimate, d50: Estimate, d90: Estimate) -> Estimate:
    """Return the width of a distribution over its median, neither of them 0."""
    wide, narrow = d90.high - d90.low, d10.high - d10.low
    by_both = np.sqrt(wide**2 + narrow**2 - 2 * _CORRELATION_10_90 * wide * narrow)
    correlation = _CORRELATION_50 * (wide - narrow) / by_both if by_both > 0 else 0.0
    return _minus(_logarithm(width), _logarithm(d50), correlation).exponential()


def _minus(one: Estimate, other: Estimate, correlation: float) -> Estimate:
    """Return the difference of two estimates: G. Y. Zou and A. Donner, Stat. Med. 27 (2008) 1693."""
    value = one.value - other.value
    reach = []
    for mine, its in ((one.value - one.low, other.high - other.value), (one.high - one.value, other.value - other.low)):
        reach.append(float(np.sqrt(max(mine**2 + its**2 - 2 * correlation * mine * its, 0.0))))
    return Estimate(value, value - reach[0], value + reach[1])


def _logarithm(one: Estimate) -> Estimate:
    """Return the logarithm of an estimate; an end at or below 0 is as good as 0."""
    ends = np.maximum([one.value, one.low, one.high], np.finfo(float).tiny)
    return Estimate(*map(float, np.log(ends)))


def _share_known(level: float, power: int, sd: float) -> float:
    """Return p (1 − p) / variance of the share below a percentile, for one particle of a log-normal weighted by d^r.

    The share is Σ dʳ 1(d ≤ x) / Σ dʳ; its variance E[d^2r (1(d ≤ x) − p)²] / E[dʳ]². Samples without their rare large
    particles say too little of it.
    """
    z = float(ndtri(level))
    below = float(ndtr(z - power * sd))
    variance = np.exp((power * sd) ** 2) * ((1 - level) ** 2 * below + level**2 * (1 - below))
    return float(level * (1 - level) / variance)


def _with_images(
    diameters: npt.ArrayLike, weights: npt.ArrayLike | None, images: npt.ArrayLike | None
) -> tuple[Sample, ImageIndex]:
    """Return the sorted sample, and what is independent: the images, or each particle of a single one."""
    sample = as_sample(diameters, weights)
    if images is None:
        return sample, np.arange(sample.n)
    names, d = np.asarray(images).ravel(), np.asarray(diameters, np.float64).ravel()
    if names.shape != d.shape:
        raise ParameterError(f"{names.size} images for {d.size} diameters.", "Pass the image of each particle.")
    w = np.ones_like(d) if weights is None else np.asarray(weights, np.float64).ravel()
    order = np.argsort(d, kind="stable")
    index = pd.factorize(names[order[w[order] > 0]])[0]
    return sample, index if index.size and index.max() > 0 else np.arange(sample.n)
