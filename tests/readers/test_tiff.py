from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from nanotem.errors import UnreadableFileError
from nanotem.readers import read_micrograph


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
    assert micrograph.notes == ()


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
    data = tiff_of(np.dstack([disk] * 3 + [disk * 0]), photometric="rgb", extrasamples=["unassalpha"])
    assert (read_micrograph(data, "disk.tif").pixels == 255).all()


def test_white_is_zero_is_turned_round(disk):
    for image in (disk, disk.astype(np.uint16) * 200):
        inverted = np.iinfo(image.dtype).max - image
        data = tiff_of(inverted, photometric="miniswhite")
        np.testing.assert_array_equal(read_micrograph(data, "disk.tif").pixels, image)


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


@pytest.mark.parametrize("options", [{}, {"imagej": True}, {"ome": True}])
def test_a_stack_gives_its_first_frame_with_a_note(disk, options):
    stack = np.stack([disk, 255 - disk, disk])
    micrograph = read_micrograph(tiff_of(stack, photometric="minisblack", **options), "stack.tif")
    np.testing.assert_array_equal(micrograph.pixels, disk)
    assert micrograph.notes == ("Frame 1 of 3 was taken.",)


def test_images_of_several_sizes_give_the_first_with_a_note(disk):
    stream = BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(disk)
        writer.write(disk[:20, :20])
    micrograph = read_micrograph(stream.getvalue(), "two.tif")
    assert micrograph.shape == (48, 64)
    assert micrograph.notes == ("Image 1 of 2 was taken; the file also holds 2 (20 x 20 px).",)


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
