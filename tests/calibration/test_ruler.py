import cv2
import numpy as np
import pytest

from nanotem.calibration.ruler import find_ruler

LABEL = (220, 300, 244, 380)


def ruler(n_ticks=11, *, step=23.4, grey=255, left=100):
    pixels = np.clip(np.random.default_rng(0).normal(128, 8, (300, 520)), 0, 255).astype(np.uint8)
    for i in range(n_ticks):
        column = round(left + i * step)
        pixels[190 : 210 if i % 5 == 0 else 202, column : column + 2] = grey
    cv2.putText(pixels, "500nm", (300, 242), cv2.FONT_HERSHEY_SIMPLEX, 0.8, int(grey), 2, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("step", [8.0, 23.4, 31.7])
def test_ruler_is_measured_from_the_first_tick_to_the_last(grey, step):
    bar = find_ruler(ruler(step=step, grey=grey), LABEL)
    assert bar.length_px == pytest.approx(10 * step, abs=0.5)
    assert bar.left == pytest.approx(100.5, abs=0.4)
    assert bar.polarity == ("light" if grey else "dark")
    assert bar.box == (190, round(bar.left) - 1, 210, round(bar.right) + 2)


@pytest.mark.parametrize("n_ticks", [0, 7, 10, 12])
def test_another_number_of_ticks_is_no_ruler(n_ticks):
    assert find_ruler(ruler(n_ticks), LABEL) is None


def test_uneven_steps_are_no_ruler():
    pixels = ruler()
    pixels[185:215, 210:230] = 128
    assert find_ruler(pixels, LABEL) is None
