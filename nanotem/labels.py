"""Label images, whatever they show: areas, windows, pieces, growth, touching pairs, contact with the frame.

A label image is 0 in the background; each particle is one positive number. Pixels are neighbours along rows, columns
and diagonals (8-connected) everywhere in this module.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from nanotem.micrograph import Labels, Mask

LARGEST_LABEL = 10_000_000
"""Tables and lists have a place for every number up to the largest: 80 MB at most."""

Window = tuple[slice, slice]
"""Rows and columns of a part of an image."""


def numbers_in(labels: Labels) -> npt.NDArray[np.int64]:
    """Return the labels that occur, in order, without the background.

    Examples
    --------
    >>> numbers_in(np.array([[0, 7], [3, 7]])).tolist()
    [3, 7]
    """
    return np.flatnonzero(areas_px(labels))


def areas_px(labels: Labels) -> npt.NDArray[np.int64]:
    """Return the number of pixels of every label, by its number; 0 for the background and for what does not occur."""
    flat = labels.ravel()
    start = _changes(flat)
    areas = np.bincount(flat[start], np.diff(start, append=flat.size), minlength=1).astype(np.int64)
    areas[0] = 0
    return areas


def _changes(numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """Return where another number follows than before, the first place included: labels come in runs of pixels."""
    return np.flatnonzero(np.concatenate([np.ones(min(numbers.size, 1), bool), numbers[1:] != numbers[:-1]]))


def windows(labels: Labels) -> Iterator[tuple[int, Window]]:
    """Yield every label that occurs with its bounding box, in the order of their numbers."""
    for label, window in enumerate(ndimage.find_objects(labels), start=1):
        if window is not None:
            yield label, window


def numbered(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Return for every key its place among the different ones, in order, and where each of these is first met.

    As `np.unique` does, but by a hash table: keys are as many as pixels, the different ones a thousand times fewer.

    Examples
    --------
    >>> [one.tolist() for one in numbered(np.array([30, 10, 30, 20]))]
    [[2, 0, 2, 1], [1, 3, 0]]
    """
    met, different = pd.factorize(keys)
    order = np.argsort(different)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    first = np.empty(len(order), np.intp)
    first[met[::-1]] = np.arange(len(met))[::-1]  # what is written last stays
    return place[met], first[order]


