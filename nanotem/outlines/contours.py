"""Where a particle's own contrast crosses a level: rings by marching squares, each particle within its own zone."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy import ndimage
from skimage.measure import find_contours, points_in_poly

from nanotem.micrograph import Labels, Mask
from nanotem.outlines.rings import Polygon, evenly_spaced, signed_area, smoothed
from nanotem.outlines.simple import is_simple
from nanotem.outlines.zones import Zones

Window = tuple[slice, slice]

_BESIDE_PX = 2.5
_LEAST_BESIDE = 12
_INTERIOR_PERCENT = 75
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
    inside = zones.labels[window] == label
    beside = (zones.owner[window] == label) & (zones.distance_px[window] > _BESIDE_PX)
    base = float(np.median(image[beside])) if beside.sum() >= _LEAST_BESIDE else background
    return Levels(base, float(np.percentile(image[inside], _INTERIOR_PERCENT)))


def rings_at(zones: Zones, label: int, window: Window, level: float) -> list[Polygon]:
    """Return the rings where a particle crosses a grey level, the outer one first, then holes that the label has.

    Beside a neighbour or the frame the ring runs along the border of the zone: what lies beyond is mirrored about the
    level, so that the crossing falls in the middle. Of several pieces the largest is the particle.

    Returns
    -------
    list
        Empty if nothing of the particle is above the level. Coordinates with the margin of `zones`.
    """
    above = zones.image[window] - np.float32(level)
    is_own = zones.owner[window] == label
    field = np.where(is_own, above, -np.abs(above))
    field = np.pad(field, 1, constant_values=-1.0)
    found = [cast(Polygon, ring[:-1]) for ring in find_contours(field, 0.0) if len(ring) > 3]
    if not found:
        return []
    areas = np.array([float(signed_area(ring)) for ring in found])
    outer = int(np.argmax(np.abs(areas)))
    turn = np.sign(areas[outer])
    offset = np.array([window[0].start - 1, window[1].start - 1], np.float64)
    rings = [found[outer]]
    inner = np.flatnonzero(areas * turn < -_LEAST_HOLE_PX)
    if inner.size:
        hole = _holes(zones.labels[window] == label)
        rings += [found[k] for k in inner if _meets(found[k], hole)]
    return [(ring if turn > 0 else ring[::-1]) + offset for ring in rings]


def _holes(mask: Mask) -> Mask:
    filled: Mask = ndimage.binary_fill_holes(mask)
    return filled & ~mask


def _meets(ring: Polygon, hole: Mask) -> bool:
    """Whether the middle of a ring (with the padding of one pixel) lies in or beside a hole."""
    row, column = np.round(ring.mean(axis=0)).astype(int) - 1
    around = hole[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
    return bool(around.any())


def label_rings(labels: Labels, label: int, window: Window) -> list[Polygon]:
    """Return the outline of a label as it is: the stairs of its pixels smoothed, as many square pixels enclosed.

    Of several pieces the largest counts. The stairs stay where smooth rings would cross. Parameters and coordinates as
    for `rings_at`.
    """
    mask = labels[window] == label
    found = find_contours(np.pad(mask, 1).astype(np.float32), 0.5)
    areas = np.array([float(signed_area(ring[:-1])) for ring in found])
    outer = int(np.argmax(np.abs(areas)))
    turn = np.sign(areas[outer])
    is_inside = [bool(points_in_poly(ring[:1], found[outer])[0]) for ring in found]
    chosen = [outer, *np.flatnonzero((areas * turn < 0) & is_inside).tolist()]
    offset = np.array([window[0].start - 1, window[1].start - 1], np.float64)
    rings = []
    for k in chosen:
        stairs = evenly_spaced(found[k][:-1] if turn > 0 else found[k][-1:0:-1])
        smooth = smoothed(stairs[None], scale_px=np.array([STAIRS_PX]))[0]
        # Marching squares cut the corners of pixels: half a pixel in all of a ring's area.
        wanted = abs(areas[k]) + _CUT_CORNERS * np.sign(areas[k] * turn)
        centre = smooth.mean(axis=0)
        rings.append(centre + (smooth - centre) * np.sqrt(wanted / abs(float(signed_area(smooth)))))
    if not is_simple(rings):
        rings = [found[k][:-1] if turn > 0 else found[k][-1:0:-1] for k in chosen]
    return [ring + offset for ring in rings]
