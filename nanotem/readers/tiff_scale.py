"""The pixel size in a TIFF, where microscope software put it.

The resolution tags count where ImageJ or JEOL gives them a meaning, and where they are finer than any printer:
elsewhere they are the dots per inch of a display.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from nanotem.readers.decoded import MAX_METADATA_BYTES, PixelSize

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_SFEG, _HELIOS, _TITAN, _ZEISS, _TVIPS, _SIS, _TESCAN = 34680, 34682, 34683, 34118, 37706, 33560, 50431
_DM_WIDTH_UNIT, _DM_HEIGHT_UNIT, _DM_WIDTH, _DM_HEIGHT = 65003, 65004, 65009, 65010
_OF_A_PAGE = (_SFEG, _HELIOS, _TITAN, _ZEISS, _TVIPS, _SIS, _TESCAN, _DM_WIDTH)
_METRES_PER_RESOLUTION_UNIT = {2: 0.0254, 3: 0.01}

_FINEST_PRINT_METRES = 2.54e-7
"""A pixel of 100,000 dots per inch. Imagesetters and drum scanners end at 12,000."""

_NUMBER = r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)"


class NoImageOfSpecimenError(Exception):
    """The metadata say that the picture was taken in a mode in which a pixel is no length on the specimen."""


@dataclass(frozen=True)
class _Vendor:
    """Software that puts a pixel size into TIFF tags.

    Parameters
    ----------
    name
        For the note that its tags were not understood; blank for programs that often write none.
    is_present
        Whether its tags are in the page.
    read
        The pixel size; None, or any error of a half-written tag, where there is none.
    """

    name: str
    is_present: Callable[["TiffFile", "TiffPage"], bool]
    read: Callable[["TiffFile", "TiffPage"], PixelSize | None]


def tiff_pixel_size(tiff: "TiffFile", page: "TiffPage") -> tuple[PixelSize | None, tuple[str, ...]]:
    """Return the pixel size that a vendor's tags state, and which of them were not understood."""
    notes: list[str] = []
    for vendor in _VENDORS:
        if not vendor.is_present(tiff, page):
            continue
        try:
            size = vendor.read(tiff, page)
        except NoImageOfSpecimenError as error:
            return None, (*notes, f"No scale was taken: {error}")
        # A tag that its own maker left empty or half written is no reason to refuse the picture.
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError, ElementTree.ParseError):
            size = None
        if size is not None:
            return size, tuple(notes)
        if vendor.name:
            notes.append(f"The file carries metadata of {vendor.name}, in which no pixel size was understood.")
    size = _fine_resolution(page)
    if size is not None:
        notes.append("The scale is the TIFF's resolution, which no printer has: check it.")
    return size, tuple(notes)


def has_own_scale(page: "TiffPage") -> bool:
    """Return whether a microscope's software put its tags into this very page, whatever others of the file say."""
    return any(code in page.tags for code in _OF_A_PAGE)


def xml_of(text: str) -> ElementTree.Element:
    """Parse XML from a file; one that defines entities, which could grow without limit, is none."""
    if len(text) > MAX_METADATA_BYTES or "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("no plain XML")
    return ElementTree.fromstring(text.strip(" \r\n\t\0\1\ufeff"))


def vendor_text(content: bytes) -> str:
    """Decode text as UTF-8 or, failing that, as code page 437 (Zeiss), with the µ and Å of Latin-1 in their places."""
    try:
        return content.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return content.decode("cp437").rstrip("\0").replace("╡", "µ").replace("┼", "Å")


def sections_of(text: str) -> dict[str, dict[str, str]]:
    """Return the keys and values of each [section]; what stands before the first is in the section ""."""
    sections: dict[str, dict[str, str]] = {"": {}}
    current = sections[""]
    for line in text.splitlines():
        name = re.fullmatch(r"\s*\[(.+)\]\s*", line)
        if name:
            current = sections.setdefault(name[1], {})
        elif "=" in line:
            key, value = line.split("=", 1)
            current[key.strip()] = value.strip()
    return sections


def ome_pixels(tiff: "TiffFile", page: "TiffPage") -> ElementTree.Element | None:
    """Return what OME says of the image that begins with a page: a file holds several, each with sizes of its own.

    None where several images are described and none of them is said to be in this file from this page on.
    """
    root = xml_of(tiff.ome_metadata or "")
    described = root.findall(".//{*}Pixels")
    if len(described) > 1:
        described = [one for one in described if _begins_with(one, page, root.get("UUID"))]
    return described[0] if described else None


