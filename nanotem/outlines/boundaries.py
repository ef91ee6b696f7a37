"""The boundaries of all particles of a label image at once, as marching squares walk along them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels
from nanotem.outlines.rings import Floats, Polygon, signed_areas

_DOWN, _RIGHT = np.array([0, 1, 0, -1]), np.array([1, 0, -1, 0])
"""Steps from a pixel to its neighbours, clockwise: a boundary turns right round a particle's pixel."""

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Where pixels of a label meet others, in the order in which they follow each other round the label.

    Attributes
    ----------
    inner, outer
        Places of the pixel inside and of its neighbour outside, in the flattened image, shape (vertices,).
    starts
        Where each ring begins, shape (rings,).
    labels
        Of each ring, shape (rings,). Pixels of a label that meet at a corner alone have rings of their own.
    n_columns
        Of the image.
    """

    inner: Places
    outer: Places
    starts: Places
    labels: npt.NDArray[np.int32]
    n_columns: int

    def rings(self, share: Floats | float) -> "Rings":
        """Return the rings through points that lie so far, from 0 to 1, on the way from the inner to the outer pixel.

        Rings run clockwise round a particle, the other way round its holes.
        """
        inner, outer = (np.stack(np.divmod(place, self.n_columns), axis=1) for place in (self.inner, self.outer))
        points = inner + np.reshape(share, (-1, 1)) * (outer - inner)
        return Rings(points, self.starts, self.labels)


@dataclass(frozen=True, eq=False)
class Rings:
    """Many rings one after another.

    Attributes
    ----------
    points
        Of all rings, shape (vertices, 2).
    starts, labels
        As in `Boundaries`.
    """

    points: Polygon
    starts: Places
    labels: npt.NDArray[np.int32]

    def __getitem__(self, number: int) -> Polygon:
        ends = self.starts[number + 1] if number + 1 < len(self.starts) else None
        return self.points[self.starts[number] : ends]

    @property
    def areas(self) -> Floats:
        """Area of each, negative round a hole, shape (rings,)."""
        return signed_areas(self.points, self.starts)

    def outer(self) -> dict[int, int]:
        """Return by label, in ascending order, the number of the ring that encloses most."""
        order = np.lexsort((-self.areas, self.labels))
        labels, first = np.unique(self.labels[order], return_index=True)
        return dict(zip(labels.tolist(), order[first].tolist(), strict=True))


def boundaries_of(labels: Labels) -> Boundaries:
    """Return the boundaries of every label.

    Parameters
    ----------
    labels
        Shape (rows, columns); none may touch the edge of the image.
    """
    n_columns = labels.shape[1]
    flat = labels.ravel()
    step = _DOWN * n_columns + _RIGHT
    keys = _meetings(labels)
    inner, side = np.divmod(keys, 4)
    label = flat[inner]
    turned = (side + 1) % 4
    # Straight on or round a corner: by whether the pixels ahead belong to the label too.
    ahead, beyond = inner + step[turned], inner + step[turned] + step[side]
    is_convex, is_straight = flat[ahead] != label, flat[beyond] != label
    following = np.where(
        is_convex, 4 * inner + turned, np.where(is_straight, 4 * ahead + side, 4 * beyond + (side + 3) % 4)
    )
    order, starts = _along(np.searchsorted(keys, following))
    inner, side = inner[order], side[order]
    return Boundaries(inner, inner + step[side], starts, label[order][starts], n_columns)


def _meetings(labels: Labels) -> Places:
    """Return every pixel with a side that faces another label or background: four times its place, plus the side."""
    n_columns = labels.shape[1]
    flat = labels.ravel()
    keys = []
    for side, step in ((0, 1), (1, n_columns)):
        first = np.flatnonzero(flat[:-step] != flat[step:])
        second = first + step
        keys += [4 * first[flat[first] > 0] + side, 4 * second[flat[second] > 0] + side + 2]
    return np.sort(np.concatenate(keys))


def _along(following: Places) -> tuple[Places, Places]:
    """Put what follows each other in rings into order, by pointers that jump twice as far each time.

    Parameters
    ----------
    following
        A permutation: what follows each.

    Returns
    -------
    tuple
        Order, ring after ring, and where each ring begins.
    """
    first, jump = np.arange(following.size), following
    while (first != first[following]).any():
        first = np.minimum(first, first[jump])
        jump = jump[jump]
    is_last = following == first
    jump = np.where(is_last, np.arange(following.size), following)
    to_come = np.where(is_last, 0, 1)
    while not is_last[jump].all():
        to_come = to_come + to_come[jump]
        jump = jump[jump]
    order = np.lexsort((-to_come, first))
    return order, np.flatnonzero(order == first[order])
