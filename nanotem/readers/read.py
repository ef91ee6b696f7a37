"""Bytes to `Micrograph`: identify, decode, make grey, settle the file's scale."""

import hashlib
import logging
import re
from collections.abc import Mapping
from pathlib import Path, PurePath

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.micrograph import Micrograph
from nanotem.readers.content import identify
from nanotem.readers.decoded import Decoded, check_size
from nanotem.readers.file_scale import file_scale
from nanotem.readers.grey import to_grey
from nanotem.readers.hdf5 import read_hdf5
from nanotem.readers.microscope import read_microscope
from nanotem.readers.raster import read_raster
from nanotem.readers.tiff import read_tiff

SUPPORTED_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff",
    ".dm3", ".dm4", ".emd", ".ser", ".emi", ".mrc", ".hspy", ".h5", ".hdf5",
)  # fmt: skip
"""What a file dialog lists; reading itself goes by content."""

# Without a handler Python prints their warnings about damaged files to stderr, beside the error raised here.
for _library in ("rsciio", "tifffile"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


def read_micrograph(data: bytes, name: str, *, companions: Mapping[str, bytes] = {}) -> Micrograph:
    """Read a file of any supported kind, judged by its content.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, for people and for the companions of an EMI file.
    companions
        Other files by name. An EMI file holds no pixels and needs its NAME_1.ser here.

    Returns
    -------
    Micrograph
        The first image in the file as grey values of the file's own type. Its scale is the file's
        calibration in nm, None where there is none; its notes say what was taken or changed.

    Raises
    ------
    UnreadableFileError
        If the bytes hold no image that can be analysed: no image at all, damaged, smaller than 16 pixels on
        a side, larger than 100 million pixels, a spectrum, a diffraction pattern, complex numbers.
    ScaleError
        If its pixels are not square.
    """
    try:
        decoded = _decode(data, name, companions)
        pixels, grey_notes = to_grey(decoded.image)
        check_size(*pixels.shape)
        scale, scale_notes = file_scale(decoded.pixel_size)
    except NanotemError as error:
        raise type(error)(f"{name}: {error.message}", error.hint) from error
    digest = hashlib.sha256(data).hexdigest()
    return Micrograph(pixels, digest, name, scale, decoded.notes + grey_notes + scale_notes)


def read_file(path: str | Path) -> Micrograph:
    """Read a micrograph from disk, with the SER files beside an EMI file.

    Raises
    ------
    UnreadableFileError
        If the file cannot be opened, or as `read_micrograph`.
    ScaleError
        As `read_micrograph`.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        beside = path.parent.iterdir() if path.suffix.lower() == ".emi" else ()
        series = (other for other in beside if _series_number(path.name, other.name))
        companions = {other.name: other.read_bytes() for other in series}
    except OSError as error:
        raise UnreadableFileError(
            f"{path}: the file cannot be opened ({error.strerror}).",
            "Check its name and your right to read it.",
        ) from error
    return read_micrograph(data, path.name, companions=companions)


def _decode(data: bytes, name: str, companions: Mapping[str, bytes]) -> Decoded:
    """Hand the bytes to the decoder of their kind."""
    kind = identify(data, name)
    series = _series(name, companions) if kind == "emi" else {}
    try:
        match kind:
            case "png" | "jpeg" | "bmp":
                return read_raster(data, kind)
            case "tiff":
                return read_tiff(data)
            case "hdf5":
                return read_hdf5(data)
            case _:
                return read_microscope(data, kind, series=series)
    except NanotemError:
        raise
    # The decoders parse bytes that nobody has checked, and fail with whatever they met first
    # (struct.error, KeyError, zlib.error, MemoryError...): to a person it is all one, a damaged file.
    except Exception as error:
        raise UnreadableFileError(
            f"The file begins like {kind.upper()} but cannot be decoded: "
            "it is damaged, cut short or of an unusual variety.",
            "Copy it again, or export it as TIFF from the program that wrote it.",
        ) from error


def _series(name: str, companions: Mapping[str, bytes]) -> dict[int, bytes]:
    """Return the SER files of an EMI file by their number."""
    numbered = ((_series_number(name, other), content) for other, content in companions.items())
    series = {number: content for number, content in numbered if number}
    if not series:
        ser_name = f"{PurePath(name).stem}_1.ser"
        raise UnreadableFileError(
            f"An EMI file holds no pixels; they are in {ser_name}, which is missing.",
            f"Open both files together, or {ser_name} alone.",
        )
    return series


def _series_number(emi_name: str, other: str) -> int:
    """Return 1 for NAME_1.ser beside NAME.emi and so on, 0 for any other file."""
    match = re.fullmatch(re.escape(PurePath(emi_name).stem) + r"_(\d)\.ser", other, re.IGNORECASE)
    return int(match[1]) if match else 0
