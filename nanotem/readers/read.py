"""Bytes to `Micrograph`: identify, decode, make grey, set aside what is no image, settle the file's scale."""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.micrograph import Micrograph, Pixels
from nanotem.readers.choice import Choice, take
from nanotem.readers.companion import COMPANION_SUFFIXES, companion_pixel_size, is_companion
from nanotem.readers.content import damaged, identify
from nanotem.readers.decoded import MAX_METADATA_BYTES, Decoded, check_size
from nanotem.readers.defects import repair
from nanotem.readers.digital_micrograph import read_digital_micrograph
from nanotem.readers.file_scale import settle
from nanotem.readers.grey import to_grey, without_missing
from nanotem.readers.hdf5 import stored_hdf5
from nanotem.readers.mrc import stored_mrc
from nanotem.readers.raster import read_raster
from nanotem.readers.text import printable
from nanotem.readers.tia import stored_tia
from nanotem.readers.tiff import stored_tiff

SUPPORTED_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".bmp", ".webp", ".jp2", ".tif", ".tiff",
    ".dm3", ".dm4", ".emd", ".ser", ".emi", ".mrc", ".hspy", ".h5", ".hdf5",
)  # fmt: skip
"""What a file dialog lists; reading itself goes by content."""

NO_SCALE = (
    "The file states no scale. Microscopes of Hitachi, JEOL and TESCAN write it into a text file of the same name: "
    "open it together with the image."
)

# Without a handler Python prints their warnings about damaged files to stderr, beside the error raised here.
for _library in ("rsciio", "tifffile"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


def read_micrograph(
    data: bytes, name: str, *, companions: Mapping[str, bytes] = {}, image: int | None = None, frame: int = 1
) -> Micrograph:
    """Read a file of any supported kind, judged by its content.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, for people and for its companions.
    companions
        Other files by name. An EMI file holds no pixels and needs its NAME_1.ser here; the text files that Hitachi,
        JEOL and TESCAN write beside an image hold its scale.
    image
        Which of several images in the file, from 1 in the order of `Micrograph.images`; None for the one that shows
        the specimen.
    frame
        Which frame of a stack, from 1.

    Returns
    -------
    Micrograph
        Grey values of the file's own type, defects of the detector replaced. Its scale is the file's calibration in
        nm, None where there is none; its notes say what was taken or changed.

    Raises
    ------
    UnreadableFileError
        If the bytes hold no image that can be analysed: no image at all, damaged, not whole, smaller than 16 pixels
        on a side, larger than 100 million pixels or 400 MB, a spectrum, a diffraction pattern, complex numbers.
    ScaleError
        If its pixels are not square.
    ParameterError
        If there is no such image or frame.
    """
    name = printable(name)
    with _named(name):
        decoded, pixels, notes = _grey(data, name, companions, Choice(image, frame))
        finite, missing = without_missing(pixels)
        repaired = repair(finite, missing=missing)
        beside, beside_notes = companion_pixel_size(name, companions, pixels.shape[1])
        scale, scale_notes = settle(decoded.pixel_size, beside)
    scale_notes = (*decoded.scale_notes, *beside_notes, *scale_notes)
    if decoded.may_have_companion and scale is None and not scale_notes:
        scale_notes = (NO_SCALE,)
    return Micrograph(
        repaired.pixels,
        _id(data, companions, name, decoded),
        name,
        scale,
        (*decoded.notes, *notes, *repaired.notes, *scale_notes),
        decoded.images,
        decoded.number,
        decoded.frame,
        repaired.repaired,
        repaired.blank,
    )


def read_values(data: bytes, name: str) -> Pixels:
    """Read the values of an image as they are stored, for pictures that are no micrographs (labels).

    Raises
    ------
    UnreadableFileError
        As `read_micrograph`.
    """
    with _named(printable(name)):
        return _grey(data, name, {}, Choice())[1]


def read_file(path: str | Path, *, image: int | None = None, frame: int = 1) -> Micrograph:
    """Read a micrograph from disk, with the SER or text files beside it.

    Parameters
    ----------
    path
        The file.
    image, frame
        As `read_micrograph`.

    Raises
    ------
    UnreadableFileError
        If the file cannot be opened, or as `read_micrograph`.
    ScaleError, ParameterError
        As `read_micrograph`.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise UnreadableFileError(
            f"{printable(str(path))} is a folder.", "Give a file; for all images of a folder there is `nanotem batch`."
        ) from error
    except OSError as error:
        raise UnreadableFileError(
            f"{printable(str(path))}: the file cannot be opened ({error.strerror}).",
            "Check its name and your right to read it.",
        ) from error
    return read_micrograph(data, path.name, companions=_beside(path), image=image, frame=frame)


def _beside(path: Path) -> dict[str, bytes]:
    """Return the files beside an image that belong to it, as far as they can be read."""
    companions = {}
    with suppress(OSError):
        for other in path.parent.iterdir():
            if not other.name.lower().endswith((".ser", *COMPANION_SUFFIXES)):
                continue
            with suppress(OSError):
                is_text = is_companion(path.name, other.name) and other.stat().st_size <= MAX_METADATA_BYTES
                if is_text or _series_number(path.name, other.name):
                    companions[other.name] = other.read_bytes()
    return companions


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Put the file's name before the message of an error."""
    try:
        yield
    except NanotemError as error:
        raise type(error)(f"{name}: {error.message}", error.hint) from error


def _grey(
    data: bytes, name: str, companions: Mapping[str, bytes], choice: Choice
) -> tuple[Decoded, Pixels, tuple[str, ...]]:
    """Decode, and make one grey value per pixel."""
    decoded = _decode(data, name, companions, choice)
    pixels, notes = to_grey(decoded.image)
    check_size(*pixels.shape)
    return decoded, pixels, notes


def _decode(data: bytes, name: str, companions: Mapping[str, bytes], choice: Choice) -> Decoded:
    """Hand the bytes to the decoder of their kind."""
    kind = identify(data, name)
    series = _series(name, companions) if kind == "emi" else {}
    try:
        match kind:
            case "tiff":
                return take(stored_tiff(data), choice)
            case "hdf5":
                return take(stored_hdf5(data), choice)
            case "mrc":
                return take(stored_mrc(data), choice)
            case "ser":
                return take(stored_tia({1: data}, None), choice)
            case "emi":
                return take(stored_tia(series, data), choice)
            case "dm3" | "dm4":
                return read_digital_micrograph(data, choice)
            case _:
                return read_raster(data, kind, choice)
    except NanotemError:
        raise
    # The decoders parse bytes that nobody has checked, and fail with whatever they met first
    # (struct.error, KeyError, zlib.error, MemoryError...): to a person it is all one, a damaged file.
    except Exception as error:
        raise damaged(kind) from error


def _id(data: bytes, companions: Mapping[str, bytes], name: str, decoded: Decoded) -> str:
    """Return the key of these pixels: of the file, and of what else decided which they are."""
    digest = hashlib.sha256(data)
    for _, pixels in sorted((other, content) for other, content in companions.items() if _series_number(name, other)):
        digest.update(pixels)
    if not decoded.is_default:
        digest.update(f"image {decoded.number} frame {decoded.frame}".encode())
    return digest.hexdigest()


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
    emi = PurePath(emi_name)
    match = re.fullmatch(re.escape(emi.stem) + r"_(\d{1,3})\.ser", other, re.IGNORECASE)
    return int(match[1]) if match and emi.suffix.lower() == ".emi" else 0
