"""The method "automatic": the neck ratio, unless a neural network is sure of other particles."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from nanotem.evaluation import evaluate
from nanotem.labels import in_one_piece
from nanotem.micrograph import Labels
from nanotem.networks.errors import ModelError
from nanotem.segmentation.by_network import Asked, LearnedOptions, ask, find_by_network
from nanotem.segmentation.filters import MIN_DIAMETER_PX, without_small
from nanotem.segmentation.method import Foreground, GetNetwork, Method, Segmentation
from nanotem.segmentation.neck_ratio import NeckRatioOptions, find_by_neck, neck_sentence
from nanotem.segmentation.network.prediction import agreement

SAME = 0.8
"""F1 from which on two methods found the same particles. On 28 micrographs that only validate, the choice that follows
from it has a mean F1 of 0.842; 0.848 at 0.85 and 0.9, where drawn satellites are lost to the network."""

_SURE = 0.6
"""Mean confidence from which on the network is sure."""

_MANY_TIMES = 10
"""A network that is not sure is believed all the same if it finds so many times the particles: a raft of small ones."""


@dataclass(frozen=True)
class AutomaticOptions(NeckRatioOptions):
    """Options of the neck ratio, which has the first word; they do not matter where the network has the last."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Which method tells the particles apart, and what was found out on the way.

    Attributes
    ----------
    asked
        What the network says of the image, if its particles are taken.
    agreement
        F1 of its particles against those of the neck ratio; NaN if they were not compared.
    default
        What the neck ratio gives with its default options, if that was worked out.
    asked_network, absent_network
        As in `Segmentation`.
    """

    asked: Asked | None = None
    agreement: float = float("nan")
    default: Segmentation | None = None
    asked_network: str = ""
    absent_network: str = ""


def choose(foreground: Foreground, options: AutomaticOptions, network: GetNetwork) -> Choice:
    """Settle the method; what it is does not depend on how a method is tuned.

    It is the neck ratio if the network sees the same particles, at a glance or when it looks closely, or is not sure of
    what it sees instead, or is absent, or if the recipe has a threshold of its own; else it is the network. Many small
    particles in the place of few large ones are believed even if it is not sure.
    """
    if foreground.is_blank or foreground.own_threshold:
        return Choice()
    try:
        segmenter = network()
    except ModelError as error:
        return Choice(absent_network=str(error))
    assert foreground.flattened is not None
    assert foreground.ignored is not None
    by_neck = find_by_neck(foreground, NeckRatioOptions())
    by_neck_labels = _usual(by_neck)
    share = agreement(by_neck_labels, foreground.flattened, segmenter, ignore=foreground.ignored)
    if share >= SAME:
        return Choice(agreement=share, default=by_neck, asked_network=segmenter.sha256)
    asked = ask(foreground, LearnedOptions(), network)
    learned = find_by_network(foreground, LearnedOptions(), asked)
    learned_labels = _usual(learned)
    share = evaluate(learned_labels, by_neck_labels).f1_50
    confidence = [learned.confidence[label] for label in np.unique(learned_labels[learned_labels > 0]).tolist()]
    sure = np.mean(confidence or [0.0])
    is_raft = len(confidence) >= _MANY_TIMES * max(len(np.unique(by_neck_labels)) - 1, 1)
    if share >= SAME or (sure < _SURE and not is_raft):
        return Choice(agreement=share, default=by_neck, asked_network=segmenter.sha256)
    return Choice(asked, share, asked_network=segmenter.sha256)


def _usual(found: Segmentation) -> Labels:
    """Return what is kept by default, whatever the recipe keeps."""
    return without_small(in_one_piece(found.labels), min_diameter_px=MIN_DIAMETER_PX)


def _find(foreground: Foreground, options: AutomaticOptions, choice: Choice) -> Segmentation:
    if choice.asked is not None:
        found = find_by_network(foreground, LearnedOptions(), choice.asked)
    elif choice.default is not None and options == AutomaticOptions():
        found = choice.default
    else:
        found = find_by_neck(foreground, options)
    return replace(
        found,
        agreement=choice.agreement,
        asked_network=choice.asked_network,
        absent_network=choice.absent_network,
    )


def _outcome(came_to: str | None) -> str:
    """Say why it came to a method; None for many images."""
    if came_to is None:
        return "On images where a neural network was sure of other particles, its own were taken instead."
    if came_to == "learned":
        return "This method was chosen because the network was sure of other particles than those of a watershed."
    return "A neural network found the same particles, or was not sure of others."


AUTOMATIC = Method(
    "automatic",
    "Automatic (neck or network)",
    AutomaticOptions,
    _find,
    neck_sentence,
    moves=MappingProxyType({"neck_ratio": 0.05}),
    prepare=choose,
    asks_network=True,
    outcome=_outcome,
)
