"""Merge the parts of an over-segmented mask whose neck is too wide to be a contact between two particles."""

import heapq

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels

Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]


def merge_by_neck(parts: Labels, distance: GreyImage, *, neck_ratio: float, noise_px: float = 0.3) -> Labels:
    """Merge neighbouring parts until every neck is narrower than `neck_ratio` times the smaller neighbour.

    The neck of two parts is the highest distance on their common border (the saddle of the distance map); it is
    compared with the smaller of their two peaks. The ratio has no scale: 1 along a rod, about 0.5 to 0.9 where round
    particles touch, small where a satellite sits on a big particle.

    Parameters
    ----------
    parts
        Over-segmented label image, labels 1 to n.
    distance
        Distance map from which the parts grew, in px.
    neck_ratio
        0 merges everything that touches; 1 merges nothing.
    noise_px
        A peak that rises less than this above its saddle is a step of the pixel grid, and merges in any case.

    Returns
    -------
    Labels
        Merged label image; the number of a merged particle is one of its parts'.
    """
    n_parts = int(parts.max())
    peaks = np.zeros(n_parts + 1, np.float32)
    np.maximum.at(peaks, parts.ravel(), distance.ravel())
    merged = _merge(peaks.tolist(), _saddles(parts, distance), neck_ratio, noise_px)
    return merged[parts]


def _saddles(parts: Labels, distance: GreyImage) -> Pairs:
    """Return each pair of touching parts with the highest distance on their common border."""
    pairs, heights = [], []
    for one, other in _neighbour_views(parts.shape):
        a, b = parts[one], parts[other]
        touching = (a != b) & (a > 0) & (b > 0)
        low, high = np.minimum(a[touching], b[touching]), np.maximum(a[touching], b[touching])
        pairs.append(np.stack([low, high]).astype(np.int64))
        heights.append(np.minimum(distance[one][touching], distance[other][touching]))
    (low, high), height = np.concatenate(pairs, axis=1), np.concatenate(heights)
    order = np.lexsort((-height, high, low))
    low, high, height = low[order], high[order], height[order]
    first = np.ones(len(low), bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[first], high[first], height[first]


def _neighbour_views(shape: tuple[int, ...]) -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Return the four pairs of views that compare every pixel with its neighbours."""
    every, head, tail = slice(None), slice(None, -1), slice(1, None)
    return [
        ((every, head), (every, tail)),
        ((head, every), (tail, every)),
        ((head, head), (tail, tail)),
        ((head, tail), (tail, head)),
    ]


def _merge(peaks: list[float], saddles: Pairs, neck_ratio: float, noise_px: float) -> npt.NDArray[np.int32]:
    """Return the final label of every part, merging the widest neck first."""
    neighbours: list[dict[int, float]] = [{} for _ in peaks]
    parent = list(range(len(peaks)))

    def width(a: int, b: int) -> float:
        smaller, saddle = min(peaks[a], peaks[b]), neighbours[a][b]
        return 2.0 if smaller - saddle < noise_px else saddle / smaller

    for a, b, saddle in zip(*(column.tolist() for column in saddles), strict=True):
        neighbours[a][b] = neighbours[b][a] = saddle
    queue = [(-width(a, b), a, b) for a in range(len(peaks)) for b in neighbours[a] if a < b]
    heapq.heapify(queue)
    while queue and -queue[0][0] > neck_ratio:
        ratio, a, b = heapq.heappop(queue)
        if b not in neighbours[a] or -ratio != width(a, b):
            continue
        parent[b] = a
        peaks[a] = max(peaks[a], peaks[b])
        del neighbours[a][b]
        for c, saddle in neighbours[b].items():
            if c != a:
                del neighbours[c][b]
                neighbours[a][c] = neighbours[c][a] = max(saddle, neighbours[a].get(c, 0.0))
        neighbours[b] = {}
        for c in neighbours[a]:
            heapq.heappush(queue, (-width(a, c), a, c))
    return np.array([_root(parent, part) for part in range(len(parent))], np.int32)


def _root(parent: list[int], part: int) -> int:
    while parent[part] != part:
        part = parent[part]
    return part
