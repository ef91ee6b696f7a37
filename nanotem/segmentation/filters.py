"""Leave out particles by their size, or because the frame cuts them; the others keep their numbers."""

import numpy as np
import numpy.typing as npt

from nanotem.labels import areas_px, at_frame
from nanotem.micrograph import Labels, Mask

MIN_DIAMETER_PX = 5.0
"""Below it a particle has fewer than 20 pixels, and noise as many: the default of what is kept."""

_FILLS_FRAME = 0.82
"""Share of the image from which on what is found shows no outline, and says nothing of a scale: seen from afar, or in
the mask of a threshold, a dense monolayer is one even grey from edge to edge. A disc as wide as the frame covers less.
Without it 5 of 16 drawn monolayers were taken for one particle; at 0.80 a published one that nearly fills its frame is
lost."""


def fills_frame(areas: npt.NDArray[np.int64], n_px: int) -> npt.NDArray[np.bool_]:
    """Tell of every area in an image of so many pixels whether it leaves no outline to be seen."""
    return np.asarray(areas > _FILLS_FRAME * n_px)


def without_frame_filling(labels: Labels) -> Labels:
    """Drop what leaves no outline to be seen."""
    filling = fills_frame(areas_px(labels), labels.size)
    return np.where(filling[labels], 0, labels).astype(np.int32) if filling.any() else labels


def without_small(labels: Labels, *, min_diameter_px: float) -> Labels:
    """Drop particles of a smaller area-equivalent diameter."""
    areas = areas_px(labels)
    is_large = areas >= max(np.pi / 4 * min_diameter_px**2, 1)
    if np.array_equal(is_large, areas > 0):
        return labels
    return np.where(is_large, np.arange(len(areas)), 0).astype(np.int32)[labels]


def without_cut(labels: Labels, frame: Mask | None = None) -> Labels:
    """Drop particles that touch the image's edge or, where it is given, what lies outside the frame."""
    kept = np.ones(int(labels.max()) + 1, bool)
    kept[at_frame(labels, frame)] = False
    return np.where(kept[labels], labels, 0).astype(np.int32)
