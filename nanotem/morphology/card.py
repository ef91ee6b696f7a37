"""The card of a classifier, and its files."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.morphology.head import Head
from nanotem.morphology.layers import FEATURES, Network, with_features
from nanotem.morphology.tasks import TASKS
from nanotem.networks.card import Card, card_of, check_range
from nanotem.networks.errors import ModelError
from nanotem.networks.files import KERAS, ONNX, NetworkFiles, read_network, remedy, unreadable
from nanotem.networks.golden import check_golden
from nanotem.networks.onnx import OnnxNetwork
from nanotem.optional import SHAPES, needs


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelCard(Card):
    """What belongs to a classifier.

    Attributes
    ----------
    classes
        In the order of the outputs.
    crop_version
        Version of the crop function that it was trained on.
    temperature
        Divides the outputs before softmax.
    plausible_threshold, coverage
        Score up to which a class is plausible, and how often the plausible classes then hold the truth.
    least_probability
        Below it lie 2 % of known particles; what is refused is decided by `nanotem.recipe.ClassifyParams`.
    largest_distance
        Beyond it lie 2 % of known particles; such a particle looks unfamiliar.
    outlines
        For a model of solids: how often each class was seen with each outline (by geometry), over particles on a
        facet and in any orientation.
    head
        For a model with a head (see `nanotem.morphology.head`): its `temperature` and `plausible_threshold`.
    head_sees
        SHA-256 of the other network whose features the head takes too, by its name.
    head_shares
        The part of each class in what the head was fitted to, as it was weighted; empty where it is not known.
    figures
        Accuracy and the like on data that it was never trained or tuned on; those of real particles begin with `real`.
    confusion
        Truth in rows, answers in columns, on the test data: what the network alone says.
    head_confusion
        The same of the head, on particles of micrographs that it was not fitted to, those of drawn ones for classes of
        which no micrograph has any.
    head_concentration
        How alike the particles of one of these micrographs are mistaken, see `nanotem.morphology.fractions.Confusion`;
        0 where it is not known.
    """

    classes: tuple[str, ...]
    crop_version: int
    temperature: float
    plausible_threshold: float
    coverage: float
    least_probability: float
    largest_distance: float
    outlines: dict[str, dict[str, float]] = field(default_factory=dict)
    head: dict[str, float] = field(default_factory=dict)
    head_sees: dict[str, str] = field(default_factory=dict)
    head_shares: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    confusion: list[list[int]] = field(default_factory=list)
    head_confusion: list[list[int]] = field(default_factory=list)
    head_concentration: float = 0.0

    def __post_init__(self) -> None:
        check_range("temperature", self.temperature, 1e-3, 1e3)  # training fits 0.08 to 12
        check_range("largest_distance", self.largest_distance, 0, 1e12)
        for name in ("plausible_threshold", "coverage", "least_probability"):
            check_range(name, getattr(self, name), 0, 1)
        if self.head:
            check_range("temperature of the head", self.head["temperature"], 1e-3, 1e3)
            check_range("plausible_threshold of the head", self.head["plausible_threshold"], 0, 1)
        for solid, shares in self.outlines.items():
            for outline, share in shares.items():
                check_range(f"share of {solid} seen as {outline}", share, 0, 1)
        check_range("head_concentration", self.head_concentration, 0, 1e12)
        n = len(self.classes)
        for share in self.head_shares:
            check_range("share in head_shares", share, 0, 1)
        if self.head_shares and len(self.head_shares) != n:
            raise ValueError(f"head_shares are not {n}")
        for name in ("confusion", "head_confusion"):
            rows: list[list[int]] = getattr(self, name)
            if rows and [len(row) for row in rows] != [n] * n:
                raise ValueError(f"{name} is not {n} x {n}")
            if min((count for row in rows for count in row), default=0) < 0:
                raise ValueError(f"{name} has a count below 0")


@dataclass(frozen=True, eq=False)
class ModelArrays:
    """The arrays beside a model: golden inputs with their outputs, where known particles lie, and the head's table.

    The table has no rows where there is no head.
    """

    golden_inputs: npt.NDArray[np.float32]
    golden_logits: npt.NDArray[np.float32]
    means: npt.NDArray[np.float64]
    whitening: npt.NDArray[np.float64]
    head: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))


def read_card(folder: Path, name: str) -> ModelCard:
    """Read the card of a model without loading the model, which would take TensorFlow.

    Raises
    ------
    ModelError
        If a file is absent or broken, they do not belong together, or the card describes no model of this version.
    """
    return _card_of(read_network(folder, name))


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A classifier as it lies on disk, its files proved against its card.

    Attributes
    ----------
    folder
        Where it lies.
    card, arrays
        What belongs to it.
    onnx
        The network for the ONNX runtime; None where there is only the Keras model, as nanotem 0.2 saved it.
    """

    folder: Path
    card: ModelCard
    arrays: ModelArrays
    onnx: bytes | None

    @property
    def head(self) -> Head | None:
        """The model of all that is seen together; None where there is none."""
        return Head(self.arrays.head, **self.card.head) if self.card.head else None

    def network(self) -> Network:
        """Load the network, and prove that it answers as when it was saved; without ONNX this takes TensorFlow.

        Raises
        ------
        ModelError
            If it is broken, of other outputs, or answers otherwise.
        """
        if self.onnx is None:
            return with_features(self.keras_model())
        try:
            network = OnnxNetwork(self.onnx).outputs
            _, answers = network(self.arrays.golden_inputs)
        except Exception as error:  # the runtime has a dozen errors that share no base but this one
            raise unreadable(self.folder, self.card.name) from error
        check_golden(self.card.name, answers, self.arrays.golden_logits)
        return network

    def keras_model(self) -> Any:
        """Load the Keras model, which gives logits, and prove it likewise.

        Raises
        ------
        ModelError
            As for `network`.
        """
        name, arrays = self.card.name, self.arrays
        with needs(SHAPES):
            import keras

        try:
            model = keras.saving.load_model(self.folder / f"{name}{KERAS}", compile=False, safe_mode=True)
            answers = np.asarray(model(arrays.golden_inputs, training=False))
            n_features = model.get_layer(FEATURES).output.shape[-1]
        except Exception as error:  # Keras raises what its layers raise at a file that is broken on purpose
            raise unreadable(self.folder, name) from error
        if n_features != arrays.means.shape[1]:
            raise unreadable(self.folder, name)
        check_golden(name, answers, arrays.golden_logits)
        return model


