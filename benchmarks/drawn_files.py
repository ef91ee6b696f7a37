"""Files as microscopes' programs write them, built from the public names of their fields, each with its true scale.

None is a real file. References: the fields that tifffile and RosettaSciIO read; the lists of Bio-Formats and Gwyddion
for TESCAN, Hitachi and JEOL; MRC2014; Boothroyd's notes on SER; the HDF5 layouts of Velox, Berkeley and HyperSpy.
"""

import json
import struct
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple

import h5py  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

Grey = npt.NDArray[np.uint8]


class DrawnFile(NamedTuple):
    """A file with its name, the files beside it, and whether it states a scale."""

    data: bytes
    name: str
    companions: Mapping[str, bytes] = MappingProxyType({})


Builder = Callable[[Grey, float], DrawnFile]


def picture(rng: np.random.Generator, rows: int = 96, columns: int = 80) -> Grey:
    """Draw some dark discs in noise."""
    row, column = np.mgrid[:rows, :columns]
    grey = rng.normal(170, 6, (rows, columns))
    for _ in range(6):
        centre = rng.uniform(0, (rows, columns))
        radius = rng.uniform(4, 9)
        grey -= 80 / (1 + np.exp(np.hypot(row - centre[0], column - centre[1]) - radius))
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def tiff(pixels: npt.NDArray[Any], **options: Any) -> bytes:
    """Return a TIFF without a description, unless one is given."""
    stream = BytesIO()
    tifffile.imwrite(stream, pixels, **{"metadata": None, **options})
    return stream.getvalue()


def _tags(**texts: str) -> Builder:
    """Return a builder of a TIFF with texts in tags; {m} and the like in them is the pixel size."""

    def build(pixels: Grey, nm: float) -> DrawnFile:
        rows, columns = pixels.shape
        sizes = {"m": nm * 1e-9, "um": nm * 1e-3, "nm": nm, "pm": nm * 1e3, "hfw": nm * 1e-9 * columns}
        sizes |= {"vfw": nm * 1e-9 * rows, "columns": columns, "rows": rows}
        tags = [
            (int(code.removeprefix("t")), 7, len(content), content, True)
            for code, text in texts.items()
            for content in [_encoded(text, sizes) + b"\0"]
        ]
        return DrawnFile(tiff(pixels, extratags=tags), "image.tif")

    return build


def _encoded(text: str, sizes: dict[str, float]) -> bytes:
    """Fill in the sizes; a text with a micro sign is encoded as Zeiss does."""
    filled = text
    for name, value in sizes.items():
        filled = filled.replace(f"<{name}>", f"{value:.10g}")
    return filled.encode("cp437")


def _beside(text_name: str, text: str) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        sizes = {"m": nm * 1e-9, "nm": nm, "columns": pixels.shape[1], "rows": pixels.shape[0], "bar": nm * 1000}
        return DrawnFile(tiff(pixels), "image.tif", {text_name: _encoded(text, sizes)})

    return build


