"""What the network learns to predict, from a label image."""

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nanotem.labels import largest
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.segmentation.network.maps import DISTANCE, Maps
from nanotem.segmentation.seeds import distance_to_background

_BORDER_SHARE = 0.08
"""How far the border between two particles reaches into either, as a share of the smaller diameter: at the working size
2 px to each side, two pixels of the maps; narrower ones vanish when the maps are averaged for larger particles."""
_BORDER_REACHES_PX = (1, 2, 3, 4, 6)
"""Reaches that are drawn; a particle of 80 px has 6."""

_OUTER = 0.34
_INTERIOR = 0.5
_PLAUSIBLE_LOSS = 0.35


def maps_of(labels: Labels) -> Maps:
    """Return the foreground, the distance of every pixel to the edge of its particle, and the border to its neighbours.

    The distance is 1 where a particle is deepest.

    Parameters
    ----------
    labels
        Label image; neighbours may touch. The frame is no edge.
    """
    numbered = labels.astype(np.float32)
    window = np.ones((3, 3), np.uint8)
    is_edge = cv2.dilate(numbered, window) != cv2.erode(numbered, window)
    distance = np.where(labels > 0, distance_to_background((labels > 0) & ~is_edge) + 1, 0)
    peaks = np.maximum(largest(labels.ravel(), distance.ravel(), int(labels.max()) + 1), 1)
    return np.stack([labels > 0, distance / peaks[labels], borders_of(labels)], axis=-1).astype(np.float32)


def borders_of(labels: Labels) -> Mask:
    """Return True near two particles at once: where they touch or overlap, and in a narrow gap between them.

    Parameters
    ----------
    labels
        Label image.
    """
    diameters = 2 * np.sqrt(np.bincount(labels.ravel()) / np.pi)
    high = labels.astype(np.float32)
    low = np.where(labels > 0, -high, np.float32(-np.inf))
    border = np.zeros(labels.shape, bool)
    for reach_px in _BORDER_REACHES_PX:
        window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach_px + 1,) * 2)
        first, second = cv2.dilate(high, window), -cv2.dilate(low, window)
        rows, columns = np.nonzero((first > second) & np.isfinite(second))
        one, other = (some[rows, columns].astype(np.int64) for some in (first, second))
        is_wide = np.minimum(diameters[one], diameters[other]) * _BORDER_SHARE >= reach_px - 0.5
        is_wide |= reach_px == _BORDER_REACHES_PX[0]
        border[rows[is_wide], columns[is_wide]] = True
    return border


def at_half_contrast(labels: Labels, contrast: GreyImage) -> Labels:
    """Move outlines that were drawn outside the edge inwards, to half of each particle's contrast.

    The contrast of a particle is that of its inner half against the ring around it. Only the outer third of a particle
    can be lost. One that stands out less than the ring varies, or would lose more than 35 % of its area, keeps its
    outline.

    Parameters
    ----------
    labels
        Label image, drawn by hand.
    contrast
        Any grey levels, particles bright or dark.
    """
    depth = maps_of(labels)[..., DISTANCE]
    corrected = labels.copy()
    for label, window in enumerate(ndimage.find_objects(labels), start=1):
        if window is None:
            continue
        around = tuple(slice(max(side.start - 3, 0), side.stop + 3) for side in window)
        inside = labels[around] == label
        ring = (cv2.dilate(inside.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0) & (labels[around] == 0)
        if ring.any():
            _shrink(corrected[around], inside, ring, contrast[around], depth[around])
    return corrected


def _shrink(
    corrected: Labels, inside: npt.NDArray[np.bool_], ring: npt.NDArray[np.bool_], grey: GreyImage, depth: GreyImage
) -> None:
    """Clear what lies outside the half-contrast contour of one particle, in place."""
    interior = float(np.median(grey[inside & (depth >= _INTERIOR)]))
    outside = float(np.median(grey[ring]))
    if abs(interior - outside) < grey[ring].std():
        return
    is_faint = (grey - (interior + outside) / 2) * np.sign(interior - outside) < 0
    lost = inside & is_faint & (depth < _OUTER)
    if 0 < np.count_nonzero(lost) <= _PLAUSIBLE_LOSS * np.count_nonzero(inside):
        corrected[lost] = 0
