"""Arrows and frames that were drawn onto a picture."""

import numpy as np

from nanotem.calibration.strokes import Mark

_SHORTEST_PX = 14
"""From tip to tail: of less, the head is 4 px, on which a taper cannot be told from a round end."""

_LEAST_HEAD = 1.8
"""In widths of the shaft. Of 300 drawn arrows in every direction, 20 to 80 px long, all have 2.2 and more."""

_SHORTEST_HEAD_PX, _LONGEST_HEAD, _LEAST_SHAFT = 3, 0.6, 0.25
"""In px and of the arrow. Of the drawn ones the head is 0.27 to 0.37 and the shaft 0.45 and more; people also draw
heads of half the arrow."""

_STEEP, _LEAST_STEEP_PX = 0.35, 2
"""Of the head: so far behind its widest place the shaft has begun, also where the head is barbed."""

_WIDEST_TIP = 0.45
"""In widths of the head: drawn ones have up to 0.17, a pixel or two; a round end begins wider."""

_STRAIGHT_TAPER = 0.2
"""In widths of the head: no farther it is off an even taper anywhere. 98 % of the drawn ones are within 0.18; half a
disc 20 to 40 px wide bulges by 0.24 to 0.28."""

_EVEN_PX, _EVEN_SHARE, _MOSTLY = 1.5, 0.25, 0.8
"""A slanting shaft is a pixel wider or narrower from step to step: in px and of its width, along so much of it."""

_FRAME_SHARE, _SMALLEST_FRAME_PX = 0.95, 30
"""Of each side, so much of which is stroke, and the shorter side."""


def is_arrow(mark: Mark) -> bool:
    """Tell whether a mark is a shaft with a head: it widens at once, then tapers evenly to a tip.

    A rod with a particle at its end widens gradually and ends round.
    """
    rows, columns = np.nonzero(mark.region)
    places = np.stack([rows, columns], axis=1) - (rows.mean(), columns.mean())
    axis = np.linalg.eigh(places.T @ places)[1][:, 1]
    along, across = places @ axis, places @ np.array([-axis[1], axis[0]])
    steps = np.round(along - along.min()).astype(int)
    if steps.max() < _SHORTEST_PX:
        return False
    widths = np.array(
        [np.ptp(across[steps == step]) + 1 if (steps == step).any() else 0.0 for step in range(steps.max() + 1)]
    )
    return _has_head(widths) or _has_head(widths[::-1])


def _has_head(widths: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Tell whether a profile of widths, from tip to tail, is that of an arrow."""
    head = int(np.argmax(widths))
    length = len(widths)
    shaft = widths[head + max(_LEAST_STEEP_PX, round(_STEEP * head)) : length - 1]
    if not _SHORTEST_HEAD_PX <= head <= _LONGEST_HEAD * length or len(shaft) < _LEAST_SHAFT * length:
        return False
    shaft_px = float(np.median(shaft))
    taper = widths[: head + 1] / widths[head]
    straight = np.abs(taper - np.linspace(taper[0], 1, head + 1)).max() < _STRAIGHT_TAPER
    is_even = np.mean(np.abs(shaft - shaft_px) <= max(_EVEN_PX, _EVEN_SHARE * shaft_px)) > _MOSTLY
    return bool(widths[head] >= _LEAST_HEAD * shaft_px and taper[0] < _WIDEST_TIP and straight and is_even)


def is_frame(mark: Mark) -> bool:
    """Tell whether a mark is the outline of an upright rectangle, as one is drawn round an inset."""
    stroke = max(round(mark.stroke_px), 1)
    if min(mark.region.shape) < _SMALLEST_FRAME_PX or 6 * stroke > min(mark.region.shape):
        return False
    sides = (mark.region[:stroke], mark.region[-stroke:], mark.region[:, :stroke].T, mark.region[:, -stroke:].T)
    inner = mark.region[stroke + 1 : -stroke - 1, stroke + 1 : -stroke - 1]
    return min(side.any(axis=0).mean() for side in sides) > _FRAME_SHARE and inner.sum() < 0.02 * mark.region.sum()
