"""The time from one frame of a TIFF to the next, where ImageJ and OME put it."""

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from nanotem.readers.decoded import MAX_METADATA_BYTES

if TYPE_CHECKING:
    from tifffile import TiffFile

_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "min": 60.0, "\u00b5s": 1e-6, "us": 1e-6}


def tiff_frame_time_s(tiff: "TiffFile") -> float | None:
    """Return the seconds from frame to frame; None where the file states none, or an impossible time."""
    found = _imagej_s(tiff) or _ome_s(tiff)
    return found if found and math.isfinite(found) and found > 0 else None


def _imagej_s(tiff: "TiffFile") -> float | None:
    stated = tiff.imagej_metadata or {}
    per_unit = _SECONDS.get(str(stated.get("tunit", "s")).strip().lower())
    try:
        interval, per_second = float(stated.get("finterval", 0)), float(stated.get("fps", 0))
    except (TypeError, ValueError):
        return None
    if interval > 0 and per_unit:
        return interval * per_unit
    return 1 / per_second if per_second > 0 else None


def _ome_s(tiff: "TiffFile") -> float | None:
    text = tiff.ome_metadata
    if not text or len(text) > MAX_METADATA_BYTES:
        return None
    try:
        pixels = ElementTree.fromstring(text).find(".//{*}Pixels")
        stated = pixels.attrib if pixels is not None else {}
        return float(stated.get("TimeIncrement", 0)) * _SECONDS.get(stated.get("TimeIncrementUnit", "s"), 0.0)
    except (ElementTree.ParseError, ValueError):
        return None
