"""Two equal lines above each other, which mark a spacing in a lattice."""

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import Bytes, as_light

TWINS = "two equal lines lie above each other, which mark spacings of a lattice more often than a scale"

_SAME_ENDS_PX, _SAME_THICKNESS = 2.0, 0.6
_FARTHEST = 0.5
"""In lengths of the line. Bars of panels above each other are several lengths apart."""

_END_PX = 3
"""So far from its ends the upright strokes of a hollow bar are sought."""


def has_twin(grey: Bytes, bar: ScaleBar, others: list[ScaleBar]) -> bool:
    """Tell whether a line has an equal one above or below it, to which no stroke leads as in a hollow bar.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar, others
        A line, and all lines that were found in the same image.
    """
    return any(_are_twins(bar, other) and not _is_joined(grey, bar, other) for other in others)


def _are_twins(a: ScaleBar, b: ScaleBar) -> bool:
    apart = abs(a.row - b.row)
    same_ends = max(abs(a.left - b.left), abs(a.right - b.right)) <= _SAME_ENDS_PX
    thinner, thicker = sorted((a.thickness_px, b.thickness_px))
    return (
        a.polarity == b.polarity
        and same_ends
        and thinner >= _SAME_THICKNESS * thicker
        and thicker < apart < _FARTHEST * a.length_px
    )


def _is_joined(grey: Bytes, a: ScaleBar, b: ScaleBar) -> bool:
    """Tell whether a stroke as strong as the lines themselves leads from one to the other at both ends."""
    upper, lower = sorted((a, b), key=lambda bar: bar.row)
    left, right = max(round(a.left + 0.5), 0), round(a.right + 0.5)
    light = as_light(grey, a.polarity).astype(np.float32)
    between = light[round(upper.row) : round(lower.row) + 1]
    ink = np.median(between[[0, -1], left:right])
    half = (ink + np.median(between[len(between) // 2, left:right])) / 2
    ends = between[:, left : left + _END_PX], between[:, max(right - _END_PX, 0) : right]
    return all((end >= half).all(axis=0).any() for end in ends)
