"""Parts of an HDF5 file, read without following a link and within a budget."""

import itertools
import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.readers.decoded import MAX_METADATA_BYTES
from nanotem.readers.text import printable

Dataset = Any
"""An h5py.Dataset; h5py has no types and is imported where it is used."""

MOST_MEMBERS = 20_000
"""Groups and data sets of a file; Velox writes some hundreds. More take longer than a second to list."""

MAX_BLOCK_BYTES = 268_435_456
"""HDF5 holds a block twice, as it is stored and unpacked; a frame of 8192 x 8192 pixels of 32 bits just fits."""


def read_part(dataset: Dataset, where: Any, most_bytes: int) -> Any:
    """Read a part of a data set that is stored here, within a budget."""
    check_blocks(dataset, most_bytes)
    return dataset[where]


def check_blocks(dataset: Dataset, most_bytes: int) -> None:
    """Refuse a data set of which a block is beyond the budget: HDF5 unpacks whole blocks, however little is read."""
    _check_stored_here(dataset)
    block_bytes = math.prod(dataset.chunks or (1,)) * dataset.dtype.itemsize
    if block_bytes > most_bytes:
        raise UnreadableFileError(
            f"{printable(dataset.name)} is stored in blocks of {dataset.chunks}, {block_bytes:,} bytes each; the "
            f"limit is {most_bytes:,}.",
            "Export one image as TIFF.",
        )


def check_written(dataset: Dataset, where: tuple[Any, ...]) -> None:
    """Refuse an image of which nothing, or not every block, was ever written: HDF5 reads zeros there."""
    missing = dataset.id.get_storage_size() == 0
    if not missing and dataset.chunks and dataset.id.get_num_chunks() < math.prod(_grid(dataset)):
        missing = any(
            dataset.id.get_chunk_info_by_coord(at).byte_offset is None for at in _block_corners(dataset, where)
        )
    if missing:
        raise UnreadableFileError(
            f"{printable(dataset.name)} was not written to its end: parts of the image are missing.",
            "Copy it again, or from where it was recorded.",
        )


def _grid(dataset: Dataset) -> list[int]:
    return [-(-size // block) for size, block in zip(dataset.shape, dataset.chunks, strict=True)]


def _block_corners(dataset: Dataset, where: tuple[Any, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the first place of every block that a frame needs."""
    ranges = (
        range(0, size, block) if isinstance(index, slice) else (index // block * block,)
        for index, size, block in zip(where, dataset.shape, dataset.chunks, strict=True)
    )
    return itertools.product(*ranges)


def at_path(group: Any, path: str) -> Any:
    """Return what lies at a path, step by step and never through a link; None where there is nothing."""
    item = group.file if path.startswith("/") else group
    for name in path.strip("/").split("/"):
        link = item.get(name, getlink=True) if hasattr(item, "keys") else None
        if link is None or hasattr(link, "path"):
            return None
        item = item[name]
    return item


def members(file: Any, path: str) -> list[Any]:
    """Return what lies in the group at a path; nothing where there is no group."""
    group = at_path(file, path)
    return [at_path(group, name) for name in itertools.islice(group, MOST_MEMBERS)] if hasattr(group, "keys") else []


def json_of(item: Any) -> dict[str, Any]:
    """Return the object that a data set of one text holds; an empty one if it holds none."""
    if item is None or not hasattr(item, "shape") or item.size != 1:
        return {}
    try:
        value = json.loads(text_of(read_part(item, (), MAX_METADATA_BYTES)))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def member(group: Any, name: str) -> Any:
    """Return a member that is stored in the group: a link, or a data set elsewhere, could open any file here."""
    if hasattr(group.get(name, getlink=True), "path"):
        raise UnreadableFileError(f"{group.name}/{name} is a link.", "Save the image in one file, as TIFF.")
    return _check_stored_here(group[name])


def _check_stored_here(item: Any) -> Any:
    """Return a group or data set, refused if its values are in another file."""
    if getattr(item, "external", None) or getattr(item, "is_virtual", False):
        raise UnreadableFileError(f"The values of {item.name} are in another file.", "Save it in one file, as TIFF.")
    return item


def step_of(coordinates: Dataset) -> float:
    """Return the distance of the first two coordinates; NaN, which makes no scale, if there is only one."""
    values = [float(value) for value in read_part(coordinates, slice(2), MAX_METADATA_BYTES)]
    return values[1] - values[0] if len(values) == 2 else math.nan


def text_of(attribute: Any) -> str:
    """Return an attribute as text, whichever way HDF5 stored it."""
    value = next(iter(np.ravel(attribute)), "")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def number_of(attribute: Any) -> float:
    """Return an attribute as one number; NaN, which makes no scale, if it is none."""
    try:
        return float(text_of(attribute)) if np.size(attribute) == 1 else math.nan
    except ValueError:
        return math.nan
