"""Whether the ends of a bar can be told, or something goes on beyond them or touches them."""

import numpy as np
import numpy.typing as npt

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.grey import Bytes, as_light
from nanotem.calibration.profile import Profile, half_crossing, median

AT_EDGE = "it runs along the edge of the picture, which may have cut it off"
STEPPED = "one of its ends comes down in steps, so that its length cannot be told well enough"
GOES_ON = "its edges go on beyond one of its ends: it is a part of something longer, or lies at the edge of a label"
RIM = "it is the rim of something: lighter than what lies on one side of it, and darker than on the other"
CONTINUED = "something as high as it goes on beyond one of its ends: it is one field of a longer bar"
UNLIKE = "one of its ends is drawn otherwise than the other, so that something else may touch it there"

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

_GOING_ON_PX = 12
"""How far beyond an end edges have to go on: the paper of a label is wider than what it covers by half a letter."""

_LEAST_STEP, _MOST_UNEVEN = 0.15, 1 / 3
"""Step of an edge that goes on, by the contrast of the bar, and its standard deviation along it, by the step: white
paper on grey has a third of the step that it has on black, and grain rises and falls."""

_DEEPEST_PX, _THIN_PX = 3, 4
"""How many rows on either side of an edge are looked at, and up to where a bar has no rows to spare beside its rim."""

_LEAST_CONTRAST = 10.0
"""Grey levels: on less an edge that goes on is grain."""

_END_SHARE, _END_PX = 0.35, 6
"""Of the thickness, and at least, the columns at an end that are compared. Of three, the median follows the grain and
what the bar lies on: the edges of true bars seem to lie up to 3 px higher or lower at one end; of half a thickness, it
no longer sees a round end."""

_HIGHEST_TICK = 1.5
"""In thicknesses of a bar with ticks as wide as what is compared. Farther off is no edge of the line: it is what
something else leaves of a paper, which goes on past it at both ends."""

_UNLIKE_PX, _UNLIKE_SHARE = 1.5, 0.08
"""By more than both, in px and of the thickness, an edge of a bar lies nowhere higher or lower at one end."""


def against_bar(grey: Bytes, bar: ScaleBar) -> str:
    """Return why a line is no whole bar, as a part of a sentence; empty if nothing speaks against it.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured at half height.
    """
    tests = {RIM: is_rim, GOES_ON: goes_on, CONTINUED: is_continued, UNLIKE: is_unlike, STEPPED: is_stepped}
    return next((reason for reason, holds in tests.items() if holds(grey, bar)), "")


