"""How sure the place of an edge is, and what that makes of a diameter."""

from collections.abc import Sequence

import numpy as np

from nanotem.micrograph import Mask
from nanotem.outlines.fit import LEAST_MISFIT
from nanotem.outlines.measured import Measured
from nanotem.outlines.pooled import ParticleEdges, PooledEdge
from nanotem.outlines.rings import Floats, Polygon, by_size, perimeter, signed_areas

RESOLVED_BLURS = 6.0
"""Diameter in units of the total blur below which the profile's class cannot be told."""

UNRESOLVED = 0.06
"""Relative standard uncertainty of a diameter of six blurs whose profile is not resolved: half of what lies between the
classes there. A smaller one is seen by how much wider than the blur it appears, where variances add: its relative
uncertainty grows with the square of blur over diameter. Drawn discs, spheres and polygons of three blurs are off by up
to 20 %, those of two by up to 60 %."""

_MOST_UNCERTAIN = 0.03
"""Relative standard uncertainty of a diameter from which on its outline counts as not resolved."""

KNOWN_CLASS = 0.005
"""Relative standard uncertainty of a diameter that stays where the class is certain: a sphere between two classes."""

_FOOT_BLURS = 0.5
"""Standard uncertainty of the edge of a sloping facet, in blurs: contrast fades out there, drawn octahedra of 30 to 60
px are off by 0.2 to 1 blur."""

_BEYOND = 0.1
"""Standard uncertainty of an edge that lies beyond the contour that noise lets be drawn, as a share of the way between
them, which the profile alone tells: a noisy octahedron of 200 px looks like a sphere out of focus, and its edge is
sought a tenth of its width farther out, a fifth too near."""


def enclosed_areas(outlines: Sequence[Sequence[Polygon]]) -> Floats:
    """Return the area inside the rings of each outline, holes left out."""
    rings = [ring for outline in outlines for ring in outline]
    if not rings:
        return np.empty(0)
    sizes = np.array([len(ring) for ring in rings])
    areas = signed_areas(np.concatenate(rings), np.cumsum(sizes) - sizes)
    counts = np.array([len(outline) for outline in outlines])
    return np.asarray(np.add.reduceat(areas, np.cumsum(counts) - counts))


def perimeters(outlines: Sequence[Sequence[Polygon]]) -> Floats:
    """Return the length of all rings of each outline: a shell is too wide on its inner edge, too."""
    if not outlines:
        return np.empty(0)
    rings = [ring for outline in outlines for ring in outline]
    lengths = np.empty(len(rings))
    for rows, alike in by_size(rings):
        lengths[rows] = perimeter(alike)
    counts = np.array([len(outline) for outline in outlines])
    return np.asarray(np.add.reduceat(lengths, np.cumsum(counts) - counts))


def unresolved_px(diameters_px: Floats, blur_px: float) -> Floats:
    """Return the standard uncertainty of diameters at least, where the profile is not resolved."""
    return np.asarray(UNRESOLVED * np.maximum(diameters_px, (RESOLVED_BLURS * blur_px) ** 2 / diameters_px))


def foot_px(pooled: PooledEdge) -> float:
    """Return the standard uncertainty of the edge that sloping facets leave, as probable as they are."""
    return _FOOT_BLURS * float(np.sqrt(pooled.faceted)) * pooled.sigma_px


def edge_errors_px(measured: Measured) -> Floats:
    """Return the standard uncertainty of each edge's position.

    It comes from noise, classes, the foot of facets, how far the edge is sought, and what is uneven beside it.
    """
    known = measured.edges.standard_error_px**2 + foot_px(measured.pooled) ** 2 + beyond_px(measured.edges) ** 2
    spread = class_spread_px(measured.edges)
    return np.asarray(np.sqrt(known + spread**2 + measured.shortfall_px**2 + measured.uneven_px**2))


def unlike_edges_px(measured: Measured) -> Floats:
    """Return the standard uncertainty of each edge's position from what no class explains: fringes, rims, shells.

    Noise is independent along a profile, what a model lacks is not: it does not average out. Of published micrographs
    many show some of it, so that it is no reason to call an outline unresolved.
    """
    misfit = np.maximum(measured.edges.misfit - LEAST_MISFIT, 1e-12)
    share = np.maximum(1 - measured.profiles.noise_share(measured.shared.noise) / misfit, 0.0)
    return np.asarray(measured.edges.standard_error_px * np.sqrt(share * (measured.profiles.n_independent - 1)))


def beyond_px(edges: ParticleEdges) -> Floats:
    """Return the standard uncertainty of each edge's position from how far beyond its contour it is sought."""
    return np.asarray(_BEYOND * np.abs(edges.shift_px))


def class_spread_px(edges: ParticleEdges) -> Floats:
    """Return the standard uncertainty of each edge's position from the choice of its class."""
    return np.asarray(np.sqrt((edges.weights * (edges.by_class_px - edges.shift_px) ** 2).sum(axis=0)))


def uncertainties(
    outlines: Sequence[Sequence[Polygon]],
    errors_px: Floats,
    blur_px: float,
    is_cut_off: Mask,
    *,
    unlike_px: Floats,
    wall_px: Floats,
    label_blur_px: Floats,
) -> tuple[Floats, Floats, Mask]:
    """Return the uncertainties of edge and diameter in px, and whether each outline is resolved.

    An outline from a label (its error is NaN) may lie anywhere across the blurred edge, as blurred as it was when the
    label was found (`label_blur_px`). What no class explains (`unlike_px`) comes on top. A shell is resolved where its
    wall is (`wall_px`, infinite for what is none).
    """
    diameter = 2 * np.sqrt(enclosed_areas(outlines) / np.pi)
    per_edge = 2 * perimeters(outlines) / (np.pi * diameter)
    thinnest_px = np.maximum(wall_px - 2 * errors_px, wall_px / 2)  # both edges of a wall that looks thicker than it is
    width = np.fmin(diameter, thinnest_px)
    is_sure = (width >= RESOLVED_BLURS * blur_px) & (per_edge * errors_px <= _MOST_UNCERTAIN * diameter)
    is_resolved = is_sure & ~is_cut_off
    errors_px = np.sqrt(errors_px**2 + unlike_px**2 + (KNOWN_CLASS * diameter / per_edge) ** 2)
    unresolved = np.fmax(errors_px, unresolved_px(width, blur_px) / np.where(width < diameter, 2.0, per_edge))
    errors_px = np.where(
        np.isnan(errors_px), np.maximum(blur_px, label_blur_px), np.where(is_resolved, errors_px, unresolved)
    )
    return errors_px, per_edge * errors_px, is_resolved
