"""The time from one frame of a TIFF to the next, where ImageJ and OME put it."""

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from nanotem.readers.tiff_scale import ome_pixels
from nanotem.readers.times import to_seconds

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage


def tiff_frame_time_s(tiff: "TiffFile", page: "TiffPage") -> float | None:
    """Return the seconds from frame to frame of the image that begins with a page.

    None where the file states none, or an impossible time.
    """
    found = _imagej_s(tiff) or _ome_s(tiff, page)
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


def _ome_s(tiff: "TiffFile", page: "TiffPage") -> float | None:
    if not tiff.ome_metadata:
        return None
    try:
        pixels = ome_pixels(tiff, page)
        stated = pixels.attrib if pixels is not None else {}
        return to_seconds(float(stated.get("TimeIncrement", 0)), stated.get("TimeIncrementUnit", "s"))
    except (ElementTree.ParseError, ValueError):
        return None