def is_stepped(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether an end of a bar lies farther out than the body of the bar by a share of its length that counts.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured at half height.
    """
    along = as_light(grey[_body(bar)], bar.polarity).mean(axis=0)
    widest = max(_MOST_PX, _MOST_SHARE * bar.length_px)
    return any(_step_px(along, bar, step) > widest for step in (-1, 1))


def _body(bar: ScaleBar) -> slice:
    """Return the rows of a bar without its rims."""
    first = int(np.ceil(bar.row - bar.thickness_px / 2 + 0.5))
    return slice(max(first, 0), max(int(np.floor(bar.row + bar.thickness_px / 2 - 0.5)), first) + 1)


def _columns(bar: ScaleBar) -> npt.NDArray[np.intp]:
    """Return the columns of a bar without its ends."""
    return np.arange(int(bar.left) + 2, int(bar.right) - 1)


def _step_px(along: Profile, bar: ScaleBar, step: int) -> float:
    """Return by how much more an end is drawn out above its half height than below it."""
    end = bar.left if step < 0 else bar.right
    inside = along[round(bar.left) + 1 : round(bar.right)]
    ground = _ground(along, end, step)
    if not inside.size or ground is None or not _is_solid(inside, ground):
        return 0.0
    top = float(median(inside))
    middle = round((bar.left + bar.right) / 2)
    places = [half_crossing(along, middle, step, ground + share * (top - ground)) for share in (_HIGH, 0.5, _LOW)]
    high, half, low = (np.nan if place is None else step * place for place in places)
    return float(np.nan_to_num((half - high) - (low - half)))


def _ground(profile: Profile, edge: float, step: int) -> float | None:
    """Return the grey beyond an edge; None beyond the frame."""
    beyond = round(edge) + step * np.arange(*_BEYOND_PX)
    beyond = beyond[(beyond >= 0) & (beyond < profile.size)]
    return float(median(profile[beyond])) if beyond.size else None


def _is_solid(inside: Profile, ground: float) -> bool:
    return bool(np.mean(inside > (inside.max() + ground) / 2) >= _LEAST_SOLID)


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


def goes_on(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether both long edges of a bar go on beyond one of its ends.

    Those of a paper do, of which a particle is seen between it and another one or the frame, and those of a field of a
    longer bar: then what was found has another length than the label says.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured.
    """
    within = _columns(bar)
    return within.size > 0 and any(_edges_go_on(grey, bar, within, columns) for columns in _columns_beyond(bar))


def is_continued(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether beyond an end the rows of a bar show another grey than what lies above and below them there.

    The field of a bar in two tones is followed by the other one, which may be drawn in the grey of an outline around
    both. Then its edges do not go on, because the outline lies between field and ground.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured.
    """
    contrast = _set_off(grey, bar, _columns(bar))
    if contrast is None:
        return False
    least = abs(float(np.mean(contrast))) / 2
    beyond = (_set_off(grey, bar, columns) for columns in _columns_beyond(bar))
    return any(
        abs(step := float(np.mean(one))) > least and np.std(one) < _MOST_UNEVEN * abs(step)
        for one in beyond
        if one is not None
    )


def _columns_beyond(bar: ScaleBar) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the columns to the left and to the right of a bar in which its edges could go on."""
    away_px = _BEYOND_PX[0] + np.arange(_GOING_ON_PX)
    return round(bar.left - 0.5) - away_px, round(bar.right + 0.5) + away_px


def _set_off(grey: Bytes, bar: ScaleBar, columns: npt.NDArray[np.intp]) -> Profile | None:
    """Return how far the rows of a bar are from the nearer grey of the ground above and below, column by column.

    0 where they lie between the two; None at the frame.
    """
    half = bar.thickness_px / 2
    away = np.arange(*_BEYOND_PX)
    above, below = round(bar.row - half) - away, round(bar.row + half) + away
    if not columns.size or min(above.min(), columns.min()) < 0:
        return None
    if below.max() >= grey.shape[0] or columns.max() >= grey.shape[1]:
        return None
    body = grey[_body(bar)][:, columns].mean(axis=0)
    steps = [body - np.median(grey[np.ix_(rows, columns)], axis=0) for rows in (above, below)]
    nearer = np.where(np.abs(steps[0]) < np.abs(steps[1]), *steps)
    return np.where(np.sign(steps[0]) == np.sign(steps[1]), nearer, 0.0)


def is_rim(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether a line lies on a slope: it is set off the right way from one of its sides only.

    Where a field or a particle ends, a row of pixels may have the very grey of a label.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        A line that was found in it.
    """
    light = as_light(grey, bar.polarity)
    within = _columns(bar)
    if not within.size:
        return False
    upper, lower = (_across(light, bar, step, within) for step in (-1, 1))
    if upper is None or lower is None:
        return False
    down, up = sorted((np.quantile(step, (0.25, 0.75)) for step in (upper, lower)), key=np.sum)
    return bool(up[0] > 0 and down[1] < -_LEAST_STEP * up[0])


def is_unlike(grey: Bytes, bar: ScaleBar) -> bool:
    """Return whether the edges of a line lie higher or lower at one of its ends than at the other.

    A bar was drawn as a rectangle, or with a tick at either end. A line that narrows, slants, or is thicker or rounder
    at one end is a piece of the specimen, or something touches it there. A ruler, which has no body, is not judged.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    bar
        Whose ends were measured.
    """
    light = as_light(grey, bar.polarity)
    along = light[_body(bar)].mean(axis=0)
    left, right = max(round(bar.left + 0.5), 0) + 1, round(bar.right + 0.5) - 1
    grounds = [_ground(along, end, step) for end, step in ((bar.left, -1), (bar.right, 1))]
    width = max(round(_END_SHARE * bar.thickness_px), _END_PX)
    if right - left < 2 * width or not all(g is None or _is_solid(along[left:right], g) for g in grounds):
        return False
    ends = [np.median(light[:, first : first + width], axis=1) for first in (left, right - width)]
    widest = max(_UNLIKE_PX, _UNLIKE_SHARE * bar.thickness_px)
    edges = [[_edge(end, bar, step) for end in ends] for step in (-1, 1)]
    return bool(np.isinf(edges).any()) or any(abs(one - other) > widest for one, other in edges)


def _edge(across: Profile, bar: ScaleBar, step: int) -> float:
    """Return where the upper (-1) or lower edge lies; NaN at the frame, infinite if it is nowhere near."""
    along_middle = bar.row + step * bar.thickness_px / 2
    ground = _ground(across, along_middle, step)
    if ground is None:
        return np.nan
    place = half_crossing(across, round(bar.row), step, (float(median(across[_body(bar)])) + ground) / 2)
    if place is None or abs(place - along_middle) > _HIGHEST_TICK * bar.thickness_px:
        return np.inf
    return place


def _edges_go_on(grey: Bytes, bar: ScaleBar, within: npt.NDArray[np.intp], beyond: npt.NDArray[np.intp]) -> bool:
    """Return whether the edges of a bar are there in the columns beyond an end, too; the frame always goes on."""
    if beyond.min() < 0 or beyond.max() >= grey.shape[1]:
        return False
    for step in (-1, 1):
        own, other = (_across(grey, bar, step, columns) for columns in (within, beyond))
        if own is None or other is None:
            continue
        contrast = max(abs(float(np.median(own))), _LEAST_CONTRAST)
        if np.mean(np.abs(own) > contrast / 2) < _LEAST_SOLID:
            return False
        height = abs(float(np.mean(other)))
        if height < _LEAST_STEP * contrast or np.std(other) > _MOST_UNEVEN * height:
            return False
    return True


def _across(grey: Bytes, bar: ScaleBar, step: int, columns: npt.NDArray[np.intp]) -> Profile | None:
    """Return the grey levels inside minus those outside of an edge, upper (-1) or lower, by column; None at the frame.

    A row on either side of the edge is left out, it may be blurred; of a thin bar nothing would be left.
    """
    edge = round(bar.row + step * bar.thickness_px / 2 + 0.5)
    rim = 0 if bar.thickness_px <= _THIN_PX else 1
    rows = rim + np.arange(min(max(round(bar.thickness_px) // 3, 1), _DEEPEST_PX))
    inside, outside = (edge - 1 - rows, edge + rows) if step > 0 else (edge + rows, edge - 1 - rows)
    if outside.min() < 0 or outside.max() >= grey.shape[0]:
        return None
    within, beyond = (grey[np.ix_(some, columns)].astype(np.float64) for some in (inside, outside))
    return median(within, axis=0) - median(beyond, axis=0)
