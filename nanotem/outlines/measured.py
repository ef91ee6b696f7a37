"""Edges of all particles of an image, fitted twice: across a contour near them, then across one at the edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nanotem.labels import Window
from nanotem.outlines.contours import Levels, levels_of, rings_at
from nanotem.outlines.fit import MeanProfiles
from nanotem.outlines.pooled import ParticleEdges, PooledEdge, edges_of, pool
from nanotem.outlines.profiles import Floats, Profile
from nanotem.outlines.report import ProfileScores
from nanotem.outlines.rings import Polygon, evenly_spaced
from nanotem.outlines.sampling import Sampled, gathered, sample_edges
from nanotem.outlines.zones import Zones, background_of

_FIRST_SHARE, _HALF = 0.25, 0.5
NOISE_FACTOR = 3.0
"""The first contour lies at a quarter of the contrast, near the edge of every profile, and none lies where noise alone
would draw it."""

_FIRST_REACH, _REACH = (3.0, 0.35), (1.5, 0.1)
_FIRST_OUTSIDE, _OUTSIDE = 0.5, 0.2
"""How far the edge may lie from the contour, and how far outside it profiles reach, in px and radii: the first contour
of an octahedron lies a quarter of its radius inside."""

_SMOOTH_PX, _WOBBLE, _MOST_SMOOTH = 1.0, 18.0, 0.35
"""Rings are smoothed over 1 px, and so much that noise, which moves a contour by the noise over the slope, makes it
less than 1 % longer; at most over 0.35 of the radius, where shape would suffer."""

_LEAST_RISE = 1e-3
"""Share of the largest amplitude per px: an edge that rises less is lost in any noise, and is smoothed as much as can
be."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What was measured of the particles that stand out; per particle in the order of `labels`."""

    labels: tuple[int, ...]
    rings: tuple[tuple[Polygon, ...], ...]
    parts: Sequence[Sampled]
    profiles: MeanProfiles
    free: Floats
    pooled: PooledEdge
    edges: ParticleEdges
    smooth_px: Floats
    noise: float


def measured_edges(zones: Zones, windows: Mapping[int, Window], profile: Profile | ProfileScores) -> Measured | None:
    """Fit all edges twice: across a contour that is near them, then across one at the level of the edge itself."""
    level, noise = background_of(zones)
    levels = {label: levels_of(zones, label, window, background=level) for label, window in windows.items()}
    rough = {label: _rough_level(one, noise) for label, one in levels.items() if one.interior > one.base}
    first = _fitted(zones, windows, rough, profile, noise)
    if first is None:
        return None
    edge = first.edges.share_at_edge * first.edges.amplitude
    fine = {
        label: base + min(max(height, NOISE_FACTOR * noise), _HALF * max(levels[label].interior - base, 0.0))
        for label, base, height in zip(first.labels, first.edges.base.tolist(), edge.tolist(), strict=True)
    }
    return _fitted(zones, windows, fine, profile, noise, before=first)


def _rough_level(levels: Levels, noise: float) -> float:
    rise = levels.interior - levels.base
    return levels.base + min(max(_FIRST_SHARE * rise, NOISE_FACTOR * noise), _HALF * rise)


def _fitted(
    zones: Zones,
    windows: Mapping[int, Window],
    levels: Mapping[int, float],
    profile: Profile | ProfileScores,
    noise: float,
    *,
    before: Measured | None = None,
) -> Measured | None:
    """Draw contours at the levels and fit the edges across them; coarsely if it was not done before."""
    found = rings_at(zones, windows, levels)
    if not found:
        return None
    labels = tuple(found)
    outer = evenly_spaced([rings[0] for rings in found.values()])
    smooth = dict(zip(before.labels, before.smooth_px.tolist(), strict=True)) if before else {}
    smooth_px = np.array([smooth.get(label, _SMOOTH_PX) for label in labels])
    reach, outside = (_REACH, _OUTSIDE) if before else (_FIRST_REACH, _FIRST_OUTSIDE)
    numbers = np.array(labels, np.int32)
    parts = sample_edges(zones, outer, numbers, smooth_px=smooth_px, outside_share=outside, reach=reach)
    profiles = gathered(parts)
    free = np.empty(len(labels))
    for part in parts:
        free[part.rows] = part.is_free.mean(axis=1)
    near_px = before.pooled.sigma_px if before else None
    pooled = pool(profiles, free, profile=profile, coarse=before is None, near_px=near_px)
    edges = edges_of(profiles, pooled)
    wobble_px = noise / np.maximum(edges.rise_per_px, _LEAST_RISE * edges.amplitude.max(initial=1.0))
    needed = np.maximum((_WOBBLE * wobble_px) ** (2 / 3), _SMOOTH_PX)
    smooth_px = smooth_px if before else np.minimum(needed, np.maximum(_MOST_SMOOTH * profiles.radius_px, _SMOOTH_PX))
    return Measured(labels, tuple(map(tuple, found.values())), parts, profiles, free, pooled, edges, smooth_px, noise)
