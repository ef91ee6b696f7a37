from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from nanotem.readers import read_micrograph


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_lossless_pictures_come_back_exactly(disk, kind, mode):
    micrograph = read_micrograph(encoded(Image.fromarray(disk).convert(mode), kind), "disk.png")
    assert micrograph.pixels.dtype == np.uint8
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.scale is None
    assert micrograph.notes == ()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_comes_back_nearly(disk, mode):
    micrograph = read_micrograph(encoded(Image.fromarray(disk).convert(mode), "JPEG", quality=95), "disk.jpg")
    assert micrograph.pixels.dtype == np.uint8
    assert np.abs(micrograph.pixels.astype(int) - disk).mean() < 2


def test_a_cmyk_jpeg_is_read_as_its_luminance(disk):
    micrograph = read_micrograph(encoded(Image.fromarray(disk).convert("CMYK"), "JPEG", quality=95), "disk.jpg")
    assert np.abs(micrograph.pixels.astype(int) - disk).mean() < 3


def test_sixteen_bit_grey_keeps_its_depth(disk):
    deep = disk.astype(np.uint16) * 257 + 1
    micrograph = read_micrograph(encoded(Image.fromarray(deep)), "deep.png")
    assert micrograph.pixels.dtype == np.uint16
    np.testing.assert_array_equal(micrograph.pixels, deep)


@pytest.mark.parametrize("n_channels", [3, 4])
def test_sixteen_bit_colour_keeps_its_depth(disk, n_channels):
    deep = disk.astype(np.uint16) * 257 + 1
    channels = [deep] * 3 + [np.full_like(deep, 65535)] * (n_channels - 3)
    micrograph = read_micrograph(cv2.imencode(".png", np.dstack(channels))[1].tobytes(), "deep.png")
    assert micrograph.pixels.dtype == np.uint16
    np.testing.assert_array_equal(micrograph.pixels, deep)


def test_sixteen_bit_colours_are_not_swapped():
    red = np.zeros((16, 16, 3), np.uint16)
    red[..., 2] = 65535
    micrograph = read_micrograph(cv2.imencode(".png", red)[1].tobytes(), "red.png")
    assert micrograph.pixels[0, 0] == pytest.approx(0.299 * 65535, rel=1e-5)


def test_one_bit_becomes_0_and_255(disk):
    micrograph = read_micrograph(encoded(Image.fromarray(disk > 100)), "mask.png")
    np.testing.assert_array_equal(micrograph.pixels, np.where(disk > 100, 255, 0))
    assert micrograph.pixels.dtype == np.uint8


@pytest.mark.parametrize("mode", ["L", "P"])
def test_a_transparent_colour_is_laid_on_white(disk, mode):
    picture = Image.fromarray(disk).convert(mode)
    micrograph = read_micrograph(encoded(picture, transparency=50), "hole.png")
    assert (micrograph.pixels[disk == 50] == 255).all()
    assert (micrograph.pixels[disk == 200] == 200).all()


def test_dots_per_inch_are_no_scale(disk):
    assert read_micrograph(encoded(Image.fromarray(disk), dpi=(300, 300)), "disk.png").scale is None


def test_an_animated_png_gives_its_first_frame(disk):
    other = Image.fromarray(255 - disk)
    data = encoded(Image.fromarray(disk), save_all=True, append_images=[other, Image.fromarray(disk)])
    micrograph = read_micrograph(data, "film.png")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Frame 1 of 3 was taken.",)
