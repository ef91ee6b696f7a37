"""Witnesses: variations of the two methods that share their work, each with its own view of the particles."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from nanotem.labels import in_one_piece
from nanotem.micrograph import GreyImage, Labels, Mask
from nanotem.segmentation.classical import ClassicalOptions, finished
from nanotem.segmentation.filters import MIN_DIAMETER_PX, without_frame_filling, without_small
from nanotem.segmentation.method import Foreground
from nanotem.segmentation.neck import MeasuredParts
from nanotem.segmentation.neck_ratio import NeckRatioOptions, cut_at_valleys
from nanotem.segmentation.network.particles import confidences, parts_of
from nanotem.segmentation.network.prediction import (
    LARGEST_PX,
    Prediction,
    best_diameter_px,
    levelled,
    seen,
    shown_shape,
)
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.segmentation.seeds import distance_to_background, smooth
from nanotem.threads import side_by_side

Kind = Literal["neck", "network"]

NECKS = ((0.85, 0.2), (0.7, 0.3), (0.95, 0.12))
"""Neck ratio and grey valley: the defaults, one pair that splits less, one that splits more."""

SPLITS = (0.7, 0.55, 0.85)
"""Split ratios of the network: the default, one that splits less, one that splits more."""

CLOSER = (8.0, 4.0, 2.0, 0.5)
"""How many times closer than at the best scale the network looks, too; below 1 it steps back. There its default split
ratio is enough: with all ratios F1 on 80 micrographs was the same within 0.01."""

LEVEL = (1.0, 2.0)
"""The same without the background, where particles may have another scale."""

_SMALLEST_PX = 7.0
"""Below it particles have a quarter of the diameter that the network was trained on even at its largest zoom."""

_CLOSER_PX = 6_000_000
"""How many pixels the network is given in a closer look: 3 s on two cores. Beyond it the look is less close."""


@dataclass(frozen=True, eq=False)
class Witness:
    """What one variation takes for particles.

    Attributes
    ----------
    kind
        Whether it divides a mask at its necks, or asks the network.
    labels
        Its particles.
    sure
        How sure the network is of every label; None without a network.
    shown_px
        Typical diameter of the particles for which the network was shown the image, before it looked closer.
    closer
        How many times closer it looked.
    level
        Whether it was shown the image without what is much larger than that.
    """

    kind: Kind
    labels: Labels
    sure: npt.NDArray[np.float32] | None = None
    shown_px: float = 0.0
    closer: float = 1.0
    level: bool = False


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network sees at its typical scale, and the witnesses that follow."""

    prediction: Prediction
    witnesses: list[Witness]


def by_necks(foreground: Foreground, pairs: Iterable[tuple[float, float]]) -> list[Witness]:
    """Return the particles of a mask for pairs of neck ratio and grey valley; the mask is cut into parts once."""
    mask, contrast = foreground.mask, foreground.contrast
    assert contrast is not None
    basin = smooth(distance_to_background(mask), sigma_px=NeckRatioOptions().smoothing_px)
    cut, smoothed = cut_at_valleys(mask, basin, contrast)
    parts = MeasuredParts.of(cut, basin, contrast=smoothed)

    def divided(pair: tuple[float, float]) -> Witness:
        labels = parts.merged(neck_ratio=pair[0], valley=pair[1])
        return Witness("neck", measurable(finished(labels, foreground, ClassicalOptions(min_prominence=0))))

    return side_by_side(divided, pairs)


def by_network(
    image: GreyImage,
    segmenter: Segmenter,
    ignore: Mask,
    *,
    diameter_px: float,
    closer: float = 1.0,
    splits: Iterable[float] = SPLITS,
) -> Seen:
    """Ask the network once, at one scale, and divide what it sees at several split ratios.

    Parameters
    ----------
    image, segmenter, ignore
        As for `best_diameter_px`.
    diameter_px
        Typical diameter of the particles.
    closer
        How many times closer it looks.
    splits
        Split ratios.
    """
    look = seen(image, diameter_px / closer, segmenter, ignore, most_px=_most_px(closer))
    basin, parts = parts_of(look.foreground, look.distance)

    def divided(split_ratio: float) -> Witness:
        labels = measurable(parts.merged(neck_ratio=split_ratio))
        return Witness("network", labels, confidences(labels, look.foreground, basin), diameter_px, closer)

    return Seen(look, side_by_side(divided, splits))


def looked_closer(image: GreyImage, segmenter: Segmenter, ignore: Mask, *, diameter_px: float) -> list[Witness]:
    """Return what the network finds at other scales than the typical one; of looks that show the same one is taken."""
    shapes = {
        closer: shown_shape(image.shape, diameter_px / closer, most_px=_most_px(closer))
        for closer in CLOSER
        if diameter_px / closer >= _SMALLEST_PX
    }
    taken = {shape: closer for closer, shape in shapes.items()}
    looks = _looks(image, segmenter, ignore, diameter_px=diameter_px, closer=taken.values())
    found = dict(zip(taken, looks, strict=True))
    return [replace(found[shape], closer=closer) for closer, shape in shapes.items()]


def looked_level(image: GreyImage, segmenter: Segmenter, ignore: Mask, *, diameter_px: float) -> list[Witness]:
    """Return what the network finds without the background, at the scale that this fits best, and closer.

    Parameters
    ----------
    image, segmenter, ignore
        As for `by_network`.
    diameter_px
        Typical diameter of the particles with the background: larger ones are not sought.
    """
    level_px = best_diameter_px(image, segmenter, ignore, level=True, largest_px=diameter_px)
    closer = [closer for closer in LEVEL if closer == 1 or level_px / closer >= _SMALLEST_PX]
    looks = _looks(levelled(image, level_px), segmenter, ignore, diameter_px=level_px, closer=closer)
    return [replace(one, level=True) for one in looks]


def _looks(
    image: GreyImage, segmenter: Segmenter, ignore: Mask, *, diameter_px: float, closer: Iterable[float]
) -> list[Witness]:
    """Return what the network finds so many times closer than at one scale, at the default split ratio."""

    def look(times: float) -> Witness:
        seen = by_network(image, segmenter, ignore, diameter_px=diameter_px, closer=times, splits=SPLITS[:1])
        return seen.witnesses[0]

    return side_by_side(look, closer)


def _most_px(closer: float) -> int:
    """Return how many pixels the network is given at most."""
    return _CLOSER_PX if closer > 1 else LARGEST_PX


def measurable(labels: Labels) -> Labels:
    """Return the particles in one piece each, without what is too small to be measured or shows no outline."""
    return without_small(without_frame_filling(in_one_piece(labels)), min_diameter_px=MIN_DIAMETER_PX)
