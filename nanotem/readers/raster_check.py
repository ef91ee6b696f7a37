"""Whether a picture is whole: the decoders fill what is missing with black or grey and say nothing."""

import struct
import zlib
from collections.abc import Callable

from nanotem.errors import UnreadableFileError
from nanotem.readers.content import RasterKind
from nanotem.readers.jpeg import is_cut_short

_COPY_AGAIN = "Copy it again from where it was recorded."
_PNG_SIGNATURE_BYTES, _PNG_FRAME_BYTES = 8, 12
_ZEROS_AT_END = 32
"""So many zero bytes do not occur by chance in compressed data, once in 10⁷⁷ files."""

_JPEG2000_END = b"\xff\xd9"


def check_whole(data: bytes, kind: RasterKind) -> None:
    """Refuse a picture that is not whole.

    Raises
    ------
    UnreadableFileError
        If its end or a checksum is missing.
    """
    if check := _CHECKS.get(kind):
        check(data)


def _check_png(data: bytes) -> None:
    """Walk through the blocks: each has a checksum, and the last one is IEND."""
    at = _PNG_SIGNATURE_BYTES
    while at + _PNG_FRAME_BYTES <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + _PNG_FRAME_BYTES + length
        if end > len(data):
            break
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise UnreadableFileError(f"The PNG is damaged: the checksum at byte {end - 4:,} is wrong.", _COPY_AGAIN)
        if name == b"IEND":
            return
        at = end
    raise UnreadableFileError(f"The PNG is cut short: its end is missing after byte {at:,}.", _COPY_AGAIN)


def _check_jpeg(data: bytes) -> None:
    if is_cut_short(data):
        raise UnreadableFileError("The JPEG is cut short: its end is missing.", _COPY_AGAIN)


def _check_webp(data: bytes) -> None:
    (length,) = struct.unpack_from("<I", data, 4)
    if len(data) < length + 8:
        raise UnreadableFileError(f"The WebP is cut short: it has {len(data):,} bytes of {length + 8:,}.", _COPY_AGAIN)
    if data.endswith(bytes(_ZEROS_AT_END)):
        raise UnreadableFileError("The WebP ends in zeros: its copy was interrupted.", _COPY_AGAIN)


def _check_jpeg2000(data: bytes) -> None:
    if _JPEG2000_END not in data[-64:]:
        raise UnreadableFileError("The JPEG 2000 is cut short: its end is missing.", _COPY_AGAIN)


def webp_sides(data: bytes) -> tuple[int, int]:
    """Return rows and columns from the header of a WebP: its decoder takes memory for them before it is asked.

    Raises
    ------
    UnreadableFileError
        If the header is none.

    References
    ----------
    RFC 9649, "WebP Image Format".
    """
    name, body = data[12:16], data[20:]
    if name == b"VP8X" and len(body) >= 10:
        columns, rows = (int.from_bytes(body[i : i + 3], "little") + 1 for i in (4, 7))
    elif name == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        columns, rows = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8 " and len(body) >= 10:
        columns, rows = (value & 0x3FFF for value in struct.unpack_from("<2H", body, 6))
    else:
        raise UnreadableFileError("The WebP has no header of an image.", _COPY_AGAIN)
    return rows, columns


_CHECKS: dict[RasterKind, Callable[[bytes], None]] = {
    "png": _check_png,
    "jpeg": _check_jpeg,
    "webp": _check_webp,
    "jpeg2000": _check_jpeg2000,
}
"""Pillow itself refuses a BMP that is cut short."""
