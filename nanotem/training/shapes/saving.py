"""Writing a trained classifier."""

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nanotem.morphology.card import ModelArrays, ModelCard
from nanotem.networks.files import ARRAYS, KERAS, ONNX, packed, read_network, write_network
from nanotem.training.shapes.export import as_onnx


def save_model(folder: Path, model: Any, card: ModelCard, arrays: ModelArrays) -> ModelCard:
    """Write NAME.keras, NAME.onnx, NAME.json and NAME.npz; return the card with the identity of the network."""
    with TemporaryDirectory() as elsewhere:
        path = Path(elsewhere) / "model.keras"
        model.save(path)
        network = path.read_bytes()
    contents = {KERAS: network, ONNX: as_onnx(model), ARRAYS: packed(**asdict(arrays))}
    return replace(card, sha256=write_network(folder, card.name, asdict(card), contents))


def save_head(folder: Path, card: ModelCard, arrays: ModelArrays) -> ModelCard:
    """Write card and arrays of a model whose network stays as it is; return the card with the new identity."""
    contents = {**read_network(folder, card.name).contents, ARRAYS: packed(**asdict(arrays))}
    return replace(card, sha256=write_network(folder, card.name, asdict(card), contents))
