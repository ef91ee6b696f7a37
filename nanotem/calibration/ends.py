"""Whether the ends of a bar can be told: of a picture that was resampled, an end may come down in two steps."""

import numpy as np

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import Bytes, as_light
from nanotem.calibration.profile import Profile, half_crossing, median

AT_EDGE = "it runs along the edge of the picture, which may have cut it off"
STEPPED = "one of its ends comes down in steps, so that its length cannot be told well enough"

_HIGH, _LOW = 0.88, 0.12
"""Of the step at an end. What is left of a figure's antialiasing, and grain, stays beyond these levels."""

_MOST_PX, _MOST_SHARE = 1.5, 0.05
"""An end that falls evenly, however blurred, is as wide above its middle as below: on published bars to 1 px. What
comes down in two steps leaves the length open by the width of the upper one; below one part in twenty that is told by
the scale's uncertainty."""

_LEAST_SOLID = 0.9
"""Of what lies between the ends: a ruler of ticks has no body, and a label may stand between two halves."""

_LINE_SHARE = 0.5
"""Of the height of its label: what is as thin is a line, also where the frame runs along it."""

_BEYOND_PX = (3, 8)
"""Where the ground is looked for: past a rim of three pixels."""


def is_stepped(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether an end of a bar lies farther out than the body of the bar by a share of its length that counts.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured at half height.
    """
    light = as_light(grey, bar.polarity).astype(np.float64)
    first = int(np.ceil(bar.row - bar.thickness_px / 2 + 0.5))
    last = max(int(np.floor(bar.row + bar.thickness_px / 2 - 0.5)) + 1, first + 1)
    along = light[max(first, 0) : last].mean(axis=0)
    widest = max(_MOST_PX, _MOST_SHARE * bar.length_px)
    return any(_step_px(along, bar, step) > widest for step in (-1, 1))


def _step_px(along: Profile, bar: ScaleBar, step: int) -> float:
    """Return by how much more an end is drawn out above its half height than below it."""
    end = bar.left if step < 0 else bar.right
    inside = along[round(bar.left) + 1 : round(bar.right)]
    beyond = round(end) + step * np.arange(*_BEYOND_PX)
    beyond = beyond[(beyond >= 0) & (beyond < along.size)]
    if not inside.size or not beyond.size:
        return 0.0
    top, ground = float(median(inside)), float(median(along[beyond]))
    if np.mean(inside > (inside.max() + ground) / 2) < _LEAST_SOLID:
        return 0.0
    middle = round((bar.left + bar.right) / 2)
    places = [half_crossing(along, middle, step, ground + share * (top - ground)) for share in (_HIGH, 0.5, _LOW)]
    high, half, low = (np.nan if place is None else step * place for place in places)
    return float(np.nan_to_num((half - high) - (low - half)))


def may_be_cut(bar: ScaleBar, letters_px: float, shape: tuple[int, ...]) -> bool:
    """Tell whether a thick bar reaches the first or last row of a picture: what is cut off there need not be a bar.

    Parameters
    ----------
    bar
        The bar.
    letters_px
        Height of its label. What is thinner than half of it is a line, cut or not.
    shape
        Of the picture.

    Examples
    --------
    >>> one = ScaleBar(95.0, 10.0, 60.0, thickness_px=8.0, polarity="dark", confidence=0.9, box=(91, 10, 99, 61))
    >>> may_be_cut(one, 12, (99, 200)), may_be_cut(one, 12, (110, 200)), may_be_cut(one, 20, (99, 200))
    (True, False, False)
    """
    is_at_edge = bar.box[0] <= 0 or bar.box[2] >= shape[0]
    return is_at_edge and bar.thickness_px > _LINE_SHARE * letters_px
