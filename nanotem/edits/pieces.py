"""Particles of labels drawn or joined by hand in one piece each: thin gaps are bridged, what lies apart is another."""

import cv2
import numpy as np
import skimage.measure

from nanotem.labels import areas_px
from nanotem.micrograph import Labels, Mask

LEAST_PX = 5
"""A line that follows a ragged outline leaves crumbs of fewer pixels; they are no particles."""

BRIDGED_PX = 2
"""The widest gap that divides no body: a watershed draws lines of 1 px, and a pen that is thin 1 to 2."""

_ACROSS = np.ones((BRIDGED_PX + 1,) * 2, np.uint8)
_NEAR = np.ones((2 * BRIDGED_PX + 1,) * 2, np.uint8)


def _pieces_of(labels: Labels, *, connectivity: int = 2) -> Labels:
    """Return the connected pieces of all labels, numbered from 1; different labels are never one piece."""
    return np.asarray(skimage.measure.label(labels, connectivity=connectivity), np.int32)


def bridged(labels: Labels, free: Mask) -> Labels:
    """Return labels with the gaps of 1 or 2 px closed that part pieces of one label, or leave them a few corners.

    Parameters
    ----------
    labels
        Labels up to `nanotem.labels.LARGEST_LABEL`, of any number of pieces.
    free
        True where a bridge may be.

    Examples
    --------
    >>> bridged(np.array([[7, 0, 7, 0, 0, 0, 7]], np.int32), np.ones((1, 7), bool)).tolist()
    [[7, 7, 7, 0, 0, 0, 7]]
    """
    pieces = _pieces_of(labels, connectivity=1)
    (label, other), (piece, another) = (_least_and_most_near(one) for one in (labels, pieces))
    closed = cv2.morphologyEx((labels > 0).view(np.uint8), cv2.MORPH_CLOSE, _ACROSS).view(bool)
    is_bridge = closed & free & (labels == 0) & (label == other) & (piece < another)
    return np.where(is_bridge, other, labels).astype(np.int32)


def _least_and_most_near(labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest number near each pixel; infinity and 0 where there is none."""
    numbers = labels.astype(np.float32)  # exact up to 16.7 million
    return cv2.erode(np.where(labels > 0, numbers, np.float32(np.inf)), _NEAR), cv2.dilate(numbers, _NEAR)


def parted(labels: Labels, unused: int) -> tuple[Labels, int]:
    """Return labels of one piece each, and how many were in several.

    Thin gaps are bridged. The largest piece keeps the number of its label, others get numbers of their own, and crumbs
    are left out.

    Parameters
    ----------
    labels
        Drawn by hand.
    unused
        The first number that is free.
    """
    _, owner = _pieces_and_labels(labels)
    is_torn = np.bincount(owner[1:], minlength=int(labels.max()) + 1) > 1
    if not is_torn.any():
        return labels, 0
    whole = bridged(np.where(is_torn[labels], labels, 0), labels == 0)
    pieces, owner = _pieces_and_labels(np.where(whole > 0, whole, labels))
    areas = areas_px(pieces)
    order = np.lexsort((-areas, owner))
    further = order[1:][owner[order[1:]] == owner[order[:-1]]]
    is_crumb = areas[further] < LEAST_PX
    owner[further] = np.where(is_crumb, 0, unused - 1 + np.cumsum(~is_crumb))
    return owner[pieces], int(is_torn.sum())


def _pieces_and_labels(labels: Labels) -> tuple[Labels, Labels]:
    """Return the pieces, and of which label each is, by its number; that of the background is 0."""
    pieces = _pieces_of(labels)
    owner = np.zeros(int(pieces.max(initial=0)) + 1, np.int32)
    owner[pieces.ravel()] = labels.ravel()
    return pieces, owner
