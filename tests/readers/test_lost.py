"""Rows and tiles that were never written are noticed; margins that belong to the picture are not."""

import cv2
import numpy as np
import pytest

from nanotem.readers.lost import find_lost

SIDE = 256


def micrograph(*, level=100.0, noise=5.0, shape=(SIDE, SIDE)):
    rng = np.random.default_rng(0)
    discs = np.zeros(shape, np.float32)
    for row, column in rng.integers(20, min(shape) - 20, (12, 2)):
        cv2.circle(discs, (int(column), int(row)), 10, 1.0, -1)
    image = level - 40 * cv2.GaussianBlur(discs, (0, 0), 1) + rng.normal(0, noise, shape)
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("where", [slice(-128, None), slice(0, 40), slice(-12, None), slice(90, 110)])
@pytest.mark.parametrize("value", [0, 255, 128])
def test_rows_of_one_value_are_noticed(where, value):
    image = micrograph()
    image[where] = value
    mask, notes = find_lost(image)
    n_rows = len(range(SIDE)[where])
    assert mask.sum() == n_rows * SIDE
    assert mask[where].all()
    assert f"{n_rows} of 256 rows" in notes[0]
    assert f"hold one value ({value})" in notes[0]


@pytest.mark.parametrize("column", [0, 3, 60, 128, 200, 250])
@pytest.mark.parametrize("is_bottom_up", [False, True])
def test_a_copy_that_ended_within_a_row_is_noticed(column, is_bottom_up):
    image = micrograph()
    place = 150 * SIDE + column
    image.ravel()[place:] = 0
    if is_bottom_up:
        image = image[::-1]
    mask, notes = find_lost(image)
    assert abs(mask.sum() - (image.size - place)) < 8
    assert (image[mask] == 0).all()
    assert f"{SIDE - 150 - (column > 0)} of 256 rows" in notes[0]


@pytest.mark.parametrize("last", [slice(100, None), slice(-12, None), slice(90, 110)])
def test_a_row_that_is_repeated_is_noticed(last):
    image = micrograph()
    image[last] = image[last.start - 1 if last.start > 0 else SIDE + last.start - 1]
    mask, notes = find_lost(image)
    assert mask[last].all()
    assert mask.sum() == (len(range(SIDE)[last]) + 1) * SIDE
    assert "repeat one row" in notes[0]


TILES = {
    "one": [(64, 128)],
    "two that touch": [(0, 0), (64, 0)],
    "two that touch at a corner": [(0, 0), (64, 64)],
    "an angle": [(0, 128), (64, 128), (64, 64)],
    "at the cut end": [(256, 256), (192, 256)],
}


@pytest.mark.parametrize("name", TILES)
@pytest.mark.parametrize("value", [0, 255])
def test_lost_tiles_are_noticed(name, value):
    image = micrograph(shape=(300, 280))
    lost = np.zeros(image.shape, bool)
    for row, column in TILES[name]:
        lost[row : row + 64, column : column + 64] = True
    image[lost] = value
    mask, notes = find_lost(image)
    np.testing.assert_array_equal(mask, lost)
    assert f"{lost.sum():,} pixels in whole tiles hold one value ({value})" in notes[0]


def test_tiles_and_rows_of_one_copy_are_both_noticed():
    image = micrograph()
    image[192:] = image[128:192, 128:] = 0
    mask, notes = find_lost(image)
    np.testing.assert_array_equal(mask, image == 0)
    assert len(notes) == 2


def strip(image):
    image[224:] = 255
    cv2.putText(image, "HV 200 kV", (8, 246), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1, cv2.LINE_AA)
    return image


def vignette(image):
    rows, columns = np.mgrid[-1 : 1 : 1j * SIDE, -1 : 1 : 1j * SIDE]
    return (image * np.clip(1.4 - np.hypot(rows, columns) ** 4, 0, 1)).astype(np.uint8)


def round_mask(image):
    rows, columns = np.mgrid[-1 : 1 : 1j * SIDE, -1 : 1 : 1j * SIDE]
    return np.where(np.hypot(rows, columns) < 1, image, 0).astype(np.uint8)


def turned(image):
    return cv2.warpAffine(image, cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 12, 1.0), (SIDE, SIDE))


def letter_box(image):
    image[:70, :64] = 255
    cv2.putText(image, "a", (12, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 0, 3, cv2.LINE_AA)
    return image


def bar(image):
    image[220:240, 20:120] = 255
    return image


def saturated(image):
    return np.clip(3.0 * image.astype(float), 0, 255).astype(np.uint8)


def compressed(image):
    smooth = cv2.GaussianBlur(image, (0, 0), 4)
    return cv2.imdecode(cv2.imencode(".jpg", smooth, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("change", [strip, vignette, round_mask, turned, letter_box, bar, saturated, compressed])
def test_what_belongs_to_the_picture_is_left_alone(change):
    assert find_lost(change(micrograph())) == (None, ())


def test_a_background_without_noise_is_not_lost():
    image = np.full((SIDE, SIDE), 200, np.uint8)
    cv2.circle(image, (128, 128), 30, 50, -1)
    ramp = np.tile(np.arange(SIDE, dtype=np.uint8), (SIDE, 1))
    for drawn in (image, image * 0, ramp):
        assert find_lost(drawn) == (None, ())
