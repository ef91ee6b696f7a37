"""From predicted maps to particles: the neck-ratio method on the predicted distance instead of a computed one."""

import numpy as np
import numpy.typing as npt

from nanotem.labels import largest
from nanotem.micrograph import GreyImage, Labels
from nanotem.segmentation.neck import MeasuredParts
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.segmentation.parts import over_segment
from nanotem.segmentation.seeds import smooth

OUTLINE_LEVEL = 0.55
"""Half of the foreground draws outlines 2.7 % wider than half of the contrast, this level 1.7 %."""
_SMOOTHING_PX = 0.7


def particles_of(foreground: GreyImage, distance: GreyImage, *, split_ratio: float) -> tuple[GreyImage, Labels]:
    """Tell particles apart where the predicted distance has a neck.

    Parameters
    ----------
    foreground, distance
        Predicted maps, 0 to 1, of the shape of the micrograph.
    split_ratio
        The `neck_ratio` of `nanotem.segmentation.neck.merge_by_neck`; the predicted distance is 1 in the middle of
        every particle, whatever its size, so that necks are deeper and the ratio is lower.

    Returns
    -------
    basin
        The distance in the foreground, in px of the working scale.
    labels
        Of the same shape.
    """
    basin, parts = parts_of(foreground, distance)
    return basin, parts.merged(neck_ratio=split_ratio)


def parts_of(foreground: GreyImage, distance: GreyImage) -> tuple[GreyImage, MeasuredParts]:
    """Return the basin of `particles_of`, and the parts that every split ratio merges."""
    mask = foreground > OUTLINE_LEVEL
    basin = smooth(np.where(mask, distance * np.float32(WORKING_PX / 2), np.float32(0)), sigma_px=_SMOOTHING_PX)
    return basin, MeasuredParts.of(over_segment(mask & (basin > 0), basin), basin)


def confidences(labels: Labels, foreground: GreyImage, basin: GreyImage) -> npt.NDArray[np.float32]:
    """Return how sure the network is of every label, 0 to 1; 0 for the background.

    The mean of the foreground in the particle times the predicted distance in its middle: low for a smudge that is
    hardly foreground, and for a piece that has no middle of its own.
    """
    n_labels = int(labels.max()) + 1
    inside = np.flatnonzero(labels > 0)
    number = labels.ravel()[inside]
    areas = np.maximum(np.bincount(number, minlength=n_labels), 1)
    means = np.bincount(number, foreground.ravel()[inside], n_labels) / areas
    peaks = largest(number, basin.ravel()[inside], n_labels)
    return np.asarray(means * np.minimum(peaks * (2 / WORKING_PX), 1), np.float32)
