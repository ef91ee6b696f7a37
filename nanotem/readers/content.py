"""What kind of file some bytes are, whatever its name says."""

import struct
from pathlib import PurePath
from typing import Literal

from nanotem.errors import UnreadableFileError
from nanotem.readers.mapped import Data

RasterKind = Literal["png", "jpeg", "bmp", "webp", "jpeg2000"]
Kind = RasterKind | Literal["tiff", "hdf5", "dm3", "dm4", "ser", "emi", "mrc"]

_SIGNATURES: dict[bytes, Kind] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"BM": "bmp",
    b"\0\0\0\x0cjP  \r\n\x87\n": "jpeg2000",
    b"\xff\x4f\xff\x51": "jpeg2000",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"\x89HDF\r\n\x1a\n": "hdf5",
    b"II\x97\x01": "ser",
    b"JK\x00\x02": "emi",
}
_ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "ZIP",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
}
_LONGEST_SIGNATURE = 32
_MRC_HEADER_BYTES = 1024
_MRC_MODES = {0, 1, 2, 3, 4, 6, 12, 16, 101}
_MRC_SUFFIXES = {".mrc", ".mrcs", ".st", ".ali", ".rec"}
"""Of IMOD: stack, aligned stack, reconstruction."""


def identify(data: Data, name: str) -> Kind:
    """Return the kind of file by its content.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name; asked only for MRC files of the old kind, which carry no signature.

    Raises
    ------
    UnreadableFileError
        If the file is empty, an archive, or nothing that can be read here.
    """
    if not data:
        raise UnreadableFileError("The file is empty (0 bytes).", "Copy it again from where it was recorded.")
    head = data[:_LONGEST_SIGNATURE]
    for signature, archive in _ARCHIVES.items():
        if head.startswith(signature):
            raise UnreadableFileError(f"The file is a {archive} archive.", "Unpack it first and open the image inside.")
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if _is_digital_micrograph(data, version=3, endianness_at=8):
        return "dm3"
    if _is_digital_micrograph(data, version=4, endianness_at=12):
        return "dm4"
    if _is_mrc(data, name):
        return "mrc"
    raise UnreadableFileError(
        f"The content is no image of a kind that can be read here (it begins with {data[:8]!r}).",
        "Export the image as TIFF or PNG from the program that wrote it.",
    )


def damaged(kind: str) -> UnreadableFileError:
    """Return the error of a file that begins as it should and cannot be decoded."""
    return UnreadableFileError(
        f"The file begins like {kind.upper()} but cannot be decoded: "
        "it is damaged, cut short or of an unusual variety.",
        "Copy it again, or export it as TIFF from the program that wrote it.",
    )


def _is_digital_micrograph(data: Data, *, version: int, endianness_at: int) -> bool:
    """Return whether the header has this version of DigitalMicrograph and a byte order of 0 or 1."""
    big_endian_ints = (data[:4], data[endianness_at : endianness_at + 4])
    found_version, byte_order = (int.from_bytes(field, "big") for field in big_endian_ints)
    return len(data) > endianness_at + 4 and found_version == version and byte_order in (0, 1)


def _is_mrc(data: Data, name: str) -> bool:
    """Return whether the header is that of MRC2014 ("MAP "), or of an older file that is named .mrc."""
    if len(data) < _MRC_HEADER_BYTES:
        return False
    signed = data[208:211] == b"MAP" or PurePath(name).suffix.lower() in _MRC_SUFFIXES
    headers = (struct.unpack_from(f"{order}4i", data) for order in "<>")
    return signed and any(min(sides) > 0 and mode in _MRC_MODES for *sides, mode in headers)
