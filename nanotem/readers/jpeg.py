"""What the header of a JPEG says, before it is decoded."""

import struct

from nanotem.errors import UnreadableFileError

_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_WITHOUT_LENGTH = {0x01, 0xFF, *range(0xD0, 0xD9)}
_START_OF_SCAN, _END = 0xDA, b"\xff\xd9"


def jpeg_sides(data: bytes) -> tuple[int, int]:
    """Return rows and columns of a JPEG.

    Raises
    ------
    UnreadableFileError
        If no frame begins in it.
    """
    at, sides = 2, (0, 0)
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            break
        if marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _START_OF_FRAME and at + 9 <= len(data):
            rows, columns = struct.unpack_from(">2H", data, at + 5)
            sides = max(sides[0], rows), max(sides[1], columns)
        if marker == _START_OF_SCAN:
            break
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if not all(sides):
        raise UnreadableFileError("A JPEG in the file has no header.", "Copy it again from where it was recorded.")
    return sides


def is_cut_short(data: bytes) -> bool:
    """Return whether the end of the image is missing after the last scan of a JPEG."""
    return data.find(_END, data.rfind(bytes([0xFF, _START_OF_SCAN]))) < 0
