"""A trained model, ready to use: loaded once, never changed, safe to share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.morphology.card import ModelCard, read_model
from nanotem.morphology.crops import CROP_VERSION, Crops
from nanotem.morphology.fractions import Confusion
from nanotem.morphology.head import Head, beside
from nanotem.morphology.layers import Network
from nanotem.morphology.reliability import Familiarity, Values, plausible_classes, probabilities_of
from nanotem.morphology.tasks import task_named
from nanotem.morphology.views import averaged_over_views
from nanotem.networks.files import network_identity
from nanotem.networks.folders import MODELS

_SEED = 7


@dataclass(frozen=True, eq=False)
class ClassPrediction:
    """What a model says about particles.

    Attributes
    ----------
    classes
        Names of the classes.
    probabilities
        Calibrated, shape (n, classes).
    plausible
        Shape (n, classes): sets that hold the truth as often as the card says, for particles like those drawn.
    features
        Shape (n, features): where each particle lies for the network.
    distances
        Shape (n,): Mahalanobis distance from the nearest class.
    confusion
        What is known to be taken for what by these answers; None where nobody counted.
    shares
        The part of each class among what the probabilities were learned from, shape (classes,); None where it is not
        known.
    """

    classes: tuple[str, ...]
    probabilities: npt.NDArray[np.float64]
    plausible: npt.NDArray[np.bool_]
    features: npt.NDArray[np.float64]
    distances: npt.NDArray[np.float64]
    confusion: Confusion | None = None
    shares: Values | None = None


class Classifier:
    """A model with its card.

    Parameters
    ----------
    network
        Gives features and logits.
    card
        Its card.
    familiarity
        Where known particles lie.
    load_model
        Returns the Keras model, which explanations and training ask; called once at most.
    head
        Weighs what is seen besides; None where the network decides alone.
    """

    def __init__(
        self,
        network: Network,
        card: ModelCard,
        familiarity: Familiarity,
        load_model: Callable[[], Any],
        head: Head | None = None,
    ) -> None:
        self.card = card
        self.lock = Lock()
        self._network = network
        self.familiarity = familiarity
        self._load_model = load_model
        self._head = head

    @property
    def sha256(self) -> str:
        """The identity of the model, for the provenance of what it says."""
        return self.card.sha256

    @cached_property
    def model(self) -> Any:
        """The same network as a Keras model that gives logits; loading it takes TensorFlow.

        Raises
        ------
        ModelError
            If it is broken, or answers otherwise than when it was saved.
        """
        return self._load_model()

    @classmethod
    def load(cls, name: str, folder: Path = MODELS) -> "Classifier":
        """Load a model by name and prove that it is the one that its card describes.

        Raises
        ------
        ModelError
            If a file is absent, broken, or not what the card says.
        """
        stored = read_model(folder, name, crop_version=CROP_VERSION)
        familiarity = Familiarity(stored.arrays.means, stored.arrays.whitening)
        return cls(stored.network(), stored.card, familiarity, stored.keras_model, stored.head)

    def inputs(self, crops: Crops) -> Crops:
        """Return what the network takes for crops of shape (n, CROP_PX, CROP_PX, 2)."""
        return task_named(self.card.name).to_input(crops)

    def predict(self, crops: Crops) -> ClassPrediction:
        """Say what particles are, each seen in four ways.

        Parameters
        ----------
        crops
            Of `nanotem.morphology.crops.crop_particles`, shape (n, CROP_PX, CROP_PX, 2).
        """
        n = len(self.card.classes)
        if not len(crops):
            nothing = np.empty((0, n))
            nowhere = np.empty((0, 0)), np.empty(0)
            return ClassPrediction(self.card.classes, nothing, nothing > 0, *nowhere, _confusion(self.card.confusion))
        with self.lock:
            features, logits = averaged_over_views(self._network, self.inputs(crops))
        probabilities = probabilities_of(logits, self.card.temperature)
        plausible = _plausible(probabilities, self.card.plausible_threshold)
        distances = self.familiarity.distances(features)
        confusion = _confusion(self.card.confusion)
        return ClassPrediction(self.card.classes, probabilities, plausible, features, distances, confusion)

    def together(self, alone: ClassPrediction, *besides: Values, networks: Mapping[str, str]) -> ClassPrediction:
        """Say what particles are by all that is seen of them.

        Parameters
        ----------
        alone
            What the network alone says, of `predict`.
        besides
            What else is seen of the same particles, shape (n, values) each, as the head takes it.
        networks
            SHA-256 of the networks that were asked, by name.

        Returns
        -------
        ClassPrediction
            What the network alone says where there is no head for these networks: a group's own have none until one is
            fitted.
        """
        if self._head is None or not self.card.head_sees.items() <= networks.items():
            return alone
        seen = beside(alone.features, *besides)
        if not len(seen):
            return alone
        probabilities = self._head.probabilities(seen)
        return replace(
            alone,
            probabilities=probabilities,
            plausible=_plausible(probabilities, self._head.plausible_threshold),
            confusion=_confusion(self.card.head_confusion, self.card.head_concentration),
            shares=np.array(self.card.head_shares) if self.card.head_shares else None,
        )


def classifier_of(folder: Path, name: str) -> Classifier:
    """Return a model by its folder and name, loaded once for as long as its files stay the same.

    Raises
    ------
    ModelError
        As for `Classifier.load`.
    """
    return _loaded(folder, name, network_identity(folder, name))


@lru_cache(maxsize=4)  # outline and solid of two folders, 10 MB each
def _loaded(folder: Path, name: str, identity: str) -> Classifier:
    return Classifier.load(name, folder)


def _confusion(counts: list[list[int]], concentration: float = 0.0) -> Confusion | None:
    return Confusion(np.array(counts), concentration or np.inf) if counts else None


def _plausible(probabilities: Values, threshold: float) -> npt.NDArray[np.bool_]:
    return plausible_classes(probabilities, threshold, rng=np.random.default_rng(_SEED))
