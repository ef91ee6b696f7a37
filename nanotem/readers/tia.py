"""SER, the pixels of TIA (FEI), and EMI, which says how they were taken.

References
----------
C. B. Boothroyd, "TIA file formats", http://www.er-c.org/cbb/info/TIAformat/
"""

import re
import struct
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.readers.choice import StoredImage
from nanotem.readers.decoded import MAX_METADATA_BYTES, Decoded, PixelSize, check_size
from nanotem.readers.mapped import Data

_IMAGES = 0x4122
_LAST_OF_32_BITS = 0x0210
_TAG = struct.Struct("<4sI")
"""Kind of a tag, and the second in which the image was taken."""
_TYPES = {1: "u1", 2: "<u2", 3: "<u4", 4: "i1", 5: "<i2", 6: "<i4", 7: "<f4", 8: "<f8"}
_OBJECT = re.compile(rb"<ObjectInfo>.*?</ObjectInfo>", re.DOTALL)
_MODE = re.compile(rb"<Label>\s*Mode\s*</Label>\s*<Value>([^<]{0,100})</Value>")
_NO_METADATA = (
    "The SER file was read alone, without the EMI file that says whether it is a picture or a diffraction pattern."
)
_TOO_LONG = "The file is longer than all of its parts: something was inserted. Look whether the picture is whole."
_LARGEST_TAG_BYTES = 64
"""Time and place of an image take 30."""

_LEAST_SPAN_S = 100
"""Of a series whose frame time is taken: the times of its images are whole seconds, so that it is right to 1 %."""


class _Element(NamedTuple):
    """One image of a series: where its pixels are."""

    rows: int
    columns: int
    type: str
    at: int
    size: PixelSize

    @property
    def end(self) -> int:
        """Where the pixels end."""
        return self.at + self.rows * self.columns * np.dtype(self.type).itemsize


def stored_tia(series: Mapping[int, Data], emi: bytes | None) -> list[StoredImage]:
    """Describe the images of one or several SER files, in their order.

    Parameters
    ----------
    series
        The SER files by their number.
    emi
        The EMI file, None if there is none.

    Raises
    ------
    UnreadableFileError
        If there are only spectra, or if there are fewer bytes than the headers claim.
    """
    described = _OBJECT.findall(emi[:MAX_METADATA_BYTES]) if emi else []
    stored = []
    for number in sorted(series):
        unit = "1/m" if number <= len(described) and _is_diffraction(described[number - 1]) else "m"
        if image := _stored(series[number], unit, notes=() if emi else (_NO_METADATA,)):
            stored.append(image)
    if not stored:
        raise UnreadableFileError("The file holds spectra, no image.", "Open the image that was taken with it.")
    return stored


def _is_diffraction(described: bytes) -> bool:
    """Return whether EMI calls the image a diffraction pattern, or a camera took it while the beam scanned."""
    mode = _MODE.search(described)
    words = mode[1].lower() if mode else b""
    return b"CameraNamePath" in described if b"stem" in words else b"diffraction" in words


def _stored(ser: Data, unit: str, *, notes: tuple[str, ...]) -> StoredImage | None:
    """Return the images of one SER file as the frames of one image; None if they are spectra."""
    version, type_id, _, n_total, n_valid = struct.unpack_from("<H4I", ser, 4)
    if type_id != _IMAGES:
        return None
    offset_type, offset_bytes = ("I", 4) if version <= _LAST_OF_32_BITS else ("Q", 8)
    (table_at,) = struct.unpack_from(f"<{offset_type}", ser, 22)
    if n_valid < 1 or table_at + n_valid * offset_bytes > len(ser):
        raise UnreadableFileError(
            f"The file claims {n_valid:,} images, its {len(ser):,} bytes can hold none or fewer.",
            "Copy it again from where it was recorded.",
        )
    first = _element(ser, struct.unpack_from(f"<{offset_type}", ser, table_at)[0], unit)
    check_size(first.rows, first.columns, bytes_per_pixel=np.dtype(first.type).itemsize)
    (tags_at,) = struct.unpack_from(f"<{offset_type}", ser, table_at + (n_total + n_valid - 1) * offset_bytes)
    (last_at,) = struct.unpack_from(f"<{offset_type}", ser, table_at + (n_valid - 1) * offset_bytes)
    end = max(first.end, _element(ser, last_at, unit).end, tags_at + _LARGEST_TAG_BYTES)
    if any(ser[end:]):  # zeros may fill the last block of a disk
        notes = (*notes, _TOO_LONG)

    def decode(frame: int) -> Decoded:
        (at,) = struct.unpack_from(f"<{offset_type}", ser, table_at + frame * offset_bytes)
        element = _element(ser, at, unit)
        check_size(element.rows, element.columns, bytes_per_pixel=np.dtype(element.type).itemsize)
        if element.end > len(ser):
            raise UnreadableFileError(
                f"The file is cut short: it has {len(ser):,} bytes, its image ends at byte {element.end:,}.",
                "Copy it again from where it was recorded.",
            )
        pixels = np.frombuffer(ser, np.dtype(element.type), element.rows * element.columns, element.at)
        upright = pixels.reshape(element.rows, element.columns)[::-1]
        return Decoded(upright.copy(), element.size, notes)

    (first_tag_at,) = struct.unpack_from(f"<{offset_type}", ser, table_at + n_total * offset_bytes)
    frame_time_s = _frame_time_s(ser, first_tag_at, tags_at, n_valid)
    return StoredImage((first.rows, first.columns), decode, n_frames=n_valid, frame_time_s=frame_time_s)


def _frame_time_s(ser: Data, first_at: int, last_at: int, n_frames: int) -> float | None:
    """Return the mean time between the images of a series, from when the first and the last were taken."""
    if max(first_at, last_at) + _TAG.size > len(ser):
        return None
    first, last = (_TAG.unpack_from(ser, at)[1] for at in (first_at, last_at))
    return (last - first) / (n_frames - 1) if last - first >= _LEAST_SPAN_S and n_frames > 1 else None


def _element(ser: Data, at: int, unit: str) -> _Element:
    """Read the calibration and the size of one image."""
    _, width, _, _, height, _, kind, columns, rows = struct.unpack_from("<2dI2dIH2I", ser, at)
    if kind not in _TYPES:
        raise UnreadableFileError(
            "The file holds complex numbers (a Fourier transform), no image.", "Open the image that was taken with it."
        )
    header_bytes = struct.calcsize("<2dI2dIH2I")
    return _Element(rows, columns, _TYPES[kind], at + header_bytes, PixelSize(abs(height), abs(width), unit, unit))
