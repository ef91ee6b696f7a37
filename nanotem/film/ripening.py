"""The law of ripening, from how fast every single particle grows or shrinks by its size.

In the mean field of all others the radius r of each follows d(rⁿ)/dt = n K (r/r* − 1): below the critical radius r* it
shrinks, above it grows. n is 2 where the reaction at the surface limits the exchange, 3 where diffusion between the
particles does, 4 where diffusion over the support does. The mean radius follows rⁿ = r₀ⁿ + K t, but says much less: its
course is nearly straight whatever n is, while a small particle beside a large one tells n by itself.

The film is cut into windows. In each, K and r* are fitted anew, so that a temperature that is ramped does not move n;
one n is fitted to all windows.

References
----------
I. M. Lifshitz, V. V. Slyozov, J. Phys. Chem. Solids 19 (1961) 35; C. Wagner, Z. Elektrochem. 65 (1961) 581.
S. B. Simonsen et al., J. Am. Chem. Soc. 132 (2010) 7968: ripening told from the histories of single particles.
B. Efron, C. Stein, Ann. Stat. 9 (1981) 586: the variance of the jackknife, which errs on the safe side.
A. C. Cameron, J. B. Gelbach, D. L. Miller, J. Bus. Econ. Stat. 29 (2011) 238: clustering in two ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from nanotem.film.curves import SizeCurves
from nanotem.film.fits import lowest
from nanotem.statistics.estimate import Estimate

Floats = npt.NDArray[np.float64]

EXPONENTS = np.arange(0.0, 8.01, 0.1)
"""Those that are tried: between them the squares that are left are a parabola to a hundredth of a step."""

_N_WINDOWS, _SHORTEST_WINDOW = 10, 5
"""Windows of a film and frames of a window: in a tenth of a film in which the mean grows by half, r* grows by 4 %."""

_LEAST_TRACKS = 10
"""Particles in a window: two numbers are fitted to them, and one for all windows."""

_LEAST_WINDOWS = 4
"""Fewer do not tell how far whole frames disturb an exponent."""

_MOST_GROUPS = 100
"""Of tracks, each of which is left out once: the variance from 100 of them scatters by 14 %."""

_INNER = (0.05, 0.95)
"""Quantiles of the radii between which the critical radius lies where particles ripen: some shrink and some grow."""


@dataclass(frozen=True)
class Ripening:
    """What single particles say.

    Attributes
    ----------
    is_there
        Whether small particles shrink while large ones grow.
    exponent
        n; NaN where particles do not ripen, ends NaN where the film bounds it on no side.
    n_tracks
        Particles that were followed through a window at least.
    """

    is_there: bool
    exponent: Estimate
    n_tracks: int


@dataclass(frozen=True, eq=False)
class _Window:
    """Particles that are seen in all frames of a part of the film.

    Attributes
    ----------
    track
        Rows of the curves, shape (particles,).
    size
        Mean radius by that of all of them, shape (particles,).
    bent
        Mean radius of the particle as the slope weights its frames, by its plain mean.
    speed
        Shape (exponents, particles): d(rⁿ)/dt / (n rⁿ), the relative speed; its noise is the same for every n.
    """

    track: npt.NDArray[np.intp]
    size: Floats
    bent: Floats
    speed: Floats


def ripening_of(curves: SizeCurves) -> Ripening:
    """Fit the law of ripening to the histories of all particles."""
    windows = [window for window in _windows(curves) if window.track.size >= _LEAST_TRACKS]
    nothing = Estimate(float("nan"))
    tracks = np.unique(np.concatenate([window.track for window in windows])) if windows else np.empty(0, int)
    if tracks.size < _LEAST_TRACKS:
        return Ripening(False, nothing, int(tracks.size))
    weights = _left_out(tracks, len(curves.diameters))
    fits = [_Fit.of(window, weights) for window in windows]
    left = np.sum([fit.left for fit in fits], axis=0)
    if not _is_ripening(windows, fits, law=int(left[:, 0].argmin())):
        return Ripening(False, nothing, int(tracks.size))
    exponent = _with_disturbances(_jackknife(_straightest(left)), fits)
    return Ripening(True, exponent, int(tracks.size))


def _windows(curves: SizeCurves) -> Sequence[_Window]:
    """Cut the film into parts of about equally many frames."""
    n_frames = curves.times.size
    n_windows = max(min(_N_WINDOWS, n_frames // _SHORTEST_WINDOW), 1)
    ends = np.linspace(0, n_frames, n_windows + 1).round().astype(int).tolist()
    return [_window(curves, slice(a, b)) for a, b in pairwise(ends) if b - a > 1]


def _window(curves: SizeCurves, frames: slice) -> _Window:
    radius, time = curves.diameters[:, frames] / 2, curves.times[frames]
    track = np.flatnonzero(np.isfinite(radius).all(axis=1))
    mean = radius[track].mean(axis=1, keepdims=True)
    relative, away = radius[track] / mean, time - time.mean()
    # The slope of a straight line is a mean of the steps from frame to frame, those in the middle counting most.
    step = np.cumsum(away[::-1])[::-1][1:]
    bent = (relative[:, 1:] + relative[:, :-1]) / 2 @ (step * np.diff(time) / (step @ np.diff(time)))
    power = [np.log(relative) if n == 0 else relative**n / n for n in EXPONENTS.tolist()]
    speed = np.stack([one @ away / (away @ away) for one in power])
    size = mean[:, 0] / mean.mean() if track.size else mean[:, 0]
    return _Window(track, size, bent, speed)


@dataclass(frozen=True, eq=False)
class _Fit:
    """Least squares of speed = a · bent · size^(1−n) − k · size^(−n).

    Attributes
    ----------
    a, k, left
        And the squares that are left, shape (exponents, sets of weights) each.
    each
        The squares that each particle leaves, all of them fitted, shape (exponents, particles).
    """

    a: Floats
    k: Floats
    left: Floats
    each: Floats

    @classmethod
    def of(cls, window: _Window, weights: Floats) -> "_Fit":
        own, n = weights[:, window.track].T, EXPONENTS[:, None]
        grows, shrinks, speed = window.bent * window.size ** (1 - n), -(window.size**-n), window.speed
        gg, gs, ss = (grows**2) @ own, (grows * shrinks) @ own, (shrinks**2) @ own
        gy, sy, yy = (grows * speed) @ own, (shrinks * speed) @ own, (speed**2) @ own
        apart = np.maximum(gg * ss - gs**2, 1e-300)
        a, k = (gy * ss - sy * gs) / apart, (sy * gg - gy * gs) / apart
        each = (speed - a[:, :1] * grows - k[:, :1] * shrinks) ** 2
        return cls(a, k, yy - a * gy - k * sy, each)


def _is_ripening(windows: Sequence[_Window], fits: Sequence[_Fit], *, law: int) -> bool:
    """Whether, by the law that fits best, K is above 0 beyond its interval, with particles on both sides of r*."""
    rate = _jackknife(np.mean([fit.k[law] for fit in fits], axis=0)).estimate
    critical = [float(fit.k[law, 0] / fit.a[law, 0]) if fit.a[law, 0] > 0 else np.inf for fit in fits]
    inner = [np.quantile(window.size, _INNER) for window in windows]
    n_between = sum(low < radius < high for radius, (low, high) in zip(critical, inner, strict=True))
    return rate.low > 0 and 2 * n_between > len(windows)


def _straightest(left: Floats) -> Floats:
    """Return the exponent that leaves the least, of each set of weights; infinite at the ends of those tried."""
    best = left.argmin(axis=0)
    found = np.where(best == 0, -np.inf, lowest(EXPONENTS, left))
    return np.where(best == len(EXPONENTS) - 1, np.inf, found)


def _left_out(tracks: npt.NDArray[np.intp], n_tracks: int) -> Floats:
    """Return weights of the tracks: 1 for all of them, then without one group of them after the other."""
    n_groups = min(tracks.size, _MOST_GROUPS)
    weights = np.ones((1 + n_groups, n_tracks))
    weights[1 + np.arange(tracks.size) % n_groups, tracks] = 0.0
    return weights


def _jackknife(values: Floats) -> "_Spread":
    """Return the first value, of all tracks, with the variance that the others, each without some, give it."""
    others, n = values[1:], values.size - 1
    return _Spread(float(values[0]), float((n - 1) / n * ((others - others.mean()) ** 2).sum()), n - 1)


class _Spread(NamedTuple):
    """A value with its variance, and the degrees of freedom of that."""

    value: float
    variance: float
    freedom: float

    @property
    def estimate(self) -> Estimate:
        """The value with its 95 % interval; without one where it is not known."""
        if not np.isfinite([self.value, self.variance]).all():
            return Estimate(self.value if np.isfinite(self.value) else float("nan"))
        half = float(student.ppf(0.975, self.freedom)) * self.variance**0.5
        return Estimate(self.value, self.value - half, self.value + half)


def _with_disturbances(exponent: _Spread, fits: Sequence[_Fit]) -> Estimate:
    """Add what whole frames do to all particles alike, such as focus, to the interval of an exponent.

    By clustering in two ways: how the pull of whole windows on the exponent scatters beyond what the pull of each of
    their particles, taken for independent, would make it.
    """
    n = len(fits)
    if not np.isfinite([exponent.value, exponent.variance]).all():
        return exponent.estimate
    if n < _LEAST_WINDOWS:
        return Estimate(exponent.value)
    best = int(np.clip(np.abs(EXPONENTS - exponent.value).argmin(), 1, len(EXPONENTS) - 2))
    before, here, after = (np.sum([fit.each[best + k].sum() for fit in fits]) for k in (-1, 0, 1))
    bend = max(float(before - 2 * here + after), 1e-300)
    step = EXPONENTS[1] - EXPONENTS[0]
    pulls = [step * (fit.each[best + 1] - fit.each[best - 1]) / 2 / bend for fit in fits]
    by_window = float(np.sum([pull.sum() ** 2 for pull in pulls]))
    alone = float(np.sum([(pull**2).sum() for pull in pulls]))
    added = max(n / (n - 1) * by_window - alone, 0.0)
    variance = exponent.variance + added
    freedom = variance**2 / (exponent.variance**2 / exponent.freedom + added**2 / (n - 1))
    return _Spread(exponent.value, variance, freedom).estimate
