"""Diameters and places of all particles of a film, frame by frame, before anything is drawn.

References
----------
I. M. Lifshitz, V. V. Slyozov, J. Phys. Chem. Solids 19 (1961) 35; C. Wagner, Z. Elektrochem. 65 (1961) 581: growth of
each particle in the mean field of all others, and the distribution of sizes that stays the same but for its scale.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from nanotem.synthetic.film.film_params import MotionParams

Floats = npt.NDArray[np.float64]

_LEAST_GAP_PX = 4.0
"""A step that would bring two particles nearer than this is not made: only those that merge shall meet."""

_APPROACH_FRAMES = 12
"""So long two particles that will merge take to come into contact."""

_CONTACT_PX = 0.5
"""Gap between them in the frame before they are one."""

_FARTHEST = 2.5
"""Two particles merge if the distance of their centres is below this many mean diameters."""

_LEAST_SHARE = 0.12
"""A ripening particle below this share of the first mean diameter has dissolved."""

_LEAST_STEPS = 8000
"""Of the integration of ripening; four times as many move the mean of 300 particles by less than 1 %, and 999 in a
thousand of the diameters above 8 px too."""


@dataclass(frozen=True, eq=False)
class Histories:
    """What becomes of every particle.

    Attributes
    ----------
    diameter_px
        Shape (frames, particles); NaN where the particle is not there.
    place_px
        Shape (frames, particles, 2), row and column on the support.
    merges
        (frame, parent, parent, child): the frame is the first of the child.
    """

    diameter_px: Floats
    place_px: Floats
    merges: tuple[tuple[int, int, int, int], ...] = ()


def histories(
    diameter_px: Floats, place_px: Floats, motion: MotionParams, *, least_px: float, rng: np.random.Generator
) -> Histories:
    """Let particles live.

    Parameters
    ----------
    diameter_px, place_px
        At the start (for nucleation: of diameters at the end), shape (particles,) and (particles, 2).
    motion
        What happens.
    least_px
        Diameter from which on a nucleus is there.
    rng
        Source of all chance.
    """
    n_frames = motion.n_frames
    if motion.process == "coalescence":
        return _coalescing(diameter_px, place_px, motion, rng)
    grown = {
        "nothing": lambda: np.tile(diameter_px, (n_frames, 1)),
        "growth": lambda: diameter_px * _by_law(n_frames, motion)[:, None],
        "ripening": lambda: _ripening(diameter_px, motion),
        "nucleation": lambda: _nucleating(diameter_px, motion, least_px, rng),
    }[motion.process]()
    return Histories(grown, _walk(place_px, grown, motion.brownian_px, rng))


def _by_law(n_frames: int, motion: MotionParams) -> Floats:
    """Return the mean size of every frame in units of the first: its power is linear in time."""
    n = motion.exponent
    share = np.linspace(0, 1, n_frames)
    return np.asarray((1 + share * (motion.final_size**n - 1)) ** (1 / n))


def _ripening(start: Floats, motion: MotionParams) -> Floats:
    """Integrate the growth of each particle in the mean field; the volume of all stays.

    Diffusion: r² dr/dt = K (r/r* − 1) with the critical radius r* the mean; reaction: r dr/dt = K (r/r* − 1) with r*
    the ratio of the second to the first moment. K is what takes the critical radius of the theory to the final size.
    """
    n, per_frame = motion.exponent, ceil(_LEAST_STEPS / (motion.n_frames - 1))
    n_steps = per_frame * (motion.n_frames - 1)
    radius = start / 2
    critical = radius.mean() if n == 3 else (radius**2).sum() / radius.sum()
    rate = (motion.final_size**n - 1) * critical**n / (4 / 9 if n == 3 else 1 / 2) / n_steps
    least = _LEAST_SHARE * radius.mean()
    kept = [radius.copy()]
    for step in range(1, n_steps + 1):
        there = radius > 0
        own = radius[there]
        critical = own.mean() if n == 3 else (own**2).sum() / own.sum()
        power = own**n + n * rate * (own / critical - 1)
        radius[there] = np.where(power > least**n, np.maximum(power, 0) ** (1 / n), 0)
        if step % per_frame == 0:
            kept.append(radius.copy())
    found = 2 * np.array(kept)
    return np.where(found > 0, found, np.nan)


def lsw_diameters(n: int, exponent: int, rng: np.random.Generator) -> Floats:
    """Draw diameters of mean 1 from the distribution that ripening tends to.

    With u the radius over the critical one: (4/9) u² (3/(3+u))^(7/3) (3/2/(3/2−u))^(11/3) exp(−u/(3/2−u)) below 3/2
    for diffusion, 24 u/(2−u)⁵ exp(−3u/(2−u)) below 2 for the reaction.
    """
    end = 1.5 if exponent == 3 else 2.0
    u = np.linspace(0, end, 4001)[1:-1]
    if exponent == 3:
        density = u**2 * (3 / (3 + u)) ** (7 / 3) * (1.5 / (1.5 - u)) ** (11 / 3) * np.exp(-u / (1.5 - u))
    else:
        density = u / (2 - u) ** 5 * np.exp(-3 * u / (2 - u))
    below = np.cumsum(density)
    quantile = (rng.permutation(n) + rng.random(n)) / n
    drawn = np.interp(quantile, below / below[-1], u)
    return np.asarray(drawn / drawn.mean())


def _nucleating(final: Floats, motion: MotionParams, least_px: float, rng: np.random.Generator) -> Floats:
    """Let each particle begin at a time of its own in the first three quarters, and grow to its final size."""
    time = np.arange(motion.n_frames)[:, None] / (motion.n_frames - 1)
    begin = rng.uniform(-0.25, 0.75, final.size)
    share = np.clip((time - begin) / (1 - begin), 0, 1)
    grown = final * share ** (1 / motion.exponent)
    return np.where(grown >= least_px, grown, np.nan)


def _walk(place: Floats, diameter: Floats, step_px: float, rng: np.random.Generator) -> Floats:
    """Let particles wander; a step into a neighbour is not made."""
    walked = [place.copy()]
    for t in range(1, len(diameter)):
        walked.append(_stepped(walked[-1], diameter[t], step_px, rng))
    return np.array(walked)


def _stepped(place: Floats, diameter: Floats, step_px: float, rng: np.random.Generator) -> Floats:
    step = rng.normal(0, step_px, place.shape) if step_px else np.zeros_like(place)
    there = np.flatnonzero(np.isfinite(diameter))
    moved = place + step
    gap = np.hypot(*(moved[there, None] - moved[None, there]).transpose(2, 0, 1))
    gap -= (diameter[there, None] + diameter[None, there]) / 2
    np.fill_diagonal(gap, np.inf)
    stopped = there[(gap < _LEAST_GAP_PX).any(axis=1)]
    moved[stopped] = place[stopped]
    return moved


def _coalescing(start: Floats, place: Floats, motion: MotionParams, rng: np.random.Generator) -> Histories:
    """Let pairs of neighbours come together and become one particle of their volume, at their centre of mass."""
    pairs = _pairs(start, place, round(motion.merging_share * start.size / 2), rng)
    n, n_frames = start.size, motion.n_frames
    first = min(_APPROACH_FRAMES + 1, n_frames - 1)
    when = rng.integers(first, max(n_frames - 4, first + 1), len(pairs))
    volume = start**3
    child = np.array([(volume[a] + volume[b]) ** (1 / 3) for a, b in pairs])
    diameter = np.full((n_frames, n + len(pairs)), np.nan)
    diameter[:, :n] = start
    places = np.full((n_frames, n + len(pairs), 2), np.nan)
    for k, ((a, b), t) in enumerate(zip(pairs, when.tolist(), strict=True)):
        diameter[t:, [a, b]], diameter[t:, n + k] = np.nan, child[k]
    places[:, :n] = _walk(place, diameter[:, :n], motion.brownian_px, rng)
    for k, ((a, b), t) in enumerate(zip(pairs, when.tolist(), strict=True)):
        middle = _approach(places, diameter, a, b, t)
        steps = rng.normal(0, motion.brownian_px, (n_frames - t, 2)).cumsum(axis=0)
        places[t:, n + k] = middle + steps - steps[0]
    merges = tuple((t, a, b, n + k) for k, ((a, b), t) in enumerate(zip(pairs, when.tolist(), strict=True)))
    return Histories(diameter, places, tuple(sorted(merges)))


def _pairs(diameter: Floats, place: Floats, n_pairs: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return disjoint pairs of near neighbours between which no third particle lies."""
    distance = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    free = set(range(diameter.size))
    pairs: list[tuple[int, int]] = []
    for a in rng.permutation(diameter.size).tolist():
        b = int(distance[a].argmin())
        if {a, b} <= free and distance[a, b] < _FARTHEST * diameter.mean() and len(pairs) < n_pairs:
            pairs.append((a, b))
            free -= {a, b}
    return pairs


def _approach(places: Floats, diameter: Floats, a: int, b: int, t: int) -> Floats:
    """Bring two particles into contact by the frame before `t`, in place, and return their centre of mass there."""
    begin = max(t - _APPROACH_FRAMES, 0)
    weight = diameter[0, [a, b]] ** 3
    middle = (weight[:, None] * places[begin, [a, b]]).sum(axis=0) / weight.sum()
    towards = places[begin, b] - places[begin, a]
    distance = float(np.hypot(*towards))
    contact = diameter[0, [a, b]].sum() / 2 + _CONTACT_PX
    for step, frame in enumerate(range(begin, t)):
        share = step / max(t - 1 - begin, 1)
        apart = (1 - share) * distance + share * min(contact, distance)
        along = towards / distance * apart
        places[frame, a] = middle - along * weight[1] / weight.sum()
        places[frame, b] = middle + along * weight[0] / weight.sum()
    return np.asarray(middle)
