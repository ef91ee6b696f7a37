"""Faint particles beside dark ones, which a threshold that dark ones set leaves out."""

import cv2
import numpy as np

from nanotem.labels import areas_px, grown, regions
from nanotem.micrograph import Labels, Mask

_REACH_PX = 3
"""How far the halo of a particle reaches into the faint mask: what blur of up to 2 px leaves above its lower level."""

_SLIVER_PX = 5
"""Rests of halos are narrower than this, satellites wider: what is smaller could not be measured."""

_CORE_GROWTH = 2.5
"""A label that the faint mask makes so many times as large at once was only the core of its particle."""


def with_satellites(labels: Labels, faint: Mask) -> Labels:
    """Add the particles that only the faint mask holds, and make those whole of which only the core was labelled.

    Labels are starts for outlines, which are traced later: they may lie a few pixels inside or outside of the edge.

    Parameters
    ----------
    labels
        Label image.
    faint
        True in faint particles too. What lies farther than 3 px from all labels becomes particles of its own, unless it
        is a sliver: satellites beside big particles, which then take the nearer half of what lies between. A label in
        the middle of a particle that is much larger in the
        faint mask is replaced by that.

    Returns
    -------
    Labels
        Old labels, and new ones above them for what was added.

    Examples
    --------
    >>> labels = np.zeros((40, 60), np.int32)
    >>> labels[10:30, 10:30] = 4
    >>> faint = labels > 0
    >>> faint[16:24, 30:46] = True
    >>> np.unique(with_satellites(labels, faint)).tolist()
    [0, 4, 5]
    """
    whole = grown(labels, reach_px=_REACH_PX, within=faint)
    cores = areas_px(labels)
    is_core = areas_px(whole) > _CORE_GROWTH * cores
    is_left = is_core.copy()
    is_left[0] = True
    added = _left_over(faint & is_left[whole], above=len(cores) - 1)
    del whole  # two threads work at once, on label images as large as the picture
    if added is None:
        return grown(labels, reach_px=1)
    is_added = added > 0
    replaced = is_core & (np.bincount(labels[is_added], minlength=len(cores)) > cores / 2)
    kept = np.where(replaced, 0, np.arange(len(cores))).astype(np.int32)[labels] if replaced.any() else labels
    np.copyto(added, kept, where=kept > 0)
    beside = cv2.dilate(is_added.view(np.uint8), np.ones((2 * _REACH_PX + 1,) * 2, np.uint8)).view(bool)
    shared = grown(added, reach_px=_REACH_PX, within=faint & beside)
    np.copyto(added, shared, where=shared >= len(cores))
    del shared
    return grown(added, reach_px=1)


def _left_over(rest: Mask, *, above: int) -> Labels | None:
    """Return the regions of a mask as labels above a number, slivers dropped; None if nothing is left."""
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SLIVER_PX,) * 2)
    opened = cv2.morphologyEx(rest.view(np.uint8), cv2.MORPH_OPEN, ellipse).view(bool)
    if not opened.any():
        return None
    found = regions(opened)
    found[opened] += above
    return found
