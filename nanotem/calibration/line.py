"""A straight light line, measured on the grey profiles across it and along it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.calibration.grey import Bytes

Box = tuple[int, int, int, int]
"""(top, left, bottom, right) in whole pixels, half open."""

Profile = npt.NDArray[np.floating[Any]]

_OUTLINE_STEP = 0.25


@dataclass(frozen=True)
class Line:
    """A horizontal light line, with what tells a burnt-in bar from a particle.

    Parameters
    ----------
    top, bottom, left, right
        Its edges at half height; pixel centres are whole numbers.
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


def measure_line(grey: Bytes, box: Box) -> Line | None:
    """Measure the light line that fills `box` more or less; None if it has no dark sides or ends."""
    top, left, bottom, right = box
    height, width = bottom - top, right - left
    row0, column0 = max(top - height - 4, 0), max(left - width // 2 - 16, 0)
    patch = grey[row0 : bottom + height + 4, column0 : right + width // 2 + 16].astype(np.float32)
    inner = slice(left - column0 + width // 8, right - column0 - width // 8)

    across = np.median(patch[:, inner], axis=1)
    peak = top - row0 + int(np.argmax(across[top - row0 : bottom - row0]))
    side = max(across[: peak + 1].min(), across[peak:].min())
    edge = (across[peak] + side) / 2
    upper, lower = half_crossing(across, peak, -1, edge), half_crossing(across, peak, 1, edge)
    if upper is None or lower is None:
        return None

    core = _core(patch, upper, lower)
    along = core.mean(axis=0)
    level = float(np.median(along[inner]))
    contrast = level - float(side)
    if contrast <= 0:
        return None
    middle = (inner.start + inner.stop) // 2
    first, last = _end(along, middle, -1, level, contrast), _end(along, middle, 1, level, contrast)
    if first is None or last is None:
        return None
    (start, start_sharpness), (stop, stop_sharpness) = first, last
    inside = slice(int(np.ceil(start)) + 1, int(np.floor(stop)))
    if inside.stop - inside.start < 3:
        return None

    half = level - contrast / 2
    return Line(
        top=row0 + upper,
        bottom=row0 + lower,
        left=column0 + start,
        right=column0 + stop,
        level=level,
        contrast=contrast,
        roughness=float(core[:, inside].std()) / contrast,
        isolation=_isolation(patch[:, inside], upper, lower, half),
        sharpness=min(start_sharpness, stop_sharpness),
        raggedness_px=_raggedness(core, start, stop, half),
    )


def half_crossing(profile: Profile, start: int, step: int, half: float) -> float | None:
    """Return where the profile first falls below `half` on the way from `start`; None if it never does."""
    walk = profile[start::step]
    below = np.flatnonzero(walk < half)
    if not below.size or below[0] == 0:
        return None
    i = int(below[0])
    return start + step * (i - 1 + float((walk[i - 1] - half) / (walk[i - 1] - walk[i])))


def _core(patch: Profile, upper: float, lower: float) -> Profile:
    """Return the rows of the line, without its blurred rim if it is thick enough."""
    first, last = int(np.ceil(upper)), int(np.floor(lower))
    rim = int(last - first >= 3)
    return patch[first + rim : last + 1 - rim]


def _end(along: Profile, middle: int, step: int, level: float, contrast: float) -> tuple[float, float] | None:
    """Return one end at the half height of its own step, and how sharp it is."""
    rough = half_crossing(along, middle, step, level - contrast / 2)
    if rough is None:
        return None
    near = round(rough)
    if not 8 <= near < along.size - 8:
        return None
    beyond = along[near + 3 * step : near + 8 * step : step]
    outside = min(float(np.median(beyond)), level - contrast / 2)
    outline = float(along[near + 2 * step])
    if outline < outside - _OUTLINE_STEP * contrast:
        outside = outline
    end = half_crossing(along, middle, step, (level + outside) / 2)
    if end is None:
        return None
    return end, float(along[near - 2 * step] - along[near + 2 * step]) / (level - outside)


def _isolation(patch: Profile, upper: float, lower: float, half: float) -> float:
    above = patch[max(int(np.ceil(upper)) - 3, 0) : max(int(np.ceil(upper)) - 1, 0)]
    below = patch[int(np.floor(lower)) + 2 : int(np.floor(lower)) + 4]
    return float(min((beside < half).any(axis=0).mean() for beside in (above, below)))


def _raggedness(core: Profile, start: float, stop: float, half: float) -> float:
    columns = np.arange(core.shape[1])
    near = (columns > start - 2) & (columns < stop + 2)
    rectangle = (columns > start) & (columns < stop)
    return float(((core >= half) != rectangle)[:, near].sum(axis=1).mean())
