"""A straight light line, measured on the grey profiles across it and along it."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from nanotem.calibration.box import Box
from nanotem.calibration.grey import Bytes
from nanotem.calibration.outline import look_beyond, outline_px
from nanotem.calibration.profile import Profile, half_crossing, median

_OUTLINE_STEP, _GROUND_RISE = 0.25, 0.9
"""Of the step at an end: an outline is darker than the ground beyond it by more than the first; where beyond both ends
the grey rises again by more than the second, the line is the ground between two ticks."""

_RIM = 0.25
"""Of the step at a long edge: rows that lack more of it are blurred."""

_BEYOND_PX = (3, 8)
"""Where the ground beyond an end is looked for: past a rim of three pixels."""

_BESIDE_PX = 5
"""How far beyond a long edge its ground is looked for."""

_NARROWEST_PX = 13
"""What is light beside a line in fewer columns is a tick, or a letter that stands on it, and not its ground."""

_LEAST_STEP = 0.25
"""Of the contrast: no column's ground is taken to be nearer to the grey of the line."""


@dataclass(frozen=True)
class Line:
    """A horizontal light line, with what tells a burnt-in bar from a particle.

    Parameters
    ----------
    top, bottom, left, right
        Its edges at half height; pixel centres are whole numbers. If the line is outlined on all four sides, `left` and
        `right` lie in the outline.
    level, contrast
        Its grey level, and how far that is above the lighter of its two sides.
    roughness
        Standard deviation of the grey levels inside, divided by `contrast`.
    isolation
        Share of its length along which there is something darker beside it, on the less isolated side.
    sharpness
        Share of the step at an end that happens within 4 px, at the less sharp end.
    raggedness_px
        Pixels per row that do not fit a rectangle.
    enclosed_left, enclosed_right
        How much darker it is beyond that end than on either side of the line, divided by `contrast`: near 0 for a bar
        on a ground of one grey, near 1 for a field between fields of another grey.
    rim_px
        How far into the outline `left` and `right` were moved; 0 without one.
    """

    top: float
    bottom: float
    left: float
    right: float
    level: float
    contrast: float
    roughness: float
    isolation: float
    sharpness: float
    raggedness_px: float
    enclosed_left: float
    enclosed_right: float
    rim_px: float

    @property
    def row(self) -> float:
        """Row of the centre line."""
        return (self.top + self.bottom) / 2

    @property
    def thickness_px(self) -> float:
        """Distance of the two long edges."""
        return self.bottom - self.top

    @property
    def length_px(self) -> float:
        """Distance of the two ends."""
        return self.right - self.left


class _End(NamedTuple):
    """One end of a line: its column, how sharp it is, and the grey beyond it."""

    place: float
    sharpness: float
    outside: float


