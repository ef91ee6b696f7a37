"""Whether an outline and a label mean the same particle."""

import numpy as np

from nanotem.micrograph import Mask
from nanotem.moments import Moments

_NEAR_PX, _MOST_INWARDS, _MOST_OUTWARDS = 3.0, 0.15, 1.0
"""How far the edge may lie from that of the label: so many px, or shares of its radius. Labels are near the edge or,
where facets slope, well inside it (an octahedron labelled at half of its contrast has half of its radius); an outline
that lies far inside has found something else: texture in a large particle, its shadow, a neighbour. On 24 published
micrographs of all kinds that only validate, F1 is 0.820 with this, 0.784 without it, and 0.826 of the labels as they
are."""

_NEAR_BLURS = 2.0
"""The same in blurs of the picture that was labelled, where noise asked for much: it spreads small particles, and their
labels are wider than their edges. Drawn discs of 4 px whose labels had 14 px were given these as outlines."""

_MOST_APART, _LEAST_COMPACT = 0.25, 0.85
"""How far the middles may lie apart, in radii of the label, and how compact an outline has to be beside its label: on a
sloping support the level of an edge runs off to one side. Of 930 traced outlines of 46 published micrographs 57 are
turned down by this: their labels share 0.18 with the nearest particle on average, the outlines 0.13. Of catalysts that
a person boxed, the labels of 164 that are turned down are right, and the outlines of 89."""


def are_of_labels(outlines: Moments, labels: Moments, *, label_blur_px: float = 0.0) -> Mask:
    """Tell which outlines have to do with their labels, by size, place and compactness.

    Parameters
    ----------
    outlines, labels
        Of the same particles.
    label_blur_px
        Of the picture in which the labels were found.
    """
    radius, label_radius = np.sqrt(outlines.area / np.pi), np.sqrt(labels.area / np.pi)
    near_px = max(_NEAR_PX, _NEAR_BLURS * label_blur_px)
    inwards = np.maximum(near_px, _MOST_INWARDS * label_radius)
    outwards = np.maximum(_NEAR_PX, _MOST_OUTWARDS * label_radius)
    apart = np.hypot(outlines.row - labels.row, outlines.column - labels.column)
    return np.asarray(
        (label_radius - inwards <= radius)
        & (radius <= label_radius + outwards)
        & (apart <= _MOST_APART * label_radius)
        & (outlines.compactness >= _LEAST_COMPACT * labels.compactness)
    )
