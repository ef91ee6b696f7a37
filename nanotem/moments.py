"""Area, middle and spread of particles, from integrals over their pixels or inside their outlines."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels

Floats = npt.NDArray[np.float64]

_OF_PIXEL = 1 / 12
"""Variance of the places inside one pixel."""

_LEAST_AREA = 1e-9
"""px², against a division by nothing: a number that no pixel has, a label of one pixel with a hole drawn round it."""


class Moments(NamedTuple):
    """Area, middle and second central moments of particles, in px and px²; shape (particles,)."""

    area: Floats
    row: Floats
    column: Floats
    row_variance: Floats
    column_variance: Floats
    covariance: Floats

    @property
    def compactness(self) -> Floats:
        """Area over that of the ellipse with the same second moments.

        1 for an ellipse, 0.95 for a square, less for what is bent, notched or branched.
        """
        determinant = self.row_variance * self.column_variance - self.covariance**2
        return np.asarray(self.area / (4 * np.pi * np.sqrt(np.maximum(determinant, _OF_PIXEL**2))))


def moments_from(integrals: Floats, *, row: Floats | float = 0.0, column: Floats | float = 0.0) -> Moments:
    """Return the moments of particles.

    Parameters
    ----------
    integrals
        Of 1, row, column, row², column² and row · column over each particle, shape (6, particles).
    row, column
        The place from which these were counted.
    """
    area = np.maximum(integrals[0], _LEAST_AREA)
    down, across = integrals[1] / area, integrals[2] / area
    variances = integrals[3] / area - down**2, integrals[4] / area - across**2, integrals[5] / area - down * across
    return Moments(area, row + down, column + across, *variances)


def label_integrals(labels: Labels) -> Floats:
    """Return the integrals over every label by its number, for `moments_from`, counted from the middle of the picture.

    Those of labels that do not overlap add up to those of their union.
    """
    place = np.flatnonzero(labels)
    label, n = labels.ravel()[place], int(labels.max(initial=0)) + 1
    # From the middle, where squares of coordinates are small.
    row, column = (at - side / 2 for at, side in zip(np.divmod(place, labels.shape[1]), labels.shape, strict=True))
    values = (None, row, column, row**2 + _OF_PIXEL, column**2 + _OF_PIXEL, row * column)
    return np.stack([np.bincount(label, value, n).astype(np.float64) for value in values])


def label_moments(labels: Labels) -> Moments:
    """Return the moments of every label by its number; of one that does not occur next to no area.

    Examples
    --------
    >>> found = label_moments(np.array([[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]], np.int32))
    >>> [float(one[1].round(3)) for one in (found.area, found.row, found.column, found.compactness)]
    [9.0, 1.0, 2.0, 0.955]
    """
    row, column = (side / 2 for side in labels.shape)
    return moments_from(label_integrals(labels), row=row, column=column)


def outline_moments(outlines: Sequence[Sequence[Floats]]) -> Moments:
    """Return the moments of what outlines enclose, by Green's theorem.

    Parameters
    ----------
    outlines
        Of each particle the outer ring first, then holes, which run the other way round and take their area away; each
        of shape (vertices, 2).

    Examples
    --------
    >>> found = outline_moments([[np.array([[0.0, 0], [0, 4], [4, 4], [4, 0]])]])
    >>> [one.round(3).tolist() for one in (found.area, found.row, found.column, found.compactness)]
    [[16.0], [2.0], [2.0], [0.955]]
    """
    if not outlines:
        return Moments(*(np.empty(0),) * 6)
    rings = [ring for outline in outlines for ring in outline]
    origin = np.array([outline[0].mean(axis=0) for outline in outlines])
    n_vertices = [sum(map(len, outline)) for outline in outlines]
    apart = np.repeat(origin, n_vertices, axis=0)
    start = np.concatenate(rings) - apart
    end = np.concatenate([part for ring in rings for part in (ring[1:], ring[:1])]) - apart
    sums = np.add.reduceat(_of_sides(start.T, end.T), np.cumsum([0, *n_vertices[:-1]]), axis=1)
    return moments_from(sums, row=origin[:, 0], column=origin[:, 1])


def _of_sides(start: Floats, end: Floats) -> Floats:
    """Return what each side adds to the integrals of 1, row, column, row², column² and row · column."""
    (row, column), (next_row, next_column) = start, end
    cross = column * next_row - next_column * row
    mixed = column * next_row + 2 * (column * row + next_column * next_row) + next_column * row
    return np.stack(
        [
            cross / 2,
            cross * (row + next_row) / 6,
            cross * (column + next_column) / 6,
            cross * (row**2 + row * next_row + next_row**2) / 12,
            cross * (column**2 + column * next_column + next_column**2) / 12,
            cross * mixed / 24,
        ]
    )
