"""The method "learned": a neural network finds the particles, without a threshold."""

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import GreyImage, Labels
from nanotem.parameters import Parameters, knob
from nanotem.segmentation.judge.polarity import contradicts
from nanotem.segmentation.method import Foreground, GetNetwork, Method, Segmentation
from nanotem.segmentation.neck import MeasuredParts
from nanotem.segmentation.network.particles import OUTLINE_LEVEL, confidences, parts_of
from nanotem.segmentation.network.prediction import Prediction, predict
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.segmentation.seeds import local_maxima


@dataclass(frozen=True)
class LearnedOptions(Parameters):
    """Options of the neural network."""

    split_ratio: float = knob(
        0.7,
        "Split ratio",
        "Two parts stay apart if the network's distance map falls between them below this share of the lower peak. "
        "Higher splits more.",
        low=0.1,
        high=1.0,
        step=0.01,
    )
    least_confidence: float = knob(
        0.5,
        "Least confidence",
        "Particles of which the network is less sure are dropped. Higher drops smudges and dirt, then faint particles.",
        low=0.0,
        high=1.0,
        step=0.01,
    )
    satellites: bool = knob(
        True,
        "Look for satellites",
        "Looks a second time, six times closer, for small particles beside large ones.",
    )
    flips: bool = knob(
        False,
        "Look at mirror images too",
        "Averages what the network says about four mirror images: steadier outlines, and four times slower.",
    )


@dataclass(frozen=True, eq=False)
class Asked:
    """What a network says, its SHA-256, and whether particles are not on the side of the grey scale they were on."""

    prediction: Prediction
    sha256: str
    is_reversed: bool = False

    @cached_property
    def parts(self) -> tuple[GreyImage, MeasuredParts]:
        """Basin and parts of the prediction, which every split ratio merges."""
        return parts_of(self.prediction.foreground, self.prediction.distance)


def ask(foreground: Foreground, options: LearnedOptions, network: GetNetwork) -> Asked:
    """Ask the network, which also decides whether particles are dark or bright, unless a person said so.

    Raises
    ------
    ModelError
        If it is absent or broken.
    """
    segmenter = network()
    asked = Asked(_predicted(foreground, options, segmenter), segmenter.sha256)
    if foreground.reversed is None or not _is_against(asked, foreground):
        return asked
    other = foreground.reversed()
    there = Asked(_predicted(other, options, segmenter), segmenter.sha256, is_reversed=True)
    return asked if _is_against(there, other) else there


def _predicted(foreground: Foreground, options: LearnedOptions, segmenter: Segmenter) -> Prediction:
    assert foreground.flattened is not None
    assert foreground.ignored is not None
    ignore = foreground.ignored | foreground.is_blank
    return predict(foreground.flattened, segmenter, ignore=ignore, satellites=options.satellites, flips=options.flips)


def _is_against(asked: Asked, foreground: Foreground) -> bool:
    assert foreground.flattened is not None
    labels, sure = _particles(asked, LearnedOptions())  # whatever the options: they move particles, not their polarity
    return contradicts(labels, foreground.flattened, sure=sure)


def _particles(asked: Asked, options: LearnedOptions) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return the predicted particles, and how sure the network is of every label, from 0."""
    basin, parts = asked.parts
    labels = parts.merged(neck_ratio=options.split_ratio)
    return labels, confidences(labels, asked.prediction.foreground, basin)


def find_by_network(foreground: Foreground, options: LearnedOptions, asked: Asked) -> Segmentation:
    """Cut the predicted distance at its necks, and keep what the network is sure of."""
    (basin, _), (labels, sure) = asked.parts, _particles(asked, options)
    labels = np.where(sure[labels] >= options.least_confidence, labels, 0).astype(np.int32)
    seeds = np.where(local_maxima(basin, min_distance=1) > 0, labels, 0)
    confidence = {label: float(sure[label]) for label in np.unique(labels[labels > 0]).tolist()}
    return Segmentation(
        (basin, seeds),
        labels,
        asked.prediction.foreground,
        confidence,
        method="learned",
        is_reversed=asked.is_reversed,
        asked_network=asked.sha256,
    )


def _sentence(options: LearnedOptions) -> str:
    return (
        "Particles were found by a neural network, which predicts the foreground and the distance to the edge of each "
        "particle; parts were kept apart where that distance fell between them below "
        f"{options.split_ratio:g} of the lower peak, and particles with a confidence below "
        f"{options.least_confidence:g} were dropped. Outlines are where the network's foreground is {OUTLINE_LEVEL:g}."
    )


LEARNED = Method(
    "learned",
    "Learned (a neural network)",
    LearnedOptions,
    find_by_network,
    _sentence,
    moves=MappingProxyType({"least_confidence": 0.05, "split_ratio": 0.05}),
    uses_mask=False,
    prepare=ask,
    prepared_by=("satellites", "flips"),
    asks_network=True,
)
