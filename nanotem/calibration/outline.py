"""The stroke around a rectangle."""

from typing import NamedTuple

import numpy as np

from nanotem.calibration.profile import Profile, half_crossing

_WIDEST_STROKE_PX, _UNEVEN_STROKE_PX, _FINE_STROKE_PX = 6, 1.5, 2.8
_LEAST_RISE = 0.25


class Beyond(NamedTuple):
    """Width of the dark stroke along an edge, 0 if there is none, and from 0 to 1 how far the grey rises beyond it."""

    stroke_px: float
    rise: float


def outline_px(sides: list[Beyond]) -> float:
    """Return how far the ends of an outlined rectangle lie beyond its fill; 0 if its four sides are not outlined alike.

    A rectangle that was stroked ends in the middle of the stroke. Whether a fine rim belongs to the bar or was put
    round it for contrast cannot be seen: between the two answers the middle is taken.
    """
    strokes = [side.stroke_px for side in sides]
    if min(strokes) == 0 or max(strokes) - min(strokes) > _UNEVEN_STROKE_PX:
        return 0.0
    stroke = float(np.mean(strokes))
    return stroke / 2 if stroke > _FINE_STROKE_PX else stroke / 4


def look_beyond(profile: Profile, edge: float, step: int, level: float) -> Beyond:
    """Look beyond an edge for a darker stroke and what follows it."""
    beyond = profile[round(edge) :: step][: _WIDEST_STROKE_PX + 3]
    darkest = int(np.argmin(beyond[:_WIDEST_STROKE_PX]))
    rise = float(np.max(beyond[darkest:]) - beyond[darkest])
    share = rise / max(level - float(beyond[darkest]), 1.0)
    far = half_crossing(-beyond, darkest, 1, -float(beyond[darkest] + rise / 2)) if share > _LEAST_RISE else None
    return Beyond(0.0 if far is None else far - step * (edge - round(edge)), share)
