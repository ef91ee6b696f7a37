"""From labels to outlines: a contour in each zone, the edge profile across it, the contour moved to the edge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.outlines.contours import STAIRS_PX, Levels, Window, label_rings, levels_of, rings_at, windows_of
from nanotem.outlines.fit import MeanProfiles
from nanotem.outlines.outlines import Outlines
from nanotem.outlines.pooled import ParticleEdges, PooledEdge, edges_of, pool
from nanotem.outlines.profiles import Floats, Profile, blurred_profile
from nanotem.outlines.report import EdgeReport, MeanProfile, ProfileScores
from nanotem.outlines.rings import Polygon, curvature, evenly_spaced, normals, perimeter, signed_area, smoothed
from nanotem.outlines.sampling import NEAR_PX, Sampled, gathered, sample_edges
from nanotem.outlines.zones import HIDDEN, MARGIN_PX, Zones, background_of, sign_of, zones_of

MEASURING_BLUR_PX = 1.0
"""Blur of the picture before outlines are measured: noise falls to 28 %, and a disc of 6 px keeps its edge."""

RESOLVED_BLURS = 6.0
"""Diameter in units of the total blur below which the profile's class cannot be told."""

_FIRST_SHARE, _HALF = 0.25, 0.5
_NOISE_FACTOR = 3.0
"""The first contour lies at a quarter of the contrast, near the edge of every profile, and none lies where noise alone
would draw it."""

_FIRST_REACH, _REACH = (3.0, 0.35), (1.5, 0.1)
_FIRST_OUTSIDE, _OUTSIDE = 0.5, 0.2
"""How far the edge may lie from the contour, and how far outside it profiles reach, in px and radii: the first contour
of an octahedron lies a quarter of its radius inside."""

_LEAST_FREE = 0.15
"""Share of an outline that must be seen undisturbed; below it the label says where the edge is."""

_MOST_MISFIT = 0.3
_GROWTH = (0.3, 4.0)
"""A profile that no class explains, or an outline that has little to do with the label: an octahedron labelled at half
of its contrast grows to four times the area."""

_MOST_BENT = 1.5
_N_ROUNDS = 4
_CORNER_BLURS = 0.8
_SMOOTH_PX, _WOBBLE, _MOST_SMOOTH = 1.0, 18.0, 0.35
"""Rings are smoothed over 1 px, and so much that noise, which moves a contour by the noise over the slope, makes it
less than 1 % longer; at most over 0.35 of the radius, where shape would suffer."""

_LEAST_RISE = 1e-3
_BESIDE_PX = 1.0
_UNRESOLVED = 0.06
"""Relative standard uncertainty of an unresolved diameter at least: half of what lies between the classes there."""

_MOST_UNCERTAIN = 0.03
"""Relative standard uncertainty of a diameter from which on its outline counts as not resolved."""

_KNOWN_CLASS = 0.005
"""Relative standard uncertainty that stays where the class is certain: a sphere between two classes."""

_FOOT_BLURS = 0.5
"""Standard uncertainty of the edge of a sloping facet, in blurs: contrast fades out there, drawn octahedra of 30 to 60
px are off by 0.2 to 1 blur."""

_MOST_CLIPPED = 0.05
"""Share of a particle's pixels: a few hot or dead ones do no harm."""

_PIXEL_VARIANCE = 1 / 12
_PICTURE_OUT_PX, _PICTURE_IN_PX = 6.0, 10.0


