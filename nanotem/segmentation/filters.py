"""Leave out particles by their size, or because the frame cuts them; the others keep their numbers."""

import numpy as np

from nanotem.labels import areas_px, at_frame
from nanotem.micrograph import Labels

MIN_DIAMETER_PX = 5.0
"""Below it a particle has fewer than 20 pixels, and noise as many: the default of what is kept."""


def without_small(labels: Labels, *, min_diameter_px: float) -> Labels:
    """Drop particles of a smaller area-equivalent diameter."""
    areas = areas_px(labels)
    is_large = areas >= max(np.pi / 4 * min_diameter_px**2, 1)
    if np.array_equal(is_large, areas > 0):
        return labels
    return np.where(is_large, np.arange(len(areas)), 0).astype(np.int32)[labels]


def without_cut(labels: Labels) -> Labels:
    """Drop particles that touch the frame."""
    kept = np.ones(int(labels.max()) + 1, bool)
    kept[at_frame(labels)] = False
    return np.where(kept[labels], labels, 0).astype(np.int32)