def _begins_with(pixels: ElementTree.Element, page: "TiffPage", file: str | None) -> bool:
    """Return whether one of an image's pieces, which OME counts by their first page, is this page of this file."""
    index = page.index if isinstance(page.index, int) else page.index[0]
    for piece in pixels.findall("{*}TiffData"):
        elsewhere = {name.text for name in piece.findall("{*}UUID")} - {file}
        first = int(piece.get("IFD", 0))
        n_pages = int(piece.get("PlaneCount", 1 if "IFD" in piece.attrib else len(page.parent.pages)))
        if not elsewhere and first <= index < first + n_pages:
            return True
    return False


def _content(page: "TiffPage", code: int) -> bytes:
    """Return a tag's bytes as they are stored."""
    tag = page.tags[code]
    if not 0 < tag.valuebytecount <= MAX_METADATA_BYTES:
        raise ValueError("an empty or endless tag")
    handle = page.parent.filehandle
    handle.seek(tag.valueoffset)
    return bytes(handle.read(tag.valuebytecount))


def _has(*codes: int) -> Callable[["TiffFile", "TiffPage"], bool]:
    return lambda _, page: any(code in page.tags for code in codes)


def _fei(_: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """FEI, Thermo Fisher and Phenom: sections of keys and values, or XML, in one of three tags."""
    for code in (_SFEG, _HELIOS, _TITAN):
        if code in page.tags:
            text = vendor_text(_content(page, code))
            is_xml = text.lstrip("\ufeff \r\n\t").startswith("<")
            if size := _fei_xml(xml_of(text)) if is_xml else _fei_sections(sections_of(text), page.imagewidth):
                return size
    return None


def _fei_sections(sections: dict[str, dict[str, str]], columns: int) -> PixelSize | None:
    """Pixel size in metres of the scan, or the field of view of the beam divided by the pixels, square if need be."""
    used = sections.get("Beam", {})
    for name in ("Scan", used.get("Scan", ""), "EScan", "IScan"):
        scan = sections.get(name, {})
        if scan.get("PixelWidth") and scan.get("PixelHeight"):
            return PixelSize(float(scan["PixelHeight"]), float(scan["PixelWidth"]), "m", "m")
    image = sections.get("Image", {})
    for name in (used.get("Beam", ""), "EBeam", "IBeam", "IRBeam"):
        field = sections.get(name, {})
        if field.get("HFW"):
            width = float(field["HFW"]) / float(image.get("ResolutionX", columns))
            has_height = field.get("VFW") and image.get("ResolutionY")
            height = float(field["VFW"]) / float(image["ResolutionY"]) if has_height else width
            return PixelSize(height, width, "m", "m")
    return None


def _fei_xml(root: ElementTree.Element) -> PixelSize | None:
    """PixelSize with X and Y, or pixelWidth and pixelHeight, each with its unit."""
    names = {element.tag.rsplit("}", 1)[-1]: element for element in root.iter()}
    if "pixelWidth" in names and "pixelHeight" in names:
        width, height = names["pixelWidth"], names["pixelHeight"]
    else:
        size = names.get("PixelSize")
        sides = {side.tag.rsplit("}", 1)[-1].lower(): side for side in size} if size is not None else {}
        if not sides:
            return None
        width, height = (sides[name] for name in (("x", "y") if "x" in sides else ("width", "height")))
    units = (side.get("unit", "m") for side in (height, width))
    return PixelSize(_with_prefix(height), _with_prefix(width), *units)


def _with_prefix(element: ElementTree.Element) -> float:
    """Value of an element; its `unitPrefixPower` is 1 or 0 for none, else the power of ten of its prefix."""
    power = int(element.get("unitPrefixPower", "0"))
    return float(element.text or "nan") * (10.0**power if power % 3 == 0 else 1.0 if power == 1 else math.nan)


def _zeiss(_: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Zeiss SmartSEM: a value with its unit, on the line after its key."""
    text = vendor_text(_content(page, _ZEISS))
    for key in ("AP_IMAGE_PIXEL_SIZE", "AP_PIXEL_SIZE"):
        if found := re.search(rf"{key}\s*[\r\n]+[^=\r\n]*=\s*{_NUMBER}\s*([^\s\d]+)", text):
            return PixelSize(float(found[1]), float(found[1]), found[2], found[2])
    return None


def _tescan(_: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """TESCAN: a block with keys and values, metres."""
    return tescan_size(_content(page, _TESCAN).decode("latin-1"))


def tescan_size(text: str) -> PixelSize | None:
    """Pixel size in metres from TESCAN's keys and values."""
    width, height = (re.search(rf"PixelSize{axis}\s*=\s*{_NUMBER}", text) for axis in "XY")
    return PixelSize(float((height or width)[1]), float(width[1]), "m", "m") if width else None


def _tvips(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """TVIPS EM-Menu: nanometres."""
    metadata = page.tags[_TVIPS].value
    return PixelSize(metadata["PixelSizeY"], metadata["PixelSizeX"], "nm", "nm")


def _olympus_sis(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """Olympus and EMSIS iTEM: metres."""
    metadata = page.tags[_SIS].value
    return PixelSize(metadata["pixelsizey"], metadata["pixelsizex"], "m", "m")


def _is_jeol(tiff: "TiffFile", page: "TiffPage") -> bool:
    return "Make" in page.tags and str(page.tags["Make"].value).startswith("JEOL")


def _jeol(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """JEOL SightX: dots per inch on the camera, divided by the magnification."""
    imaging = xml_of(page.description).find("ImageFormingSystem")
    if imaging is None:
        return None
    mode = (imaging.findtext("ModeString") or "").strip()
    if mode.upper() == "DIFF":
        return PixelSize(1.0, 1.0, "1/nm", "1/nm")
    if "MAG" not in mode.upper():
        raise NoImageOfSpecimenError(f"the picture was taken in the mode {mode!r}, no image of the specimen.")
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
    pixels = ome_pixels(tiff, page)
    if pixels is None:
        return None
    height, width = float(pixels.attrib["PhysicalSizeY"]), float(pixels.attrib["PhysicalSizeX"])
    units = (pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "YX")
    return PixelSize(height, width, *units)


def _imagej(tiff: "TiffFile", page: "TiffPage") -> PixelSize | None:
    """ImageJ: pixels per unit in the resolution tags, the unit in the description."""
    metadata = tiff.imagej_metadata or {}
    if metadata.get("unit") in (None, "inch", "cm"):
        return None
    unit = _unescaped(metadata["unit"])
    height_unit = _unescaped(metadata.get("yunit", unit))
    return PixelSize(_spacing(page, "YResolution"), _spacing(page, "XResolution"), height_unit, unit)


def _unescaped(unit: str) -> str:
    r"""ImageJ writes what is no ASCII as a Java escape: \u00B5 or \u03BC for the micro, \u00C5 for the ångström."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), str(unit))


def _fine_resolution(page: "TiffPage") -> PixelSize | None:
    """Pixels per inch or centimetre, where they are too many for any printer."""
    try:
        metres = _METRES_PER_RESOLUTION_UNIT[int(page.tags["ResolutionUnit"].value)]
        height, width = (metres * _spacing(page, tag) for tag in ("YResolution", "XResolution"))
    except (KeyError, ValueError, TypeError, ArithmeticError):
        return None
    return PixelSize(height, width, "m", "m") if 0 < max(height, width) < _FINEST_PRINT_METRES else None


def _spacing(page: "TiffPage", tag: str) -> float:
    """Units per pixel from a tag that holds pixels per unit as a fraction."""
    numerator, denominator = page.tags[tag].value
    return float(denominator / numerator)


_VENDORS = (
    _Vendor("FEI, Thermo Fisher or Phenom", _has(_SFEG, _HELIOS, _TITAN), _fei),
    _Vendor("Zeiss", _has(_ZEISS), _zeiss),
    _Vendor("TVIPS", _has(_TVIPS), _tvips),
    _Vendor("Olympus or EMSIS", _has(_SIS), _olympus_sis),
    _Vendor("TESCAN", _has(_TESCAN), _tescan),
    _Vendor("JEOL", _is_jeol, _jeol),
    _Vendor("DigitalMicrograph", _has(_DM_WIDTH, _DM_HEIGHT), _digital_micrograph),
    _Vendor("", lambda tiff, _: bool(tiff.is_ome), _ome),
    _Vendor("", lambda tiff, _: bool(tiff.is_imagej), _imagej),
)
