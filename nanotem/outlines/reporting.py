"""What the edges of an image have in common, from those of its particles."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.outlines.measured import Measured
from nanotem.outlines.profiles import blurred_profile
from nanotem.outlines.report import EdgeReport, MeanProfile, ProfileScores
from nanotem.outlines.rings import Polygon
from nanotem.outlines.uncertainty import (
    KNOWN_CLASS,
    beyond_px,
    class_spread_px,
    enclosed_areas,
    foot_px,
    perimeters,
    unlike_edges_px,
    unresolved_px,
)

MEASURING_BLUR_PX = 1.0
"""Blur of the picture before outlines are measured: noise falls to 28 %, and a disc of 6 px keeps its edge."""

_PIXEL_VARIANCE = 1 / 12
"""Of a picture that is a mean over square pixels: a rectangle of 1 px."""

_PICTURE_OUT_PX, _PICTURE_IN_PX = 6.0, 10.0


def edge_report(measured: Measured | None, edges: pd.DataFrame, rings: Mapping[int, tuple[Polygon, ...]]) -> EdgeReport:
    """Return what all edges have in common: blur, profile, and the uncertainty that the choice of it leaves."""
    n_from_label = int(edges["is_from_label"].sum())
    n_unresolved = int((~edges["is_resolved"] & ~edges["is_from_label"]).sum())
    if measured is None or n_from_label == len(edges):
        empty = MeanProfile(np.empty(0), np.empty(0), np.empty(0))
        return EdgeReport(np.nan, np.nan, "rounded", False, ProfileScores(), empty, np.nan, 0, 0, n_from_label)
    pooled = measured.pooled
    good = np.flatnonzero(~edges["is_from_label"].loc[list(measured.labels)]).tolist()
    outlines = [rings[measured.labels[row]] for row in good]
    per_px = perimeters(outlines) / (2 * enclosed_areas(outlines))
    spread = np.median(class_spread_px(measured.edges)[good] * per_px)
    each = measured.shortfall_px, unlike_edges_px(measured), beyond_px(measured.edges)
    alike = np.median([one[good] for one in each], axis=1)
    alike_relative = np.sqrt(foot_px(pooled) ** 2 + (alike**2).sum()) * np.median(per_px)
    diameters = 2 * np.sqrt(enclosed_areas(outlines) / np.pi)
    unresolved = float(np.median(unresolved_px(diameters, pooled.sigma_px) / diameters))
    least = unresolved if 2 * n_unresolved > len(good) else KNOWN_CLASS
    own_blur = pooled.sigma_px**2 - MEASURING_BLUR_PX**2 - _PIXEL_VARIANCE
    return EdgeReport(
        blur_px=float(np.sqrt(max(own_blur, 0.0))),
        total_blur_px=pooled.sigma_px,
        family=pooled.family,
        is_mixed=pooled.is_mixed,
        scores=pooled.scores,
        profile=_mean_profile(measured, np.array(good)),
        relative_uncertainty=float(np.sqrt(spread**2 + alike_relative**2 + least**2)),
        n_fitted=len(good),
        n_unresolved=n_unresolved,
        n_from_label=n_from_label,
    )


def _mean_profile(measured: Measured, rows: npt.NDArray[np.intp]) -> MeanProfile:
    """Return the mean over all particles of the contrast across the edge, and of the fit."""
    profiles, edges, pooled = measured.profiles, measured.edges, measured.pooled
    depth = np.arange(-_PICTURE_OUT_PX, _PICTURE_IN_PX + 0.25, 0.25)
    seen = [
        np.interp(
            depth,
            profiles.depth_px[row] + edges.shift_px[row],
            np.where(profiles.weight[row] > 0, (profiles.grey[row] - edges.base[row]) / edges.amplitude[row], np.nan),
            left=np.nan,
            right=np.nan,
        )
        for row in rows
    ]
    radius = profiles.radius_px[rows, None] + edges.shift_px[rows, None]
    shape = {
        "radius_px": radius,
        "roundness": profiles.roundness[rows, None],
        "thickness": profiles.radius_px[rows, None] / pooled.typical_px,
    }
    weights = edges.weights[:, rows, None]
    fit = sum(
        weight * blurred_profile(k, depth, sigma_px=sigma, **shape)
        for weight, k, sigma in zip(weights, pooled.classes, pooled.sigmas_px.tolist(), strict=True)
    )
    known = np.isfinite(seen)
    count = np.maximum(known.sum(axis=0), 1)
    is_seen = known.any(axis=0)
    contrast = np.where(known, seen, 0.0).sum(axis=0) / count
    return MeanProfile(depth[is_seen], contrast[is_seen], ((fit * known).sum(axis=0) / count)[is_seen])
