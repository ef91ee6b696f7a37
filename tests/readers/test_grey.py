import numpy as np
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.readers.grey import to_grey, without_missing


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
def test_grey_keeps_type_and_values(disk, dtype):
    image = disk.astype(dtype) // 2
    pixels, notes = to_grey(image)
    assert pixels.dtype == dtype
    np.testing.assert_array_equal(pixels, image)
    assert notes == ()


def test_one_bit_becomes_0_and_255(disk):
    pixels, _ = to_grey(disk > 100)
    assert pixels.dtype == np.uint8
    assert set(np.unique(pixels)) == {0, 255}


def test_half_precision_and_foreign_byte_order_become_what_opencv_takes(disk):
    for half in ("<f2", ">f2"):
        assert to_grey(disk.astype(half))[0].dtype == np.float32
    swapped, _ = to_grey(disk.astype(">u2"))
    assert swapped.dtype.isnative
    np.testing.assert_array_equal(swapped, disk)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_equal_channels_keep_their_type(disk, dtype):
    pixels, _ = to_grey(np.stack([disk.astype(dtype)] * 3, axis=-1))
    assert pixels.dtype == dtype
    np.testing.assert_array_equal(pixels, disk)


def test_colour_becomes_its_luminance_on_the_same_range():
    image = np.zeros((16, 16, 3), np.uint8)
    image[:, :8] = 255, 0, 0
    image[:, 8:] = 255, 255, 255
    pixels, _ = to_grey(image)
    assert pixels.dtype == np.float32
    assert pixels[0, 0] == pytest.approx(0.299 * 255)
    assert pixels[0, 15] == pytest.approx(255)


@pytest.mark.parametrize("n_colours", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparent_pixels_are_laid_on_white(disk, n_colours, dtype):
    white = np.iinfo(dtype).max
    image = np.stack([disk.astype(dtype)] * n_colours + [np.full(disk.shape, white, dtype)], axis=-1)
    image[:4, :, -1] = 0
    image[4:8, :, -1] = white // 2
    pixels, notes = to_grey(image)
    assert pixels.dtype == dtype
    assert (pixels[:4] == white).all()
    assert pixels[5, 60] == pytest.approx((200 + white) / 2, abs=1)
    np.testing.assert_array_equal(pixels[8:], disk[8:])
    assert notes == ("Transparent pixels were laid on white.",)


def test_transparency_of_all_pixels_is_left_out_and_said(disk):
    pixels, notes = to_grey(np.dstack([disk, disk, disk, np.zeros_like(disk)]))
    np.testing.assert_array_equal(pixels, disk)
    assert notes == ("All of it is marked as transparent, which was left out.",)


def test_an_opaque_alpha_changes_nothing(disk):
    pixels, notes = to_grey(np.dstack([disk, disk, disk, np.full_like(disk, 255)]))
    np.testing.assert_array_equal(pixels, disk)
    assert notes == ()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -3.4e38, 1e30])
def test_values_that_are_no_grey_become_the_median(disk, value):
    image = disk.astype(np.float32)
    image[0, :3] = value
    pixels, missing = without_missing(image)
    assert (pixels[0, :3] == 200).all()
    assert pixels.dtype == np.float32
    assert missing.sum() == 3
    assert missing[0, :3].all()
    np.testing.assert_array_equal(pixels[1:], disk[1:])


def test_usable_values_stay_as_they_are(disk):
    for image in (disk, disk.astype(np.float64)):
        assert without_missing(image) == (image, None)


def test_an_image_without_a_usable_value_is_refused():
    for value in (np.nan, np.inf, -3e38):
        with pytest.raises(UnreadableFileError, match="NaN"):
            without_missing(np.full((20, 20), value, np.float32))


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.ones((20, 20), np.complex64), "complex"),
        (np.full((20, 20), "a"), "no grey values"),
        (np.ones((20, 20, 5), np.uint8), "shape"),
        (np.ones((0,), np.uint8), "shape"),
    ],
)
def test_what_is_no_picture_is_refused(image, said):
    with pytest.raises(UnreadableFileError, match=said):
        to_grey(image)
