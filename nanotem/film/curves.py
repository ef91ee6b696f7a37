"""Count and size against time, with intervals that know that frames of one film belong together.

Two things are drawn anew in every resample. Tracks, each with a weight from Poisson's distribution: the particles of
one frame are those of the next, and what differs by the choice of the field of view differs in all frames. And what the
frames themselves add, such as focus and brightness: what is left of the mean around its course, by an autoregression
of first order.

References
----------
P. Bühlmann, Bernoulli 3 (1997) 123: autoregressions in the place of blocks.
M. G. Kendall, Biometrika 41 (1954) 403: how short series hide their memory.
A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, Cambridge 1997.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from nanotem.film.history import FilmHistory
from nanotem.statistics.estimate import Estimate

Floats = npt.NDArray[np.float64]

_N_RESAMPLES = 600
"""Ends of 95 % intervals then scatter by a thirtieth of their width."""

_SEED = 0
_LEVELS = (0.025, 0.975)

_LEAST_REMEMBERED = 5
"""Frames: of fewer no memory can be told."""

_LONGEST_MEMORY = 0.95
"""Share of a frame's disturbance that is left in the next, at the most: more is a course, no disturbance."""

_SMOOTH_SHARE, _LEAST_SMOOTH = 0.1, 7
"""Window of the smooth course, as a share of the film and in frames."""


