"""The text file that some microscopes write beside an image, which holds its pixel size."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from nanotem.readers.decoded import MAX_METADATA_BYTES, PixelSize
from nanotem.readers.tiff_scale import sections_of, tescan_size, vendor_text

COMPANION_SUFFIXES = (".txt", ".hdr")
"""Hitachi and JEOL write NAME.txt, TESCAN NAME.hdr or NAME-tif.hdr."""


def is_companion(image_name: str, other: str) -> bool:
    """Return whether a file's name is that of the text beside an image.

    Examples
    --------
    >>> [is_companion("gold.tif", other) for other in ("gold.txt", "gold-tif.hdr", "silver.txt")]
    [True, True, False]
    """
    image, text = PurePath(image_name.lower()), PurePath(other.lower())
    suffix = image.suffix.lstrip(".")
    stems = {image.stem, image.name, f"{image.stem}-{suffix}", f"{image.stem}_{suffix}"}
    return text.suffix in COMPANION_SUFFIXES and text.stem in stems


def companion_pixel_size(
    image_name: str, companions: Mapping[str, bytes], columns: int
) -> tuple[PixelSize | None, tuple[str, ...]]:
    """Return the pixel size in the text beside an image, and what a person should know of it.

    Parameters
    ----------
    image_name
        Name of the image's file.
    companions
        Other files by name.
    columns
        Width of the image, which must be the width that the text states.
    """
    for name, content in companions.items():
        if not is_companion(image_name, name) or len(content) > MAX_METADATA_BYTES:
            continue
        text = _decoded(content)
        for vendor, mark, read in _VENDORS:
            if mark not in text:
                continue
            try:
                size, stated_columns = read(text)
            except (KeyError, ValueError, ArithmeticError):
                return None, (f"The text file of {vendor} beside it holds no pixel size that was understood.",)
            if stated_columns not in (None, columns):
                return None, (
                    f"No scale was taken: the text file of {vendor} beside it is of an image {stated_columns} pixels "
                    f"wide, this one has {columns}.",
                )
            return size, (f"The scale is from the text file of {vendor} beside it.",)
    return None, ()


def _decoded(content: bytes) -> str:
    """Decode as UTF-16 where a byte-order mark says so, else as vendors do."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return vendor_text(content)


def _hitachi(text: str) -> tuple[PixelSize, int | None]:
    """Hitachi: PixelSize in nm, DataSize as columns x rows."""
    keys = {key: value for section in sections_of(text).values() for key, value in section.items()}
    size = float(keys["PixelSize"])
    stated = re.match(r"\s*(\d{1,6})\s*[xX]", keys.get("DataSize", ""))
    return PixelSize(size, size, "nm", "nm"), int(stated[1]) if stated else None


def _jeol(text: str) -> tuple[PixelSize, int | None]:
    """JEOL: length of the bar in pixels, and what it stands for."""
    bar = re.search(r"\$SM_MICRON_BAR\s+([\d.]+)", text)
    marker = re.search(r"\$SM_MICRON_MARKER\s+([\d.]+)\s*(\S+)", text)
    if not bar or not marker:
        raise KeyError("SM_MICRON_BAR")
    size = float(marker[1]) / float(bar[1])
    stated = re.search(r"\$CM_FULL_SIZE\s+(\d{1,6})", text)
    return PixelSize(size, size, marker[2], marker[2]), int(stated[1]) if stated else None


def _tescan(text: str) -> tuple[PixelSize, int | None]:
    """TESCAN: metres."""
    size = tescan_size(text)
    if size is None:
        raise KeyError("PixelSizeX")
    return size, None


_VENDORS: tuple[tuple[str, str, Callable[[str], tuple[PixelSize, int | None]]], ...] = (
    ("Hitachi", "[SemImageFile]", _hitachi),
    ("JEOL", "$SM_MICRON", _jeol),
    ("TESCAN", "PixelSizeX", _tescan),
)
