import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.synthetic.scale_bar import DrawnBar, bar_box, draw_bar, keep_out_box

SHAPE = (512, 640)


@pytest.mark.parametrize("corner", ["left", "right"])
@pytest.mark.parametrize(("grey", "level"), [("white", 255), ("black", 0)])
def test_bar_has_its_length_and_stays_in_its_box(corner, grey, level):
    bar = DrawnBar(100, corner=corner, grey=grey)
    pixels = np.full(SHAPE, 128, np.uint8)
    draw_bar(pixels, bar, 0.5)
    top, left, bottom, right = bar_box(bar, SHAPE, 0.5)
    assert right - left == 200
    assert (pixels[top:bottom, left:right] == level).all()
    assert (left < 320) == (corner == "left")
    changed = pixels != 128
    top, left, bottom, right = keep_out_box(bar, SHAPE, 0.5)
    assert changed[max(top, 0) : top + 20, max(left, 0) : right].any()
    changed[max(top, 0) : bottom, max(left, 0) : right] = False
    assert not changed.any()


def test_strip_spans_the_image_in_the_opposite_grey():
    bar = DrawnBar(100, on_strip=True)
    pixels = np.full(SHAPE, 128, np.uint8)
    draw_bar(pixels, bar, 0.5)
    top, left, bottom, right = keep_out_box(bar, SHAPE, 0.5)
    assert (left, bottom, right) == (0, 512, 640)
    assert (pixels[:top] == 128).all()
    assert np.median(pixels[top:]) == 0


def test_bar_without_length_is_refused():
    with pytest.raises(ParameterError, match="0 nm cannot be drawn"):
        DrawnBar(0)
