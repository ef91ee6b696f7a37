import struct
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_micrograph
from nanotem.readers.read import NO_SCALE


def tiff_of(image: np.ndarray, **options: object) -> bytes:
    stream = BytesIO()
    tifffile.imwrite(stream, image, **options)
    return stream.getvalue()


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "uint32", "int32", "float32", "float64"])
@pytest.mark.parametrize("options", [{}, {"byteorder": ">"}, {"compression": "zlib"}, {"bigtiff": True}])
def test_every_depth_comes_back_exactly(disk, dtype, options):
    micrograph = read_micrograph(tiff_of(disk.astype(dtype), **options), "disk.tif")
    assert micrograph.pixels.dtype == dtype
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == (NO_SCALE,)


@pytest.mark.parametrize("compression", ["lzw", "packbits"])
def test_common_compressions_and_tiles(disk, compression):
    data = tiff_of(disk, compression=compression, tile=(16, 16))
    np.testing.assert_array_equal(read_micrograph(data, "disk.tif").pixels, disk)


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("n_channels", [3, 4])
def test_equal_colours_become_grey(disk, planarconfig, n_channels):
    channels = [disk] * 3 + [np.full_like(disk, 255)] * (n_channels - 3)
    stacked = np.stack(channels, axis=-1 if planarconfig == "contig" else 0)
    data = tiff_of(stacked, photometric="rgb", planarconfig=planarconfig)
    micrograph = read_micrograph(data, "disk.tif")
    assert micrograph.pixels.dtype == np.uint8
    np.testing.assert_array_equal(micrograph.pixels, disk)


def test_a_fourth_channel_that_is_no_alpha_is_dropped(disk):
    data = tiff_of(np.dstack([disk] * 3 + [disk * 0]), photometric="rgb", extrasamples=["unspecified"])
    np.testing.assert_array_equal(read_micrograph(data, "disk.tif").pixels, disk)


def test_alpha_is_laid_on_white(disk):
    alpha = np.full_like(disk, 255)
    alpha[:20] = 0
    data = tiff_of(np.dstack([disk] * 3 + [alpha]), photometric="rgb", extrasamples=["unassalpha"])
    pixels = read_micrograph(data, "disk.tif").pixels
    assert (pixels[:20] == 255).all()
    np.testing.assert_array_equal(pixels[20:], disk[20:])


def test_white_is_zero_is_turned_round(disk):
    for image in (disk, disk.astype(np.uint16) * 200):
        inverted = np.iinfo(image.dtype).max - image
        data = tiff_of(inverted, photometric="miniswhite")
        np.testing.assert_array_equal(read_micrograph(data, "disk.tif").pixels, image)


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_white_is_zero_is_turned_round_where_there_is_no_largest_value_too(disk, dtype):
    pixels = read_micrograph(tiff_of(disk.astype(dtype), photometric="miniswhite"), "disk.tif").pixels
    np.testing.assert_array_equal(pixels - pixels.min(), disk.max() - disk)


def test_one_bit_becomes_0_and_255(disk):
    for photometric, mask in (("minisblack", disk > 100), ("miniswhite", disk < 100)):
        micrograph = read_micrograph(tiff_of(mask, photometric=photometric, bitspersample=1), "mask.tif")
        np.testing.assert_array_equal(micrograph.pixels, np.where(disk > 100, 255, 0))
        assert micrograph.pixels.dtype == np.uint8


