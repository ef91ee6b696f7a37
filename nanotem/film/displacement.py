"""How far particles wander: mean squared displacement against time, its exponent, the diffusion coefficient.

MSD(τ) = 4 D τ^α + c in two dimensions: α is 1 for Brownian motion, below where particles are held, above where they are
driven; c is what the uncertainty of places adds.

References
----------
X. Michalet, Phys. Rev. E 82 (2010) 041914: how the uncertainty of places enters.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.film.fits import straight_lines
from nanotem.film.history import FilmHistory
from nanotem.film.resampling import estimate, interval, weights_of_tracks
from nanotem.statistics.estimate import Estimate

Floats = npt.NDArray[np.float64]
MotionVerdict = Literal["no motion", "Brownian", "held", "driven", "not decided"]

_LEAST_TRACKS, _LEAST_FRAMES = 5, 10
_SHORTEST_FILM = 40
"""Frames: of shorter ones with Brownian motion one in twelve was called held, of films of 60 frames none of 24."""

_LONGEST_SHARE, _MOST_LAGS = 0.25, 40
"""Lags up to a quarter of the film: of longer ones there are too few that do not overlap."""

_ALPHAS = np.arange(0.05, 2.51, 0.05)

_N_TURNS = 30
"""Of the fit of the common motion; twice as many move no path of drawn films by a hundredth of a pixel."""

_BROWNIAN, _OTHER = (0.7, 1.3), (0.9, 1.1)
"""An interval of α that holds 1 and lies in the first says Brownian; held and driven have theirs beyond the second: the
uncertainty of places moves α of drawn Brownian films by up to 0.08."""


@dataclass(frozen=True, eq=False)
class Displacement:
    """How particles move on the support.

    Attributes
    ----------
    table
        One row per lag: lag (unit of time), msd, low, high (square of the unit of length), n_tracks.
    alpha
        Exponent; NaN where nothing moves.
    diffusion
        D for α = 1, in the square of the unit of length per unit of time.
    verdict, sentence
        What the data say, and in words.
    """

    table: pd.DataFrame
    alpha: Estimate
    diffusion: Estimate
    verdict: MotionVerdict
    sentence: str


def displacement_of(history: FilmHistory) -> Displacement:
    """Return how far the particles of a film wander; the motion that all have in common is taken off."""
    places = _places(history)
    n_frames = places.shape[1]
    if n_frames < _SHORTEST_FILM:
        return _nothing(f"{n_frames} frames are too few to tell how particles move; {_SHORTEST_FILM} are needed.")
    if len(places) < _LEAST_TRACKS:
        return _nothing(
            f"{len(places)} tracks of at least {_LEAST_FRAMES} frames are too few to tell how particles move."
        )
    lags = np.arange(1, min(int(_LONGEST_SHARE * n_frames), _MOST_LAGS) + 1)
    square, count = _sums(places, lags)
    weights = weights_of_tracks(len(places))
    msd = square.sum(axis=0) / np.maximum(count.sum(axis=0), 1)
    resampled = (weights @ square) / np.maximum(weights @ count, 1)
    per_lag = float(history.times[1] - history.times[0])
    low, high = interval(resampled)
    table = pd.DataFrame(
        {"lag": lags * per_lag, "msd": msd, "low": low, "high": high, "n_tracks": (count > 0).sum(axis=0)}
    )
    (slope,), slopes = (_fitted(lags, each, 1.0)[0] for each in (msd[None], resampled))
    diffusion = estimate(slope / (4 * per_lag), slopes / (4 * per_lag))
    if not diffusion.low > 0:
        sentence = "Particles do not move by more than the uncertainty of their places."
        return Displacement(table, Estimate(float("nan")), diffusion, "no motion", sentence)
    alpha = estimate(_alpha(lags, msd[None])[0], _alpha(lags, resampled))
    return Displacement(table, alpha, diffusion, *_judged(alpha))


def _places(history: FilmHistory) -> Floats:
    """Return places on the support in the unit of length, shape (tracks, frames, 2), NaN where not seen."""
    table = history.whole
    table = table[table.groupby("track")["frame"].transform("size") >= _LEAST_FRAMES]
    numbers, rows = np.unique(table["track"].to_numpy(np.int64), return_inverse=True)
    places = np.full((numbers.size, len(history.records), 2), np.nan)
    own = table[["support_row_px", "support_column_px"]].to_numpy(np.float64) * history.per_px
    places[rows, table["frame"].to_numpy()] = own
    return places - _common_path(places)


def _common_path(places: Floats) -> Floats:
    """Return how all particles moved together, shape (frames, 2): the drift that correlation has left.

    Each place is that of its particle plus that of its frame, least squares by turns. Sums of the typical steps would
    do, but for their errors, which add up to a walk of their own.
    """
    there = np.isfinite(places[..., :1])
    known = np.where(there, places, 0.0)
    per_track, per_frame = np.maximum(there.sum(axis=1), 1), np.maximum(there.sum(axis=0), 1)
    path = np.zeros(places.shape[1:])
    for _ in range(_N_TURNS):
        own = np.where(there, known - path, 0.0).sum(axis=1) / per_track
        path = np.where(there, known - own[:, None], 0.0).sum(axis=0) / per_frame
    return path


def _sums(places: Floats, lags: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return sums of squared displacements and how many there are, shape (tracks, lags)."""
    square, count = np.zeros((len(places), lags.size)), np.zeros((len(places), lags.size))
    for column, lag in enumerate(lags.tolist()):
        away = ((places[:, lag:] - places[:, :-lag]) ** 2).sum(axis=2)
        there = np.isfinite(away)
        square[:, column], count[:, column] = np.where(there, away, 0).sum(axis=1), there.sum(axis=1)
    return square, count


