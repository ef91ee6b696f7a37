"""Rings moved to the edges that were fitted, holes too."""

import numpy as np

from nanotem.micrograph import Mask
from nanotem.outlines.measured import Measured
from nanotem.outlines.profiles import Floats
from nanotem.outlines.rings import Polygon, curvature, evenly_spaced, normals, perimeter, smoothed_flat
from nanotem.outlines.simple import is_simple, is_star_shaped, without_kinks

_MOST_BENT = 1.5
"""Curvature times blur that counts at most, against whiskers: blur leaves hardly a corner that sharp. From 0.75 to 4
drawn squares, triangles and rods come out the same within 0.5 %."""

_N_ROUNDS = 4
"""No vertex of drawn squares, triangles and rods of 30 px then lies 0.1 px from where eight rounds put it."""

_BESIDE_PX = 1.0
"""A vertex nearer than this to another particle's zone is on the border, which stays."""


def moved_rings(measured: Measured) -> dict[int, tuple[Polygon, ...]]:
    """Move every ring to the edge, holes too; particles whose rings then cross are left out."""
    edges, profiles, sigma_px = measured.edges, measured.profiles, measured.pooled.sigma_px
    moved: dict[int, tuple[Polygon, ...]] = {}
    for part in measured.parts:
        rows = part.rows
        points = _to_edge(
            part.points, part.normals, part.gap_px, part.is_free,
            shift=edges.shift_px[rows], slope=edges.per_roundness_px[rows], radius=profiles.radius_px[rows],
            sigma_px=sigma_px,
        )  # fmt: skip
        for row, ring, is_sure in zip(rows.tolist(), points, is_star_shaped(points), strict=True):
            holes = [_hole_to_edge(hole, measured, row) for hole in measured.rings[row][1:]]
            rings = (ring if is_sure else without_kinks(ring), *holes)
            if (is_sure and not holes) or is_simple(rings):
                moved[measured.labels[row]] = rings
    return moved


def _hole_to_edge(hole: Polygon, measured: Measured, row: int) -> Polygon:
    points = smoothed_flat(evenly_spaced([hole])[0][None], scale_px=measured.smooth_px[[row]])
    open_side = np.full(points.shape[:2], np.inf)
    edges, mean = measured.edges, measured.profiles.roundness[row]
    straight = edges.shift_px[row] - edges.per_roundness_px[row] * mean
    return _to_edge(
        points, normals(points), open_side, np.zeros(points.shape[:2], bool),
        shift=np.array([straight]), slope=edges.per_roundness_px[[row]], radius=measured.profiles.radius_px[[row]],
        sigma_px=measured.pooled.sigma_px,
    )[0]  # fmt: skip


def _to_edge(
    points: Floats,
    outward: Floats,
    gap_px: Floats,
    is_free: Mask,
    *,
    shift: Floats,
    slope: Floats,
    radius: Floats,
    sigma_px: float,
) -> Floats:
    """Move rings outwards by the fitted shift, more where they are more bent than where it was fitted.

    How much the true outline is bent shows only once it is there: the move is worked out on the moved ring again.
    Nothing moves past the border of its zone, and a border with a neighbour stays.
    """
    scale = np.maximum(sigma_px, perimeter(points) / points.shape[1])
    most = (_MOST_BENT / scale)[:, None]
    n_free = is_free.sum(axis=1)
    start = points
    for _ in range(_N_ROUNDS):
        bend = np.clip(curvature(points, scale_px=scale), -most, most) * radius[:, None]
        mean = (bend * is_free).sum(axis=1) / np.maximum(n_free, 1)
        out = shift[:, None] + slope[:, None] * (bend - mean[:, None])
        out = np.where(gap_px < _BESIDE_PX, 0.0, np.minimum(out, gap_px))
        points = start + outward * out[..., None]
    return points
