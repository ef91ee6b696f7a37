"""Grey levels along the normals of rings, and what lies outside: own background, a neighbour, the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from nanotem.micrograph import Mask
from nanotem.outlines.fit import MeanProfiles
from nanotem.outlines.rings import (
    Floats,
    Polygon,
    by_size,
    curvature,
    inscribed_radius,
    normals,
    perimeter,
    smoothed_flat,
)
from nanotem.outlines.zones import Zones
from nanotem.threads import side_by_side

_N_SAMPLES = 33
_OUTSIDE_PX, _INSIDE_PX, _INSIDE_SHARE = 6.0, 10.0, 0.4
"""How far profiles reach: past three standard deviations of a blur of 2 px on either side; on large particles 0.4 of
the radius inwards, where the profile of a thin sphere is flat enough to tell its height."""

LEAST_WALL_PX = 2.0
"""Thinner walls are all blur."""

NEAR_PX = 3.5
"""A neighbour or the frame within this distance of an outline changes its edge."""

_CORNER = 1.8
"""Curvature in units of the inscribed radius from which on a place is a corner: 1 on a disc, 0 on a straight side."""

_WINDOW_SHARE, _LEAST_WINDOW_PX = 0.2, 1.5


@dataclass(frozen=True, eq=False)
class Sampled:
    """The rings of some particles and what was seen across them; per vertex, shape (rings, vertices, ...).

    Attributes
    ----------
    rows
        Which of the rings these are.
    points, normals
        Vertices, and unit normals out of the particle.
    gap_px
        From the vertex outwards to what is not the particle's own background; infinite where nothing is near.
    is_free
        Whether the edge is seen undisturbed: no neighbour or frame near, and no corner.
    profiles
        Mean profile over the free vertices.
    wall_px
        Thickness of the wall, shape (rings,): infinite where profiles end before they are through it.
    """

    rows: npt.NDArray[np.intp]
    points: Floats
    normals: Floats
    gap_px: Floats
    is_free: Mask
    profiles: MeanProfiles
    wall_px: Floats


def sample_edges(
    zones: Zones,
    rings: Sequence[Polygon],
    owners: npt.NDArray[np.int32],
    *,
    wall_px: Floats,
    smooth_px: Floats,
    outside_share: float,
    reach: tuple[float, float],
) -> list[Sampled]:
    """Sample the edges of many particles, those with the same number of vertices together.

    Parameters
    ----------
    zones
        The picture and who owns which pixel.
    rings
        Outer ring of each particle, evenly spaced, with the margin of `zones`.
    owners
        Label of each.
    wall_px
        How thick the wall of each is if it is a shell; infinite if not.
    smooth_px
        How much each ring is smoothed first: one that follows the noise makes every edge look sharp.
    outside_share
        How far outside profiles reach, in radii, on top of 6 px.
    reach
        How far the edge may lie from the ring, in px and in radii.
    """
    radius = np.array([inscribed_radius(ring) for ring in rings])
    wall_px = np.where(wall_px < _inside_px(radius) + NEAR_PX, np.maximum(wall_px, LEAST_WALL_PX), np.inf)
    radius = np.minimum(radius, wall_px / 2)  # the largest circle inside a shell is in its wall

    def sampled(alike: tuple[npt.NDArray[np.intp], Floats]) -> Sampled:
        rows, points = alike
        return _sampled(
            zones, rows, points, owners[rows], radius[rows], wall_px=wall_px[rows], smooth_px=smooth_px[rows],
            outside_px=_OUTSIDE_PX + outside_share * radius[rows], reach_px=reach[0] + reach[1] * radius[rows],
        )  # fmt: skip

    return side_by_side(sampled, by_size(rings))


def _inside_px(radius: Floats) -> Floats:
    """Return how far inwards profiles reach in particles of a radius."""
    return np.maximum(np.minimum(_INSIDE_PX, 0.9 * radius), _INSIDE_SHARE * radius)


def _sampled(
    zones: Zones,
    rows: npt.NDArray[np.intp],
    points: Floats,
    owners: npt.NDArray[np.int32],
    radius: Floats,
    *,
    wall_px: Floats,
    smooth_px: Floats,
    outside_px: Floats,
    reach_px: Floats,
) -> Sampled:
    points = smoothed_flat(points, scale_px=smooth_px)
    outward = normals(points)
    window = np.maximum(_WINDOW_SHARE * radius, np.maximum(_LEAST_WINDOW_PX, perimeter(points) / points.shape[1]))
    bend = curvature(points, scale_px=window) * radius[:, None]
    inside_px = _inside_px(radius)
    depth = -outside_px[:, None] + np.linspace(0, 1, _N_SAMPLES) * (outside_px + inside_px)[:, None]
    place = np.stack([points[..., axis, None] - outward[..., axis, None] * depth[:, None, :] for axis in (0, 1)])
    grey = ndimage.map_coordinates(zones.image, place, order=1, mode="nearest")
    n_outside = int((depth <= 0.5).sum(axis=1).max())
    owner = zones.owner_at(np.moveaxis(place[..., :n_outside], 0, -1))
    is_foreign = (owner != owners[:, None, None]) & (owner != 0) & (depth[:, None, :n_outside] <= 0.5)
    distance = np.where(is_foreign, -depth[:, None, :n_outside], np.inf)
    gap = np.maximum(distance.min(axis=-1), 0.0)
    is_free = (gap >= NEAR_PX) & (bend < _CORNER) & (bend > -1)
    weight = (is_free[..., None] & (-depth[:, None, :] < gap[..., None])).astype(np.float64)
    count = weight.sum(axis=1)
    profiles = MeanProfiles(
        depth_px=depth,
        grey=(grey * weight).sum(axis=1) / np.maximum(count, 1),
        weight=count,
        radius_px=radius,
        roundness=(np.clip(bend, 0, 1) * is_free).sum(axis=1) / np.maximum(is_free.sum(axis=1), 1),
        reach_px=reach_px,
        thickness=np.ones(len(radius)),
    )
    return Sampled(rows, points, outward, gap, is_free, profiles, wall_px)


def gathered(parts: Sequence[Sampled]) -> MeanProfiles:
    """Return the profiles of all rings, in their order."""
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    names = MeanProfiles.__dataclass_fields__
    return MeanProfiles(*(np.concatenate([getattr(p.profiles, name) for p in parts])[order] for name in names))
