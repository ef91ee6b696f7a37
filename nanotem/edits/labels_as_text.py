"""Label images as text, so that they can stand in a file of corrections."""

import base64
import zlib

import numpy as np

from nanotem.labels import LARGEST_LABEL
from nanotem.micrograph import Labels

_STORED = np.dtype("<i4")


def pack_labels(labels: Labels) -> str:
    """Return a label image as Base64 of its zlib-compressed 32-bit numbers, row by row."""
    return base64.b64encode(zlib.compress(labels.astype(_STORED).tobytes(), 9)).decode()


def unpack_labels(packed: str, shape: tuple[int, int]) -> Labels:
    """Return the label image that was packed.

    Parameters
    ----------
    packed
        From `pack_labels`.
    shape
        Rows and columns; no more is decompressed than they need.

    Raises
    ------
    ValueError
        If the text is damaged, was packed from another number of pixels, or holds numbers that are no labels.
    """
    n_bytes = shape[0] * shape[1] * _STORED.itemsize
    decompressor = zlib.decompressobj()
    try:
        data = decompressor.decompress(base64.b64decode(packed, validate=True), n_bytes + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(data) != n_bytes or not decompressor.eof:
        raise ValueError(f"{len(data)} bytes instead of {n_bytes}")
    labels = np.frombuffer(data, _STORED).reshape(shape).astype(np.int32)
    if labels.min() < 0 or labels.max() > LARGEST_LABEL:
        raise ValueError(f"labels from {labels.min()} to {labels.max()}")
    return labels
