from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_micrograph
from nanotem.readers.jpeg import jpeg_sides
from nanotem.readers.raster_check import webp_sides


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


@pytest.mark.parametrize(
    ("kind", "options"), [("WEBP", {"lossless": True}), ("JPEG2000", {}), ("JPEG2000", {"no_jp2": True})]
)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_webp_and_jpeg_2000_come_back_exactly(disk, kind, options, mode):
    data = encoded(Image.fromarray(disk).convert(mode), kind, **options)
    micrograph = read_micrograph(data, "disk.webp")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == np.uint8


def test_sixteen_bit_jpeg_2000_keeps_its_depth(disk):
    deep = disk.astype(np.uint16) * 257 + 1
    micrograph = read_micrograph(encoded(Image.fromarray(deep), "JPEG2000"), "deep.jp2")
    np.testing.assert_array_equal(micrograph.pixels, deep)


def test_a_person_chooses_a_frame(disk):
    data = encoded(Image.fromarray(disk), save_all=True, append_images=[Image.fromarray(255 - disk)])
    np.testing.assert_array_equal(read_micrograph(data, "film.png", frame=2).pixels, 255 - disk)


NOISE = np.random.default_rng(4).integers(0, 255, (64, 64), dtype=np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "WEBP", "JPEG2000"])
def test_a_second_half_of_zeros_is_refused_or_said(kind):
    data = encoded(Image.fromarray(NOISE), kind)
    half = data[: len(data) // 2] + bytes(len(data) - len(data) // 2)
    try:
        assert any("one value" in note for note in read_micrograph(half, "half").notes)
    except UnreadableFileError as error:
        assert error.hint  # noqa: PT017 - either answer is right


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda png: png[:-12], "cut short: its end is missing"),
        (lambda png: png[:60] + bytes([png[60] ^ 1]) + png[61:], "checksum at byte"),
        (lambda png: png[:33] + (2**31).to_bytes(4, "big") + png[37:], "cut short"),
    ],
)
def test_a_png_that_is_not_whole_is_refused(damage, said):
    with pytest.raises(UnreadableFileError, match=said):
        read_micrograph(damage(encoded(Image.fromarray(NOISE))), "damaged.png")


@pytest.mark.parametrize(
    ("kind", "said"), [("JPEG", "JPEG is cut"), ("WEBP", "WebP is cut"), ("JPEG2000", "JPEG 2000 is cut")]
)
def test_a_picture_without_its_end_is_refused(kind, said):
    with pytest.raises(UnreadableFileError, match=said):
        read_micrograph(encoded(Image.fromarray(NOISE), kind)[:-40], "cut")


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"lossless": False}, {"lossless": True, "exif": b"Exif\0\0MM"}]
)
def test_the_header_of_a_webp_gives_its_size(disk, options):
    assert webp_sides(encoded(Image.fromarray(disk).convert("RGBA"), "WEBP", **options)) == disk.shape


def test_a_webp_that_claims_too_much_is_refused_before_it_is_decoded(disk):
    data = bytearray(encoded(Image.fromarray(disk), "WEBP", exif=b"Exif\0\0MM"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (16_000).to_bytes(3, "little") * 2
    with pytest.raises(UnreadableFileError, match="more than the limit"):
        read_micrograph(bytes(data), "huge.webp")
    data[12:16] = b"ABCD"
    with pytest.raises(UnreadableFileError, match="no header of an image"):
        read_micrograph(bytes(data), "other.webp")


def test_the_header_of_a_jpeg_gives_its_size(disk):
    data = encoded(Image.fromarray(disk), "JPEG")
    assert jpeg_sides(data) == disk.shape
    with pytest.raises(UnreadableFileError, match="no header"):
        jpeg_sides(data[:20])
