"""Whether bright particles are holes of a film: metal differs in thickness and in how it diffracts, holes do not."""

import cv2
import numpy as np

from nanotem.labels import largest, numbers_in
from nanotem.micrograph import GreyImage, Labels
from nanotem.moments import label_moments
from nanotem.robust import robust_sd

_CORE_BLURS, _LEAST_BLUR_PX = 2.0, 1.5
"""Farther from the edge than two blurs, 2 % of its step are left."""

_LEAST_N = 3

SPREAD_OF_HOLES = 0.075
"""Of the levels of bright particles, by their contrast. Holes of 25 of 26 drawn films have up to 0.071, particles on 64
of 66 published micrographs 0.084 and more; one of the other two shows four blurred spots, one gaps between cubes."""

_COMPACT, _RAGGED_SHARE = 0.96, 0.25
"""A quarter of drawn holes and more are less compact than this; of drawn discs of one level, which are no less even,
all are more so."""

_ONE_SIZE = 0.25
"""Standard deviation of the logarithm of diameters. Plates and cubes of one batch may be of one level and are not
compact, but they are of one size."""

_OF_FILM = 0.25
"""Of the step from hole to film: what differs less from the film is film."""


def are_holes(image: GreyImage, labels: Labels, *, least_n: int = _LEAST_N) -> bool:
    """Tell whether what is bright is of one grey level, of many sizes, and of shapes that no particle has.

    Parameters
    ----------
    image
        Grey levels with an even background.
    labels
        One number per particle, 0 background.
    least_n
        Fewer tell nothing.
    """
    there = numbers_in(labels)
    if len(there) < least_n or not spread_of_levels(image, labels) < SPREAD_OF_HOLES:
        return False
    moments = label_moments(labels)
    sizes, compactness = np.log(moments.area[there]) / 2, moments.compactness[there]
    return bool(np.quantile(compactness, _RAGGED_SHARE) < _COMPACT and sizes.std() > _ONE_SIZE)


def level_above_film(image: GreyImage, holes: Labels) -> float:
    """Return the grey level from which on something on a film with holes is not the film itself.

    Parameters
    ----------
    image
        Grey levels, holes dark.
    holes
        One number per hole, 0 elsewhere.

    Examples
    --------
    >>> holes = np.array([[1, 1, 0, 0, 0, 0]], np.int32)
    >>> level_above_film(np.where(holes > 0, 20, 100).astype(np.float32), holes)
    120.0
    """
    film, hole = np.median(image[holes == 0]), np.median(image[holes > 0])
    return float(film + _OF_FILM * (film - hole))


def spread_of_levels(image: GreyImage, labels: Labels, *, blur_px: float = _LEAST_BLUR_PX) -> float:
    """Return the spread of the particles' grey levels, divided by their contrast.

    Among each other, and from the rim of a core to its middle: spheres of one size are alike, but not level.

    Parameters
    ----------
    image
        Grey levels with an even background.
    labels
        One number per particle, 0 background.
    blur_px
        Of the edges, NaN if it is not known: what they reach is left out.

    Returns
    -------
    float
        Root of the sum of both squares, by median deviation and median; NaN where fewer than three have a core.

    Examples
    --------
    >>> image, labels = np.zeros((20, 60), np.float32), np.zeros((20, 60), np.int32)
    >>> for number, level in enumerate((98, 100, 102), start=1):
    ...     image[4:16, 20 * number - 16 : 20 * number - 4] = level
    ...     labels[4:16, 20 * number - 16 : 20 * number - 4] = number
    >>> round(spread_of_levels(image, labels), 3)
    0.03
    """
    depth = cv2.distanceTransform((labels > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)
    core_px = _CORE_BLURS * np.fmax(blur_px, _LEAST_BLUR_PX)
    core = depth > core_px
    label, grey, n_labels = labels[core], image[core], int(labels.max(initial=0)) + 1
    n_px, total = np.bincount(label, minlength=n_labels), np.bincount(label, grey, n_labels)
    if np.count_nonzero(n_px) < _LEAST_N:
        return float("nan")
    is_inner = depth[core] > (core_px + largest(label, depth[core], n_labels)[label]) / 2
    n_inner, inner = (np.bincount(label[is_inner], some, n_labels) for some in (None, grey[is_inner]))
    both = (n_inner > 0) & (n_inner < n_px)
    rise = inner[both] / n_inner[both] - (total - inner)[both] / (n_px - n_inner)[both]
    levels = total[n_px > 0] / n_px[n_px > 0]
    middle = np.median(levels)
    contrast = abs(middle - np.median(image[labels == 0])) if (labels == 0).any() else 0.0
    spread = np.hypot(robust_sd(levels), np.median(rise) if len(rise) else 0.0)
    return float(spread / contrast) if contrast else float("nan")