def trace_outlines(
    grey: GreyImage,
    labels: Labels,
    *,
    ignored: Mask | None = None,
    clipped: Mask | None = None,
    drawn: Collection[int] = (),
    profile: Profile | ProfileScores = "automatic",
) -> Outlines:
    """Draw the outline of every particle where its edge is.

    Where an edge appears in a blurred picture depends on the blur and on how fast the particle gets thick: half of the
    contrast for a plate, a fifth for a sphere. Both are found from the mean profiles of the larger particles together;
    then the position of each particle's edge is fitted with these held, and a contour is moved there. Blur also rounds
    corners: the contour is moved further where it is bent, as the same model says.

    Parameters
    ----------
    grey
        Shape (rows, columns), the picture with its background levelled, not yet blurred; particles may be dark or
        bright.
    labels
        The particles, with all corrections.
    ignored
        True where the picture is no micrograph.
    clipped
        True where grey levels are cut off, see `clipped_pixels`: particles with such pixels keep their fitted outline,
        but count as not resolved.
    drawn
        Labels that were drawn by hand: their outlines stay as they are.
    profile
        A family of profiles, the scores of a whole sample, or the choice by what this image shows.

    Returns
    -------
    Outlines
        With one entry for every label.

    Raises
    ------
    ParameterError
        If the shapes differ, or there is no such profile.
    """
    _check({"grey": grey, "ignored": ignored, "clipped": clipped}, labels, profile)
    hidden = np.zeros(labels.shape, bool) if ignored is None else ignored
    bright = grey.astype(np.float32) * np.float32(sign_of(grey, labels, hidden))
    zones = zones_of(cv2.GaussianBlur(bright, (0, 0), MEASURING_BLUR_PX), labels, hidden)
    windows = windows_of(zones)
    measured = _measured(zones, {label: w for label, w in windows.items() if label not in set(drawn)}, profile)
    return _assembled(labels, zones, windows, measured, _cut_off(labels, clipped))


def _cut_off(labels: Labels, clipped: Mask | None) -> npt.NDArray[np.bool_]:
    """Return by label whether a particle's grey levels are cut off."""
    area = np.bincount(labels.ravel())
    if clipped is None:
        return np.zeros(area.shape, bool)
    share = np.bincount(labels[clipped], minlength=len(area)) / np.maximum(area, 1)
    return np.asarray(share > _MOST_CLIPPED)


def _check(arrays: Mapping[str, GreyImage | Mask | None], labels: Labels, profile: Profile | ProfileScores) -> None:
    for name, array in arrays.items():
        if array is not None and array.shape != labels.shape:
            raise ParameterError(
                f"`{name}` (shape {array.shape}) must have the shape of `labels` (shape {labels.shape}).",
                "Pass arrays of the same micrograph, uncropped.",
            )
    if isinstance(profile, str) and profile not in get_args(Profile):
        raise ParameterError(f"There is no profile {profile!r}.", f"Use one of {', '.join(get_args(Profile))}.")


@dataclass(frozen=True, eq=False)
class _Measured:
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


def _measured(zones: Zones, windows: Mapping[int, Window], profile: Profile | ProfileScores) -> _Measured | None:
    """Fit all edges twice: across a contour that is near them, then across one at the level of the edge itself."""
    level, noise = background_of(zones)
    levels = {label: levels_of(zones, label, window, background=level) for label, window in windows.items()}
    rough = {label: _rough_level(one, noise) for label, one in levels.items() if one.interior > one.base}
    first = _fitted(zones, windows, rough, profile, noise)
    if first is None:
        return None
    edge = first.edges.share_at_edge * first.edges.amplitude
    fine = {
        label: base + min(max(height, _NOISE_FACTOR * noise), _HALF * max(levels[label].interior - base, 0.0))
        for label, base, height in zip(first.labels, first.edges.base.tolist(), edge.tolist(), strict=True)
    }
    return _fitted(zones, windows, fine, profile, noise, before=first)


def _rough_level(levels: Levels, noise: float) -> float:
    rise = levels.interior - levels.base
    return levels.base + min(max(_FIRST_SHARE * rise, _NOISE_FACTOR * noise), _HALF * rise)


def _fitted(
    zones: Zones,
    windows: Mapping[int, Window],
    levels: Mapping[int, float],
    profile: Profile | ProfileScores,
    noise: float,
    *,
    before: _Measured | None = None,
) -> _Measured | None:
    """Draw contours at the levels and fit the edges across them; coarsely if it was not done before."""
    found = {label: rings_at(zones, label, windows[label], level) for label, level in levels.items()}
    found = {label: rings for label, rings in found.items() if rings}
    if not found:
        return None
    labels = tuple(found)
    outer = [evenly_spaced(rings[0]) for rings in found.values()]
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
    return _Measured(labels, tuple(map(tuple, found.values())), parts, profiles, free, pooled, edges, smooth_px, noise)


