from io import BytesIO

import numpy as np
import pytest
import tifffile

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Micrograph
from nanotem.readers import read_micrograph
from nanotem.readers.read import NO_SCALE
from nanotem.readers.tiff import stored_tiff
from nanotem.readers.tiff_scale import vendor_text

IMAGE = np.zeros((32, 40), np.uint8)


def read_tiff_with(**options: object) -> Micrograph:
    stream = BytesIO()
    tifffile.imwrite(stream, IMAGE, **options)
    return read_micrograph(stream.getvalue(), "scaled.tif")


def text_tag(code: int, text: str) -> tuple[int, str, int, str, bool]:
    return code, "s", 0, text, True


@pytest.mark.parametrize(
    ("unit", "pixels_per_unit", "nm"),
    [
        ("nm", 4.0, 0.25),
        ("micron", 500.0, 2.0),
        ("\\u00B5m", 500.0, 2.0),
        ("angstrom", 2.0, 0.05),
        ("um", 2e3, 0.5),
    ],
)
def test_imagej_writes_its_unit_and_pixels_per_unit(unit, pixels_per_unit, nm):
    resolution = (pixels_per_unit, pixels_per_unit)
    micrograph = read_tiff_with(imagej=True, resolution=resolution, metadata={"unit": unit})
    assert micrograph.scale.nm_per_px == pytest.approx(nm, rel=1e-6)
    assert micrograph.scale.source == "file"


@pytest.mark.parametrize("unit", ["inch", "cm", "pixel", None])
def test_imagej_without_a_unit_of_the_microscope_has_no_scale(unit):
    micrograph = read_tiff_with(imagej=True, resolution=(72, 72), metadata={"unit": unit} if unit else {})
    assert micrograph.scale is None
    assert micrograph.notes == (NO_SCALE,)


@pytest.mark.parametrize("resolutionunit", ["inch", "centimeter", "none"])
def test_dots_per_inch_are_no_scale(resolutionunit):
    assert read_tiff_with(resolution=(300, 300), resolutionunit=resolutionunit).scale is None


def test_digital_micrograph_writes_private_tags():
    tags = [
        text_tag(65003, "nm"),
        text_tag(65004, "nm"),
        (65009, "d", 1, 0.31, True),
        (65010, "d", 1, 0.31, True),
    ]
    assert read_tiff_with(extratags=tags).scale.nm_per_px == pytest.approx(0.31)


def test_fei_writes_metres():
    text = "[Scan]\r\nPixelWidth=2.5e-10\r\nPixelHeight=2.5e-10\r\n"
    assert read_tiff_with(extratags=[text_tag(34682, text)]).scale.nm_per_px == pytest.approx(0.25)


def test_every_page_may_have_a_scale_of_its_own():
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as tiff:
        for metres in ("1e-10", "4e-10", ""):
            text = f"[Scan]\r\nPixelWidth={metres}\r\nPixelHeight={metres}\r\n"
            tags = [text_tag(34682, text)] if metres else []
            image = np.zeros((32, 40), np.uint8)
            tiff.write(image, photometric="minisblack", extratags=tags, metadata=None, contiguous=False)
    scales = [read_micrograph(stream.getvalue(), "pages.tif", frame=frame).scale.nm_per_px for frame in (1, 2, 3)]
    assert scales == pytest.approx([0.1, 0.4, 0.1])


def test_fei_may_give_the_field_of_view_instead():
    text = "[IRBeam]\r\nHFW=4e-7\r\nVFW=3.2e-7\r\n[Image]\r\nResolutionX=40\r\nResolutionY=32\r\n"
    assert read_tiff_with(extratags=[text_tag(34682, text)]).scale.nm_per_px == pytest.approx(10)


def test_an_empty_vendor_tag_is_no_scale_and_no_error():
    text = "[Scan]\r\nPixelWidth=\r\nPixelHeight=\r\n"
    assert read_tiff_with(extratags=[text_tag(34682, text)]).scale is None


def test_zeiss_writes_value_and_unit():
    text = "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 1.5 nm\r\n"
    assert read_tiff_with(extratags=[text_tag(34118, text)]).scale.nm_per_px == pytest.approx(1.5)


def jeol_xml(mode: str) -> str:
    imaging = f"<ModeString>{mode}</ModeString><SelectorValue>150000</SelectorValue>"
    return f"<TemReporter><ImageFormingSystem>{imaging}</ImageFormingSystem></TemReporter>"


def test_jeol_divides_the_camera_by_the_magnification():
    tags = [text_tag(271, "JEOL Ltd.")]
    options = {"resolution": (93, 93), "resolutionunit": "inch", "extratags": tags, "metadata": None}
    scale = read_tiff_with(description=jeol_xml("MAG"), **options).scale
    assert scale.nm_per_px == pytest.approx(25.4e6 / 93 / 150_000)
    with pytest.raises(UnreadableFileError, match="diffraction"):
        read_tiff_with(description=jeol_xml("DIFF"), **options)
    assert read_tiff_with(description="<TemReporter/>", **options).scale is None


