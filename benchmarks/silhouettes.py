"""The best that any classifier can do with the silhouettes of solids that lie on a facet."""

from collections import defaultdict

import numpy as np
from scipy.spatial import ConvexHull

from nanotem.morphology.classes import POLYHEDRA
from nanotem.synthetic.catalogue import draw_body
from nanotem.synthetic.polyhedra import Solid
from nanotem.synthetic.pose import towards_beam

N_VARIANTS = 200


def silhouette_ceiling() -> float:
    """Return the accuracy of always naming the solid that shows a silhouette most often; all are equally frequent."""
    chances: dict[tuple[float, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for name in POLYHEDRA:
        variants = [draw_body(name, np.random.default_rng(k), ideal=True) for k in range(N_VARIANTS)]
        for body in variants:
            assert isinstance(body, Solid)
            areas = body.hull.face_areas()
            for normal, share in zip(body.hull.normals, areas / areas.sum(), strict=True):
                if share > 0:
                    chances[_signature(body, normal)][name] += share / N_VARIANTS / len(POLYHEDRA)
    return sum(max(shares.values()) for shares in chances.values())


def _signature(body: Solid, normal: np.ndarray) -> tuple[float, ...]:
    """Return side lengths and angles of a silhouette, the same for any turn, mirror image and size."""
    flat = (body.hull.vertices @ towards_beam(normal).T)[:, :2]
    hull = ConvexHull(np.round(flat, 6))
    corners = flat[hull.vertices]
    sides = np.roll(corners, -1, axis=0) - corners
    before = np.roll(sides, 1, axis=0)
    straight = np.abs(before[:, 0] * sides[:, 1] - before[:, 1] * sides[:, 0]) < 1e-5
    corners = corners[~straight]
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    spans = np.linalg.norm(corners[:, None] - corners[None], axis=2)
    return tuple(np.round(np.sort(np.append(lengths, spans[np.triu_indices(len(corners), 1)])) / lengths.sum(), 3))
