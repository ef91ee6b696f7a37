import cv2
import numpy as np
import pytest

from nanotem.calibration.find_bar import find_bars
from nanotem.calibration.twin_lines import has_twin


def drawn(*boxes: tuple[int, int, int, int], joined: bool = False) -> np.ndarray:
    pixels = np.clip(np.random.default_rng(4).normal(140, 4, (300, 400)), 0, 255).astype(np.uint8)
    for top, left, bottom, right in boxes:
        pixels[top:bottom, left:right] = 255
    if joined:
        tops, lefts, bottoms, rights = zip(*boxes, strict=True)
        cv2.rectangle(pixels, (min(lefts), min(tops)), (max(rights) - 1, max(bottoms) - 1), 255, 2)
    return pixels


@pytest.mark.parametrize(
    ("boxes", "joined", "expected"),
    [
        (((200, 50, 204, 170), (214, 50, 218, 170)), False, True),
        (((200, 50, 204, 170), (226, 51, 230, 171)), False, True),
        (((200, 50, 204, 170), (208, 50, 212, 170)), True, False),
        (((200, 50, 204, 170), (214, 50, 218, 150)), False, False),
        (((200, 50, 204, 170),), False, False),
        (((60, 50, 64, 170), (200, 50, 204, 170)), False, False),
    ],
)
def test_two_equal_lines_near_each_other_are_twins_unless_strokes_join_them(boxes, joined, expected):
    pixels = drawn(*boxes, joined=joined)
    bars = [bar for bar in find_bars(pixels) if bar.polarity == "light" and bar.thickness_px < 6]
    assert any(has_twin(pixels, bar, bars) for bar in bars) is expected
    assert not has_twin(pixels, bars[0], []) if bars else not expected