def _imagej(unit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        per_unit = nm_per_unit / nm
        options = {"imagej": True, "resolution": (per_unit, per_unit), "metadata": {"unit": unit}}
        return DrawnFile(tiff(pixels, **options), "image.tif")

    return build


def _resolution(unit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        per_unit = nm_per_unit / nm
        return DrawnFile(tiff(pixels, resolution=(per_unit, per_unit), resolutionunit=unit), "image.tif")

    return build


def _jeol_tiff(resolutionunit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        dots = 500
        magnification = nm_per_unit / dots / nm
        mode = f"<ModeString>MAG</ModeString><SelectorValue>{magnification:.10g}</SelectorValue>"
        options = {
            "description": f"<TemReporter><ImageFormingSystem>{mode}</ImageFormingSystem></TemReporter>",
            "resolution": (dots, dots),
            "resolutionunit": resolutionunit,
            "extratags": [(271, "s", 0, "JEOL Ltd.", True)],
        }
        return DrawnFile(tiff(pixels, **options), "image.tif")

    return build


def _dm_tiff(unit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        units = [(code, "s", 0, unit, True) for code in (65003, 65004)]
        sizes = [(code, "d", 1, nm / nm_per_unit, True) for code in (65009, 65010)]
        return DrawnFile(tiff(pixels, extratags=units + sizes), "image.tif")

    return build


def _ome(unit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        size = {f"PhysicalSize{axis}": nm / nm_per_unit for axis in "XY"}
        units = {f"PhysicalSize{axis}Unit": unit for axis in "XY"}
        return DrawnFile(tiff(pixels, ome=True, metadata={**size, **units}), "image.ome.tif")

    return build


def _tvips(pixels: Grey, nm: float) -> DrawnFile:
    first = np.zeros(1, tifffile.TIFF.TVIPS_HEADER_V1)
    second = np.zeros(1, tifffile.TIFF.TVIPS_HEADER_V2)
    first["Version"], second["Magic"] = 2, 0xAAAAAAAA
    second["PixelSizeX"] = second["PixelSizeY"] = nm
    content = first.tobytes() + second.tobytes()
    return DrawnFile(tiff(pixels, extratags=[(37706, 7, len(content), content, True)]), "image.tif")


def _sis(pixels: Grey, nm: float) -> DrawnFile:
    """Write a tag that holds a place in the file, where a structure points to the calibration."""
    data = bytearray(tiff(pixels, extratags=[(33560, 4, 1, 0x5A5A5A5A, True)]))
    at = len(data)
    place = data.find(struct.pack("<I", 0x5A5A5A5A))
    data[place : place + 4] = struct.pack("<I", at)
    head = struct.pack("<4s6xhhhhh6x32sH", b"SIS0", 0, 0, 1, 1, 126, b"drawn", 1)
    entry = struct.pack("<hhI", 1, 1, at + len(head) + 8)
    body = struct.pack("<10xhdd8xd2x34s32s", -9, nm, nm, 1e5, b"camera", b"image")
    return DrawnFile(bytes(data) + head + entry + body + bytes(64), "image.tif")


def _mrc(pixels: Grey, nm: float) -> DrawnFile:
    header = _mrc_header(pixels, mode=6)
    struct.pack_into("<3f", header, 40, pixels.shape[1] * nm * 10, pixels.shape[0] * nm * 10, 1.0)
    return DrawnFile(bytes(header) + pixels.astype("<u2").tobytes(), "image.mrc")


def _mrc_of_fei(pixels: Grey, nm: float) -> DrawnFile:
    header = _mrc_header(pixels, mode=1)
    struct.pack_into("<i", header, 92, 131_072)
    extended = bytearray(131_072)
    struct.pack_into("<f", extended, 44, nm * 1e-9)
    return DrawnFile(bytes(header + extended) + pixels.astype("<i2").tobytes(), "image.mrc")


def _mrc_header(pixels: Grey, *, mode: int) -> bytearray:
    header = bytearray(1024)
    sides = pixels.shape[1], pixels.shape[0], 1
    struct.pack_into("<4i", header, 0, *sides, mode)
    struct.pack_into("<3i", header, 28, *sides)
    header[208:216] = b"MAP \x44\x44\0\0"
    return header


def _ser(pixels: Grey, nm: float) -> DrawnFile:
    dimension = struct.pack("<i2di2i", 1, 0.0, 1.0, 0, 0, 0)
    start = struct.pack("<2s2h4i", b"II", 0x0197, 0x0210, 0x4122, 0x4152, 1, 1)
    offsets_at = len(start) + 8 + len(dimension)
    start += struct.pack("<2i", offsets_at, 1)
    axis = struct.pack("<2di", 0.0, nm * 1e-9, 0)
    element = axis + axis + struct.pack("<h2i", 2, pixels.shape[1], pixels.shape[0])
    stored = pixels[::-1].astype("<u2").tobytes()
    offsets = struct.pack("<2i", offsets_at + 8, offsets_at + 8 + len(element) + len(stored))
    return DrawnFile(start + dimension + offsets + element + stored + struct.pack("<2hi", 0x4152, 0, 0), "image_1.ser")


def _emi(pixels: Grey, nm: float) -> DrawnFile:
    mode = b"<Data><Label>Mode</Label><Value>TEM uP SA Zoom Image</Value><Unit/></Data>"
    emi = b"JK\x00\x02" + bytes(4) + b"<ObjectInfo><Root>" + mode + b"</Root></ObjectInfo>" + bytes(16)
    return DrawnFile(emi, "image.emi", {"image_1.ser": _ser(pixels, nm).data})


def _dm3(unit: str, nm_per_unit: float) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        axis = {"Origin": 0.0, "Scale": nm / nm_per_unit, "Units": unit}
        brightness = {"Origin": 0.0, "Scale": 1.0, "Units": ""}
        data = {
            "Calibrations": {"Brightness": brightness, "Dimension": [axis, axis]},
            "Data": pixels.astype(np.int16).ravel(),
            "DataType": 1,
            "Dimensions": list(pixels.shape[::-1]),
        }
        body = _dm_group({"ImageList": [{"ImageData": data, "ImageTags": {"Origin": "drawn"}, "Name": "drawn"}]})
        return DrawnFile(struct.pack(">3i", 3, len(body), 1) + body, "image.dm3")

    return build


def _dm_group(value: dict[str, Any] | list[Any]) -> bytes:
    named = value.items() if isinstance(value, dict) else [("", item) for item in value]
    tags = [_dm_tag(name, item) for name, item in named]
    return struct.pack(">2bi", 0, 0, len(tags)) + b"".join(tags)


def _dm_tag(name: str, value: Any) -> bytes:
    label = struct.pack(">h", len(name)) + name.encode()
    if isinstance(value, dict | list):
        return b"\x14" + label + _dm_group(value)
    if isinstance(value, str):
        value = np.array([ord(character) for character in value], np.uint16)
    if isinstance(value, np.ndarray):
        kind = {"int16": 2, "uint16": 4}[value.dtype.name]
        return b"\x15" + label + b"%%%%" + struct.pack(">4i", 3, 20, kind, value.size) + value.tobytes()
    number = struct.pack("<i", value) if isinstance(value, int) else struct.pack("<f", value)
    return b"\x15" + label + b"%%%%" + struct.pack(">2i", 1, 3 if isinstance(value, int) else 6) + number


def _hdf5(name: str, fill: Callable[[Any, Grey, float], None]) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        stream = BytesIO()
        with h5py.File(stream, "w") as file:
            fill(file, pixels, nm)
        return DrawnFile(stream.getvalue(), name)

    return build


def add_velox(file: Any, key: str, pixels: npt.NDArray[Any], nm: float, *, detector: str) -> None:
    """Add an image of Velox to an open HDF5 file."""
    group = file.create_group(f"Data/Image/{key}")
    group.create_dataset("Data", data=pixels[..., np.newaxis], chunks=(32, 32, 1), compression="gzip")
    size = {"width": f"{nm * 1e-9:.10g}", "height": f"{nm * 1e-9:.10g}"}
    result = {"Detector": detector, "PixelUnitX": "m", "PixelUnitY": "m", "PixelSize": size}
    text = json.dumps({"BinaryResult": result}).encode()
    group["Metadata"] = np.frombuffer(text.ljust(4096, b"\0"), np.uint8)[:, np.newaxis]


def _velox(file: Any, pixels: Grey, nm: float) -> None:
    add_velox(file, "0a", np.zeros_like(pixels), nm, detector="SuperXG21")
    add_velox(file, "0b", pixels.astype(np.uint16), nm, detector="HAADF")


def _berkeley(file: Any, pixels: Grey, nm: float) -> None:
    group = file.create_group("data/image")
    group.attrs["emd_group_type"] = 1
    group["data"] = pixels
    for number, name in ((1, "y"), (2, "x")):
        axis = group.create_dataset(f"dim{number}", data=nm * np.arange(pixels.shape[number - 1]))
        axis.attrs.update({"name": np.bytes_(name), "units": "[n_m]"})


def _hyperspy(file: Any, pixels: Grey, nm: float) -> None:
    group = file.create_group("Experiments/particles")
    group["data"] = pixels
    for axis in range(2):
        group.create_group(f"axis-{axis}").attrs.update({"scale": nm / 1000, "units": "µm", "navigate": False})


def _plain_hdf5(file: Any, pixels: Grey, nm: float) -> None:
    file.create_dataset("image", data=pixels).attrs.update({"scale": nm * 10, "scale_unit": "angstrom"})


_SCAN = "[Beam]\r\nScan=EScan\r\nBeam=EBeam\r\n"
_XML_SIZE = '<X unit="m" unitPrefixPower="{0}"><m></X><Y unit="m" unitPrefixPower="{0}"><m></Y>'
_PHENOM = '<FeiImage><pixelWidth unit="nm"><nm></pixelWidth><pixelHeight unit="nm"><nm></pixelHeight></FeiImage>'

CALIBRATED: dict[str, Builder] = {
    "FEI 34680 [Scan]": _tags(t34680=_SCAN + "[Scan]\r\nPixelWidth=<m>\r\nPixelHeight=<m>\r\n"),
    "FEI 34680 [EScan]": _tags(t34680=_SCAN + "[EScan]\r\nPixelWidth=<m>\r\nPixelHeight=<m>\r\n"),
    "FEI 34680 [EBeam]": _tags(
        t34680=_SCAN + "[EBeam]\r\nHFW=<hfw>\r\nVFW=<vfw>\r\n[Image]\r\nResolutionX=<columns>\r\nResolutionY=<rows>\r\n"
    ),
    "FEI 34682 [Scan]": _tags(t34682="[Scan]\r\nPixelWidth=<m>\r\nPixelHeight=<m>\r\n"),
    "FEI 34682 [IScan]": _tags(t34682="[Beam]\r\nScan=IScan\r\n[IScan]\r\nPixelWidth=<m>\r\nPixelHeight=<m>\r\n"),
    "FEI 34682 [IRBeam]": _tags(
        t34682="[IRBeam]\r\nHFW=<hfw>\r\nVFW=<vfw>\r\n[Image]\r\nResolutionX=<columns>\r\nResolutionY=<rows>\r\n"
    ),
    "Thermo 34683 XML, no prefix": _tags(
        t34683="<Metadata><BinaryResult><PixelSize>" + _XML_SIZE.format(0) + "</PixelSize></BinaryResult></Metadata>"
    ),
    "Thermo 34683 XML, prefix 1": _tags(
        t34683='<?xml version="1.0"?><Metadata xmlns="x"><BinaryResult><PixelSize>'
        + _XML_SIZE.format(1)
        + "</PixelSize></BinaryResult></Metadata>"
    ),
    "Phenom 34682": _tags(t34682=_PHENOM),
    "Phenom 34683": _tags(t34683=_PHENOM),
    "TESCAN 50431": _tags(t50431="\1\2\3Device=VEGA\r\nPixelSizeX=<m>\r\nPixelSizeY=<m>\r\nWD=0.005\r\n"),
    "TESCAN .hdr": _beside("image-tif.hdr", "[MAIN]\r\nPixelSizeX=<m>\r\nPixelSizeY=<m>\r\n[SEM]\r\nHV=2e4\r\n"),
    "Zeiss nm": _tags(t34118="AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = <nm> nm\r\nAP_WD\r\nWD = 5 mm\r\n"),
    "Zeiss µm": _tags(t34118="DP_X\r\nX = on\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = <um> µm\r\n"),
    "Zeiss pm": _tags(t34118="AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = <pm> pm\r\n"),
    "Zeiss of old": _tags(t34118="AP_PIXEL_SIZE\r\nPixel Size = <nm> nm\r\n"),
    "TVIPS": _tvips,
    "Olympus SIS": _sis,
    "JEOL SightX, inch": _jeol_tiff("inch", 25.4e6),
    "JEOL SightX, cm": _jeol_tiff("centimeter", 1e7),
    "JEOL .txt": _beside(
        "image.txt",
        "$CM_FULL_SIZE <columns> <rows>\r\n$$SM_MICRON_BAR 1000\r\n$$SM_MICRON_MARKER <bar>nm\r\n",
    ),
    "Hitachi .txt": _beside(
        "IMAGE.TXT", "[SemImageFile]\r\nInstructName=SU8000\r\nDataSize=<columns>x<rows>\r\nPixelSize=<nm>\r\n"
    ),
    "ImageJ nm": _imagej("nm", 1),
    "ImageJ micron": _imagej("micron", 1e3),
    "ImageJ \\u00B5m": _imagej("\\u00B5m", 1e3),
    "ImageJ \\u03BCm": _imagej("\\u03BCm", 1e3),
    "ImageJ \\u00C5": _imagej("\\u00C5", 0.1),
    "OME µm": _ome("µm", 1e3),
    "OME nm": _ome("nm", 1),
    "DigitalMicrograph TIFF nm": _dm_tiff("nm", 1),
    "DigitalMicrograph TIFF um": _dm_tiff("um", 1e3),
    "resolution per cm": _resolution("centimeter", 1e7),
    "resolution per inch": _resolution("inch", 25.4e6),
    "DM3 nm": _dm3("nm", 1),
    "DM3 µm": _dm3("µm", 1e3),
    "SER": _ser,
    "EMI with SER": _emi,
    "MRC": _mrc,
    "MRC of FEI": _mrc_of_fei,
    "Velox": _hdf5("image.emd", _velox),
    "Berkeley EMD": _hdf5("image.emd", _berkeley),
    "HyperSpy": _hdf5("image.hspy", _hyperspy),
    "HDF5 with a scale": _hdf5("image.h5", _plain_hdf5),
}
"""Files that state a scale, by what they are."""


def _raster(kind: str, **options: Any) -> Builder:
    def build(pixels: Grey, nm: float) -> DrawnFile:
        stream = BytesIO()
        Image.fromarray(pixels).save(stream, kind, **options)
        return DrawnFile(stream.getvalue(), f"image.{kind.lower()}")

    return build


def _plain_tiff(**options: Any) -> Builder:
    return lambda pixels, nm: DrawnFile(tiff(pixels.astype(np.uint16) * 200, **options), "image.tif")


UNCALIBRATED: dict[str, Builder] = {
    "PNG": _raster("PNG"),
    "JPEG": _raster("JPEG", quality=95),
    "BMP": _raster("BMP"),
    "WebP": _raster("WEBP", lossless=True),
    "JPEG 2000": _raster("JPEG2000"),
    "TIFF in strips": _plain_tiff(rowsperstrip=8),
    "TIFF in tiles": _plain_tiff(tile=(16, 16)),
    "TIFF, LZW": _plain_tiff(compression="lzw", rowsperstrip=8),
    "TIFF, deflate": _plain_tiff(compression="zlib", rowsperstrip=8, predictor=True),
    "TIFF, PackBits": _plain_tiff(compression="packbits"),
    "TIFF of 64-bit numbers": lambda pixels, nm: DrawnFile(tiff(pixels.astype(np.float64)), "image.tif"),
    "TIFF stack": lambda pixels, nm: DrawnFile(tiff(np.stack([pixels, 255 - pixels])), "stack.tif"),
}
"""Files without a scale."""
