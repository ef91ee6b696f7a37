"""The bytes of a file, all in memory or mapped, and a file made of them."""

import io
import mmap
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from typing_extensions import Buffer

Data: TypeAlias = bytes | mmap.mmap
"""The whole file; of a film, which may be larger than memory, a map of it."""


class _MappedFile(io.RawIOBase):
    """A map read like a file, each with its own place in it."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._data)}[whence]
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer).cast("B")
        part = self._data[self._at : self._at + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)


def as_file(data: Data) -> IO[bytes]:
    """Return a file of the bytes, without a copy of what is mapped."""
    return io.BytesIO(data) if isinstance(data, bytes) else io.BufferedReader(_MappedFile(data))
