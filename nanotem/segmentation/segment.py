"""From a mask to one label per particle, with the basin and the seeds that led there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.recipe import Method, SegmentParams
from nanotem.segmentation.debris import without_debris
from nanotem.segmentation.neck import merge_by_neck
from nanotem.segmentation.network.particles import confidences, particles_of
from nanotem.segmentation.network.prediction import Prediction
from nanotem.segmentation.outlines import outlined
from nanotem.segmentation.parts import flood, over_segment
from nanotem.segmentation.seeds import (
    distance_to_background,
    label_regions,
    local_maxima,
    normalise_per_region,
    smooth,
    sure_foreground,
)

_TEXTURE_PX = 1.5
"""Blur of the grey levels before valleys are looked for."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The particles and how they were told apart; all arrays have the shape of the mask.

    Attributes
    ----------
    basin
        The map that was flooded: distance to the background in px, or divided by its regional maximum.
    seeds
        Where flooding started, numbered from 1.
    labels
        One number per particle, 0 background.
    foreground
        What the network takes for particles, 0 to 1; None from the methods without a network.
    confidence
        How sure the network is of each label, 0 to 1; empty without a network.
    method
        How they were told apart: what `SegmentParams.method` says, or what "automatic" came to.
    agreement
        F1 of the particles that the network finds against those without it; NaN if it was not asked.
    """

    basin: GreyImage
    seeds: Labels
    labels: Labels
    foreground: GreyImage | None = None
    confidence: Mapping[int, float] = field(default_factory=dict)
    method: Method = "neck_ratio"
    agreement: float = float("nan")


def segment(
    mask: Mask,
    params: SegmentParams,
    *,
    contrast: GreyImage | None = None,
    noise: float = 0.0,
    faint: Mask | None = None,
    blur_px: float = 1.0,
    prediction: Prediction | None = None,
) -> Segmentation:
    """Tell the particles of a mask apart.

    Parameters
    ----------
    mask
        True in particles.
    params
        Method and its parameters; "automatic" is the neck ratio here, as `nanotem.pipeline` settles which it is.
    contrast
        Grey level above the background; without it grey valleys do not count, outlines stay those of the mask, and
        debris is kept.
    noise
        Standard deviation of the background, on the scale of `contrast`.
    faint
        True in faint particles too: what no outline takes becomes particles of its own (satellites).
    blur_px
        Standard deviation of the blur in `contrast`: outlines allow for it.
    prediction
        What the network says: the method "learned" uses nothing else, not even the mask.

    Returns
    -------
    Segmentation
        All zero if the mask is empty.

    Raises
    ------
    ValueError
        If the method is "learned" and there is no prediction.
    """
    if params.method == "learned":
        if prediction is None:
            raise ValueError("the method 'learned' needs `prediction`")
        return _learned(prediction, params)
    distance = distance_to_background(mask)
    if params.method == "regions":
        basin, seeds = distance, label_regions(mask)
        labels = seeds
    elif params.method in ("automatic", "neck_ratio"):
        basin = smooth(distance, sigma_px=params.smoothing_px)
        labels = _by_neck(mask, basin, contrast, params)
        seeds = np.where(local_maxima(basin, min_distance=1) > 0, labels, 0)
    else:
        basin, seeds = _basin_and_seeds(_shrunk(mask, params), params)
        labels = flood(basin if params.method == "normalised" else distance, seeds, mask)
    if contrast is not None and params.refine_outlines:
        labels = outlined(
            labels, contrast, outline_level=params.outline_level, noise=noise, faint=faint, blur_px=blur_px
        )
    if contrast is not None and params.min_prominence:
        labels = without_debris(labels, contrast, min_prominence=params.min_prominence)
    return Segmentation(basin, seeds, _filtered(labels, params), method=params.method)


def _learned(prediction: Prediction, params: SegmentParams) -> Segmentation:
    """Cut the predicted distance at its necks, and keep what the network is sure of."""
    basin, labels = particles_of(prediction.foreground, prediction.distance, split_ratio=params.split_ratio)
    sure = confidences(labels, prediction.foreground, basin)
    labels = _filtered(np.where(sure[labels] >= params.least_confidence, labels, 0), params)
    seeds = np.where(local_maxima(basin, min_distance=1) > 0, labels, 0)
    confidence = {label: float(sure[label]) for label in np.unique(labels[labels > 0]).tolist()}
    return Segmentation(basin, seeds, labels, prediction.foreground, confidence, method="learned")


def _by_neck(mask: Mask, basin: GreyImage, contrast: GreyImage | None, params: SegmentParams) -> Labels:
    """Cut the mask at every valley, then merge what is one particle."""
    if contrast is None or params.valley >= 1:
        parts = over_segment(mask, basin)
        return merge_by_neck(parts, basin, neck_ratio=params.neck_ratio)
    smoothed = cv2.GaussianBlur(contrast, (0, 0), _TEXTURE_PX)
    parts = over_segment(mask, basin, grey=smoothed)
    return merge_by_neck(parts, basin, neck_ratio=params.neck_ratio, contrast=smoothed, valley=params.valley)


def _basin_and_seeds(mask: Mask, params: SegmentParams) -> tuple[GreyImage, Labels]:
    """Return the map and the seeds of the origin project's methods, on the shrunk mask."""
    basin = distance_to_background(mask)
    if params.method == "local_maxima":
        basin = smooth(basin, sigma_px=params.smoothing_px)
        return basin, local_maxima(basin, min_distance=params.min_distance)
    if params.method == "normalised":
        basin = normalise_per_region(basin, label_regions(mask))
    return basin, sure_foreground(basin, dist_max_threshold=params.dist_max_threshold)


def _shrunk(mask: Mask, params: SegmentParams) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (params.kernel_size,) * 2)
    shrunk = mask.astype(np.uint8)
    if params.erode_iter:
        shrunk = cv2.erode(shrunk, kernel, iterations=params.erode_iter)
    if params.open_iter:
        shrunk = cv2.morphologyEx(shrunk, cv2.MORPH_OPEN, kernel, iterations=params.open_iter)
    return np.asarray(shrunk, bool)


def _filtered(labels: Labels, params: SegmentParams) -> Labels:
    """Drop particles that are too small, or that touch the frame where that is asked for; keep the other numbers."""
    areas = np.bincount(labels.ravel())
    kept = areas >= np.pi / 4 * params.min_diameter_px**2
    kept[0] = False
    if params.drop_touching_frame:
        kept[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = False
    return np.where(kept[labels], labels, 0).astype(np.int32)