def measure_line(grey: Bytes, box: Box) -> Line | None:
    """Measure the light line that fills `box` more or less; None if there is none.

    What has no dark sides or ends is none, nor is the ground between two end ticks, which is as light beyond them.
    """
    top, left, bottom, right = box
    height, width = bottom - top, right - left
    row0, column0 = max(top - height - 4, 0), max(left - width // 2 - 16, 0)
    patch = grey[row0 : bottom + height + 4, column0 : right + width // 2 + 16].astype(np.float32)
    inner = slice(left - column0 + width // 8, right - column0 - width // 8)

    across = median(patch[:, inner])
    peak = top - row0 + int(np.argmax(across[top - row0 : bottom - row0]))
    darker, side = sorted((across[: peak + 1].min(), across[peak:].min()))
    edge = (across[peak] + side) / 2
    upper, lower = half_crossing(across, peak, -1, edge), half_crossing(across, peak, 1, edge)
    if upper is None or lower is None:
        return None

    first_row, last_row = int(np.ceil(upper)), int(np.floor(lower))
    core = _core(patch, across, first_row, last_row, float(side))
    along = core.mean(axis=0)
    level = float(median(along[inner]))
    contrast = level - float(side)
    if contrast <= 0:
        return None
    middle = (inner.start + inner.stop) // 2
    halves = _half_heights(patch, first_row, last_row, level, contrast)
    first, last = _end(along, halves, middle, -1, level), _end(along, halves, middle, 1, level)
    if first is None or last is None:
        return None
    start, stop = first.place, last.place
    inside = slice(int(np.ceil(start)) + 1, int(np.floor(stop)))
    if inside.stop - inside.start < 3:
        return None

    edges = ((along, start, -1), (along, stop, 1), (across, upper, -1), (across, lower, 1))
    sides = [look_beyond(profile, place, step, level) for profile, place, step in edges]
    rim = outline_px(sides)
    if rim == 0 and min(side.rise for side in sides[:2]) > _GROUND_RISE:
        return None
    return Line(
        top=row0 + upper,
        bottom=row0 + lower,
        left=column0 + start - rim,
        right=column0 + stop + rim,
        level=level,
        contrast=contrast,
        roughness=float((core[:, inside] - median(core[:, inside])[:, None]).std()) / contrast,
        isolation=_isolation(patch[:, inside], first_row, last_row, halves[inside]),
        sharpness=min(first.sharpness, last.sharpness),
        raggedness_px=_raggedness(core, start, stop, halves),
        enclosed_left=(float(darker) - first.outside) / contrast,
        enclosed_right=(float(darker) - last.outside) / contrast,
        rim_px=rim,
    )


def _core(patch: Profile, across: Profile, first: int, last: int, side: float) -> Profile:
    """Return the rows of the line, from the first to the last, without its blurred rims."""
    rows = across[first : last + 1]
    return patch[first : last + 1][rows >= rows.max() - _RIM * (rows.max() - side)]


def _half_heights(patch: Profile, first: int, last: int, level: float, contrast: float) -> Profile:
    """Return, column by column, the grey halfway from the line to the darker of its sides, end ticks left out."""
    above = patch[max(first - _BESIDE_PX, 0) : max(first - 1, 1)]
    below = patch[min(last + 2, len(patch) - 1) : last + 1 + _BESIDE_PX]
    local = np.minimum(median(above, axis=0), median(below, axis=0))
    wide = cv2.morphologyEx(local[None].astype(np.float32), cv2.MORPH_OPEN, np.ones((1, _NARROWEST_PX)))[0]
    return (level + np.clip(wide, level - contrast, level - _LEAST_STEP * contrast)) / 2


def _end(along: Profile, halves: Profile, middle: int, step: int, level: float) -> _End | None:
    """Return one end at the half height of its own step."""
    rough = half_crossing(along - halves, middle, step, 0)
    if rough is None:
        return None
    near = round(rough)
    nearest, farthest = _BEYOND_PX
    if not farthest <= near < along.size - farthest:
        return None
    beyond = along[near + nearest * step : near + farthest * step : step]
    outside = min(float(median(beyond)), float(halves[near]))
    outline = float(along[near + 2 * step])
    if outline < outside - _OUTLINE_STEP * (level - outside):
        outside = outline
    end = half_crossing(along, middle, step, (level + outside) / 2)
    if end is None:
        return None
    return _End(end, float(along[near - 2 * step] - along[near + 2 * step]) / (level - outside), outside)


def _isolation(patch: Profile, first: int, last: int, halves: Profile) -> float:
    """Return the share of the columns with something darker in the two rows beyond a blurred one, on the worse side."""
    above = patch[max(first - 3, 0) : max(first - 1, 0)]
    below = patch[last + 2 : last + 4]
    return float(min((beside < halves).any(axis=0).mean() for beside in (above, below)))


def _raggedness(core: Profile, start: float, stop: float, halves: Profile) -> float:
    """Return how many pixels per row are on the other side of their half height than in a rectangle."""
    columns = np.arange(core.shape[1])
    near = (columns > start - 2) & (columns < stop + 2)
    rectangle = (columns > start) & (columns < stop)
    return float(((core >= halves) != rectangle)[:, near].sum(axis=1).mean())
