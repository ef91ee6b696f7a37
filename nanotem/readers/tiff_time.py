"""The time from one frame of a TIFF to the next, where ImageJ and OME put it."""

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from nanotem.readers.decoded import MAX_METADATA_BYTES
from nanotem.readers.times import to_seconds

if TYPE_CHECKING:
    from tifffile import TiffFile


def tiff_frame_time_s(tiff: "TiffFile") -> float | None:
    """Return the seconds from frame to frame; None where the file states none, or an impossible time."""
    found = _imagej_s(tiff) or _ome_s(tiff)
    return found if found and math.isfinite(found) and found > 0 else None


def _imagej_s(tiff: "TiffFile") -> float | None:
    stated = tiff.imagej_metadata or {}
    try:
        interval, per_second = float(stated.get("finterval", 0)), float(stated.get("fps", 0))
    except (TypeError, ValueError):
        return None
    if interval > 0 and (found := to_seconds(interval, str(stated.get("tunit", "s")))):
        return found
    return 1 / per_second if per_second > 0 else None


def _ome_s(tiff: "TiffFile") -> float | None:
    text = tiff.ome_metadata
    if not text or len(text) > MAX_METADATA_BYTES:
        return None
    try:
        pixels = ElementTree.fromstring(text).find(".//{*}Pixels")
        stated = pixels.attrib if pixels is not None else {}
        return to_seconds(float(stated.get("TimeIncrement", 0)), stated.get("TimeIncrementUnit", "s"))
    except (ElementTree.ParseError, ValueError):
        return None
