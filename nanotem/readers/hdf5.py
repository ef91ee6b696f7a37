"""HDF5: EMD of Velox and of Berkeley, HyperSpy files, and plain data sets with a scale.

Read with h5py alone: one frame only, without a temporary file, never through a link, and nothing before its size is
known to be in the budget.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.readers.choice import StoredImage
from nanotem.readers.decoded import Decoded, check_size
from nanotem.readers.hdf5_heap import check_heaps
from nanotem.readers.hdf5_layouts import Place, places_of, velox_labels
from nanotem.readers.hdf5_parts import (
    MAX_BLOCK_BYTES,
    MOST_MEMBERS,
    Dataset,
    check_blocks,
    check_written,
    read_part,
)
from nanotem.readers.mapped import Data, as_file
from nanotem.readers.text import printable

_DEEPEST = 32
"""Groups in each other; HyperSpy, which writes its metadata as groups, reaches 12."""


def stored_hdf5(data: Data) -> list[StoredImage]:
    """Describe the images of an HDF5 file, which stays open as long as one of them is there.

    A frame that is too large or too small, not written to its end or in another file is refused when it is decoded.

    Raises
    ------
    UnreadableFileError
        If there is no image of real numbers.
    """
    import h5py  # type: ignore[import-untyped]

    check_heaps(data)
    file = h5py.File(as_file(data), "r")
    places = places_of(list(_datasets(file)), velox_labels(file))
    if not places:
        raise UnreadableFileError(
            "The file holds no image, only spectra or tables.",
            "Open the image that was taken with it, or export it as TIFF.",
        )
    real = [place for place in places if place.dataset.dtype.kind in "buif" or _is_colour(place.dataset)]
    if not real:
        raise UnreadableFileError(
            "The file holds complex numbers (a Fourier transform), no image.",
            "Open the image that was taken with it.",
        )
    return [_stored(place) for place in real]


def _datasets(file: Any) -> Iterator[Dataset]:
    """Every data set that is stored in the file itself; links are not followed."""
    waiting = [(file, 0)]
    n_members = 0
    while waiting:
        group, depth = waiting.pop()
        inner = []
        for name in group:
            n_members += 1
            if n_members > MOST_MEMBERS or depth > _DEEPEST:
                raise UnreadableFileError(
                    f"The file holds more than {MOST_MEMBERS:,} groups, or groups more than {_DEEPEST} deep.",
                    "Export one image as TIFF.",
                )
            if hasattr(group.get(name, getlink=True), "path"):
                continue
            item = group[name]
            if hasattr(item, "shape"):
                yield item
            elif hasattr(item, "keys"):
                inner.append((item, depth + 1))
        waiting.extend(reversed(inner))


def _stored(place: Place) -> StoredImage:
    rows, columns = (place.dataset.shape[axis] for axis in (place.row_axis, place.column_axis))
    lengths = [place.dataset.shape[axis] for axis in place.frame_axes]
    return StoredImage(
        (rows, columns),
        lambda frame: _decode(place, frame),
        printable(place.name),
        place.n_frames,
        place.what,
        tuple(zip(place.counted_by, lengths, strict=False)),
        place.frame_time_s,
    )


def _decode(place: Place, frame: int) -> Decoded:
    """Read one frame after its size has been checked."""
    dataset = place.dataset
    check_size(
        dataset.shape[place.row_axis],
        dataset.shape[place.column_axis],
        bytes_per_pixel=dataset.dtype.itemsize * place.n_channels,
    )
    kept = [axis for axis in (place.row_axis, place.column_axis, place.channel_axis) if axis is not None]
    index = dict(
        zip(place.frame_axes, np.unravel_index(frame, [dataset.shape[a] for a in place.frame_axes]), strict=True)
    )
    where = tuple(int(index[axis]) if axis in index else slice(None) for axis in range(dataset.ndim))
    check_blocks(dataset, MAX_BLOCK_BYTES)
    check_written(dataset, where)
    image = np.transpose(read_part(dataset, where, MAX_BLOCK_BYTES), [sorted(kept).index(axis) for axis in kept])
    if _is_colour(dataset):
        image = np.stack([image[colour] for colour in dataset.dtype.names[:3]], axis=-1)
    return Decoded(image, place.pixel_size)


def _is_colour(dataset: Dataset) -> bool:
    """Return whether each value has the fields R, G, B, as HyperSpy writes colour."""
    return tuple((dataset.dtype.names or ())[:3]) == ("R", "G", "B")
