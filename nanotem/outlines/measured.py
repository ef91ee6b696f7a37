"""Edges of all particles of an image, fitted twice: across a contour near them, then across one at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nanotem.labels import Window
from nanotem.outlines.contours import Levels, contours_at, levels_of
from nanotem.outlines.fit import MeanProfiles
from nanotem.outlines.pooled import ParticleEdges, PooledEdge, SharedEdges, edges_of, pool
from nanotem.outlines.profiles import ClassWeights, Floats, Profile
from nanotem.outlines.rings import Polygon, evenly_spaced
from nanotem.outlines.sampling import LEAST_WALL_PX, Sampled, gathered, sample_edges
from nanotem.outlines.zones import Zones, background_of

_FIRST_SHARE, _HALF = 0.25, 0.5
NOISE_FACTOR = 3.0
"""The first contour lies at a quarter of the contrast, near the edge of every profile, and none lies where noise alone
would draw it."""

_REACH, _OUTSIDE = (3.0, 0.35), 0.5
"""How far the edge may lie from the contour, in px and radii, and how far outside it profiles reach, in radii: where
noise hides the foot of a facet, both contours of an octahedron lie a quarter of its radius inside. Reaching 0.1 radii
across the second contour took octahedra of 150 px at contrast 4 for blurred spheres, 14 % too small; plates, spheres
and rods come out the same."""

_SMOOTH_PX, _WOBBLE, _MOST_SMOOTH = 1.0, 30.0, 0.6
"""Rings are smoothed over 1 px, and so much that noise, which moves a contour by the noise over the slope, makes it
less than 1 % longer; at most over 0.6 of the radius, where shape would suffer. Of drawn rods and squares from 20 px the
smallest Feret diameter is within 3 % in 69, 75, 77 and 79 % of 48 cells with 18, 24, 30 and 40, of squares and
triangles from 30 px circularity within 4 % in 100, 100, 97 and 94 % of 32."""

_LEAST_RISE = 1e-3
"""Share of the largest amplitude per px: an edge that rises less is lost in any noise, and is smoothed as much as can
be."""

_MOVED_BY_UNEVEN = 3.0
"""What is left of a step of the support moves an edge on all sides alike, by more than its standard deviation over the
slope of the edge. With 3 no mean of 216 drawn cells at steps is off by more than 3 % and unflagged, with 1.5 four."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What was measured of the particles that stand out; per particle in the order of `labels`.

    `shortfall_px` is how far the edge would have to go on at its slope until it met the background that is seen beside
    the particle: the contrast of a facet that slopes gently is lost in noise long before its edge. `uneven_px` is how
    far the background that a slope leaves uneven moves the edge: at a step of the support no slope is right. `wall_px`
    lies between both edges; it is infinite where profiles across the edge end before they are through the wall of a
    shell.
    """

    labels: tuple[int, ...]
    rings: tuple[tuple[Polygon, ...], ...]
    parts: Sequence[Sampled]
    profiles: MeanProfiles
    free: Floats
    pooled: PooledEdge
    edges: ParticleEdges
    smooth_px: Floats
    shortfall_px: Floats
    uneven_px: Floats
    wall_px: Floats
    shared: SharedEdges


def measured_edges(
    zones: Zones,
    windows: Mapping[int, Window],
    profile: Profile | ClassWeights,
    held: SharedEdges | None = None,
) -> Measured | None:
    """Fit all edges twice: across a contour that is near them, then across one at the level of the edge itself.

    Parameters
    ----------
    zones, windows
        The picture, and the windows of the labels whose edges are wanted.
    profile
        See `trace_outlines`.
    held
        What all edges share, if it is known; else it is found from these.
    """
    level, noise = (held.level, held.noise) if held else background_of(zones)
    levels = {label: levels_of(zones, label, window, background=level) for label, window in windows.items()}
    rough = {label: _rough_level(one, noise) for label, one in levels.items() if one.interior > one.base}
    first = _crossed(zones, windows, rough, smooth_px={})
    if first is None:
        return None
    pooled = held.first if held else pool(first.profiles, first.free, profile=profile, coarse=True)
    edges = edges_of(first.profiles, pooled)
    amplitude = held.amplitude if held else float(edges.amplitude.max(initial=1.0))
    wobble_px = noise / np.maximum(edges.rise_per_px, _LEAST_RISE * amplitude)
    needed_px = np.maximum((_WOBBLE * wobble_px) ** (2 / 3), _SMOOTH_PX)
    smooth_px = np.minimum(needed_px, np.maximum(_MOST_SMOOTH * first.profiles.radius_px, _SMOOTH_PX))
    edge = edges.share_at_edge * edges.amplitude
    fine = {
        label: base + min(max(height, NOISE_FACTOR * noise), _HALF * max(levels[label].interior - base, 0.0))
        for label, base, height in zip(first.rings, edges.base.tolist(), edge.tolist(), strict=True)
    }
    smooth = dict(zip(first.rings, smooth_px.tolist(), strict=True))
    second = _crossed(zones, windows, fine, smooth_px=smooth)
    if second is None:
        return None
    near_px = pooled.sigma_px
    shared = held or SharedEdges(
        zones.sign, level, noise, amplitude, pooled,
        pool(second.profiles, second.free, profile=profile, coarse=False, near_px=near_px),
    )  # fmt: skip
    edges = edges_of(second.profiles, shared.second)
    beside = np.array([levels[label].base for label in second.rings])  # of a label that is too small: of its own foot
    gap = np.minimum(np.abs(edges.base - beside), np.abs(edges.base - shared.level))
    rise_per_px = np.maximum(edges.rise_per_px, _LEAST_RISE * shared.amplitude)
    return Measured(
        *(tuple(second.rings), tuple(map(tuple, second.rings.values())), second.parts, second.profiles, second.free),
        pooled=shared.second,
        edges=edges,
        smooth_px=np.array([smooth[label] for label in second.rings]),
        shortfall_px=gap / rise_per_px,
        uneven_px=_MOVED_BY_UNEVEN * zones.uneven[list(second.rings)] / rise_per_px,
        wall_px=np.maximum(second.wall_px + 2 * edges.shift_px, LEAST_WALL_PX),
        shared=shared,
    )


def _rough_level(levels: Levels, noise: float) -> float:
    rise = levels.interior - levels.base
    return levels.base + min(max(_FIRST_SHARE * rise, NOISE_FACTOR * noise), _HALF * rise)


@dataclass(frozen=True, eq=False)
class _Crossed:
    """Contours, and what was seen across them."""

    rings: Mapping[int, list[Polygon]]
    parts: Sequence[Sampled]
    profiles: MeanProfiles
    free: Floats
    wall_px: Floats


def _crossed(
    zones: Zones,
    windows: Mapping[int, Window],
    levels: Mapping[int, float],
    *,
    smooth_px: Mapping[int, float],
) -> _Crossed | None:
    """Draw contours at the levels and sample the edges across them; None if there is none."""
    found, walls_px = contours_at(zones, windows, levels)
    if not found:
        return None
    parts = sample_edges(
        zones,
        evenly_spaced([rings[0] for rings in found.values()]),
        np.array(list(found), np.int32),
        wall_px=np.array([walls_px.get(label, np.inf) for label in found]),
        smooth_px=np.array([smooth_px.get(label, _SMOOTH_PX) for label in found]),
        outside_share=_OUTSIDE,
        reach=_REACH,
    )
    free, wall_px = np.empty((2, len(found)))
    for part in parts:
        free[part.rows], wall_px[part.rows] = part.is_free.mean(axis=1), part.wall_px
    return _Crossed(found, parts, gathered(parts), free, wall_px)
