"""Size, place and compactness of particles, of labels and of outlines alike: whether the two mean the same thing."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels, Mask
from nanotem.outlines.rings import Floats, Polygon, by_size

_NEAR_PX, _MOST_INWARDS, _MOST_OUTWARDS = 3.0, 0.15, 1.0
"""How far the edge may lie from that of the label: so many px, or shares of its radius. Labels are near the edge or,
where facets slope, well inside it (an octahedron labelled at half of its contrast has half of its radius); an outline
that lies far inside has found something else: texture in a large particle, its shadow, a neighbour. On 24 published
micrographs of all kinds that only validate, F1 is 0.820 with this, 0.784 without it, and 0.826 of the labels as they
are."""

_MOST_APART, _LEAST_COMPACT = 0.25, 0.85
"""How far the middles may lie apart, in radii of the label, and how compact an outline has to be beside its label: on a
sloping support the level of an edge runs off to one side. Of 930 traced outlines of 46 published micrographs 57 are
turned down by this: their labels share 0.18 with the nearest particle on average, the outlines 0.13. Of catalysts that
a person boxed, the labels of 164 that are turned down are right, and the outlines of 89."""

_OF_PIXEL = np.array([1 / 12, 1 / 12, 0.0])
"""Variances and covariance of the places inside one pixel."""


class Bodies(NamedTuple):
    """What several particles are: arrays of shape (n,), `middle` (n, 2).

    Attributes
    ----------
    area
        In px.
    middle
        Row and column of the centroid.
    compactness
        Area over that of the ellipse with the same second moments: 1 for an ellipse, less for what is bent or branched.
    """

    area: Floats
    middle: Floats
    compactness: Floats


def bodies_of_labels(labels: Labels, wanted: Sequence[int]) -> Bodies:
    """Return what labels are, in the order in which they are wanted."""
    place = np.flatnonzero(labels)
    label, n = labels.ravel()[place], int(labels.max(initial=0)) + 1
    row, column = (at - side / 2 for at, side in zip(np.divmod(place, labels.shape[1]), labels.shape, strict=True))
    area = np.bincount(label, minlength=n).astype(np.float64)

    def mean(values: Floats) -> Floats:
        return np.asarray(np.bincount(label, values, n) / np.maximum(area, 1))

    middle = np.stack([mean(row), mean(column)], axis=1)
    spread = np.stack([mean(row**2), mean(column**2), mean(row * column)], axis=1) + _OF_PIXEL
    found = _bodies(area, middle, spread)
    return Bodies(*(values[list(wanted)] for values in found._replace(middle=middle + np.array(labels.shape) / 2)))


def bodies_of_rings(rings: Sequence[Polygon]) -> Bodies:
    """Return what outlines enclose; holes do not count.

    Examples
    --------
    >>> square = np.array([[0.0, 0], [0, 4], [4, 4], [4, 0]])
    >>> found = bodies_of_rings([square])
    >>> found.area.tolist(), found.middle.tolist(), found.compactness.round(3).tolist()
    ([16.0], [[2.0, 2.0]], [0.955])
    """
    area, middle, spread = np.zeros(len(rings)), np.zeros((len(rings), 2)), np.zeros((len(rings), 3))
    start = np.zeros((len(rings), 2))
    for rows, points in by_size(rings):
        start[rows] = points.mean(axis=1)
        here = points - start[rows][:, None]
        after = np.roll(here, -1, axis=1)
        (row, column), (next_row, next_column) = (np.moveaxis(one, -1, 0) for one in (here, after))
        cross = column * next_row - next_column * row
        double = cross.sum(axis=1)
        area[rows] = np.abs(double) / 2
        six, twelve = (factor * np.where(double == 0, 1.0, double) for factor in (3, 6))
        middle[rows] = ((here + after) * cross[..., None]).sum(axis=1) / six[:, None]
        squares = (row**2 + row * next_row + next_row**2, column**2 + column * next_column + next_column**2)
        common = row * column + (row * next_column + next_row * column) / 2 + next_row * next_column
        spread[rows] = np.stack([(one * cross).sum(axis=1) / twelve for one in (*squares, common)], axis=1)
    found = _bodies(area, middle, spread)
    return found._replace(middle=middle + start)


def _bodies(area: Floats, middle: Floats, spread: Floats) -> Bodies:
    """Gather what is known of bodies, given the means of squared rows, squared columns, and products of both."""
    of_rows, of_columns = (spread[:, axis] - middle[:, axis] ** 2 for axis in (0, 1))
    common = spread[:, 2] - middle[:, 0] * middle[:, 1]
    square = np.maximum(of_rows * of_columns - common**2, _OF_PIXEL[0] ** 2)
    return Bodies(area, middle, area / (4 * np.pi * np.sqrt(square)))


def are_of_labels(outlines: Bodies, labels: Bodies) -> Mask:
    """Tell which outlines have to do with their labels, by size, place and compactness."""
    radius, label_radius = np.sqrt(outlines.area / np.pi), np.sqrt(labels.area / np.pi)
    inwards, outwards = (np.maximum(_NEAR_PX, share * label_radius) for share in (_MOST_INWARDS, _MOST_OUTWARDS))
    apart: npt.NDArray[np.float64] = np.hypot(*(outlines.middle - labels.middle).T)
    return np.asarray(
        (label_radius - inwards <= radius)
        & (radius <= label_radius + outwards)
        & (apart <= _MOST_APART * label_radius)
        & (outlines.compactness >= _LEAST_COMPACT * labels.compactness)
    )
