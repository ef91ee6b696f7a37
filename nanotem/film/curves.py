"""Count and size against time, with intervals that know that frames of one film belong together.

Two things are drawn anew in every resample. Tracks, each with a weight from Poisson's distribution: the particles of
one frame are those of the next, and what differs by the choice of the field of view differs in all frames. And what the
frames themselves add, such as focus and brightness, see `nanotem.film.disturbance`.

References
----------
A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, Cambridge 1997.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from nanotem.film.disturbance import bends, frame_noise, line
from nanotem.film.history import FilmHistory
from nanotem.film.resampling import LEVELS, N_RESAMPLES, interval, weights_of_tracks
from nanotem.statistics.estimate import Estimate
from nanotem.statistics.intervals import FEWEST_FOR_INTERVAL

Floats = npt.NDArray[np.float64]

_PIECE_SHARE, _LEAST_PIECE = 0.1, 7
"""Length of the straight pieces of the mean's course, as a share of the film and in frames."""

_DRIFT_PX = 0.15
"""Of diameters, over a film. In drawn films in which nothing grows, and particles merge, the sizes of those that are
followed drifted by up to 0.14 px, while the blur that was found in the frames fell; where none merge, by 0.09 px, also
where focus drifts. No scatter of tracks or frames shows it."""


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
    per_px
        Length of a pixel in `unit`.
    """

    diameters: Floats
    present: npt.NDArray[np.bool_]
    frames: npt.NDArray[np.intp]
    times: Floats
    unit: str
    time_unit: str
    per_px: float = 1.0

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
        return _mean(*(part.sum(axis=0) for part in self._sums))

    @property
    def n_measured(self) -> npt.NDArray[np.intp]:
        """How many sizes there are in every frame."""
        return np.asarray(np.isfinite(self.diameters).sum(axis=0))

    @property
    def has_interval(self) -> npt.NDArray[np.bool_]:
        """In which frames there are sizes enough to tell how far others would lie from them."""
        return self.n_measured >= FEWEST_FOR_INTERVAL

    @cached_property
    def weights(self) -> Floats:
        """How often each track counts in each resample, shape (resamples, tracks)."""
        return weights_of_tracks(len(self.diameters))

    @cached_property
    def mean_of_others(self) -> Floats:
        """Shape (resamples, frames): the mean diameter with other tracks."""
        others = _mean(*(self.weights @ part for part in self._sums))
        return np.asarray(self.mean + _of_few(self.n_measured) * (others - self.mean))

    @cached_property
    def mean_resampled(self) -> Floats:
        """Shape (resamples, frames): the mean diameter with other tracks and other disturbances of frames."""
        level = 0.0 if self.is_empty else float(np.nanmean(self.mean))
        course = bends(self.mean.size, max(round(_PIECE_SHARE * self.mean.size), _LEAST_PIECE))
        noise = frame_noise(self.mean, course, N_RESAMPLES, alone=self.alone * level**2)
        return np.asarray(self.mean_of_others + noise)

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
        """One row per frame that counts: time, n, mean, sd, d10, d50, d90; of n and mean also the 95 % intervals.

        That of the count is for the number in other fields of view like this one. As for a picture, a single size has
        no standard deviation, and the mean of fewer than five no interval.
        """
        counts = self.weights @ self.present.astype(np.float64)
        seen, several = self.n_measured > 0, self.n_measured > 1
        quantiles = np.full((3, self.frames.size), np.nan)
        spread = np.full(self.frames.size, np.nan)
        if seen.any():
            quantiles[:, seen] = np.nanquantile(self.diameters[:, seen], [0.1, 0.5, 0.9], axis=0)
        if several.any():
            spread[several] = np.nanstd(self.diameters[:, several], axis=0, ddof=1)
        low, high = (np.where(self.has_interval, end, np.nan) for end in interval(self.mean_resampled))
        n_low, n_high = interval(counts)
        values = {
            "frame": self.frames + 1,
            "time": self.times,
            "time_unit": self.time_unit,
            "n": self.present.sum(axis=0),
            "n_low": n_low,
            "n_high": n_high,
            "n_measured": self.n_measured,
            "mean": self.mean,
            "mean_low": low,
            "mean_high": high,
            "sd": spread,
        }
        return pd.DataFrame({**values, **dict(zip(("d10", "d50", "d90"), quantiles, strict=True)), "unit": self.unit})

    @cached_property
    def trend(self) -> Estimate:
        """By what share of its diameter a particle that is followed grows per unit of time, on average.

        Each track is compared with itself: particles that enter, leave or vanish make no trend. Beside chance, the
        interval holds by how much sizes of particles that stay as they are can drift with the pictures.
        """
        relative = np.log(self.diameters)
        there = np.isfinite(relative)
        lasting = there.sum(axis=1) > 1
        if not lasting.any() or self.times.size < 3:
            return Estimate(float("nan"))
        relative, there = relative[lasting], there[lasting]
        time, size = (_about_own_mean(values, there) for values in (self.times, relative))
        across, along = (time * size).sum(axis=1), (time**2).sum(axis=1)
        if not along.sum() > 0:
            return Estimate(float("nan"))
        slope = float(across.sum() / along.sum())
        left = _mean((size - slope * time).sum(axis=0), there.sum(axis=0))
        noise = frame_noise(left, line(self.times), N_RESAMPLES, alone=self.alone)
        weights = self.weights[:, lasting]
        resampled = (weights @ across) / np.maximum(weights @ along, 1e-300)
        resampled = slope + _of_few(lasting.sum()) * (resampled - slope)
        resampled += noise @ time.sum(axis=0) / along.sum()  # the slope that disturbances of whole frames feign
        below, above = np.abs(np.quantile(resampled, LEVELS) - slope)
        drift = _DRIFT_PX * self.per_px / float(np.nanmean(self.diameters) * np.ptp(self.times))
        return Estimate(slope, float(slope - np.hypot(below, drift)), float(slope + np.hypot(above, drift)))

    @cached_property
    def mean_at_ends(self) -> dict[str, Estimate]:
        """The mean diameter of the "first" and the "last" frame that has one; empty where none has."""
        known = self.table.dropna(subset="mean")
        if known.empty:
            return {}
        ends = known[["mean", "mean_low", "mean_high"]].iloc[[0, -1]].to_numpy(np.float64).tolist()
        return {name: Estimate(*end) for name, end in zip(("first", "last"), ends, strict=True)}

    @property
    def trend_percent(self) -> Estimate:
        """The trend in percent."""
        return Estimate(*(100 * part for part in (self.trend.value, self.trend.low, self.trend.high)))

    @property
    def trend_in_words(self) -> str:
        """What is said of the trend."""
        trend = self.trend
        if not np.isfinite(trend.low):
            return "No particle was followed through enough frames to tell whether particles grow."
        share = f"{self.trend_percent.in_words('%')} of their diameter per {one_of(self.time_unit)}"
        if trend.low <= 0 <= trend.high:
            return f"Particles that are followed neither grow nor shrink beyond the interval: {share}."
        return f"Particles that are followed {'grow' if trend.low > 0 else 'shrink'}: {share}."


def one_of(time_unit: str) -> str:
    """Return by what rates are: s, or frame."""
    return "frame" if time_unit == "frames" else time_unit


def curves_of(history: FilmHistory) -> SizeCurves:
    """Return the sizes of all tracks of a film against time."""
    frames = history.counted
    place = np.full(len(history.records), -1)
    place[frames] = np.arange(frames.size)
    table = history.tracked
    numbers, rows = np.unique(table["track"].to_numpy(np.int64), return_inverse=True)
    present = np.zeros((numbers.size, frames.size), bool)
    present[rows, place[table["frame"].to_numpy()]] = True
    diameters = np.full(present.shape, np.nan)
    whole = history.whole
    own = np.searchsorted(numbers, whole["track"].to_numpy(np.int64))
    diameters[own, place[whole["frame"].to_numpy()]] = whole["diameter_px"].to_numpy(np.float64) * history.per_px
    times, unit, time_unit = history.times[frames], history.unit, history.time_unit
    return SizeCurves(diameters, present, frames, times, unit, time_unit, history.per_px)


def _mean(total: Floats, count: npt.NDArray[np.number]) -> Floats:
    """Divide sums by how many are in them; NaN of none."""
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))


def _about_own_mean(values: Floats, there: npt.NDArray[np.bool_]) -> Floats:
    """Return by how much the values of each row that are there differ from their mean, 0 for the others."""
    mean = np.where(there, values, 0.0).sum(axis=1, keepdims=True) / there.sum(axis=1, keepdims=True)
    return np.where(there, values - mean, 0.0)


def _of_few(number: npt.ArrayLike) -> Floats:
    """Return by how much resamples of n tracks are too narrow: they know the tracks' own scatter, not how few it is of.

    Davison and Hinkley, 1997, 2.5.2, and Student's distribution in the place of the normal one. A single track has no
    scatter to be widened.
    """
    n = np.maximum(number, 2)
    wider = np.sqrt(n / (n - 1)) * student.ppf(LEVELS[1], n - 1) / norm.ppf(LEVELS[1])
    return np.where(np.greater(number, 1), wider, 1.0)