def test_a_palette_is_looked_up(disk):
    indices = (disk > 100).astype(np.uint8)
    stream = BytesIO()
    picture = Image.fromarray(indices, mode="P")
    picture.putpalette([50, 50, 50, 200, 200, 200])
    picture.save(stream, "TIFF")
    micrograph = read_micrograph(stream.getvalue(), "palette.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.pixels.dtype == np.uint8


def test_a_palette_of_8_bits_is_looked_up_like_one_of_16(disk):
    levels = np.arange(256, dtype=np.uint16)
    for stored in (levels, levels * 257):
        data = tiff_of(disk, photometric="palette", colormap=np.stack([stored] * 3))
        np.testing.assert_array_equal(read_micrograph(data, "palette.tif").pixels, disk)


@pytest.mark.parametrize("options", [{}, {"imagej": True}, {"ome": True}])
def test_a_stack_gives_its_first_frame_with_a_note(disk, options):
    stack = np.stack([disk, 255 - disk, disk])
    micrograph = read_micrograph(tiff_of(stack, photometric="minisblack", **options), "stack.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Frame 1 of 3 was taken.", NO_SCALE)


def test_images_of_several_sizes_give_the_first_with_a_note(disk):
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(disk)
        writer.write(disk[:20, :20])
    micrograph = read_micrograph(stream.getvalue(), "two.tif")
    assert micrograph.shape == (48, 64)
    assert micrograph.notes == ("Image 1 of 2 was taken; the file also holds 2 (20 x 20 px).", NO_SCALE)


def test_a_file_that_is_cut_short_says_so(disk):
    data = tiff_of(disk)
    with pytest.raises(UnreadableFileError, match="cut short"):
        read_micrograph(data[:-100], "short.tif")


@pytest.mark.parametrize(
    ("image", "photometric"),
    [(np.zeros((32, 32, 4), np.uint8), "separated"), (np.zeros((32, 32, 7), np.uint8), "minisblack")],
)
def test_colours_that_are_no_grey_are_refused(image, photometric):
    data = tiff_of(image, photometric=photometric, planarconfig="contig")
    with pytest.raises(UnreadableFileError, match="colours cannot be read"):
        read_micrograph(data, "colours.tif")


@pytest.mark.parametrize("options", [{}, {"imagej": True}, {"compression": "zlib"}, {"tile": (16, 16)}])
def test_a_person_chooses_a_frame_of_a_stack(disk, options):
    stack = np.stack([disk, 255 - disk, disk // 2])
    micrograph = read_micrograph(tiff_of(stack, photometric="minisblack", **options), "stack.tif", frame=3)
    np.testing.assert_array_equal(micrograph.pixels, disk // 2)
    assert micrograph.notes == ("Frame 3 of 3 was taken.", NO_SCALE)
    assert micrograph.images[0].n_frames == 3


def test_pages_with_names_tell_what_they_show(disk):
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(disk[:20, :20], extratags=[(285, "s", 0, "Au-L", True)], metadata=None)
        writer.write(disk, extratags=[(285, "s", 0, "HAADF", True)], metadata=None)
        writer.write(disk[:16, :16], subfiletype=1, metadata=None)
    micrograph = read_micrograph(stream.getvalue(), "detectors.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert [(image.name, image.what) for image in micrograph.images] == [
        ("Au-L", "element map"),
        ("HAADF", ""),
        ("", "preview"),
    ]


def changed(data: bytes, code: int, *values: int) -> bytes:
    """Write other numbers into a tag of a TIFF in little-endian order."""
    with tifffile.TiffFile(BytesIO(data)) as tiff:
        tag = tiff.pages.first.tags[code]
    size = tag.valuebytecount // tag.count
    content = bytearray(data)
    for place, value in enumerate(values):
        content[tag.valueoffset + place * size : tag.valueoffset + (place + 1) * size] = value.to_bytes(size, "little")
    return bytes(content)


@pytest.mark.parametrize("compression", [None, "lzw", "zlib"])
@pytest.mark.parametrize("code", [273, 279])
def test_strips_without_bytes_are_refused(disk, compression, code):
    data = tiff_of(disk, rowsperstrip=8, compression=compression, metadata=None)
    with pytest.raises(UnreadableFileError, match="1 of the 6 pieces that its height needs have no bytes"):
        read_micrograph(changed(data, code, 0), "half.tif")


def test_fewer_strips_than_the_height_needs_are_refused(disk):
    data = tiff_of(disk, rowsperstrip=8, metadata=None)
    with pytest.raises(UnreadableFileError, match="6 of the 12 pieces"):
        read_micrograph(changed(data, 257, 96), "half.tif")


def test_strips_shorter_than_their_rows_are_refused(disk):
    data = tiff_of(disk, rowsperstrip=8, metadata=None)
    with pytest.raises(UnreadableFileError, match="2 of its 6 pieces have fewer bytes"):
        read_micrograph(changed(data, 279, 100, 511), "half.tif")


def test_tiles_without_bytes_are_refused(disk):
    data = tiff_of(disk, tile=(16, 16), metadata=None)
    with pytest.raises(UnreadableFileError, match="1 of the 12 pieces"):
        read_micrograph(changed(data, 325, 0), "half.tif")


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"byteorder": ">"}])
def test_a_chain_of_pages_that_is_cut_is_said(disk, options):
    stream = BytesIO()
    with tifffile.TiffWriter(stream, **options) as writer:
        writer.write(disk, metadata=None)
        first = stream.tell()
        writer.write(disk, metadata=None)
    micrograph = read_micrograph(stream.getvalue()[:first], "cut.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert "there may have been more of them" in micrograph.notes[0]


def test_a_chain_of_pages_that_runs_in_a_circle_is_ended(disk):
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for _ in range(3):
            writer.write(disk, metadata=None)
    data = stream.getvalue()
    with tifffile.TiffFile(BytesIO(data)) as tiff:
        second, last = tiff.pages[1].offset, tiff.pages[2].offset
        link_at = last + 2 + 12 * len(tiff.pages[2].tags)
    micrograph = read_micrograph(data[:link_at] + struct.pack("<I", second) + data[link_at + 4 :], "circle.tif")
    assert micrograph.images[0].n_frames == 3
    assert "there may have been more of them" in micrograph.notes[1]


def test_too_many_tags_are_refused():
    tags = struct.pack("<H", 4000) + bytes(4000 * 12)
    pages = (tags + struct.pack("<I", 8 + (len(tags) + 4) * number) for number in range(1, 77))
    with pytest.raises(UnreadableFileError, match="300,000 tags"):
        read_micrograph(b"II*\0" + struct.pack("<I", 8) + b"".join(pages) + bytes(6), "many.tif")


def test_a_preview_in_the_place_of_a_lost_image_is_said(disk):
    tags = [(271, "s", 0, "Olympus Soft Imaging Solutions", True)]
    data = tiff_of(np.dstack([disk] * 3), photometric="rgb", extratags=tags, metadata=None)
    micrograph = read_micrograph(data, "preview.tif")
    assert micrograph.notes == ("The image that was taken is no image of the specimen, but: preview.", NO_SCALE)


def test_frames_that_the_file_cannot_hold_are_refused(disk):
    data = tiff_of(np.stack([disk, disk, disk]), photometric="minisblack", truncate=True)
    assert read_micrograph(data, "whole.tif", frame=3).frame == 3
    with pytest.raises(UnreadableFileError, match="claims 3 frames of 3,072 bytes"):
        read_micrograph(data[: -disk.size], "claims.tif")


def test_a_description_that_claims_too_many_frames_is_not_believed(disk):
    description = "ImageJ=1.54f\nimages=2000000000\nslices=2000000000\n"
    micrograph = read_micrograph(tiff_of(disk, description=description, metadata=None), "claims.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.images[0].n_frames == 1


def test_too_many_pages_are_refused():
    page = struct.pack("<H", 0)
    pages = b"".join(page + struct.pack("<I", 8 + 6 * (number + 1)) for number in range(30_000))
    with pytest.raises(UnreadableFileError, match="more than 20,000 pages"):
        read_micrograph(b"II*\0" + struct.pack("<I", 8) + pages, "many.tif")


def test_a_jpeg_larger_than_its_piece_is_refused(disk):
    large = BytesIO()
    Image.fromarray(np.tile(disk, (10, 10))).save(large, "JPEG")
    small = tiff_of(disk, compression="jpeg", metadata=None)
    np.testing.assert_allclose(read_micrograph(small, "jpeg.tif").pixels, disk, atol=60)
    grown = changed(changed(small, 273, len(small)), 279, len(large.getvalue())) + large.getvalue()
    with pytest.raises(UnreadableFileError, match="480 x 640"):
        read_micrograph(grown, "jpeg.tif")


def test_other_compressions_are_refused(disk):
    with pytest.raises(UnreadableFileError, match="number 34933"):
        read_micrograph(tiff_of(disk, compression="png", metadata=None), "png.tif")


def test_tags_that_need_fewer_bytes_than_there_are_are_doubted(disk):
    data = tiff_of(disk.astype(np.uint16), rowsperstrip=8, metadata=None)
    for code, value in ((258, 8), (256, 32)):
        assert "more bytes for the image than" in read_micrograph(changed(data, code, value), "doubt.tif").notes[0]