def _moved(measured: _Measured) -> dict[int, tuple[Polygon, ...]]:
    """Move every ring to the edge, holes too."""
    edges, profiles, sigma_px = measured.edges, measured.profiles, measured.pooled.sigma_px
    moved: dict[int, tuple[Polygon, ...]] = {}
    for part in measured.parts:
        rows = part.rows
        points = _to_edge(
            part.points, part.normals, part.gap_px, part.is_free,
            shift=edges.shift_px[rows], slope=edges.per_roundness_px[rows], radius=profiles.radius_px[rows],
            sigma_px=sigma_px,
        )  # fmt: skip
        for row, ring in zip(rows.tolist(), points, strict=True):
            holes = measured.rings[row][1:]
            moved[measured.labels[row]] = (ring, *(_hole_to_edge(hole, measured, row) for hole in holes))
    return moved


def _hole_to_edge(hole: Polygon, measured: _Measured, row: int) -> Polygon:
    points = smoothed(evenly_spaced(hole)[None], scale_px=measured.smooth_px[[row]])
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


EDGE_COLUMNS = (
    *("neighbour_share", "frame_share", "rounding_px", "edge_uncertainty_px", "diameter_uncertainty_px"),
    *("is_resolved", "is_from_label"),
)


def _assembled(
    labels: Labels,
    zones: Zones,
    windows: Mapping[int, Window],
    measured: _Measured | None,
    is_cut_off: npt.NDArray[np.bool_],
) -> Outlines:
    """Take each outline from the edge or, where that failed, from the label, and say how sure it is."""
    pixels = np.bincount(labels.ravel())
    moved = _moved(measured) if measured else {}
    row_of = {label: row for row, label in enumerate(measured.labels)} if measured else {}
    rounding = np.hypot(measured.smooth_px, _CORNER_BLURS * measured.pooled.sigma_px).tolist() if measured else []
    rings: dict[int, tuple[Polygon, ...]] = {}
    rows = {}
    for label, window in windows.items():
        error = None
        if measured and label in moved and _is_good(measured, row_of[label], _area(moved[label]) / pixels[label]):
            rings[label] = moved[label]
            error = _edge_error(measured, row_of[label])
        else:
            rings[label] = tuple(label_rings(zones.labels, label, window))
        neighbour_share, frame_share = _faced(zones, label, rings[label][0])
        blur_px = measured.pooled.sigma_px if measured else MEASURING_BLUR_PX
        rounding_px = STAIRS_PX if error is None else rounding[row_of[label]]
        rows[label] = (
            neighbour_share,
            frame_share,
            rounding_px,
            *_uncertainty(rings[label], error, blur_px, is_cut_off[label]),
            error is None,
        )
        rings[label] = tuple(ring - MARGIN_PX for ring in rings[label])
    edges = pd.DataFrame.from_dict(rows, orient="index", columns=list(EDGE_COLUMNS))
    edges = edges.rename_axis("label").astype({"is_resolved": bool, "is_from_label": bool})
    return Outlines(rings, edges, _report(measured, edges, rings), labels)


def _area(rings: Sequence[Polygon]) -> float:
    return sum(float(signed_area(ring)) for ring in rings)


def _is_good(measured: _Measured, row: int, growth: float) -> bool:
    """Whether the edge was seen, explained by the model, and has to do with the label."""
    is_seen = measured.free[row] >= _LEAST_FREE and measured.edges.amplitude[row] > _NOISE_FACTOR * measured.noise
    return bool(is_seen and measured.edges.misfit[row] <= _MOST_MISFIT and _GROWTH[0] <= growth <= _GROWTH[1])


def _edge_error(measured: _Measured, row: int) -> float:
    """Return the standard uncertainty of an edge's position: noise, and the choice between the classes."""
    shifts = measured.edges.by_class_px[:, row] - measured.edges.shift_px[row]
    spread = np.sqrt(measured.pooled.weights @ shifts**2)
    foot = _FOOT_BLURS * measured.pooled.faceted * measured.pooled.sigma_px
    return float(np.sqrt(measured.edges.standard_error_px[row] ** 2 + spread**2 + foot**2))


