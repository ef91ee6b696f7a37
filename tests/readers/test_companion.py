import numpy as np
import pytest
from test_tiff import tiff_of

from nanotem.readers import read_file, read_micrograph
from nanotem.readers.companion import companion_pixel_size

HITACHI = "[SemImageFile]\r\nPixelSize=0.5\r\nDataSize={0}x48\r\n"
JEOL = "$CM_FULL_SIZE {0} 48\n$$SM_MICRON_BAR 200\n$$SM_MICRON_MARKER 100nm\n"
TESCAN = "[MAIN]\nPixelSizeX=5e-10\nPixelSizeY=5e-10\n"


@pytest.mark.parametrize(
    ("name", "text", "vendor"),
    [
        ("gold.txt", HITACHI.format(64), "Hitachi"),
        ("GOLD.TXT", HITACHI.format(64), "Hitachi"),
        ("gold.tif.txt", JEOL.format(64), "JEOL"),
        ("gold-tif.hdr", TESCAN, "TESCAN"),
        ("gold.hdr", TESCAN, "TESCAN"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_the_text_beside_an_image_holds_its_scale(disk, tmp_path, name, text, vendor, encoding):
    (tmp_path / "gold.tif").write_bytes(tiff_of(disk))
    (tmp_path / name).write_bytes(text.encode(encoding))
    micrograph = read_file(tmp_path / "gold.tif")
    assert micrograph.scale.nm_per_px == pytest.approx(0.5)
    assert micrograph.notes == (f"The scale is from the text file of {vendor} beside it.",)


@pytest.mark.parametrize("text", [HITACHI.format(1280), JEOL.format(1280)])
def test_the_text_of_a_larger_image_is_no_scale(text):
    size, (note,) = companion_pixel_size("a.tif", {"a.txt": text.encode()}, 64)
    assert size is None
    assert "1280 pixels wide, this one has 64" in note


@pytest.mark.parametrize("text", ["[SemImageFile]\nPixelSize=wide\n", "$$SM_MICRON_BAR 0\n$$SM_MICRON_MARKER 1um\n",
                                  "$$SM_MICRON_BAR 5\n", "[SemImageFile]\n", "PixelSizeX=\n"])  # fmt: skip
def test_a_text_that_is_not_understood_is_said(text):
    size, (note,) = companion_pixel_size("a.tif", {"a.txt": text.encode()}, 64)
    assert size is None
    assert "no pixel size that was understood" in note


@pytest.mark.parametrize(
    "companions", [{"b.txt": HITACHI.format(64).encode()}, {"a.txt": b"My notes, \xff PixelSize"}, {}]
)
def test_other_texts_are_left_alone(companions):
    assert companion_pixel_size("a.tif", companions, 64) == (None, ())


def test_file_and_text_that_disagree_give_no_scale(disk):
    data = tiff_of(disk, imagej=True, resolution=(4, 4), metadata={"unit": "nm"})
    micrograph = read_micrograph(data, "a.tif", companions={"a.txt": HITACHI.format(64).encode()})
    assert micrograph.scale is None
    assert "0.25 nm per pixel, the text beside it 0.5" in micrograph.notes[-1]
    agreed = read_micrograph(data, "a.tif", companions={"a.txt": HITACHI.format(64).replace("0.5", "0.25").encode()})
    assert agreed.scale.nm_per_px == 0.25
    np.testing.assert_array_equal(agreed.pixels, disk)


def test_a_companion_that_cannot_be_read_is_no_obstacle(disk, tmp_path):
    (tmp_path / "gold.tif").write_bytes(tiff_of(disk))
    (tmp_path / "gold.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "gold.hdr").mkdir()
    assert read_file(tmp_path / "gold.tif").scale is None