@dataclass(frozen=True, eq=False)
class SizeCurves:
    """Sizes of all tracks in all frames that count.

    Parameters
    ----------
    diameters
        Shape (tracks, frames), in `unit`; NaN where a particle was not seen or its size does not count.
    present
        Shape (tracks, frames): where a particle was seen, also where the picture cuts it.
    frames
        Their numbers, from 0.
    times
        Of these frames, in `time_unit`.
    unit, time_unit
        Of diameters and times.
    """

    diameters: Floats
    present: npt.NDArray[np.bool_]
    frames: npt.NDArray[np.intp]
    times: Floats
    unit: str
    time_unit: str

    @property
    def is_empty(self) -> bool:
        """Whether there is no size at all."""
        return not np.isfinite(self.diameters).any()

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        there = np.isfinite(self.diameters)
        return np.where(there, self.diameters, 0.0), there.astype(np.float64)

    @cached_property
    def mean(self) -> Floats:
        """Mean diameter of every frame; NaN without particles."""
        total, count = (part.sum(axis=0) for part in self._sums)
        return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))

    @cached_property
    def weights(self) -> Floats:
        """How often each track counts in each resample, shape (resamples, tracks)."""
        rng = np.random.default_rng(_SEED)
        return rng.poisson(1.0, (_N_RESAMPLES, len(self.diameters))).astype(np.float64)

    @cached_property
    def mean_of_others(self) -> Floats:
        """Shape (resamples, frames): the mean diameter with other tracks."""
        total, count = (self.weights @ part for part in self._sums)
        return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))

    @cached_property
    def mean_resampled(self) -> Floats:
        """Shape (resamples, frames): the mean diameter with other tracks and other disturbances of frames."""
        left = np.nan_to_num(self.mean - smooth(self.mean))
        level = 0.0 if self.is_empty else float(np.nanmean(self.mean))
        return np.asarray(self.mean_of_others + frame_noise(left, _N_RESAMPLES, alone=self.alone * level**2))

    @cached_property
    def alone(self) -> float:
        """Relative variance of the mean of a frame by the noise of single particles, from their steps in size."""
        steps = np.diff(np.log(self.diameters), axis=1)
        together = np.isfinite(steps).sum(axis=0)
        counted = together > 1
        if not counted.any():
            return 0.0
        of_one = np.nanvar(steps[:, counted], axis=0, ddof=1) / 2
        return float((of_one / together[counted]).mean())

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per frame that counts: n, mean, sd, d10, d50, d90 with the ends of the 95 % intervals of n and mean.

        That of the count is for the number in other fields of view like this one.
        """
        counts = self.weights @ self.present.astype(np.float64)
        seen = np.isfinite(self.diameters).any(axis=0)
        quantiles = np.full((3, self.frames.size), np.nan)
        spread = np.full(self.frames.size, np.nan)
        if seen.any():
            quantiles[:, seen] = np.nanquantile(self.diameters[:, seen], [0.1, 0.5, 0.9], axis=0)
            spread[seen] = np.nanstd(self.diameters[:, seen], axis=0)
        low, high = interval(self.mean_resampled)
        n_low, n_high = interval(counts)
        values = {
            "frame": self.frames + 1,
            "time": self.times,
            "n": self.present.sum(axis=0),
            "n_low": n_low,
            "n_high": n_high,
            "n_measured": np.isfinite(self.diameters).sum(axis=0),
            "mean": self.mean,
            "mean_low": low,
            "mean_high": high,
            "sd": spread,
        }
        return pd.DataFrame(values | dict(zip(("d10", "d50", "d90"), quantiles, strict=True)))

    @cached_property
    def trend(self) -> Estimate:
        """By what share of its diameter a particle that is followed grows per unit of time, on average.

        Each track is compared with itself: particles that enter, leave or vanish make no trend.
        """
        relative = np.log(self.diameters)
        there = np.isfinite(relative)
        lasting = there.sum(axis=1) > 1
        if not lasting.any() or self.times.size < 3:
            return Estimate(float("nan"))
        relative, there = relative[lasting], there[lasting]
        count = there.sum(axis=1, keepdims=True)
        time = np.where(there, self.times, 0.0)
        time = np.where(there, self.times - time.sum(axis=1, keepdims=True) / count, 0.0)
        size = np.where(there, relative, 0.0)
        size = np.where(there, relative - size.sum(axis=1, keepdims=True) / count, 0.0)
        across, along = (time * size).sum(axis=1), (time**2).sum(axis=1)
        if not along.sum() > 0:
            return Estimate(float("nan"))
        slope = float(across.sum() / along.sum())
        seen = there.sum(axis=0)
        left = np.divide((size - slope * time).sum(axis=0), seen, out=np.zeros(seen.shape), where=seen > 0)
        noise = frame_noise(left, _N_RESAMPLES, alone=self.alone)
        weights = self.weights[:, lasting]
        resampled = (weights @ across) / np.maximum(weights @ along, 1e-300)
        resampled += noise @ time.sum(axis=0) / along.sum()  # the slope that disturbances of whole frames feign
        return Estimate(slope, *(float(end) for end in np.quantile(resampled, _LEVELS)))


def curves_of(history: FilmHistory) -> SizeCurves:
    """Return the sizes of all tracks of a film against time."""
    frames = history.counted
    place = np.full(len(history.records), -1)
    place[frames] = np.arange(frames.size)
    table = history.particles[history.particles["track"] > 0]
    numbers, rows = np.unique(table["track"].to_numpy(np.int64), return_inverse=True)
    present = np.zeros((numbers.size, frames.size), bool)
    present[rows, place[table["frame"].to_numpy()]] = True
    diameters = np.full(present.shape, np.nan)
    whole = history.whole
    own = np.searchsorted(numbers, whole["track"].to_numpy(np.int64))
    diameters[own, place[whole["frame"].to_numpy()]] = whole["diameter_px"].to_numpy(np.float64) * history.per_px
    return SizeCurves(diameters, present, frames, history.times[frames], history.unit, history.time_unit)


def smooth(values: Floats) -> Floats:
    """Return the smooth course of values: a straight line through the neighbours of each, least squares."""
    n = len(values)
    reach = min(max(int(_SMOOTH_SHARE * n), _LEAST_SMOOTH), n) // 2 + 1
    place, known = np.arange(n, dtype=np.float64), np.isfinite(values)
    course = np.full(n, np.nan)
    for k in range(n):
        near = known & (np.abs(place - k) <= reach)
        if near.sum() > 2:
            course[k] = np.polyfit(place[near] - k, values[near], 1)[1]
        elif near.any():
            course[k] = values[near].mean()
    return course


def frame_noise(left: Floats, n_resamples: int, *, alone: float) -> Floats:
    """Draw what whole frames add to a curve anew, shape (resamples, frames); each frame remembers the one before.

    An autoregression of first order, its memory raised by what a line that was taken off has hidden of it, and drawn
    anew too; the spread is that of Student's distribution with as many frames as are worth one that remembers nothing.
    Of 200 drawn films of 100 frames that remember 0.7, a slope of 0 lay in its interval in 88 %, where blocks of frames
    (Künsch) reached 81 %; where they remember nothing, both in 94 %.

    Parameters
    ----------
    left
        What is left of the curve around its course.
    n_resamples
        How many.
    alone
        Variance of the curve by the noise of single particles, which remembers nothing and is not drawn here.
    """
    n = len(left)
    away = left - left.mean()
    variance = float((away**2).mean()) - alone
    if n < _LEAST_REMEMBERED or not variance > 0:
        return np.zeros((n_resamples, n))
    rng = np.random.default_rng(_SEED + 1)
    memory = float(np.clip((away[1:] * away[:-1]).sum() / (n * variance), 0.0, _LONGEST_MEMORY))
    doubt = rng.normal(0, np.sqrt((1 - memory**2) / n), n_resamples)
    memories = np.clip(memory + (2 + 4 * memory) / n + doubt, 0.0, _LONGEST_MEMORY)
    freedom = max(n * (1 - memory) / (1 + memory) - 2, 2.0)
    spread = np.sqrt(variance * n / (n - 2)) * student.ppf(_LEVELS[1], freedom) / norm.ppf(_LEVELS[1])
    drawn = rng.normal(0, spread, (n_resamples, n))
    for k in range(1, n):
        drawn[:, k] = memories * drawn[:, k - 1] + np.sqrt(1 - memories**2) * drawn[:, k]
    return drawn


def interval(resampled: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of columns; NaN where no resample has a value."""
    ends = np.full((2, resampled.shape[1]), np.nan)
    known = np.isfinite(resampled).any(axis=0)
    if known.any():
        ends[:, known] = np.nanquantile(resampled[:, known], _LEVELS, axis=0)
    return ends[0], ends[1]