def read_model(folder: Path, name: str, *, crop_version: int) -> StoredModel:
    """Read a classifier and prove that its files are those that were saved; neither runtime is loaded.

    Parameters
    ----------
    folder
        Holds NAME.onnx and NAME.keras, or only the latter, NAME.json and NAME.npz.
    name
        Name of the model.
    crop_version
        Version of the crops that it will be given.

    Raises
    ------
    ModelError
        If a file is absent or broken; they are not those that were saved; or it was trained on other crops, or for
        other classes.
    """
    files = read_network(folder, name)
    card = _card_of(files)
    if card.crop_version != crop_version:
        raise ModelError(
            f"The model {name} was trained on version {card.crop_version} of the crops, this is {crop_version}.",
            "Train it again with this version of nanotem.",
        )
    stored = [f.name for f in fields(ModelArrays) if f.name != "head" or files.has_array("head")]
    arrays = ModelArrays(*files.arrays(*stored))
    n, n_features = len(card.classes), arrays.means.shape[-1]
    shapes = arrays.golden_logits.shape[1:], arrays.means.shape, arrays.whitening.shape
    is_whole = shapes == ((n,), (n, n_features), (n_features, n_features)) and KERAS in files.contents
    if not is_whole or (card.head and (arrays.head.ndim != 2 or arrays.head.shape[1] != n)):
        raise unreadable(folder, name)
    return StoredModel(folder, card, arrays, files.contents.get(ONNX))


def _card_of(files: NetworkFiles) -> ModelCard:
    """Return a card whose classes are those that this version asks for, in their order."""
    name = files.name
    card = card_of(name, files.card, ModelCard)
    if name not in TASKS or card.classes != TASKS[name].classes:
        raise ModelError(f"The model {name} in {files.folder.name} was trained for other classes.", remedy(name))
    return card
