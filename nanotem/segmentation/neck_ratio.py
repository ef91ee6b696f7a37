"""The method "neck_ratio": cut the mask at every valley, then merge what is one particle."""

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.parameters import Parameters, knob
from nanotem.percent import in_percent
from nanotem.segmentation.classical import ClassicalOptions, finished, finishing_sentence
from nanotem.segmentation.method import Foreground, Method, Segmentation
from nanotem.segmentation.neck import merge_by_neck
from nanotem.segmentation.parts import over_segment
from nanotem.segmentation.seeds import distance_to_background, local_maxima, smooth

_TEXTURE_PX = 1.5
"""Blur of the grey levels before valleys are looked for: wider than the grain of a support, narrower than a gap."""


@dataclass(frozen=True)
class _NeckOptions(Parameters):
    neck_ratio: float = knob(
        0.85,
        "Neck ratio",
        "Two parts stay apart if the neck between them is narrower than this share of the smaller one. "
        "Higher splits more.",
        low=0.3,
        high=1.0,
        step=0.01,
    )
    valley: float = knob(
        0.2,
        "Grey valley",
        "Two parts also stay apart if the border between them is fainter than both by more than this: rods side "
        "by side. Lower splits more, and cuts textured particles; 1 ignores grey levels.",
        low=0.02,
        high=1.0,
        step=0.01,
    )
    smoothing_px: float = knob(
        1.0,
        "Smooth the distance (px)",
        "Blur of the distance map. Larger ignores rough outlines.",
        low=0.0,
        high=10,
        step=0.1,
    )


@dataclass(frozen=True)
class NeckRatioOptions(ClassicalOptions, _NeckOptions):
    """Options of the neck ratio."""


def find_by_neck(foreground: Foreground, options: NeckRatioOptions, prepared: object = None) -> Segmentation:
    """Tell particles apart where a narrow neck or a grey valley lies between them."""
    basin = smooth(distance_to_background(foreground.mask), sigma_px=options.smoothing_px)
    labels = _merged(foreground, basin, options)
    seeds = np.where(local_maxima(basin, min_distance=1) > 0, labels, 0)
    return Segmentation((basin, seeds), finished(labels, foreground, options), method="neck_ratio")


def neck_sentence(options: NeckRatioOptions) -> str:
    """Say how parts were kept apart."""
    valley = f", or where the border was fainter than both by more than {in_percent(options.valley, 'g')}"
    return (
        "Touching particles were divided by a watershed of the distance to the background; parts were kept apart where "
        f"the neck between them was narrower than {options.neck_ratio:g} of the smaller one"
        f"{valley if options.valley < 1 else ''}.{finishing_sentence(options)}"
    )


def _merged(foreground: Foreground, basin: GreyImage, options: NeckRatioOptions) -> Labels:
    mask, contrast = foreground.mask, foreground.contrast
    if contrast is None or options.valley >= 1:
        return merge_by_neck(over_segment(mask, basin), basin, neck_ratio=options.neck_ratio)
    parts, smoothed = cut_at_valleys(mask, basin, contrast)
    return merge_by_neck(parts, basin, neck_ratio=options.neck_ratio, contrast=smoothed, valley=options.valley)


def cut_at_valleys(mask: Mask, basin: GreyImage, contrast: GreyImage) -> tuple[Labels, GreyImage]:
    """Cut a mask at the valleys of its distance map and of its grey levels; return parts and smoothed levels."""
    smoothed = cv2.GaussianBlur(contrast, (0, 0), _TEXTURE_PX)
    return over_segment(mask, basin, grey=smoothed), smoothed


NECK_RATIO = Method(
    "neck_ratio",
    "Neck ratio (no size to set)",
    NeckRatioOptions,
    find_by_neck,
    neck_sentence,
    moves=MappingProxyType({"neck_ratio": 0.05}),
)
