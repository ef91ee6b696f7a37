"""The card of the segmentation network, and the proof that the file on disk is that network."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from nanotem.networks.errors import ModelError

NAME = "segmenter"
"""Name of the files of a network: NAME.onnx, NAME.json and NAME.npz."""

_REMEDY = "Restore its files, train it with `python -m nanotem train segmenter`, or choose another method."


@dataclass(frozen=True, eq=False)
class SegmenterCard:
    """What belongs to the network.

    Attributes
    ----------
    file_hash
        SHA-256 of the ONNX file.
    working_px
        Typical diameter at which it wants to see particles.
    versions
        Of the libraries it was trained with.
    training
        Settings, and how much it was trained.
    figures
        Scores on micrographs that were kept out of training.
    curves
        One value per epoch of each loss.
    """

    file_hash: str
    working_px: float
    versions: dict[str, str]
    training: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Golden:
    """An input, shape (1, 1, rows, columns), and what the network made of it, shape (1, 2, rows / 2, columns / 2)."""

    image: npt.NDArray[np.float32]
    maps: npt.NDArray[np.float32]


def hash_of(network: bytes) -> str:
    """Return SHA-256 of an ONNX file."""
    return hashlib.sha256(network).hexdigest()


def save_files(folder: Path, network: bytes, card: SegmenterCard, golden: Golden) -> None:
    """Write the network, its card and its golden answer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.onnx").write_bytes(network)
    (folder / f"{NAME}.json").write_text(json.dumps(asdict(card), indent=1) + "\n", encoding="utf-8")
    np.savez_compressed(folder / f"{NAME}.npz", image=golden.image, maps=golden.maps)


def read_files(folder: Path) -> tuple[bytes, SegmenterCard, Golden]:
    """Read a network, its card and its golden answer.

    Raises
    ------
    ModelError
        If a file is absent or broken, or the network is not the one that the card describes.
    """
    try:
        network = (folder / f"{NAME}.onnx").read_bytes()
        card = SegmenterCard(**json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8")))
        with np.load(folder / f"{NAME}.npz", allow_pickle=False) as stored:
            golden = Golden(stored["image"], stored["maps"])
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"The files of the segmentation network in {folder} cannot be read.", _REMEDY) from error
    if hash_of(network) != card.file_hash:
        raise ModelError(f"The segmentation network in {folder} is not the one that its card describes.", _REMEDY)
    return network, card, golden
