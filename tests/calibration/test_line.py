import cv2
import numpy as np
import pytest

from nanotem.calibration.line import measure_line
from nanotem.calibration.profile import median

BOX = (30, 20, 36, 120)


def draw():
    grey = np.full((60, 140), 50, np.uint8)
    grey[30:36, 20:120] = 250
    return grey


def test_edges_level_and_contrast():
    line = measure_line(draw(), BOX)
    assert (line.top, line.bottom, line.left, line.right) == (29.5, 35.5, 19.5, 119.5)
    assert (line.level, line.contrast) == (250, 200)
    assert (line.roughness, line.isolation, line.sharpness, line.raggedness_px) == (0, 1, 1, 0)


def test_isolation_is_the_dark_share_of_the_brighter_side():
    grey = draw()
    grey[36:40, 30:60] = 250
    assert measure_line(grey, BOX).isolation == pytest.approx(0.7, abs=0.02)


def test_round_ends_are_ragged():
    grey = draw()
    for row, cut in zip(range(30, 36), (4, 2, 0, 0, 2, 4), strict=True):
        grey[row, 20 : 20 + cut] = grey[row, 120 - cut : 120] = 50
    assert measure_line(grey, BOX).raggedness_px > 0.5


def test_ends_lie_in_the_outline_but_not_in_a_shadow():
    grey = np.full((60, 140), 200, np.uint8)
    grey[27:39, 16:124] = 0
    grey[30:36, 20:120] = 250
    line = measure_line(cv2.GaussianBlur(grey, (0, 0), 0.8), BOX)
    assert (line.left, line.right) == pytest.approx((17.8, 121.2), abs=0.5)
    grey[:30] = 200
    line = measure_line(grey, BOX)
    assert (line.left, line.right) == pytest.approx((19.5, 119.5), abs=0.15)


def test_ground_between_end_ticks_is_no_line():
    grey = np.full((60, 140), 250, np.uint8)
    grey[26:29, 16:124] = 50
    grey[26:40, 16:20] = grey[26:40, 120:124] = 50
    grey[36:, 20:120] = 120
    assert measure_line(grey, BOX) is None


def test_grey_beyond_the_ends_tells_a_field_from_a_bar():
    grey = np.full((60, 140), 150, np.uint8)
    grey[30:36, 20:120] = 250
    assert measure_line(grey, BOX).enclosed_left == pytest.approx(0, abs=0.05)
    grey[30:36, :20] = 0
    line = measure_line(grey, BOX)
    assert (line.enclosed_left, line.enclosed_right) == pytest.approx((1.5, 0), abs=0.05)


def test_plain_image_has_no_line():
    assert measure_line(np.full((60, 140), 50, np.uint8), BOX) is None


@pytest.mark.parametrize("shape", [(1, 1), (4, 7), (5, 6)])
def test_medians_are_those_of_numpy(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(100, 20, shape).astype(np.float32)
    for axis in (0, 1):
        np.testing.assert_array_equal(median(values, axis=axis), np.median(values, axis=axis))
    assert median(values[0]) == np.median(values[0])
