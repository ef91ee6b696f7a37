"""Where a particle's own contrast crosses a level: rings by marching squares, each particle within its own zone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.measure import points_in_poly

from nanotem.labels import Window, holes
from nanotem.micrograph import Labels, Mask
from nanotem.outlines.boundaries import boundaries_of
from nanotem.outlines.rings import Polygon, evenly_spaced, signed_area, smoothed
from nanotem.outlines.simple import is_simple
from nanotem.outlines.slopes import BESIDE_PX
from nanotem.outlines.zones import Zones

_LEAST_BESIDE = 12
_INTERIOR_SHARE = 0.75
_LEAST_HOLE_PX = 4.0
STAIRS_PX = 1.5
"""How much the stairs of pixels are smoothed where a label is the outline."""

_CUT_CORNERS = 0.5


@dataclass(frozen=True)
class Levels:
    """Grey level of the background beside a particle, and of its interior (third quartile)."""

    base: float
    interior: float


def windows_of(zones: Zones) -> dict[int, Window]:
    """Return the window of every label's zone, with a pixel to spare."""
    found = {}
    for label, window in enumerate(ndimage.find_objects(np.maximum(zones.owner, zones.labels)), start=1):
        if window is not None:
            rows, columns = (slice(max(side.start - 1, 0), side.stop + 1) for side in window)
            found[label] = rows, columns
    return found


def levels_of(zones: Zones, label: int, window: Window, *, background: float) -> Levels:
    """Measure a particle's background and interior; `background` is used where hardly any is seen beside it."""
    image = zones.image[window]
    inside = image[zones.labels[window] == label]
    beside = image[(zones.owner[window] == label) & (zones.distance_px[window] > BESIDE_PX)]
    base = _quantile(beside, 0.5) if beside.size >= _LEAST_BESIDE else background
    return Levels(base, _quantile(inside, _INTERIOR_SHARE))


def _quantile(values: np.ndarray, share: float) -> float:
    """Return the value below which a share of them lies, between the two nearest."""
    place = share * (values.size - 1)
    low = int(place)
    parted = np.partition(values, (low, min(low + 1, values.size - 1)))
    return float(parted[low] + (place - low) * (parted[min(low + 1, values.size - 1)] - parted[low]))


_HOLLOW = 0.1
"""Share of what a ring encloses from which on a paler middle makes its particle a shell: less is a spot, or far from
the edge."""


class Contours(NamedTuple):
    """Where particles cross a grey level, by label.

    Attributes
    ----------
    rings
        The outer ring of each first, then holes that the label has.
    walls_px
        How thick the wall of a shell is, whether its label leaves out the paler middle or not; shells alone are here.
    """

    rings: dict[int, list[Polygon]]
    walls_px: dict[int, float]


def contours_at(zones: Zones, windows: Mapping[int, Window], levels: Mapping[int, float]) -> Contours:
    """Return the rings where particles cross a grey level.

    Beside a neighbour or the frame the ring runs along the border of the zone: what lies beyond is mirrored about the
    level, so that the crossing falls in the middle. Of several pieces the largest is the particle.

    Parameters
    ----------
    zones, windows
        The picture, and the window of each label.
    levels
        By label.

    Returns
    -------
    Contours
        Without those of which nothing is above the level. Coordinates with the margin of `zones`.
    """
    level = np.full(int(zones.owner.max(initial=0)) + 2, np.inf, np.float32)  # the last one is that of hidden pixels
    level[list(levels)] = list(levels.values())
    boundaries = boundaries_of(np.where(zones.image > level[zones.owner], zones.owner, 0))
    image, owner = zones.image.ravel(), zones.owner.ravel()
    own, other = owner[boundaries.inner], owner[boundaries.outer]
    inside = (image[boundaries.inner] - level[own]).astype(np.float64)
    outside = (image[boundaries.outer] - level[own]).astype(np.float64)
    outside = np.where(own == other, outside, -np.abs(outside))
    rings = boundaries.rings(inside / (inside - outside))
    outer, areas = rings.outer(), rings.areas
    found, walls_px = {label: [rings[number]] for label, number in outer.items()}, dict[int, float]()
    inner = np.flatnonzero(areas < -_LEAST_HOLE_PX)
    for label in np.unique(rings.labels[inner]).tolist():
        hole = holes(zones.labels[windows[label]] == label)
        corner = [side.start for side in windows[label]]
        own = inner[rings.labels[inner] == label]
        found[label] += [rings[number] for number in own.tolist() if _meets(rings[number] - corner, hole)]
        largest = int(own[areas[own].argmin()])
        if -areas[largest] > _HOLLOW * areas[outer[label]]:
            walls_px[label] = float(np.median(cKDTree(rings[largest]).query(found[label][0])[0]))
    return Contours(found, walls_px)


def _meets(ring: Polygon, hole: Mask) -> bool:
    """Whether the middle of a ring lies in or beside a hole."""
    row, column = np.round(ring.mean(axis=0)).astype(int)
    around = hole[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return bool(around.any())


def label_rings(labels: Labels, wanted: Collection[int]) -> dict[int, tuple[Polygon, ...]]:
    """Return the outlines of labels as they are: the stairs of their pixels smoothed, as many square pixels enclosed.

    Of several pieces the largest counts. The stairs stay where smooth rings would cross. Coordinates are those of the
    label image, which needs a margin.
    """
    if not wanted:
        return {}
    is_wanted = np.zeros(int(labels.max()) + 1, bool)
    is_wanted[list(wanted)] = True
    boundaries = boundaries_of(np.where(is_wanted[labels], labels, 0))
    rings = boundaries.rings(0.5)
    found = {label: [rings[number]] for label, number in rings.outer().items()}
    for number in np.flatnonzero(rings.areas < 0).tolist():
        own = found[int(rings.labels[number])]
        if points_in_poly(rings[number][:1], own[0])[0]:
            own.append(rings[number])
    return {label: _without_stairs(own) for label, own in found.items()}


def _without_stairs(rings: Sequence[Polygon]) -> tuple[Polygon, ...]:
    smooth = tuple(smoothed(ring[None], scale_px=np.array([STAIRS_PX]))[0] for ring in evenly_spaced(rings))
    # Marching squares cut the corners of pixels: half a pixel in all of a ring's area.
    wanted = [(area := float(signed_area(ring))) + np.copysign(_CUT_CORNERS, area) for ring in rings]
    sized = tuple(_with_area(ring, area) for ring, area in zip(smooth, wanted, strict=True))
    return sized if is_simple(sized) else tuple(rings)


def _with_area(ring: Polygon, area: float) -> Polygon:
    centre = ring.mean(axis=0)
    return np.asarray(centre + (ring - centre) * np.sqrt(abs(area / float(signed_area(ring)))))