def regions(mask: Mask) -> Labels:
    """Return the connected regions of a mask, numbered from 1."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    return np.asarray(labels, np.int32)


def holes(mask: Mask) -> Mask:
    """Return what a mask encloses: background that does not hang together, along rows and columns, with the frame.

    Examples
    --------
    >>> holes(np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0]], bool)).astype(int).tolist()
    [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    """
    reached = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(reached, None, (0, 0), 1)
    return reached[1:-1, 1:-1] == 0


def in_one_piece(labels: Labels) -> Labels:
    """Return every particle as its largest piece, of equal ones the uppermost; the other pieces become background.

    Examples
    --------
    >>> in_one_piece(np.array([[5, 5, 0, 5], [0, 0, 0, 2]], np.int32)).tolist()
    [[5, 5, 0, 0], [0, 0, 0, 2]]
    """
    start, stop, label = _runs(labels)
    n_pieces, piece = _connected(start, stop, label, width=labels.shape[1])
    if n_pieces == len(np.unique(label)):
        return labels
    _, first = np.unique(piece, return_index=True)
    areas = np.bincount(piece, stop - start)
    order = np.lexsort((first, -areas))
    _, largest = np.unique(label[first][order], return_index=True)
    kept = np.zeros(n_pieces, bool)
    kept[order[largest]] = True
    result = labels.copy()
    result.ravel()[ranges(start[~kept[piece]], stop[~kept[piece]])[1]] = 0
    return result


def _runs(labels: Labels) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Labels]:
    """Return where in the flattened image one label follows another within a row: start, end, label of each run."""
    flat = labels.ravel()
    changes = np.empty(flat.size, bool)
    np.not_equal(flat[1:], flat[:-1], out=changes[1:])
    changes[:: labels.shape[1]] = True
    start = np.flatnonzero(changes)
    label = flat[start]
    of_particle = label > 0
    return start[of_particle], np.append(start[1:], flat.size)[of_particle], label[of_particle]


def _connected(
    start: npt.NDArray[np.intp], stop: npt.NDArray[np.intp], label: Labels, *, width: int
) -> tuple[int, npt.NDArray[np.int32]]:
    """Return how many pieces runs of labels make, and of which each run is: those of a label that meet."""
    first = np.searchsorted(stop, start + width)
    beyond = np.searchsorted(start, stop + width, side="right")
    run, other = ranges(first, np.maximum(first, beyond))
    meet = (label[run] == label[other]) & (start[run] // width + 1 == start[other] // width)
    graph = sparse.coo_matrix((meet[meet], (run[meet], other[meet])), shape=(start.size, start.size))
    n_pieces, piece = csgraph.connected_components(graph, directed=False)
    return int(n_pieces), piece


def ranges(first: npt.NDArray[np.intp], beyond: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], ...]:
    """Return which range and which number for all numbers from each first to before its end, one after another.

    Examples
    --------
    >>> [one.tolist() for one in ranges(np.array([3, 8]), np.array([5, 9]))]
    [[0, 0, 1], [3, 4, 8]]
    """
    counts = beyond - first
    which = np.repeat(np.arange(counts.size), counts)
    return which, np.arange(which.size) - (np.cumsum(counts) - counts)[which] + first[which]


def grown(labels: Labels, *, reach_px: int, within: Mask | None = None) -> Labels:
    """Let labels grow into the background: each pixel within reach takes the nearest label.

    Parameters
    ----------
    labels
        Shape (rows, columns); labels never grow into each other.
    reach_px
        Largest distance, Euclidean.
    within
        True where labels may grow; everywhere if it is left out.

    Returns
    -------
    Labels
        Where two labels are equally near, the smaller number wins.

    Examples
    --------
    >>> grown(np.array([[1, 0, 0, 0, 0, 9]], np.int32), reach_px=2).tolist()
    [[1, 1, 1, 9, 9, 9]]
    """
    taken = labels > 0
    near = cv2.dilate(taken.view(np.uint8), np.ones((2 * reach_px + 1,) * 2, np.uint8)).view(bool) & ~taken
    place = np.flatnonzero(near if within is None else near & within)
    around = cv2.copyMakeBorder(labels, *(reach_px,) * 4, cv2.BORDER_CONSTANT, value=0)
    flat, width = around.ravel(), around.shape[1]
    middle = place + 2 * reach_px * (place // labels.shape[1]) + reach_px * (width + 1)
    result = labels.copy()
    for offsets in _rings(reach_px):
        nearest = np.full(place.size, np.iinfo(np.int32).max, np.int32)
        for down, right in offsets:
            there = flat.take(middle + (down * width + right))
            np.minimum(nearest, there, out=nearest, where=there > 0)
        found = nearest < np.iinfo(np.int32).max
        result.ravel()[place[found]] = nearest[found]
        place, middle = place[~found], middle[~found]
    return result


def _rings(reach_px: int) -> list[list[tuple[int, int]]]:
    """Return the places within reach as rows and columns from the middle, one list per distance, the nearest first."""
    steps = range(-reach_px, reach_px + 1)
    by_distance: dict[int, list[tuple[int, int]]] = {}
    for row in steps:
        for column in steps:
            if 0 < row**2 + column**2 <= reach_px**2:
                by_distance.setdefault(row**2 + column**2, []).append((row, column))
    return [by_distance[distance] for distance in sorted(by_distance)]


def borders(labels: Labels) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the places in the flattened image of neighbours of different labels, each pair of pixels once.

    Examples
    --------
    >>> [one.tolist() for one in borders(np.array([[4, 1, 0, 2], [4, 4, 0, 2]], np.int32))]
    [[0, 1, 1], [1, 5, 4]]
    """
    every, head, tail = slice(None), slice(None, -1), slice(1, None)
    width = labels.shape[1]
    is_taken = labels > 0
    first, second = [], []
    for one, other, step in (
        ((every, head), (every, tail), 1),
        ((head, every), (tail, every), width),
        ((head, head), (tail, tail), width + 1),
        ((head, tail), (tail, head), width - 1),
    ):
        meet = np.zeros(labels.shape, bool)
        np.not_equal(labels[one], labels[other], out=meet[one])
        meet[one] &= is_taken[one]
        meet[one] &= is_taken[other]
        first.append(np.flatnonzero(meet))
        second.append(first[-1] + step)
    return np.concatenate(first), np.concatenate(second)


def touching_pairs(labels: Labels) -> npt.NDArray[np.int64]:
    """Return the pairs of labels that share a border, shape (n, 2), each once with the smaller number first.

    Examples
    --------
    >>> touching_pairs(np.array([[4, 1, 0, 2]], np.int32)).tolist()
    [[1, 4]]
    """
    n = int(labels.max()) + 1
    a, b = (labels.ravel()[place].astype(np.int64) for place in borders(labels))
    return np.stack(np.divmod(np.unique(np.minimum(a, b) * n + np.maximum(a, b)), n), axis=1)


def largest(
    numbers: npt.NDArray[np.integer], values: npt.NDArray[np.float32], n_numbers: int
) -> npt.NDArray[np.float32]:
    """Return the largest value of every number, 0 where there is none above it.

    As `np.maximum.at` does, but five times faster where the same number comes many times in a row.

    Examples
    --------
    >>> largest(np.array([3, 3, 1]), np.array([0.5, 2, 7], np.float32), 4).tolist()
    [0.0, 7.0, 0.0, 2.0]
    """
    found = np.zeros(n_numbers, np.float32)
    start = _changes(numbers)
    np.maximum.at(found, numbers[start], np.maximum.reduceat(values, start))
    return found


_NEAR_FRAME_PX = 2
"""A particle that the edge of a white margin cuts is bright there: its label ends up to a pixel before the margin."""


def at_frame(labels: Labels, frame: Mask | None = None) -> npt.NDArray[np.int64]:
    """Return the labels that touch the image's edge, or are on or within 2 px of pixels outside the frame.

    Parameters
    ----------
    labels
        Shape (rows, columns).
    frame
        Of the same shape, False where the picture is no micrograph; the whole image without it.
    """
    edges = [labels[0], labels[-1], labels[:, 0], labels[:, -1]]
    if frame is not None:
        edges.append(labels[outside_or_beside(frame)])
    touching = np.unique(np.concatenate(edges)).astype(np.int64)
    return touching[touching > 0]


def outside_or_beside(frame: Mask) -> Mask:
    """Return the pixels outside a frame, and those that are within 2 px of them along rows and columns."""
    window = np.ones((2 * _NEAR_FRAME_PX + 1,) * 2, np.uint8)
    return np.asarray(cv2.dilate((~frame).view(np.uint8), window).view(np.bool_))
