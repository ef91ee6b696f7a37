"""The pixel size in a TIFF, where microscope software put it.

The resolution tags count only where ImageJ or JEOL gives them a meaning: elsewhere they are the dots per inch
of a display.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from nanotem.readers.decoded import PixelSize

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_Reader = Callable[["TiffFile", "TiffPage"], PixelSize | None]

_DM_WIDTH_UNIT, _DM_HEIGHT_UNIT, _DM_WIDTH, _DM_HEIGHT = 65003, 65004, 65009, 65010
_METRES_PER_RESOLUTION_UNIT = {2: 0.0254, 3: 0.01}


def tiff_pixel_size(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Return the pixel size that a vendor's tags state, None if no known tag does."""
    for read in _READERS:
        # A tag that its own maker left empty or half written is no reason to refuse the picture.
        with suppress(KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError):
            if size := read(tiff, page):
                return size
    return None


def _fei(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """FEI and Thermo Fisher: metres, of the scan or of the infrared camera's field."""
    metadata = tiff.fei_metadata
    if not metadata:
        return None
    if "Scan" in metadata:
        scan = metadata["Scan"]
        return PixelSize(float(scan["PixelHeight"]), float(scan["PixelWidth"]), "m", "m")
    field, image = metadata["IRBeam"], metadata["Image"]
    height = float(field["VFW"]) / float(image["ResolutionY"])
    return PixelSize(height, float(field["HFW"]) / float(image["ResolutionX"]), "m", "m")


def _zeiss(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Zeiss SmartSEM: a value with its unit."""
    metadata = tiff.sem_metadata
    if not metadata:
        return None
    _, size, unit = metadata.get("ap_image_pixel_size") or metadata["ap_pixel_size"]
    return PixelSize(float(size), float(size), unit, unit)


def _tvips(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """TVIPS EM-Menu: nanometres."""
    metadata = tiff.tvips_metadata
    return PixelSize(metadata["PixelSizeY"], metadata["PixelSizeX"], "nm", "nm") if metadata else None


def _olympus_sis(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Olympus and EMSIS iTEM: metres."""
    metadata = page.tags["OlympusSIS"].value
    return PixelSize(metadata["pixelsizey"], metadata["pixelsizex"], "m", "m")


def _jeol(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """JEOL SightX: dots per inch on the camera, divided by the magnification."""
    if not page.tags["Make"].value.startswith("JEOL"):
        return None
    imaging = ElementTree.fromstring(page.description.strip(" \r\n\t\0\1")).find("ImageFormingSystem")
    if imaging is None:
        return None
    if imaging.findtext("ModeString") == "DIFF":
        return PixelSize(1.0, 1.0, "1/nm", "1/nm")
    metres = _METRES_PER_RESOLUTION_UNIT[page.tags["ResolutionUnit"].value]
    metres /= float(imaging.findtext("SelectorValue") or "nan")
    return PixelSize(metres * _spacing(page, "YResolution"), metres * _spacing(page, "XResolution"), "m", "m")


def _digital_micrograph(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Gatan DigitalMicrograph: private tags with value and unit of each axis."""
    height, width, height_unit, width_unit = (
        page.tags[code].value for code in (_DM_HEIGHT, _DM_WIDTH, _DM_HEIGHT_UNIT, _DM_WIDTH_UNIT)
    )
    return PixelSize(float(height), float(width), str(height_unit), str(width_unit))


def _ome(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """OME-TIFF: value and unit (µm unless it is stated) of each axis."""
    if not tiff.ome_metadata:
        return None
    pixels = ElementTree.fromstring(tiff.ome_metadata).find(".//{*}Pixels")
    if pixels is None:
        return None
    height, width = float(pixels.attrib["PhysicalSizeY"]), float(pixels.attrib["PhysicalSizeX"])
    units = (pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "YX")
    return PixelSize(height, width, *units)


def _imagej(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """ImageJ: pixels per unit in the resolution tags, the unit in the description."""
    metadata = tiff.imagej_metadata
    if not metadata or metadata.get("unit") in (None, "inch", "cm"):
        return None
    unit = _unescaped(metadata["unit"])
    height_unit = _unescaped(metadata.get("yunit", unit))
    return PixelSize(_spacing(page, "YResolution"), _spacing(page, "XResolution"), height_unit, unit)


def _unescaped(unit: str) -> str:
    """ImageJ writes the micro sign and the ångström as a Java escape."""
    return unit.replace("\\u00B5", "µ").replace("\\u00C5", "Å")


def _spacing(page: "TiffPage", tag: str) -> float:
    """Units per pixel from a tag that holds pixels per unit as a fraction."""
    numerator, denominator = page.tags[tag].value
    return float(denominator / numerator)


_READERS: tuple[_Reader, ...] = (
    _fei,
    _zeiss,
    _tvips,
    _olympus_sis,
    _jeol,
    _digital_micrograph,
    _ome,
    _imagej,
)
