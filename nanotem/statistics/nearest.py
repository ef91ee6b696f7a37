"""How far it is from each particle to the next one."""

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from nanotem.micrograph import Labels
from nanotem.statistics.estimate import FloatArray

_FEW = 12
"""Centres that are looked at for the nearest disc, its own included: six can touch a particle of like size."""

_BOX = 1.2
"""A centroid lies within 0.6 of the largest width from all of the outline, also in triangles."""


def to_next_disc(places: FloatArray, radii: FloatArray) -> FloatArray:
    """Return the distance of each disc to the next one, 0 where they overlap; infinite for a lone one.

    Parameters
    ----------
    places
        Middles, shape (n, 2).
    radii
        Shape (n,), in the same unit; 0 for the distances of the middles.

    Examples
    --------
    >>> to_next_disc(np.array([[0.0, 0.0], [0.0, 10.0], [0.0, 16.0]]), np.array([1.0, 2.0, 3.0])).tolist()
    [7.0, 1.0, 1.0]
    """
    n = len(places)
    if n < 2:
        return np.full(n, np.inf)
    apart, index = cKDTree(places).query(places, min(n, _FEW))
    to_rim: FloatArray = (apart - radii[index])[:, 1:].min(axis=1)
    for large in np.flatnonzero(radii > (apart[:, -1] - to_rim).min()):  # its middle may be farther than those few
        others = np.arange(n) != large
        rim = np.hypot(*(places[others] - places[large]).T) - radii[large]
        to_rim[others] = np.minimum(to_rim[others], rim)
    return np.maximum(to_rim - radii, 0)


def to_next_outline(
    labels: Labels, names: npt.NDArray[np.integer], places: FloatArray, ferets: FloatArray
) -> FloatArray:
    """Return the width in px of the gap between each outline and the next one, 0 where they touch.

    Parameters
    ----------
    labels
        Shape (rows, columns).
    names
        Of the particles, ascending, shape (n,).
    places, ferets
        Their middles, shape (n, 2), and their largest widths, shape (n,), in px.
    """
    trees = [cKDTree(outline) for outline in _outlines(labels, names)]
    gaps = np.full(len(names), np.inf)
    for i, tree in enumerate(trees):
        least = np.hypot(*(places - places[i]).T) - (ferets + ferets[i]) / 2 * _BOX
        least[i] = np.inf
        while least[j := int(np.argmin(least))] < gaps[i]:
            gaps[i] = min(gaps[i], float(trees[j].query(tree.data)[0].min()) - 1)
            least[j] = np.inf
    return np.maximum(gaps, 0)


def _outlines(labels: Labels, names: npt.NDArray[np.integer]) -> list[FloatArray]:
    """Return the pixels of each label that have a neighbour of another one."""
    padded = np.pad(labels, 1)
    inner = padded[1:-1, 1:-1]
    edge = np.zeros(labels.shape, bool)
    for rows, columns in ((0, 1), (2, 1), (1, 0), (1, 2)):
        edge |= padded[rows : rows + labels.shape[0], columns : columns + labels.shape[1]] != inner
    at = np.argwhere(edge & (labels > 0))
    owner = labels[at[:, 0], at[:, 1]]
    order = np.argsort(owner, kind="stable")
    first, last = (np.searchsorted(owner[order], names, side=side) for side in ("left", "right"))
    return [at[order[a:b]].astype(np.float64) for a, b in zip(first, last, strict=True)]
