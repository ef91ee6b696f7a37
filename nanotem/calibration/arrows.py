"""Arrows and frames that were drawn onto a picture."""

import numpy as np

from nanotem.calibration.strokes import Mark

_SHORTEST_PX = 14
"""From tip to tail."""

_LEAST_HEAD = 1.8
"""In widths of the shaft."""

_LONGEST_HEAD, _STEEP = 0.6, 0.35
"""Of the arrow, and of the head: so far behind its widest place the shaft has begun."""

_STRAIGHT_TAPER = 0.2
"""In widths of the head: no farther it is off an even taper anywhere."""

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
    shaft = widths[head + max(2, round(_STEEP * head)) : length - 1]
    if head < 3 or head > _LONGEST_HEAD * length or len(shaft) < 0.25 * length:
        return False
    shaft_px = float(np.median(shaft))
    taper = widths[: head + 1] / widths[head]
    straight = np.abs(taper - np.linspace(taper[0], 1, head + 1)).max() < _STRAIGHT_TAPER
    is_even = np.mean(np.abs(shaft - shaft_px) <= max(1.5, 0.25 * shaft_px)) > 0.8
    return bool(widths[head] >= _LEAST_HEAD * shaft_px and taper[0] < 0.45 and straight and is_even)


def is_frame(mark: Mark) -> bool:
    """Tell whether a mark is the outline of an upright rectangle, as one is drawn round an inset."""
    stroke = max(round(mark.stroke_px), 1)
    if min(mark.region.shape) < _SMALLEST_FRAME_PX or 6 * stroke > min(mark.region.shape):
        return False
    sides = (mark.region[:stroke], mark.region[-stroke:], mark.region[:, :stroke].T, mark.region[:, -stroke:].T)
    inner = mark.region[stroke + 1 : -stroke - 1, stroke + 1 : -stroke - 1]
    return min(side.any(axis=0).mean() for side in sides) > _FRAME_SHARE and inner.sum() < 0.02 * mark.region.sum()