def _uncertainty(
    rings: Sequence[Polygon], error: float | None, blur_px: float, is_cut_off: np.bool_
) -> tuple[float, float, bool]:
    """Return the uncertainty of edge and diameter in px, and whether the outline is resolved.

    An outline from a label may lie anywhere across the blurred edge.
    """
    diameter = 2 * np.sqrt(max(_area(rings), 0.0) / np.pi)
    per_edge = 2 * float(perimeter(rings[0])) / (np.pi * diameter)
    if error is None:
        return blur_px, per_edge * blur_px, False
    is_sure = diameter >= RESOLVED_BLURS * blur_px and per_edge * error <= _MOST_UNCERTAIN * diameter
    is_resolved = bool(is_sure and not is_cut_off)
    if not is_resolved:
        error = max(error, _UNRESOLVED * diameter / per_edge)
    return error, per_edge * error, is_resolved


def _faced(zones: Zones, label: int, ring: Polygon) -> tuple[float, float]:
    """Return the shares of an outline that face another particle and the frame."""
    steps = np.arange(0.5, NEAR_PX + 0.5, 0.5)
    owner = zones.owner_at(ring[:, None] + normals(ring)[:, None] * steps[:, None])
    is_other = (owner != label) & (owner != 0)
    first = np.take_along_axis(owner, is_other.argmax(axis=1)[:, None], axis=1)[:, 0]
    is_faced = is_other.any(axis=1)
    return float((is_faced & (first != HIDDEN)).mean()), float((is_faced & (first == HIDDEN)).mean())


def _report(measured: _Measured | None, edges: pd.DataFrame, rings: Mapping[int, tuple[Polygon, ...]]) -> EdgeReport:
    n_from_label = int(edges["is_from_label"].sum())
    n_unresolved = int((~edges["is_resolved"] & ~edges["is_from_label"]).sum())
    if measured is None or n_from_label == len(edges):
        empty = MeanProfile(np.empty(0), np.empty(0), np.empty(0))
        return EdgeReport(np.nan, np.nan, "rounded", ProfileScores(), empty, np.nan, 0, 0, n_from_label)
    pooled = measured.pooled
    good = [row for row, label in enumerate(measured.labels) if not edges["is_from_label"][label]]
    outlines = [rings[measured.labels[row]] for row in good]
    per_px = np.array([float(perimeter(one[0])) / (2 * _area(one)) for one in outlines])
    shifts = (measured.edges.by_class_px - measured.edges.shift_px)[:, good] * per_px
    foot = _FOOT_BLURS * pooled.faceted * pooled.sigma_px * float(np.median(per_px))
    spread = float(np.sqrt(pooled.weights @ np.median(shifts, axis=1) ** 2 + foot**2))
    least = _UNRESOLVED if 2 * n_unresolved > len(good) else _KNOWN_CLASS
    own_blur = pooled.sigma_px**2 - MEASURING_BLUR_PX**2 - _PIXEL_VARIANCE
    return EdgeReport(
        blur_px=float(np.sqrt(max(own_blur, 0.0))),
        total_blur_px=pooled.sigma_px,
        family=pooled.family,
        scores=pooled.scores,
        profile=_mean_profile(measured, np.array(good)),
        relative_uncertainty=float(np.hypot(spread, least)),
        n_fitted=len(good),
        n_unresolved=n_unresolved,
        n_from_label=n_from_label,
    )


def _mean_profile(measured: _Measured, rows: npt.NDArray[np.intp]) -> MeanProfile:
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
    fit = sum(
        weight * blurred_profile(k, depth, sigma_px=sigma, **shape)
        for weight, k, sigma in zip(pooled.weights, pooled.classes, pooled.sigmas_px.tolist(), strict=True)
    )
    known = np.isfinite(seen)
    count = np.maximum(known.sum(axis=0), 1)
    is_seen = known.any(axis=0)
    contrast = np.where(known, seen, 0.0).sum(axis=0) / count
    return MeanProfile(depth[is_seen], contrast[is_seen], ((fit * known).sum(axis=0) / count)[is_seen])
