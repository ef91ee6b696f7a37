"""A check of HDF5 files that the HDF5 library lacks."""

import struct

from nanotem.errors import UnreadableFileError
from nanotem.readers.mapped import Data

_SIGNATURE = b"GCOL\x01\0\0\0"
_HEADER_BYTES = 16


def check_heaps(data: Data) -> None:
    """Refuse a file whose store of texts would keep the HDF5 library in an endless loop.

    Texts lie in "global heaps": objects one after the other, each with its index and size. The library steps
    over free space (index 0) by its size, and never ends where a damaged file gives that size as 0 (seen in
    HDF5 as shipped with h5py 3.14).

    Raises
    ------
    UnreadableFileError
        If there is such a step.

    References
    ----------
    HDF5 File Format Specification 3.0, III.E, "Global Heap".
    """
    heap_at = data.find(_SIGNATURE)
    while heap_at >= 0:
        (heap_bytes,) = struct.unpack_from("<Q", data, heap_at + len(_SIGNATURE))
        end = min(heap_at + heap_bytes, len(data)) - _HEADER_BYTES
        at = heap_at + _HEADER_BYTES
        while at <= end:
            index, size = struct.unpack_from("<H6xQ", data, at)
            if index == 0 and size == 0:
                raise UnreadableFileError(
                    f"The HDF5 file is damaged at byte {at:,}: free space of size 0.",
                    "Copy it again from where it was recorded.",
                )
            at += size if index == 0 else _HEADER_BYTES + -(-size // 8) * 8
        heap_at = data.find(_SIGNATURE, heap_at + 1)
