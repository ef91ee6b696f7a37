"""Outlines after corrections: those of corrected particles and of what lies beside them are traced anew."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from nanotem.labels import Window, numbers_in, windows
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.outlines.outlines import Outlines, counted_anew
from nanotem.outlines.rings import Polygon
from nanotem.outlines.zones import MARGIN_PX, reach_of

_BESIDE_PX = 16
"""How far from a corrected pixel outlines may change: as far as the profile across the edge of a particle of 20 px, and
as far as the background beside a larger one is looked at, see `nanotem.outlines.zones.reach_of`."""

_CONTEXT_PX = 32
"""What is looked at round a particle, at least; round larger ones as much as they measure, more than profiles reach."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What is traced, shape (rows, columns) each: see `trace_outlines`."""

    grey: GreyImage
    labels: Labels
    ignored: Mask
    clipped: Mask

    def __getitem__(self, window: Window) -> "Picture":
        return Picture(*(getattr(self, name)[window] for name in self.__dataclass_fields__))


Tracer = Callable[[Picture, Collection[int], Collection[int]], Outlines]
"""Takes a picture, the labels whose outlines are wanted, and those of them that were drawn by hand."""


def to_trace_anew(before: Labels, after: Labels, drawn: Collection[int]) -> frozenset[int]:
    """Return the labels whose outline a correction may have changed."""
    differs = (before != after).view(np.uint8)
    near = cv2.dilate(differs, np.ones((2 * _BESIDE_PX + 1,) * 2, np.uint8)).view(bool)
    reach = np.ceil(reach_of(after)).astype(int).tolist()
    large = (
        label
        for label, window in windows(after)
        if reach[label] > _BESIDE_PX and differs[_around(window, reach[label], after.shape)].any()
    )
    return frozenset(np.unique(after[near]).tolist()) - {0} | frozenset(large) | frozenset(drawn)


def traced_anew(
    before: Outlines, picture: Picture, wanted: Collection[int], drawn: Collection[int], *, trace: Tracer
) -> Outlines:
    """Return the outlines of a picture whose labels were corrected: those wanted from `trace`, all others as before.

    What comes out follows from the outlines before and from the labels alone, not from the order of corrections.
    """
    own = [(label, window) for label, window in windows(picture.labels) if label in wanted]
    fresh = _in_tiles(picture, own, drawn, trace) if own else _Fresh({}, before.edges[:0])
    numbers = numbers_in(picture.labels).tolist()
    rings = {label: fresh.rings[label] if label in fresh.rings else before.rings[label] for label in numbers}
    kept = before.edges.loc[[label for label in numbers if label not in fresh.rings]]
    edges = pd.concat([kept, fresh.edges]).sort_index()
    return Outlines(rings, edges, counted_anew(before.report, edges), picture.labels, before.shared)


class _Fresh(NamedTuple):
    """Rings and edges by label, as in `Outlines`."""

    rings: Mapping[int, tuple[Polygon, ...]]
    edges: pd.DataFrame


def _in_tiles(picture: Picture, own: Sequence[tuple[int, Window]], drawn: Collection[int], trace: Tracer) -> _Fresh:
    """Trace each particle in a tile with its surroundings, all tiles below each other in one picture.

    Where tiles would be larger than the picture itself, they are traced in the picture.
    """
    tiles = [_surroundings(window, picture.labels.shape) for _, window in own]
    heights = [rows.stop - rows.start + 2 * MARGIN_PX for rows, _ in tiles]
    tops = np.cumsum([0, *heights[:-1]]).tolist()
    width = max(columns.stop - columns.start for _, columns in tiles) + 2 * MARGIN_PX
    shape = sum(heights), width
    if shape[0] * shape[1] > picture.labels.size:
        traced = trace(picture, [label for label, _ in own], drawn)
        return _Fresh(traced.rings, traced.edges)
    grey, labels = np.zeros(shape, picture.grey.dtype), np.zeros(shape, np.int32)
    ignored, clipped = np.ones(shape, bool), np.zeros(shape, bool)
    numbers, n_used = {}, 0
    for (label, _), tile, top in zip(own, tiles, tops, strict=True):
        part = picture[tile]
        n_rows, n_columns = part.labels.shape
        framed = slice(top, top + n_rows + 2 * MARGIN_PX), slice(n_columns + 2 * MARGIN_PX)
        inside = slice(top + MARGIN_PX, top + MARGIN_PX + n_rows), slice(MARGIN_PX, MARGIN_PX + n_columns)
        grey[framed] = cv2.copyMakeBorder(part.grey, *(MARGIN_PX,) * 4, borderType=cv2.BORDER_REPLICATE)
        found, place = np.unique(part.labels, return_inverse=True)
        labels[inside] = np.where(part.labels > 0, place.reshape(part.labels.shape) + n_used + 1, 0)
        ignored[inside], clipped[inside] = part.ignored, part.clipped
        numbers[label] = int(np.searchsorted(found, label)) + n_used + 1
        n_used += len(found)
    hand_drawn = [numbers[label] for label in numbers if label in drawn]
    traced = trace(Picture(grey, labels, ignored, clipped), list(numbers.values()), hand_drawn)
    rings = {}
    for (label, _), (rows, columns), top in zip(own, tiles, tops, strict=True):
        shift = np.array([rows.start - top, columns.start]) - MARGIN_PX
        rings[label] = tuple(ring + shift for ring in traced.rings[numbers[label]])
    edges = traced.edges.loc[list(numbers.values())]
    return _Fresh(rings, edges.set_axis(pd.Index(list(numbers), name=edges.index.name, dtype=edges.index.dtype)))


def _surroundings(window: Window, shape: tuple[int, ...]) -> Window:
    """Return a window with what is looked at round its particle."""
    return _around(window, max(_CONTEXT_PX, *(side.stop - side.start for side in window)), shape)


def _around(window: Window, margin_px: int, shape: tuple[int, ...]) -> Window:
    """Return a window with a margin, as far as the picture goes."""
    rows, columns = (
        slice(max(side.start - margin_px, 0), min(side.stop + margin_px, size))
        for side, size in zip(window, shape, strict=True)
    )
    return rows, columns
