import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from nanotem.calibration import ScaleBar, find_bars
from nanotem.calibration.ends import is_stepped


def drawn(*, upper_step_px=0, share=0.75, blur_px=0.0, length_px=40, left=30, grey=255):
    """Return a bar on grain whose right end comes down in two steps."""
    ground = np.random.default_rng(0).normal(128, 3, (80, 200))
    ground[38:43, left : left + length_px] = grey
    ground[38:43, left + length_px : left + length_px + upper_step_px] = 128 + share * (grey - 128)
    pixels = np.clip(gaussian_filter(ground, blur_px) if blur_px else ground, 0, 255).astype(np.uint8)
    right = left + length_px + upper_step_px
    polarity = "light" if grey > 128 else "dark"
    return pixels, ScaleBar(40, left - 0.5, right - 0.5, 5, polarity, 1.0, (38, left, 43, right))


@pytest.mark.parametrize("grey", [255, 0])
def test_an_end_in_two_steps_is_seen(grey):
    assert is_stepped(*drawn(upper_step_px=3, grey=grey))


@pytest.mark.parametrize("blur_px", [0.0, 0.6, 1.2])
def test_an_even_end_is_left_alone_however_blurred(blur_px):
    pixels, _ = drawn(blur_px=blur_px)
    bar = find_bars(pixels)[0]
    assert bar.length_px == pytest.approx(40, abs=0.5)
    assert not is_stepped(pixels, bar)


def test_a_step_that_is_small_beside_the_bar_is_left_alone():
    assert not is_stepped(*drawn(upper_step_px=3, length_px=100))


def test_a_bar_at_the_frame_has_no_ground_beyond_it():
    assert not is_stepped(*drawn(left=0))
