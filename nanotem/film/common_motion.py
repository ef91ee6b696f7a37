"""How far the support moves where its own structures do not tell: from what most particles do."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]

_FARTHEST_PX = 30.0
"""A stage that jumps farther from one frame to the next has left the field of view in a few frames."""

_ALIKE_PX = 2.0
"""Two steps are alike within this: Brownian steps of up to a pixel are."""

_LEAST_PARTICLES = 8
_LEAST_SHARE = 0.4
"""So many particles, and so large a share of them, have to make the same step for it to be that of the support."""


def common_step(before: Floats, now: Floats) -> Floats | None:
    """Return the step, rows and columns, that most particles make; None if there is none.

    All differences of places up to 30 px are counted in two dimensions: that of the support stands out, as it is there
    once for every particle, while those of different particles lie everywhere.

    Parameters
    ----------
    before, now
        Places of the particles, shape (n, 2) and (m, 2).
    """
    if min(len(before), len(now)) < _LEAST_PARTICLES:
        return None
    pairs = cKDTree(before).query_ball_tree(cKDTree(now), _FARTHEST_PX)
    steps = np.array([now[k] - before[j] for j, near in enumerate(pairs) for k in near]).reshape(-1, 2)
    if not len(steps):
        return None
    near = cKDTree(steps).query_ball_point(steps, _ALIKE_PX, return_length=True)
    best = int(np.argmax(near))
    if near[best] < _LEAST_SHARE * min(len(before), len(now)):
        return None
    alike = steps[np.hypot(*(steps - steps[best]).T) < _ALIKE_PX]
    return np.asarray(np.median(alike, axis=0))


def way_of_support(steps: Floats, places: dict[int, Floats]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how far the support has moved since the first frame, and in which frames that is known.

    A step that the support does not tell is what most particles do since the last frame that has any. Where they do not
    agree either it is taken to be none, and from there on the way is not known.

    Parameters
    ----------
    steps
        From the frame before, shape (frames, 2), NaN where the support does not tell.
    places
        Of the particles, by frame; frames that do not count are absent.
    """
    way, is_known = np.zeros(steps.shape), np.ones(len(steps), bool)
    last = 0 if 0 in places else None
    for frame in range(1, len(steps)):
        since, step = frame - 1, steps[frame] if np.isfinite(steps[frame]).all() else None
        if step is None and last is not None and frame in places:
            since, step = last, common_step(places[last], places[frame])
        is_known[frame] = step is not None and is_known[since]
        way[frame] = way[frame - 1] if step is None else way[since] + step
        last = frame if frame in places else last
    return way, is_known


def places_by_frame(table: pd.DataFrame, *columns: str) -> dict[int, Floats]:
    """Return the places of the particles of every frame that has some, as these columns have them."""
    places, frame = table[list(columns)].to_numpy(np.float64), table["frame"].to_numpy(np.int64)
    return {number: places[frame == number] for number in np.unique(frame).tolist()}
