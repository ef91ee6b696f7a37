"""Merge the parts of an over-segmented mask that belong to one particle."""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.labels import neighbour_views
from nanotem.micrograph import GreyImage, Labels

_STEP_PX = 0.3
"""A peak that rises less than this above its saddle is a step of the pixel grid, not a particle."""


@dataclass(slots=True)
class _Part:
    peak: float
    n_px: float
    contrast: float


@dataclass(slots=True)
class _Border:
    saddle: float
    n_px: float
    contrast: float


def merge_by_neck(
    parts: Labels,
    distance: GreyImage,
    *,
    neck_ratio: float,
    contrast: GreyImage | None = None,
    valley: float = 1.0,
) -> Labels:
    """Merge neighbouring parts unless a narrow neck or a grey valley lies between them.

    The neck of two parts is the highest distance on their common border (the saddle of the distance map); it is
    compared with the smaller of their two peaks. The ratio has no scale: 1 along a rod, about 0.5 to 0.9 where round
    particles touch, small where a satellite sits on a big particle. A grey valley is a border that is fainter, on
    average, than both parts: the gap between rods that lie side by side. The widest neck is merged first.

    Parameters
    ----------
    parts
        Over-segmented label image, labels 1 to n.
    distance
        Distance map from which the parts grew, in px.
    neck_ratio
        Parts stay apart where the neck is narrower than this share of the smaller peak: 0 merges everything that
        touches, 1 nothing.
    contrast
        Grey level above the background; without it only necks count.
    valley
        Parts stay apart where their border is fainter by more than this share than the fainter of them: 0 keeps apart
        what any noise divides, 1 ignores grey levels.

    Returns
    -------
    Labels
        Merged label image; the number of a merged particle is one of its parts'.
    """
    if contrast is None:
        contrast, valley = np.ones(parts.shape, np.float32), 1.0
    return _merge(_measured(parts, distance, contrast), _borders(parts, distance, contrast), neck_ratio, valley)[parts]


def _measured(parts: Labels, distance: GreyImage, contrast: GreyImage) -> list[_Part]:
    """Measure every part; index 0 is the background."""
    flat, n_parts = parts.ravel(), int(parts.max()) + 1
    peaks = np.zeros(n_parts, np.float32)
    np.maximum.at(peaks, flat, distance.ravel())
    areas = np.bincount(flat, minlength=n_parts)
    sums = np.bincount(flat, contrast.ravel(), n_parts)
    return [_Part(*values) for values in zip(peaks.tolist(), areas.tolist(), sums.tolist(), strict=True)]


def _borders(parts: Labels, distance: GreyImage, contrast: GreyImage) -> dict[tuple[int, int], _Border]:
    """Measure the common border of every pair of touching parts."""
    keys, heights, levels = [], [], []
    n_parts = int(parts.max()) + 1
    for one, other in neighbour_views():
        a, b = parts[one], parts[other]
        touching = (a != b) & (a > 0) & (b > 0)
        a, b = a[touching].astype(np.int64), b[touching].astype(np.int64)
        keys.append(np.minimum(a, b) * n_parts + np.maximum(a, b))
        heights.append(np.minimum(distance[one][touching], distance[other][touching]))
        levels.append((contrast[one][touching] + contrast[other][touching]) / 2)
    pairs, pair_of = np.unique(np.concatenate(keys), return_inverse=True)
    saddles = np.zeros(len(pairs), np.float32)
    np.maximum.at(saddles, pair_of, np.concatenate(heights))
    lengths = np.bincount(pair_of, minlength=len(pairs))
    sums = np.bincount(pair_of, np.concatenate(levels), len(pairs))
    borders = (_Border(*values) for values in zip(saddles.tolist(), lengths.tolist(), sums.tolist(), strict=True))
    return dict(zip((divmod(pair, n_parts) for pair in pairs.tolist()), borders, strict=True))


def _merge(
    parts: list[_Part], borders: dict[tuple[int, int], _Border], neck_ratio: float, valley: float
) -> npt.NDArray[np.int32]:
    """Return the final label of every part."""
    neighbours: list[dict[int, _Border]] = [{} for _ in parts]
    parent = list(range(len(parts)))
    for (a, b), border in borders.items():
        neighbours[a][b] = neighbours[b][a] = border

    def unity(a: int, b: int) -> float:
        return _unity(parts[a], parts[b], neighbours[a][b], neck_ratio, valley)

    queue = [(-unity(a, b), a, b) for a, b in borders]
    heapq.heapify(queue)
    while queue and -queue[0][0] > 1:
        negative_unity, a, b = heapq.heappop(queue)
        if b not in neighbours[a] or -negative_unity != unity(a, b):
            continue
        parent[b] = a
        parts[a] = _joined_parts(parts[a], parts[b])
        del neighbours[a][b]
        for c, border in neighbours[b].items():
            if c != a:
                del neighbours[c][b]
                neighbours[a][c] = neighbours[c][a] = _joined_borders(border, neighbours[a].get(c))
        neighbours[b] = {}
        for c in neighbours[a]:
            heapq.heappush(queue, (-unity(a, c), a, c))
    return np.array([_root(parent, part) for part in range(len(parent))], np.int32)


def _unity(a: _Part, b: _Part, border: _Border, neck_ratio: float, valley: float) -> float:
    """Return how much two parts are one particle: above 1, they are."""
    smaller = min(a.peak, b.peak)
    neck = 2.0 if smaller - border.saddle < _STEP_PX else border.saddle / max(smaller * neck_ratio, 1e-6)
    if valley >= 1:
        return neck
    fainter = min(a.contrast / a.n_px, b.contrast / b.n_px)
    return min(neck, border.contrast / border.n_px / max(fainter * (1 - valley), 1e-6))


def _joined_parts(a: _Part, b: _Part) -> _Part:
    return _Part(max(a.peak, b.peak), a.n_px + b.n_px, a.contrast + b.contrast)


def _joined_borders(one: _Border, other: _Border | None) -> _Border:
    if other is None:
        return one
    return _Border(max(one.saddle, other.saddle), one.n_px + other.n_px, one.contrast + other.contrast)


def _root(parent: list[int], part: int) -> int:
    while parent[part] != part:
        part = parent[part]
    return part
