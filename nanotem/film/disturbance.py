"""What whole frames add to a curve: focus, brightness and drift move all particles of a frame at once.

The curve is its course, an autoregression of first order that all particles share, and the noise of single particles.
How much of a disturbance is left in the next frame, and how strong disturbances are, is drawn from what the curve says
of them, by the restricted likelihood: it allows for what the course, which is fitted to the same frames, takes away of
them. Estimates that do not are too small, most where disturbances last long beside the film.

References
----------
H. D. Patterson, R. Thompson, Biometrika 58 (1971) 545: the restricted likelihood.
J. O. Berger, R.-Y. Yang, Econometric Theory 10 (1994) 461: the prior of the memory, 1 / √(1 - memory²).
A. Gelman, Bayesian Analysis 1 (2006) 515: a flat prior of the standard deviation.
A. C. Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, Cambridge 1989, chapter 3.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SEED = 1

_LEAST_FREE = 3
"""Frames beyond those that the course needs: of fewer nothing can be told."""

_ROUNDING = 1e-9
"""Of double precision 1e-16 is left after sums over thousands of frames; nothing that is measured is so sure."""

_LONGEST_MEMORY = 0.95
"""Share of a frame's disturbance that is left in the next, at the most: more is a course, no disturbance."""

_MEMORIES: Floats = np.sin((np.arange(16) + 0.5) / 16 * np.arcsin(_LONGEST_MEMORY))
"""Those that are tried, equally likely beforehand by the prior; half as many move no interval by more than its
resampling does."""

_STRENGTHS: Floats = (np.arange(20) + 0.5) / 20 * 2.5
"""Standard deviations of what is new in a frame that are tried, in those of what the course leaves: beyond 2.5 nothing
is likely with three frames to spare."""


def line(times: Floats) -> Floats:
    """Return the terms of a straight course, shape (frames, 2)."""
    return powers(times, 1)


def powers(times: Floats, degree: int) -> Floats:
    """Return the terms of a course that is a polynomial of time, shape (frames, degree + 1)."""
    place = (times - times.mean()) / max(float(np.ptp(times)), 1e-300)
    return np.asarray(np.vander(place, degree + 1, increasing=True))


def bends(n_frames: int, every: int) -> Floats:
    """Return the terms of a course of straight pieces that bends every so many frames, shape (frames, bends + 1)."""
    knots = np.linspace(0, n_frames - 1, max(round(n_frames / every), 1) + 1)
    place = np.arange(n_frames, dtype=np.float64)
    return np.stack([np.interp(place, knots, one) for one in np.eye(knots.size)], axis=1)


def frame_noise(values: Floats, terms: Floats, n_resamples: int, *, alone: float) -> Floats:
    """Draw what whole frames add to a curve anew.

    Parameters
    ----------
    values
        The curve, or what is left of it around its course, shape (frames,); NaN where nothing is known.
    terms
        What its course is made of, shape (frames, terms): what of a disturbance looks like it cannot be seen.
    n_resamples
        How many.
    alone
        Variance of the curve by the noise of single particles, which remembers nothing and is not drawn here.

    Returns
    -------
    ndarray
        Shape (resamples, frames); zeros where frames are too few to tell, or nothing is left around the course.
    """
    known = np.isfinite(values)
    terms = _independent(terms, known)
    n_free = int(known.sum()) - terms.shape[1]
    nothing = np.zeros((n_resamples, len(values)))
    if n_free < _LEAST_FREE:
        return nothing
    left = values[known] - terms[known] @ (terms[known].T @ values[known])
    scale = float(np.sqrt((left**2).sum() / n_free))
    if scale <= _ROUNDING * float(np.abs(values[known]).max()):
        return nothing
    memory, strength = (one.ravel() for one in np.meshgrid(_MEMORIES, _STRENGTHS))
    likely = _restricted_likelihood(values / scale, terms, memory, strength**2, alone / scale**2)
    chance = np.exp(likely - likely.max())
    rng = np.random.default_rng(_SEED)
    drawn = rng.choice(memory.size, n_resamples, p=chance / chance.sum())
    memory, strength = memory[drawn], scale * strength[drawn]
    noise = rng.normal(0, 1, nothing.shape) * strength[:, None]
    noise[:, 0] /= np.sqrt(1 - memory**2)
    for k in range(1, len(values)):
        noise[:, k] += memory * noise[:, k - 1]
    return np.asarray(noise)


def _independent(terms: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Return terms of the same courses, orthonormal where the curve is known; without those that are nowhere known."""
    _, lengths, directions = np.linalg.svd(terms[known], full_matrices=False)
    kept = lengths > _ROUNDING * lengths.max(initial=0.0)
    return np.asarray(terms @ directions[kept].T / lengths[kept])


def _restricted_likelihood(values: Floats, terms: Floats, memory: Floats, new: Floats, alone: float) -> Floats:
    """Return the logarithm of the restricted likelihood of pairs of memory and variance of what is new in a frame.

    A Kalman filter runs over the curve and its terms side by side; the squares and products of what it does not foresee
    are those of generalised least squares.
    """
    both = np.column_stack([values, terms])
    state, doubt = np.zeros((memory.size, both.shape[1])), new / (1 - memory**2)
    products = np.zeros((memory.size, both.shape[1], both.shape[1]))
    logarithms = np.zeros(memory.size)
    for one in both:
        if np.isfinite(one[0]):
            variance = doubt + alone
            surprise = one - state
            products += surprise[:, :, None] * (surprise / variance[:, None])[:, None, :]
            logarithms += np.log(variance)
            gain = doubt / variance
            state = state + gain[:, None] * surprise
            doubt = doubt * (1 - gain)
        state, doubt = memory[:, None] * state, memory**2 * doubt + new
    of_terms, mixed = products[:, 1:, 1:], products[:, 1:, 0]
    fitted = (mixed * np.linalg.solve(of_terms, mixed[..., None])[..., 0]).sum(axis=1)
    return np.asarray(-(logarithms + np.linalg.slogdet(of_terms)[1] + products[:, 0, 0] - fitted) / 2)
