"""Two equal lines above each other, which mark a spacing in a lattice."""

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import Bytes, as_light

TWINS = "two equal lines lie above each other, which mark spacings of a lattice more often than a scale"

LONGEST_SPACED_NM = 10.0
"""Of what is marked in a lattice: ten planes of the common crystals are 1 to 5 nm apart from first to last."""

_SAME_ENDS_PX, _SAME_THICKNESS = 2.0, 0.6
_FARTHEST = 0.5
"""In lengths of the line. Bars of panels above each other are several lengths apart."""

_END_PX = 3
"""So far from its ends the upright strokes of a hollow bar are sought."""

_BLUR_PX = 1
_OUTSIDE_PERCENT, _LEAST_ALIKE = (2, 98), 0.5
"""Of the same picture 96 % lie between these levels, of the paper or the fields of a bar next to nothing."""


def has_twin(grey: Bytes, bar: ScaleBar, others: list[ScaleBar]) -> bool:
    """Tell whether a line has an equal one near it, to which no stroke leads, and the picture goes on between the two.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar, others
        A line, and all lines that were found in the same image.
    """
    twins = (other for other in others if _are_twins(bar, other))
    return any(not (_is_body(grey, bar, other) or _is_outlined(grey, bar, other)) for other in twins)


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


def _is_body(grey: Bytes, a: ScaleBar, b: ScaleBar) -> bool:
    """Tell whether something else than the picture lies between two lines: they are the long sides of one bar."""
    upper, lower = sorted((a, b), key=lambda bar: bar.row)
    first, last = upper.box[2] + _BLUR_PX, lower.box[0] - _BLUR_PX
    columns = slice(max(round(a.left), 0), round(a.right))
    inside = grey[first:last, columns]
    apart = lower.box[2] - upper.box[0]
    above = grey[max(upper.box[0] - _BLUR_PX - apart, 0) : max(upper.box[0] - _BLUR_PX, 0), columns]
    below = grey[lower.box[2] + _BLUR_PX : lower.box[2] + _BLUR_PX + apart, columns]
    outside = np.concatenate([above, below])
    if not inside.size or not outside.size:
        return True
    low, high = np.percentile(outside, _OUTSIDE_PERCENT)
    return bool(np.mean((inside >= low) & (inside <= high)) < _LEAST_ALIKE)


def _is_outlined(grey: Bytes, a: ScaleBar, b: ScaleBar) -> bool:
    """Tell whether a stroke as strong as the lines themselves leads from one to the other at both ends."""
    upper, lower = sorted((a, b), key=lambda bar: bar.row)
    left, right = max(round(a.left + 0.5), 0), round(a.right + 0.5)
    light = as_light(grey, a.polarity).astype(np.float32)
    between = light[round(upper.row) : round(lower.row) + 1]
    ink = np.median(between[[0, -1], left:right])
    half = (ink + np.median(between[len(between) // 2, left:right])) / 2
    ends = between[:, left : left + _END_PX], between[:, max(right - _END_PX, 0) : right]
    return all((end >= half).all(axis=0).any() for end in ends)
