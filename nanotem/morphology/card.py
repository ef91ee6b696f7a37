"""The model card: what a model is, and the proof that the file on disk is that model."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from nanotem.networks.errors import ModelError
from nanotem.networks.proof import check_golden, hash_of_arrays


@dataclass(frozen=True, eq=False)
class ModelCard:
    """What belongs to the weights of a model.

    Attributes
    ----------
    name, title
        Name of the task and what it tells.
    classes
        In the order of the outputs.
    crop_version
        Version of the crop function that it was trained on.
    weights_hash
        SHA-256 over name, shape, type and bytes of every weight.
    arrays_hash
        SHA-256 over the arrays beside the model.
    temperature
        Divides the outputs before softmax.
    plausible_threshold, coverage
        Score up to which a class is plausible, and how often the plausible classes then hold the truth.
    least_probability
        Below it lie 2 % of known particles; what is refused is decided by `nanotem.recipe.ClassifyParams`.
    largest_distance
        Beyond it lie 2 % of known particles; such a particle looks unfamiliar.
    versions
        Of the libraries it was trained with.
    outlines
        For a model of solids: how often each class was seen with each outline (by geometry), over particles on a
        facet and in any orientation.
    training
        Settings it was trained with, and how long.
    figures
        Accuracy and the like on data that it was never trained or tuned on.
    curves
        One value per epoch of each loss and accuracy.
    confusion
        Truth in rows, answers in columns, on the test data.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    crop_version: int
    weights_hash: str
    arrays_hash: str
    temperature: float
    plausible_threshold: float
    coverage: float
    least_probability: float
    largest_distance: float
    versions: dict[str, str]
    outlines: dict[str, dict[str, float]] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)
    confusion: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ModelArrays:
    """The arrays beside a model: golden inputs with their outputs, and where known particles lie."""

    golden_inputs: npt.NDArray[np.float32]
    golden_logits: npt.NDArray[np.float32]
    means: npt.NDArray[np.float64]
    whitening: npt.NDArray[np.float64]


def weights_hash(model: Any) -> str:
    """Return SHA-256 over name, shape, type and bytes of every weight of a Keras model, in their order."""
    return hash_of_arrays((weight.path, weight.numpy()) for weight in model.weights)


def arrays_hash(arrays: ModelArrays) -> str:
    """Return SHA-256 over the arrays beside a model."""
    return hash_of_arrays((f.name, getattr(arrays, f.name)) for f in fields(arrays))


def save_model(folder: Path, model: Any, card: ModelCard, arrays: ModelArrays) -> None:
    """Write NAME.keras, NAME.json and NAME.npz."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / f"{card.name}.keras")
    (folder / f"{card.name}.json").write_text(json.dumps(asdict(card), indent=1) + "\n", encoding="utf-8")
    np.savez_compressed(folder / f"{card.name}.npz", **{f.name: getattr(arrays, f.name) for f in fields(arrays)})


def read_card(path: Path) -> ModelCard:
    """Read the card of a model without loading the model, which would take TensorFlow.

    Raises
    ------
    ModelError
        If it is absent or no card.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return ModelCard(**{**stored, "classes": tuple(stored["classes"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path.name} is no model card.", "Train the model again, or restore its files.") from error


def load_model(folder: Path, name: str, *, crop_version: int) -> tuple[Any, ModelCard, ModelArrays]:
    """Load a model and prove that it is the one that was saved.

    Parameters
    ----------
    folder
        Holds NAME.keras, NAME.json and NAME.npz.
    name
        Name of the model.
    crop_version
        Version of the crops that it will be given.

    Raises
    ------
    ModelError
        If a file is absent or broken; the weights, the arrays or the answers to the golden inputs are not those of
        the card; or it was trained on other crops.
    """
    card = read_card(folder / f"{name}.json")
    if card.crop_version != crop_version:
        raise ModelError(
            f"The model {name} was trained on version {card.crop_version} of the crops, this is {crop_version}.",
            "Train it again with this version of nanotem.",
        )
    import keras

    try:
        model = keras.saving.load_model(folder / f"{name}.keras", compile=False, safe_mode=True)
        with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
            arrays = ModelArrays(**{f.name: stored[f.name] for f in fields(ModelArrays)})
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"The files of the model {name} cannot be read.", "Restore or train them again.") from error
    if weights_hash(model) != card.weights_hash or arrays_hash(arrays) != card.arrays_hash:
        raise ModelError(
            f"The weights of {name} are not those that its card describes.", "Restore its files, or train it again."
        )
    check_golden(name, np.asarray(model(arrays.golden_inputs, training=False)), arrays.golden_logits)
    return model, card, arrays
