"""Simple polygons: rings that do not cross themselves or each other."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from skimage.measure import points_in_poly

from nanotem.labels import ranges
from nanotem.micrograph import Mask
from nanotem.outlines.rings import Floats, Polygon, evenly_spaced, signed_area

_MOST_LOST = 0.02
"""Share of the area that a loop may have and still be a kink. On 36 micrographs of all kinds 23 of 1,483 moved rings
crossed themselves: 19 in kinks that enclose less than this, and 4 of a few px that had turned inside out."""


def is_star_shaped(rings: Floats) -> Mask:
    """Whether each ring, shape (rings, vertices, 2), runs once round its middle: it is then surely simple."""
    spokes = rings - rings.mean(axis=1, keepdims=True)
    following = np.roll(spokes, -1, axis=1)
    cross = spokes[..., 1] * following[..., 0] - following[..., 1] * spokes[..., 0]
    turned = np.arctan2(cross, (spokes * following).sum(axis=-1)).sum(axis=1)
    return np.asarray((cross > 0).all(axis=1) & (turned < 3 * np.pi))


def crossings(rings: Sequence[Polygon]) -> npt.NDArray[np.intp]:
    """Return the pairs of sides that cross, shape (pairs, 2): numbers over all rings, the lower first."""
    start = np.concatenate(rings)
    end = np.concatenate([part for ring in rings for part in (ring[1:], ring[:1])])
    along = end - start
    one, other = _rows_in_common(np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0]))

    def divides(side: npt.NDArray[np.intp], by: npt.NDArray[np.intp]) -> Mask:
        """Tell whether the ends of the first sides lie on different sides of the second."""
        apart, beyond = start[side] - start[by], end[side] - start[by]
        before, after = (along[by, 0] * to[:, 1] - along[by, 1] * to[:, 0] for to in (apart, beyond))
        return np.asarray(before * after < 0)

    pairs = np.stack([one, other], axis=1)[divides(one, other) & divides(other, one)]
    return pairs[np.lexsort(pairs.T[::-1])]


def _rows_in_common(low: Floats, high: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the pairs of sides, the lower number first, of which each begins before the other ends."""
    order = np.argsort(low)
    beyond = np.searchsorted(low[order], high[order], side="right")
    one, other = (order[place] for place in ranges(np.arange(1, low.size + 1), beyond))
    return np.minimum(one, other), np.maximum(one, other)


def is_simple(rings: Sequence[Polygon]) -> bool:
    """Whether rings enclose a positive area, the first outside, without crossing themselves or each other."""
    outer, *holes = rings
    if signed_area(outer) <= 0 or len(crossings(rings)):
        return False
    return all(bool(points_in_poly(hole, outer).all()) for hole in holes)


def without_kinks(ring: Polygon) -> Polygon:
    """Return a ring without the small loops in which it crosses itself, with as many vertices.

    Loops that are no small part of it stay.
    """
    found = ring
    while len(pairs := crossings([found])):
        parts = [
            part
            for first, last in pairs
            for part in (found[first + 1 : last + 1], np.delete(found, slice(first + 1, last + 1), axis=0))
        ]
        areas = [abs(float(signed_area(part))) for part in parts]
        loop = int(np.argmin(areas))
        if areas[loop] >= _MOST_LOST * areas[loop ^ 1]:
            return ring
        found = parts[loop ^ 1]
    return found if found is ring else evenly_spaced([found], [len(ring)])[0]
