"""The methods of the origin project: a watershed from three kinds of seeds, and connected regions."""

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.labels import regions
from nanotem.micrograph import Mask
from nanotem.parameters import Parameters, knob
from nanotem.segmentation.classical import ClassicalOptions, finished, finishing_sentence
from nanotem.segmentation.method import Foreground, Method, Segmentation
from nanotem.segmentation.parts import flood
from nanotem.segmentation.seeds import (
    distance_to_background,
    local_maxima,
    normalise_per_region,
    smooth,
    sure_foreground,
)

_WATERSHED = "Touching particles were divided by a watershed of the distance to the background"


@dataclass(frozen=True)
class _ShrinkingOptions(Parameters):
    """How the mask is shrunk before seeds are looked for."""

    kernel_size: int = knob(
        3,
        "Kernel (px)",
        "Diameter of the disc that erodes and opens the mask before seeds are looked for.",
        low=3,
        high=31,
        step=2,
        odd=True,
    )
    erode_iter: int = knob(
        0,
        "Erosions before seeding",
        "Each cuts narrow bridges between particles; too many lose small particles.",
        low=0,
        high=20,
        step=1,
    )
    open_iter: int = knob(
        0,
        "Openings before seeding",
        "Each smooths the outline, so that rough particles are not cut.",
        low=0,
        high=20,
        step=1,
    )


@dataclass(frozen=True)
class _MaximaOptions(Parameters):
    min_distance: int = knob(
        10,
        "Least distance of seeds (px)",
        "Two seeds are never closer. About half the smallest particle; too small cuts rods into pieces.",
        low=1,
        high=200,
        step=1,
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
class _ShareOptions(Parameters):
    dist_max_threshold: float = knob(
        0.4,
        "Share of the highest distance",
        "Seeds are what lies deeper inside than this share of the maximum. Higher splits more and loses small "
        "particles.",
        low=0.0,
        high=0.99,
        step=0.01,
    )


@dataclass(frozen=True)
class LocalMaximaOptions(ClassicalOptions, _ShrinkingOptions, _MaximaOptions):
    """Options of the watershed from local maxima."""


@dataclass(frozen=True)
class SureForegroundOptions(ClassicalOptions, _ShrinkingOptions, _ShareOptions):
    """Options of the watershed from the sure foreground."""


def _from_local_maxima(foreground: Foreground, options: LocalMaximaOptions, prepared: object) -> Segmentation:
    mask = foreground.mask
    basin = smooth(distance_to_background(_shrunk(mask, options)), sigma_px=options.smoothing_px)
    seeds = local_maxima(basin, min_distance=options.min_distance)
    labels = flood(distance_to_background(mask), seeds, mask)
    return Segmentation((basin, seeds), finished(labels, foreground, options), method="local_maxima")


def _from_sure_foreground(foreground: Foreground, options: SureForegroundOptions, prepared: object) -> Segmentation:
    mask = foreground.mask
    basin = distance_to_background(_shrunk(mask, options))
    seeds = sure_foreground(basin, dist_max_threshold=options.dist_max_threshold)
    labels = flood(distance_to_background(mask), seeds, mask)
    return Segmentation((basin, seeds), finished(labels, foreground, options), method="sure_foreground")


def _normalised(foreground: Foreground, options: SureForegroundOptions, prepared: object) -> Segmentation:
    mask = _shrunk(foreground.mask, options)
    basin = normalise_per_region(distance_to_background(mask), regions(mask))
    seeds = sure_foreground(basin, dist_max_threshold=options.dist_max_threshold)
    labels = flood(basin, seeds, foreground.mask)
    return Segmentation((basin, seeds), finished(labels, foreground, options), method="normalised")


def _regions(foreground: Foreground, options: ClassicalOptions, prepared: object) -> Segmentation:
    seeds = regions(foreground.mask)
    basin = distance_to_background(foreground.mask)
    return Segmentation((basin, seeds), finished(seeds, foreground, options), method="regions")


def _shrunk(mask: Mask, options: _ShrinkingOptions) -> Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (options.kernel_size,) * 2)
    shrunk = mask.astype(np.uint8)
    if options.erode_iter:
        shrunk = cv2.erode(shrunk, kernel, iterations=options.erode_iter)
    if options.open_iter:
        shrunk = cv2.morphologyEx(shrunk, cv2.MORPH_OPEN, kernel, iterations=options.open_iter)
    return np.asarray(shrunk, bool)


def _shrinking_sentence(options: _ShrinkingOptions) -> str:
    times = [("eroded", options.erode_iter), ("opened", options.open_iter)]
    done = [f"{verb} {n} time{'' if n == 1 else 's'}" for verb, n in times if n]
    return f" Before that the mask was {' and '.join(done)} with a disc of {options.kernel_size} px." if done else ""


def _maxima_sentence(options: LocalMaximaOptions) -> str:
    return (
        f"{_WATERSHED}, from its local maxima at least {options.min_distance} px apart."
        f"{_shrinking_sentence(options)}{finishing_sentence(options)}"
    )


def _share_sentence(options: SureForegroundOptions, whose: str) -> str:
    return (
        f"{_WATERSHED}, from where it exceeds {options.dist_max_threshold:g} of {whose}."
        f"{_shrinking_sentence(options)}{finishing_sentence(options)}"
    )


def _regions_sentence(options: ClassicalOptions) -> str:
    taken = "Connected regions were taken as particles; touching particles were not divided."
    return f"{taken}{finishing_sentence(options)}"


_SHARE_MOVES = MappingProxyType({"dist_max_threshold": 0.05})

LOCAL_MAXIMA = Method(
    "local_maxima",
    "Watershed from local maxima",
    LocalMaximaOptions,
    _from_local_maxima,
    _maxima_sentence,
    moves=MappingProxyType({"min_distance": 1.0}),
)
SURE_FOREGROUND = Method(
    "sure_foreground",
    "Watershed from the sure foreground",
    SureForegroundOptions,
    _from_sure_foreground,
    lambda options: _share_sentence(options, "its maximum"),
    moves=_SHARE_MOVES,
)
NORMALISED = Method(
    "normalised",
    "Sure foreground, normalised per region",
    SureForegroundOptions,
    _normalised,
    lambda options: _share_sentence(options, "the maximum of each connected region"),
    moves=_SHARE_MOVES,
)
REGIONS = Method("regions", "Connected regions (nothing is split)", ClassicalOptions, _regions, _regions_sentence)
