"""The files of a network, and the one hash that tells whether they belong together.

A network called NAME is NAME.onnx, NAME.keras, or both, which then answer alike; NAME.npz, the arrays beside it, golden
answers among them; and the card NAME.json. The card is part of the network: names of classes in another order, or
another temperature, change what is said of a particle as much as other weights do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
import numpy.typing as npt

from nanotem.networks.errors import ModelError

ARRAYS = ".npz"
"""Suffix of the arrays beside a network."""

KERAS, ONNX = ".keras", ".onnx"
"""Suffixes of a network, as TensorFlow and as the ONNX runtime take it."""

_CARD, _NETWORKS = ".json", (ONNX, KERAS)

_DESCRIPTIVE = frozenset({"sha256", "versions", "training", "figures", "curves", "confusion"})
"""What of a card tells how a network came about and how good it is; all else decides what it answers."""

_MOST_CARD_BYTES, _MOST_BYTES = 1_000_000, 512_000_000
"""The largest card that comes along has 5 kB; the largest network that can be trained, origin-functional, 135 MB."""


@dataclass(frozen=True, eq=False)
class NetworkFiles:
    """A network as it lies on disk.

    Attributes
    ----------
    folder, name
        Where it lies, and its name.
    card
        What the card says, as JSON gave it.
    contents
        Bytes of the other files, by suffix.
    """

    folder: Path
    name: str
    card: Mapping[str, Any]
    contents: Mapping[str, bytes]

    def has_array(self, name: str) -> bool:
        """Whether an array of this name lies beside the network, broken or not."""
        try:
            with ZipFile(BytesIO(self.contents[ARRAYS])) as archive:
                return f"{name}.npy" in archive.namelist()
        except BadZipFile as error:
            raise unreadable(self.folder, self.name) from error

    def arrays(self, *names: str) -> tuple[npt.NDArray[Any], ...]:
        """Return arrays of numbers that lie beside the network.

        Raises
        ------
        ModelError
            If one is absent, broken, or holds what is no finite number.
        """
        try:
            with np.load(BytesIO(self.contents[ARRAYS]), allow_pickle=False) as stored:
                arrays = tuple(stored[name] for name in names)
            if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in arrays):
                raise ValueError("not all are finite numbers")
        except Exception as error:  # NumPy, zipfile and zlib raise what they like at a file that is broken on purpose
            raise unreadable(self.folder, self.name) from error
        return arrays


def network_identity(folder: Path, name: str) -> str:
    """Return SHA-256, in hex, of all that decides what a network answers; neither TensorFlow nor onnxruntime is loaded.

    Parameters
    ----------
    folder
        For example `nanotem.networks.folders.folder_named("nanotem")`.
    name
        "segmenter", "outline" or "solid".

    Raises
    ------
    ModelError
        If a file is absent or broken, or they do not belong together.

    Examples
    --------
    >>> from nanotem.networks.folders import folder_named
    >>> len(network_identity(folder_named("nanotem"), "segmenter"))
    64
    """
    identity: str = read_network(folder, name).card["sha256"]
    return identity


def read_network(folder: Path, name: str) -> NetworkFiles:
    """Read the files of a network and prove that none was changed since they were saved.

    Raises
    ------
    ModelError
        If a file is absent, broken or larger than any network, or they do not belong together.
    """
    return proven(read_unproven(folder, name))


def proven(files: NetworkFiles) -> NetworkFiles:
    """Return files that were not changed since they were saved.

    Raises
    ------
    ModelError
        If they do not belong together.
    """
    if files.card.get("sha256") != identity_of(files.card, files.contents):
        raise ModelError(
            f"The network {files.name} in {files.folder.name} is not the one that its card describes: a file was "
            "changed.",
            remedy(files.name),
        )
    return files


def read_unproven(folder: Path, name: str, *, has_network: bool = True) -> NetworkFiles:
    """Read the files of a network, whatever hash its card states.

    Parameters
    ----------
    folder, name
        Where it lies, and its name.
    has_network
        Whether there is a network beside card and arrays: the judge has none.

    Raises
    ------
    ModelError
        If a file is absent, broken, or larger than any network.
    """
    try:
        card = json.loads(_read(folder / f"{name}{_CARD}", _MOST_CARD_BYTES))
        suffixes = [suffix for suffix in _NETWORKS if (folder / f"{name}{suffix}").exists()]
        contents = {suffix: _read(folder / f"{name}{suffix}", _MOST_BYTES) for suffix in (*suffixes, ARRAYS)}
        unpacked = sum(_unpacked_bytes(contents[suffix]) for suffix in contents if suffix != ONNX)
    except Exception as error:  # JSON and zipfile raise more than one can list at files that are broken on purpose
        raise unreadable(folder, name) from error
    if not isinstance(card, dict) or (has_network and not suffixes) or unpacked > _MOST_BYTES:
        raise unreadable(folder, name)
    return NetworkFiles(folder, name, card, contents)


def write_network(folder: Path, name: str, card: Mapping[str, Any], contents: Mapping[str, bytes]) -> str:
    """Write a network with its card, and return its identity.

    Parameters
    ----------
    folder
        Made if it is absent.
    name
        Name of the files.
    card
        What JSON can hold; its `sha256` is set here.
    contents
        Bytes of the other files, by suffix.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in contents.items():
        (folder / f"{name}{suffix}").write_bytes(content)
    return write_card(NetworkFiles(folder, name, card, contents))


def write_card(files: NetworkFiles) -> str:
    """Write the card of a network with its identity, and return that."""
    identity = identity_of(files.card, files.contents)
    text = json.dumps({**files.card, "sha256": identity}, indent=1, allow_nan=False)
    (files.folder / f"{files.name}{_CARD}").write_text(text + "\n", encoding="utf-8")
    return identity


def identity_of(card: Mapping[str, Any], contents: Mapping[str, bytes]) -> str:
    """Return SHA-256 over what decides in a card and over the other files, whatever the order in which they are given.

    Parameters
    ----------
    card
        All but what merely describes: how it was trained, and how good it is.
    contents
        Bytes of the other files, by suffix.
    """
    deciding = {key: value for key, value in card.items() if key not in _DESCRIPTIVE}
    files = {suffix: sha256(content).hexdigest() for suffix, content in contents.items()}
    return sha256(json.dumps([deciding, files], sort_keys=True).encode()).hexdigest()


def packed(**arrays: npt.NDArray[Any]) -> bytes:
    """Return arrays as the content of an NPZ file."""
    stream = BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # NumPy takes a keyword of its own for an array
    return stream.getvalue()


def unreadable(folder: Path, name: str) -> ModelError:
    """Return the error of a network whose files are absent or broken."""
    return ModelError(f"The files of the network {name} in {folder.name} cannot be read.", remedy(name))


def remedy(name: str) -> str:
    """Return what helps against a network that cannot be used."""
    return (
        f"Restore its files, train it with `python -m nanotem train {name}`, or choose another method or other models."
    )


def _read(path: Path, most_bytes: int) -> bytes:
    if path.stat().st_size > most_bytes:
        raise ValueError(f"{path.name} has more than {most_bytes} bytes")
    return path.read_bytes()


def _unpacked_bytes(content: bytes) -> int:
    with ZipFile(BytesIO(content)) as archive:
        return sum(entry.file_size for entry in archive.infolist())
