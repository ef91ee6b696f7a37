"""The law by which particles grow, and how often they merge.

Where small particles shrink while large ones grow, the law is told from single particles (`nanotem.film.ripening`).
Else from the mean radius r, which follows rⁿ = r₀ⁿ + K t: n is 2 where the reaction at the surface limits the exchange,
3 where diffusion between the particles does, 4 where diffusion over the support does.

References
----------
I. M. Lifshitz, V. V. Slyozov, J. Phys. Chem. Solids 19 (1961) 35; C. Wagner, Z. Elektrochem. 65 (1961) 581.
B. K. Chakraverty, J. Phys. Chem. Solids 28 (1967) 2401: particles on a support.
F. Garwood, Biometrika 28 (1936) 437: the interval of a rate of counted events.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from nanotem.film.curves import SizeCurves
from nanotem.film.disturbance import frame_noise, powers
from nanotem.film.fits import lowest, straight_lines
from nanotem.film.history import FilmHistory
from nanotem.film.resampling import LEVELS, estimate
from nanotem.film.ripening import Ripening, ripening_of
from nanotem.percent import in_percent
from nanotem.report.words import plural
from nanotem.statistics.estimate import Estimate
from nanotem.statistics.intervals import FEWEST_FOR_INTERVAL

Floats = npt.NDArray[np.float64]
Verdict = Literal[
    "no growth", "diffusion-limited", "reaction-limited", "surface-diffusion-limited", "no such law", "not decided"
]

_LAWS: dict[int, tuple[Verdict, str]] = {
    2: ("reaction-limited", "r² grows with time, as where the reaction at the surface limits"),
    3: ("diffusion-limited", "r³ grows with time, as where diffusion between particles limits"),
    4: ("surface-diffusion-limited", "r⁴ grows with time, as where diffusion over the support limits"),
}
"""By exponent: the verdict, and what it means."""

_EXPONENTS = np.arange(0.4, 10.01, 0.05)
"""Those that are tried; an interval that reaches the first or the last of them has no end there."""

_N_FITTED, _LEAST_FRAMES = 3, 10
"""Numbers that are fitted; fewer frames would leave nothing to judge the fit by."""

_MOST_MERGING = 0.05
"""Share of the particles: two that merge leave one that is a quarter larger, so that the mean grows by half a percent
where 5 % do."""

_WIDEST = 1.0
"""Of an interval that tells the laws apart, whose exponents are 1 apart: it never holds two of them."""

_WIDTH_TO_TIME = 2 / 3
"""The slope of a size in time has a standard uncertainty that falls with the duration to the power of 3/2."""

_GROWTHS = np.geomspace(1.05, 10, 60)
"""Of the mean radius, for which is asked whether they would tell the law: finer than anybody plans an experiment."""

_LEAST_SHARE = 0.01
"""Of the smallest radius: a resample with a negative radius has no power."""

_LEAST_SMOOTH = 0.05
"""Of the mean radius: frames are weighted by powers of a parabola, which may cross zero where the radius does not."""


@dataclass(frozen=True)
class GrowthLaw:
    """How the mean radius grows.

    Attributes
    ----------
    growth
        Mean diameter at the end divided by that at the start, of a straight line through all frames.
    exponent
        n of rⁿ = r₀ⁿ + K t, or of the growth of single particles; NaN where nothing grows.
    rate_cubic, rate_square
        K for n = 3 and n = 2, in the cube and the square of the unit of length per unit of time.
    ripening
        What single particles say.
    verdict
        What the data say.
    sentence
        The same in words, with the reason where nothing is decided.
    """

    growth: Estimate
    exponent: Estimate
    rate_cubic: Estimate
    rate_square: Estimate
    ripening: Ripening
    verdict: Verdict
    sentence: str


def growth_law(curves: SizeCurves, *, merging_share: float = 0.0) -> GrowthLaw:
    """Fit the growth of the mean radius, with intervals over resampled tracks and frames.

    Parameters
    ----------
    curves
        Sizes against time.
    merging_share
        Share of the tracks that end in a coalescence, see `merging_share_of`: where particles grow by merging, no law
        of ripening is told.
    """
    nothing = Estimate(float("nan"))
    known = curves.has_interval
    if known.sum() < _LEAST_FRAMES:
        sentence = (
            f"At least {FEWEST_FOR_INTERVAL} sizes are known in {plural(int(known.sum()), 'frame')}; {_LEAST_FRAMES} "
            "such frames are needed to tell a law of growth."
        )
        return GrowthLaw(nothing, nothing, nothing, nothing, Ripening(False, nothing, 0), "not decided", sentence)
    time = curves.times[known]
    radius = curves.mean[known] / 2
    others = curves.mean_of_others[:, known] / 2
    others = others[np.isfinite(others).all(axis=1)]
    alone = curves.alone * float(radius.mean()) ** 2
    noise = frame_noise(_left(time, radius), powers(time, _N_FITTED - 1), len(others), alone=alone)
    resampled = np.maximum(others + noise, _LEAST_SHARE * radius.min())
    growth = estimate(_growth(time, radius[None])[0], _growth(time, resampled))
    cubic, square = (estimate(_rate(time, radius[None], n)[0], _rate(time, resampled, n)) for n in (3, 2))
    ripening = ripening_of(curves)
    if ripening.is_there:
        exponent, (verdict, sentence) = ripening.exponent, _judged_by_particles(ripening)
    elif growth.low > 1:
        exponent = estimate(_exponent(time, radius[None])[0], _exponent(time, resampled))
        verdict, sentence = _judged_by_mean(exponent, merging_share, growth, _growth_needed(radius, resampled))
    else:
        exponent, (verdict, sentence) = nothing, _not_growing(growth)
    return GrowthLaw(growth, exponent, cubic, square, ripening, verdict, sentence)


def _left(time: Floats, radius: Floats) -> Floats:
    """Return what the best law leaves of the mean radius: what frames add, not what a smooth course swallows of it."""
    n = float(_exponent(time, radius[None])[0])
    start, slope, _ = straight_lines(time, radius[None] ** n, radius[None] ** (2 - 2 * n), at=time[0])
    fitted = np.maximum(start[0] + slope[0] * (time - time[0]), 0.0) ** (1 / n)
    return np.asarray(radius - fitted)


def _growth(time: Floats, radius: Floats) -> Floats:
    """Return the size at the end by that at the start, of a straight line through the radius."""
    start, slope, _ = straight_lines(time, radius, np.ones_like(radius), at=time[0])
    return np.asarray((start + slope * (time[-1] - time[0])) / start)


def _rate(time: Floats, radius: Floats, n: int) -> Floats:
    """Return the slope of rⁿ; every frame counts as much as if r had been fitted."""
    return straight_lines(time, radius**n, radius ** (2.0 - 2 * n))[1]


def _exponent(time: Floats, radius: Floats) -> Floats:
    """Return the exponent with which rⁿ is straightest, shape (resamples,)."""
    scaled = radius / radius.mean(axis=1, keepdims=True)
    smooth = _parabola(time, scaled)
    left = [straight_lines(time, scaled**n, (n * smooth ** (n - 1)) ** -2.0)[2] for n in _EXPONENTS]
    return lowest(_EXPONENTS, np.stack(left))


def _parabola(time: Floats, values: Floats) -> Floats:
    """Return smooth values, by which frames are weighted: weights of the values themselves would favour low ones."""
    place = (time - time[0]) / (time[-1] - time[0])
    terms = np.stack([np.ones_like(place), place, place**2], axis=1)
    fitted, *_ = np.linalg.lstsq(terms, values.T, rcond=None)
    return np.maximum((terms @ fitted).T, _LEAST_SMOOTH)


def _growth_needed(radius: Floats, resampled: Floats) -> float:
    """Return by what the mean radius would have to grow for its exponent to be told; infinite if no growth would do.

    The film is taken to have as many frames with the same scatter. How far this moves the exponent is worked out by
    linear regression around r³, the law that needs the longest of the two that are told most often.
    """
    scatter = (resampled - resampled.mean(axis=0)) / radius
    share, n = np.linspace(0, 1, radius.size), 3
    for growth in _GROWTHS.tolist():
        grown = 1 + share * (growth**n - 1)
        others = np.stack([np.ones_like(share), share / grown], axis=1)
        bend = -np.log(grown) / n**2
        bend -= others @ np.linalg.lstsq(others, bend, rcond=None)[0]
        low, high = np.quantile(scatter @ bend / (bend @ bend), LEVELS)
        if high - low <= _WIDEST:
            return growth
    return float("inf")


def _judged_by_mean(
    exponent: Estimate, merging_share: float, growth: Estimate, growth_needed: float
) -> tuple[Verdict, str]:
    """Say which law the interval of the exponent allows, if it is narrow enough to tell one from another."""
    if merging_share > _MOST_MERGING:
        merge = f"{in_percent(merging_share)} of the particles merge"
        sentence = f"{merge}: the mean grows by that, and no law of ripening can be told."
        return "not decided", sentence
    needed = _in_words(growth.value, growth_needed)
    if exponent.low <= _EXPONENTS[1] or exponent.high >= _EXPONENTS[-2]:
        return "not decided", f"The mean radius grows, but does not bound the exponent. {needed}"
    found = f"The exponent is {exponent.in_words()}, from the mean radius"
    if exponent.high - exponent.low > _WIDEST:
        return "not decided", f"{found}: too wide to tell r² from r³. {needed}"
    return _law_in(exponent, found)


def _in_words(growth: float, needed: float) -> str:
    """Say how long a film would have to be."""
    if not np.isfinite(needed):
        return "With particles and scatter like these no longer film can tell; more particles can."
    more = f"the mean would have to grow by about {in_percent(needed - 1)}; it grew by {in_percent(growth - 1)}"
    return f"To decide with particles and scatter like these, {more}." if needed > growth else "A longer film can tell."


def _judged_by_particles(ripening: Ripening) -> tuple[Verdict, str]:
    """Say which law the growth of single particles allows."""
    exponent = ripening.exponent
    seen = f"Small particles shrink while large ones grow ({ripening.n_tracks} were followed): they ripen."
    width = exponent.high - exponent.low
    if not np.isfinite(width):
        return "not decided", f"{seen} The film is too short to bound the exponent."
    found = f"{seen} The exponent is {exponent.in_words()}, from the growth of each by its size"
    if width > _WIDEST:
        return "not decided", (
            f"{found}: too wide to tell r² from r³. To decide, a film of {ripening.n_tracks} such particles would have "
            f"to last about {width**_WIDTH_TO_TIME:.1f} times as long."
        )
    return _law_in(exponent, found)


def _law_in(exponent: Estimate, found: str) -> tuple[Verdict, str]:
    """Say which law an interval holds that is too narrow to hold two."""
    for n, (verdict, meaning) in _LAWS.items():
        if exponent.low <= n <= exponent.high:
            return verdict, f"{found}: {meaning}."
    return "no such law", f"{found}: none of r², r³ and r⁴ grows evenly with time."


def _not_growing(growth: Estimate) -> tuple[Verdict, str]:
    if growth.low <= 1 <= growth.high:
        sentence = "The mean diameter does not change by more than its interval, so there is no law of growth to tell."
        return "no growth", sentence
    return "no growth", "The mean diameter becomes smaller, so there is no law of growth to tell."


def merging_share_of(history: FilmHistory) -> float:
    """Return the share of the tracks that end in a coalescence."""
    merged = {track for event in history.events if event.kind == "merges" for track in event.before}
    lasting = history.lasting["track"]
    return float(lasting.isin(merged).mean()) if len(lasting) else 0.0


def coalescence_rate(history: FilmHistory) -> Estimate:
    """Return how many mergings there are per particle and unit of time, with Garwood's 95 % interval."""
    n_merges = history.event_counts["merges"]
    per_frame = history.tracked.groupby("frame").size()
    times = history.times[history.counted]
    if times.size < 2 or per_frame.empty:
        return Estimate(float("nan"))
    counts = per_frame.reindex(history.counted, fill_value=0).to_numpy(np.float64)
    exposure = float(((counts[1:] + counts[:-1]) / 2 * np.diff(times)).sum())
    if not exposure > 0:
        return Estimate(float("nan"))
    low = chi2.ppf(LEVELS[0], 2 * n_merges) / 2 if n_merges else 0.0
    high = chi2.ppf(LEVELS[1], 2 * (n_merges + 1)) / 2
    return Estimate(n_merges / exposure, float(low) / exposure, float(high) / exposure)