def _fitted(lags: npt.NDArray[np.intp], msd: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Return s of c + s lagᵅ and the squares that are left, shape (resamples,) each.

    Short lags count more, as their squares are surer.
    """
    weight = 1 / (np.maximum(msd, 1e-300) ** 2 * lags)
    power = np.asarray(lags, np.float64) ** alpha
    offset, slope, _ = straight_lines(power, msd, weight)
    below = offset < 0  # no uncertainty of places makes it negative
    slope = np.where(below, (weight * power * msd).sum(axis=1) / (weight * power**2).sum(axis=1), slope)
    offset = np.where(below, 0.0, offset)
    return slope, (weight * (msd - offset[:, None] - slope[:, None] * power) ** 2).sum(axis=1)


def _alpha(lags: npt.NDArray[np.intp], msd: Floats) -> Floats:
    """Return the exponent that leaves the least, shape (resamples,)."""
    left = np.stack([_fitted(lags, msd, alpha)[1] for alpha in _ALPHAS.tolist()])
    return np.asarray(_ALPHAS[left.argmin(axis=0)])


def _judged(alpha: Estimate) -> tuple[MotionVerdict, str]:
    found = f"The exponent of the mean squared displacement is {alpha.in_words()}"
    if alpha.high < _OTHER[0]:
        return "held", f"{found}: particles are held back, more than in Brownian motion."
    if alpha.low > _OTHER[1]:
        return "driven", f"{found}: particles are driven, farther than in Brownian motion."
    if _BROWNIAN[0] <= alpha.low <= 1 <= alpha.high <= _BROWNIAN[1]:
        return "Brownian", f"{found}: that of Brownian motion."
    return "not decided", f"{found}: that does not tell Brownian motion from others. A longer film can tell."


def _nothing(sentence: str) -> Displacement:
    nothing = Estimate(float("nan"))
    table = pd.DataFrame({name: np.empty(0) for name in ("lag", "msd", "low", "high", "n_tracks")})
    return Displacement(table, nothing, nothing, "not decided", sentence)
