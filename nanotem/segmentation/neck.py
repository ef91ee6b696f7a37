"""Merge the parts of an over-segmented mask that belong to one particle."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from nanotem.labels import borders, largest, numbered
from nanotem.micrograph import GreyImage, Labels

Floats = npt.NDArray[np.float64]

_Border = tuple[float, float, float, float]
"""Saddle, length, summed contrast, and how much the parts on both sides are one particle: above 1, they are."""

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
        inside = np.flatnonzero(parts > 0)
        part, level = parts.ravel()[inside], levels.ravel()[inside]
        n_parts = int(part.max(initial=0)) + 1
        one, other = borders(parts)
        a, b = parts.ravel()[one].astype(np.int64), parts.ravel()[other]
        key = np.minimum(a, b) * n_parts + np.maximum(a, b)
        pair_of, first = numbered(key)
        pairs = key[first]
        saddle = np.minimum(distance.ravel()[one], distance.ravel()[other])
        between = (levels.ravel()[one] + levels.ravel()[other]) / 2
        return cls(
            parts,
            largest(part, distance.ravel()[inside], n_parts).astype(np.float64),
            np.bincount(part, minlength=n_parts).astype(np.float64),
            np.asarray(np.bincount(part, level, n_parts), np.float64),
            np.stack(np.divmod(pairs, n_parts), axis=1),
            largest(pair_of, saddle, len(pairs)).astype(np.float64),
            np.bincount(pair_of, minlength=len(pairs)).astype(np.float64),
            np.asarray(np.bincount(pair_of, between, len(pairs)), np.float64),
            contrast is not None,
        )

    def merged(self, *, neck_ratio: float, valley: float = 1.0) -> Labels:
        """Return the particles; see `merge_by_neck`."""
        return self._merged(neck_ratio, valley if self.has_levels else 1.0)[self.parts]

    def _merged(self, neck_ratio: float, valley: float) -> npt.NDArray[np.int32]:
        """Return the final label of every part."""
        peak, n_px, level = self.peak.tolist(), self.n_px.tolist(), self.level.tolist()
        grey = (self.level / np.maximum(self.n_px, 1)).tolist()
        unities = self._unities(neck_ratio, valley)
        values = (self.saddle, self.border_px, self.border_level, unities)
        neighbours: list[dict[int, _Border]] = [{} for _ in peak]
        for (a, b), border in zip(
            self.pairs.tolist(), zip(*(one.tolist() for one in values), strict=True), strict=True
        ):
            neighbours[a][b] = neighbours[b][a] = border
        parent = list(range(len(peak)))
        for queue in self._queues(unities):
            while queue:
                negative_unity, a, b = heapq.heappop(queue)
                near = neighbours[a]
                if b not in near or near[b][3] != -negative_unity:
                    continue
                parent[b] = a
                del near[b]
                for c, border in neighbours[b].items():
                    if c != a:
                        del neighbours[c][b]
                        near[c] = _joined(border, near[c]) if c in near else border
                neighbours[b] = {}
                peak[a], n_px[a], level[a] = max(peak[a], peak[b]), n_px[a] + n_px[b], level[a] + level[b]
                grey[a] = level[a] / n_px[a]
                for c, (saddle, border_px, border_level, _) in near.items():
                    smaller = min(peak[a], peak[c])
                    together = 2.0 if smaller - saddle < _STEP_PX else saddle / max(smaller * neck_ratio, 1e-6)
                    if valley < 1:
                        fainter = min(grey[a], grey[c])
                        together = min(together, border_level / border_px / max(fainter * (1 - valley), 1e-6))
                    near[c] = neighbours[c][a] = saddle, border_px, border_level, together
                    if together > 1:
                        heapq.heappush(queue, (-together, a, c))
        return np.array([_root(parent, part) for part in range(len(parent))], np.int32)

    def _queues(self, unities: Floats) -> Iterator[list[tuple[float, int, int]]]:
        """Yield the pairs that are one particle as heaps, one for each connected region: short ones are quick."""
        n_parts = len(self.peak)
        graph = sparse.coo_matrix((np.ones(len(self.pairs)), self.pairs.T), shape=(n_parts, n_parts))
        _, region = csgraph.connected_components(graph, directed=False)
        one = np.flatnonzero(unities > 1)  # what is less is never merged: the loop ends before its turn
        own = region[self.pairs[one, 0]]
        one = one[np.argsort(own, kind="stable")]
        entries = [(-u, a, b) for u, (a, b) in zip(unities[one].tolist(), self.pairs[one].tolist(), strict=True)]
        for start, end in pairwise([0, *np.cumsum(np.bincount(own)).tolist()]):
            queue = entries[start:end]
            heapq.heapify(queue)
            yield queue

    def _unities(self, neck_ratio: float, valley: float) -> Floats:
        """Return how much the two parts of every pair are one particle before any was merged."""
        a, b = self.pairs.T
        smaller = np.minimum(self.peak[a], self.peak[b])
        neck = np.where(smaller - self.saddle < _STEP_PX, 2.0, self.saddle / np.maximum(smaller * neck_ratio, 1e-6))
        if valley >= 1:
            return neck
        fainter = np.minimum(self.level[a] / self.n_px[a], self.level[b] / self.n_px[b])
        return np.minimum(neck, self.border_level / self.border_px / np.maximum(fainter * (1 - valley), 1e-6))


def _joined(one: _Border, other: _Border) -> _Border:
    return max(one[0], other[0]), one[1] + other[1], one[2] + other[2], 0.0


def _root(parent: list[int], part: int) -> int:
    while parent[part] != part:
        part = parent[part]
    return part
