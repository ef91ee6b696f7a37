"""Merge the parts of an over-segmented mask that belong to one particle."""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.labels import neighbour_views, numbered
from nanotem.micrograph import GreyImage, Labels

Floats = npt.NDArray[np.float64]

_Border = tuple[float, float, float]
"""Saddle, length and summed contrast."""

_STEP_PX = 0.3
"""A peak that rises less than this above its saddle is a step of the pixel grid, not a particle."""


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
    return MeasuredParts.of(parts, distance, contrast=contrast).merged(neck_ratio=neck_ratio, valley=valley)


@dataclass(frozen=True, eq=False)
class MeasuredParts:
    """An over-segmented label image with all that decides which of its parts are one particle: measured once.

    Attributes
    ----------
    parts
        Labels 1 to n.
    peak, n_px, level
        Highest distance, area and summed contrast of every part; index 0 is the background.
    pairs
        The parts that touch, the lower number first; shape (pairs, 2).
    saddle, border_px, border_level
        Highest distance, length and summed contrast of the common border of every pair.
    has_levels
        Whether there was a contrast.
    """

    parts: Labels
    peak: Floats
    n_px: Floats
    level: Floats
    pairs: npt.NDArray[np.int64]
    saddle: Floats
    border_px: Floats
    border_level: Floats
    has_levels: bool

    @classmethod
    def of(cls, parts: Labels, distance: GreyImage, *, contrast: GreyImage | None = None) -> "MeasuredParts":
        """Measure the parts and their borders; see `merge_by_neck`."""
        levels = distance if contrast is None else contrast
        is_part = parts > 0
        inside = np.flatnonzero(is_part)
        part = parts.ravel()[inside]
        n_parts = int(part.max(initial=0)) + 1
        peak = np.zeros(n_parts, np.float32)
        np.maximum.at(peak, part, distance.ravel()[inside])
        keys, saddles, means = [], [], []
        for one, other in neighbour_views():
            touching = np.nonzero((parts[one] != parts[other]) & is_part[one] & is_part[other])
            a, b = parts[one][touching].astype(np.int64), parts[other][touching]
            keys.append(np.minimum(a, b) * n_parts + np.maximum(a, b))
            saddles.append(np.minimum(distance[one][touching], distance[other][touching]))
            means.append((levels[one][touching] + levels[other][touching]) / 2)
        key = np.concatenate(keys)
        pair_of, first = numbered(key)
        pairs = key[first]
        saddle = np.zeros(len(pairs), np.float32)
        np.maximum.at(saddle, pair_of, np.concatenate(saddles))
        return cls(
            parts,
            peak.astype(np.float64),
            np.bincount(part, minlength=n_parts).astype(np.float64),
            np.asarray(np.bincount(part, levels.ravel()[inside], n_parts), np.float64),
            np.stack(np.divmod(pairs, n_parts), axis=1),
            saddle.astype(np.float64),
            np.bincount(pair_of, minlength=len(pairs)).astype(np.float64),
            np.asarray(np.bincount(pair_of, np.concatenate(means), len(pairs)), np.float64),
            contrast is not None,
        )

    def merged(self, *, neck_ratio: float, valley: float = 1.0) -> Labels:
        """Return the particles; see `merge_by_neck`."""
        return self._merged(neck_ratio, valley if self.has_levels else 1.0)[self.parts]

    def _merged(self, neck_ratio: float, valley: float) -> npt.NDArray[np.int32]:
        """Return the final label of every part."""
        peak, n_px, level = self.peak.tolist(), self.n_px.tolist(), self.level.tolist()
        neighbours: list[dict[int, _Border]] = [{} for _ in peak]
        parent = list(range(len(peak)))
        borders = zip(self.saddle.tolist(), self.border_px.tolist(), self.border_level.tolist(), strict=True)
        for (a, b), border in zip(self.pairs.tolist(), borders, strict=True):
            neighbours[a][b] = neighbours[b][a] = border

        def unity(a: int, b: int) -> float:
            """Return how much two parts are one particle: above 1, they are."""
            saddle, border_px, border_level = neighbours[a][b]
            smaller = min(peak[a], peak[b])
            neck = 2.0 if smaller - saddle < _STEP_PX else saddle / max(smaller * neck_ratio, 1e-6)
            if valley >= 1:
                return neck
            fainter = min(level[a] / n_px[a], level[b] / n_px[b])
            return min(neck, border_level / border_px / max(fainter * (1 - valley), 1e-6))

        at_first = self._unities(neck_ratio, valley)
        one = np.flatnonzero(at_first > 1)  # what is less is never merged: the loop ends before its turn
        queue = [(-u, a, b) for u, (a, b) in zip(at_first[one].tolist(), self.pairs[one].tolist(), strict=True)]
        heapq.heapify(queue)
        while queue:
            negative_unity, a, b = heapq.heappop(queue)
            if b not in neighbours[a] or -negative_unity != unity(a, b):
                continue
            parent[b] = a
            peak[a], n_px[a], level[a] = max(peak[a], peak[b]), n_px[a] + n_px[b], level[a] + level[b]
            del neighbours[a][b]
            for c, border in neighbours[b].items():
                if c != a:
                    del neighbours[c][b]
                    neighbours[a][c] = neighbours[c][a] = _joined(border, neighbours[a].get(c))
            neighbours[b] = {}
            for c in neighbours[a]:
                if (together := unity(a, c)) > 1:
                    heapq.heappush(queue, (-together, a, c))
        return np.array([_root(parent, part) for part in range(len(parent))], np.int32)

    def _unities(self, neck_ratio: float, valley: float) -> Floats:
        """Return how much the two parts of every pair are one particle before any was merged."""
        a, b = self.pairs.T
        smaller = np.minimum(self.peak[a], self.peak[b])
        neck = np.where(smaller - self.saddle < _STEP_PX, 2.0, self.saddle / np.maximum(smaller * neck_ratio, 1e-6))
        if valley >= 1:
            return neck
        fainter = np.minimum(self.level[a] / self.n_px[a], self.level[b] / self.n_px[b])
        return np.minimum(neck, self.border_level / self.border_px / np.maximum(fainter * (1 - valley), 1e-6))


def _joined(one: _Border, other: _Border | None) -> _Border:
    if other is None:
        return one
    return max(one[0], other[0]), one[1] + other[1], one[2] + other[2]


def _root(parent: list[int], part: int) -> int:
    while parent[part] != part:
        part = parent[part]
    return part
