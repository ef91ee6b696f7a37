"""A sheet on which particles are laid one after the other, and what the microscope makes of it."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels
from nanotem.training.segmenter.drawn.pieces import Corners, Piece, Profile, piece

_MOST_HIDDEN = 0.6
"""A particle that would hide more than this of another one is not laid: the rest would be no particle to the eye."""

Pattern = Callable[[Piece], npt.NDArray[Any]]
"""Factor on the height of a particle, place by place: diffraction contrast."""


class Sheet:
    """Height and labels of a scene.

    Parameters
    ----------
    side_px
        Rows and columns.
    adds
        Whether heights add where particles overlap, as in transmission; else the upper one hides the lower, as on a
        surface.
    """

    def __init__(self, side_px: int, *, adds: bool = True) -> None:
        self.side_px = side_px
        self.adds = adds
        self.height = np.zeros((side_px, side_px), np.float32)
        self.labels: Labels = np.zeros((side_px, side_px), np.int32)
        self.n_particles = 0

    def lay(
        self,
        corners: Corners,
        row: float,
        column: float,
        *,
        profile: Profile = "dome",
        terrace: float = 0.5,
        weight: float = 1.0,
        pattern: Pattern | None = None,
        most_hidden: float = _MOST_HIDDEN,
        most_over: float = 1.0,
    ) -> bool:
        """Lay a particle unless it would hide another one; say whether it was laid.

        Parameters
        ----------
        corners, profile, terrace
            As for `nanotem.training.segmenter.drawn.pieces.piece`.
        row, column
            Of its centre.
        weight, pattern
            Factors on its height.
        most_hidden
            Largest share of what is seen of another particle that it may hide.
        most_over
            Largest share of itself that may lie over others.
        """
        middle = round(row), round(column)
        new = piece(corners, profile=profile, offset=(row - middle[0], column - middle[1]), terrace=terrace)
        there, here = _windows(middle, new.reach, self.side_px)
        inside = new.inside[here]
        n_over = np.count_nonzero(self.labels[there][inside])
        if not inside.any() or n_over > most_over * inside.sum() or self._hides(there, inside, most_hidden):
            return False
        height = new.height * np.float32(weight)
        if pattern:
            height = height * pattern(new).astype(np.float32)
        if self.adds:
            self.height[there] += height[here]
        else:
            share = np.minimum(new.height[here] / max(float(np.median(new.height[new.inside])), 1e-6) * 4, 1)
            self.height[there] = (1 - share) * self.height[there] + share * height[here]
        self.n_particles += 1
        self.labels[there][inside] = self.n_particles
        return True

    def _hides(self, there: tuple[slice, slice], inside: npt.NDArray[np.bool_], most_hidden: float) -> bool:
        below = self.labels[there][inside]
        for label in np.unique(below[below > 0]):
            if np.count_nonzero(below == label) > most_hidden * self._area(int(label), there):
                return True
        return False

    def _area(self, label: int, there: tuple[slice, slice]) -> int:
        """Return the area of a particle near a window."""
        margin = max(there[0].stop - there[0].start, there[1].stop - there[1].start)
        around = tuple(slice(max(part.start - margin, 0), part.stop + margin) for part in there)
        return int(np.count_nonzero(self.labels[around] == label))


def _windows(middle: tuple[int, int], reach: int, side_px: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the part of the sheet under a window, and the part of the window that is on the sheet."""
    there, here = [], []
    for centre in middle:
        start = centre - reach
        first, last = min(max(start, 0), side_px), min(max(centre + reach + 1, 0), side_px)
        there.append(slice(first, last))
        here.append(slice(first - start, last - start))
    return (there[0], there[1]), (here[0], here[1])


def waves(side_px: int, width_px: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return smooth noise of mean 0 and standard deviation 1, so many px wide."""
    step = max(width_px / 4, 1.0)
    n = max(int(side_px / step) + 8, 16)
    small = cv2.GaussianBlur(rng.standard_normal((n, n), np.float32), (0, 0), width_px / step)
    grown = cv2.resize(small, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
    top = max((grown.shape[0] - side_px) // 2, 0)
    cut = grown[top : top + side_px, top : top + side_px]
    cut = cv2.resize(cut, (side_px, side_px)) if cut.shape != (side_px, side_px) else cut
    return np.asarray((cut - cut.mean()) / max(float(cut.std()), 1e-6), np.float32)
