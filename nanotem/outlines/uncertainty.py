"""How sure the place of an edge is, and what that makes of a diameter."""

from collections.abc import Sequence

import numpy as np

from nanotem.outlines.measured import Measured
from nanotem.outlines.pooled import PooledEdge
from nanotem.outlines.rings import Polygon, perimeter, signed_area

RESOLVED_BLURS = 6.0
"""Diameter in units of the total blur below which the profile's class cannot be told."""

UNRESOLVED = 0.06
"""Relative standard uncertainty of an unresolved diameter at least: half of what lies between the classes there."""

_MOST_UNCERTAIN = 0.03
"""Relative standard uncertainty of a diameter from which on its outline counts as not resolved."""

_FOOT_BLURS = 0.5
"""Standard uncertainty of the edge of a sloping facet, in blurs: contrast fades out there, drawn octahedra of 30 to 60
px are off by 0.2 to 1 blur."""


def enclosed_area(rings: Sequence[Polygon]) -> float:
    """Return the area inside rings, holes left out."""
    return sum(float(signed_area(ring)) for ring in rings)


def foot_px(pooled: PooledEdge) -> float:
    """Return the standard uncertainty of the edge that sloping facets leave."""
    return _FOOT_BLURS * pooled.faceted * pooled.sigma_px


def edge_error_px(measured: Measured, row: int) -> float:
    """Return the standard uncertainty of an edge's position: noise, and the choice between the classes."""
    shifts = measured.edges.by_class_px[:, row] - measured.edges.shift_px[row]
    spread = np.sqrt(measured.pooled.weights @ shifts**2)
    foot = foot_px(measured.pooled)
    return float(np.sqrt(measured.edges.standard_error_px[row] ** 2 + spread**2 + foot**2))


def uncertainty(
    rings: Sequence[Polygon], error: float | None, blur_px: float, is_cut_off: np.bool_
) -> tuple[float, float, bool]:
    """Return the uncertainty of edge and diameter in px, and whether the outline is resolved.

    An outline from a label may lie anywhere across the blurred edge.
    """
    diameter = 2 * np.sqrt(max(enclosed_area(rings), 0.0) / np.pi)
    per_edge = 2 * float(perimeter(rings[0])) / (np.pi * diameter)
    if error is None:
        return blur_px, per_edge * blur_px, False
    is_sure = diameter >= RESOLVED_BLURS * blur_px and per_edge * error <= _MOST_UNCERTAIN * diameter
    is_resolved = bool(is_sure and not is_cut_off)
    if not is_resolved:
        error = max(error, UNRESOLVED * diameter / per_edge)
    return error, per_edge * error, is_resolved
