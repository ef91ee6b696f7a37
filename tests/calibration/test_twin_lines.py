import cv2
import numpy as np
import pytest

from nanotem.calibration.find_bar import find_bars
from nanotem.calibration.twin_lines import has_twin


def drawn(*boxes: tuple[int, int, int, int], filled: bool = False) -> np.ndarray:
    pixels = np.clip(np.random.default_rng(4).normal(140, 4, (300, 400)), 0, 255).astype(np.uint8)
    for top, left, bottom, right in boxes:
        pixels[top:bottom, left:right] = 255
    if filled:
        (_, left, top, _), (bottom, _, _, right) = boxes
        pixels[top:bottom, left:right] = 0
    return pixels


def test_the_long_sides_of_an_outline_are_no_twins():
    pixels = drawn()
    cv2.rectangle(pixels, (50, 200), (169, 212), 255, 2)
    bars = find_bars(pixels)
    assert len(bars) == 2
    assert not any(has_twin(pixels, bar, bars) for bar in bars)


@pytest.mark.parametrize(
    ("boxes", "filled", "expected"),
    [
        (((200, 50, 204, 170), (214, 50, 218, 170)), False, True),
        (((200, 50, 204, 170), (226, 51, 230, 171)), False, True),
        (((200, 50, 204, 170), (208, 50, 212, 170)), True, False),
        (((200, 50, 204, 170), (214, 50, 218, 150)), False, False),
        (((200, 50, 204, 170),), False, False),
        (((60, 50, 64, 170), (200, 50, 204, 170)), False, False),
    ],
)
def test_two_equal_lines_near_each_other_are_twins_unless_a_bar_lies_between(boxes, filled, expected):
    pixels = drawn(*boxes, filled=filled)
    bars = [bar for bar in find_bars(pixels) if bar.polarity == "light" and bar.thickness_px < 6]
    assert any(has_twin(pixels, bar, bars) for bar in bars) is expected
    assert not has_twin(pixels, bars[0], []) if bars else not expected