@pytest.mark.parametrize(("unit", "nm"), [({}, 1500), ({"PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "nm"}, 1.5)])
def test_ome_writes_value_and_unit(unit, nm):
    micrograph = read_tiff_with(ome=True, metadata={"PhysicalSizeX": 1.5, "PhysicalSizeY": 1.5, **unit})
    assert micrograph.scale.nm_per_px == pytest.approx(nm)
    assert read_tiff_with(ome=True).scale is None


def ome_of(sides_nm: list[float], *, elsewhere: bool = False) -> bytes:
    """Images of different shapes and scales in one OME-TIFF; `elsewhere` says of the first that another file has it."""
    stream = BytesIO()
    with tifffile.TiffWriter(stream, ome=True) as tiff:
        for number, side in enumerate(sides_nm):
            sizes = {f"PhysicalSize{axis}": side for axis in "XY"} | {f"PhysicalSize{axis}Unit": "nm" for axis in "XY"}
            times = {"TimeIncrement": side, "TimeIncrementUnit": "s"}
            shape = (2, 32, 40 + 16 * number)
            tiff.write(np.zeros(shape, np.uint8), photometric="minisblack", metadata={"axes": "TYX", **sizes, **times})
    data = stream.getvalue()
    if elsewhere:
        with tifffile.TiffFile(BytesIO(data)) as written:
            other = '<TiffData IFD="0" PlaneCount="9"><UUID FileName="other.ome.tif">urn:uuid:other</UUID></TiffData>'
            first, second = written.ome_metadata.split("</Pixels>", 1)
            stated = first[: first.index("<TiffData")] + other + "</Pixels>" + second
        stream = BytesIO()
        image = np.zeros((2, 32, 56), np.uint8)
        tifffile.imwrite(
            stream, image, photometric="minisblack", description=stated.replace('IFD="2"', 'IFD="0"'), metadata=None
        )
        data = stream.getvalue()
    return data


def test_every_image_of_an_ome_file_has_its_own_scale_and_frame_time():
    data = ome_of([0.5, 2.0])
    scales = [read_micrograph(data, "two.ome.tif", image=number).scale.nm_per_px for number in (1, 2)]
    assert scales == pytest.approx([0.5, 2.0])
    assert [image.frame_time_s for image in stored_tiff(data)] == pytest.approx([0.5, 2.0])


def test_an_image_that_ome_describes_in_another_file_gives_no_scale_here():
    assert read_micrograph(ome_of([0.5, 2.0], elsewhere=True), "second.ome.tif").scale.nm_per_px == pytest.approx(2.0)


@pytest.mark.parametrize("mode", ["Ronchigram", "", "Rocking"])
def test_a_mode_that_is_no_image_of_the_specimen_has_no_scale(mode):
    options = {"resolution": (93, 93), "resolutionunit": "inch", "extratags": [text_tag(271, "JEOL Ltd.")]}
    micrograph = read_tiff_with(description=jeol_xml(mode), metadata=None, **options)
    assert micrograph.scale is None
    assert f"in the mode {mode!r}" in micrograph.notes[0]


@pytest.mark.parametrize("mode", ["MAG", "LOW MAG", "SAMAG"])
def test_magnifying_modes_have_one(mode):
    options = {"resolution": (93, 93), "resolutionunit": "inch", "extratags": [text_tag(271, "JEOL Ltd.")]}
    assert read_tiff_with(description=jeol_xml(mode), metadata=None, **options).scale is not None


BOMB = '<!DOCTYPE a [<!ENTITY b "bb">]><FeiImage><pixelWidth>&b;</pixelWidth></FeiImage>'


@pytest.mark.parametrize(
    ("code", "text", "vendor"),
    [
        (34682, "[Other]\r\nA=1\r\n", "FEI"),
        (34683, "<Metadata/>", "FEI"),
        (34683, "<Metadata><PixelSize/></Metadata>", "FEI"),
        (34683, '<M><PixelSize><X unitPrefixPower="2">1</X><Y>1</Y></PixelSize></M>', "prefix"),
        (34683, "<cut", "FEI"),
        (34683, BOMB, "FEI"),
        (34118, "AP_WD\r\nWD = 5 mm\r\n", "Zeiss"),
        (50431, "PixelSize=5", "TESCAN"),
        (65009, "wide", "DigitalMicrograph"),
    ],
)
def test_a_vendors_tags_that_were_not_understood_are_said(code, text, vendor):
    micrograph = read_tiff_with(extratags=[text_tag(code, text)], metadata=None)
    assert micrograph.scale is None
    (note,) = micrograph.notes
    assert vendor in note if vendor != "prefix" else "nan" in note


def test_an_fei_field_without_pixels_is_divided_by_the_width_of_the_image():
    text = "[EBeam]\r\nHFW=4e-7\r\n"
    assert read_tiff_with(extratags=[text_tag(34680, text)]).scale.nm_per_px == pytest.approx(10)


@pytest.mark.parametrize("content", [b"5 \xe6m", b"5 \xb5m", "5 µm".encode()])
def test_the_micro_sign_in_three_encodings(content):
    assert vendor_text(content) == "5 µm"
    assert vendor_text(b"3 \xc5") == vendor_text(b"3 \x8f") == "3 Å"


@pytest.mark.parametrize(("dots", "has_scale"), [(12_000, False), (99_000, False), (101_000, True)])
def test_only_a_resolution_beyond_all_printers_is_a_scale(dots, has_scale):
    micrograph = read_tiff_with(resolution=(dots, dots), resolutionunit="inch", metadata=None)
    assert (micrograph.scale is not None) == has_scale
    assert any("no printer" in note for note in micrograph.notes) == has_scale
