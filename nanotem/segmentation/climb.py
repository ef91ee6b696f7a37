"""Steepest ascent: every pixel of a mask belongs to the peak that it climbs to."""

import numpy as np

from nanotem.micrograph import GreyImage, Labels, Mask


def climb(heights: GreyImage, peaks: Labels, mask: Mask) -> Labels:
    """Give every pixel of a mask the label of the peak that is reached from it by the steepest steps.

    Five times faster than a watershed, and equal to it but for ridges.

    Parameters
    ----------
    heights
        The map that is climbed.
    peaks
        Labels of all its local maxima inside the mask, plateaus whole.
    mask
        True where labels are wanted.
    """
    outside = -np.inf
    padded = np.full([side + 2 for side in mask.shape], outside, np.float32)
    np.copyto(padded[1:-1, 1:-1], heights, where=mask)
    flat, width = padded.ravel(), padded.shape[1]
    inside = np.flatnonzero(flat > outside).astype(np.int32)
    best, highest = inside.copy(), flat[inside]
    for step in (-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1):
        there = inside + step
        height = flat[there]
        higher = height > highest
        np.copyto(best, there, where=higher)
        np.copyto(highest, height, where=higher)
    n_places = flat.size
    del padded, flat, there, height, higher, highest
    number = np.empty(n_places, np.int32)
    number[inside] = np.arange(inside.size, dtype=np.int32)
    reached = number[best]
    del number, best
    while not np.array_equal(further := reached[reached], reached):
        reached = further
    labels = np.zeros(mask.shape, np.int32)
    place = np.flatnonzero(mask)
    labels.ravel()[place] = peaks.ravel()[place[reached]]
    return labels
