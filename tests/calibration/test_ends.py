import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from nanotem.calibration import ScaleBar, find_bars
from nanotem.calibration.ends import goes_on, is_continued, is_rim, is_stepped, is_unlike


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


def strip(rows, *, polarity="dark"):
    """Return a disc of which two papers leave a strip, or one paper and the frame."""
    row, column = np.mgrid[:120, :300]
    ground = np.random.default_rng(1).normal(160, 5, row.shape)
    ground[np.hypot(row - rows.start, column - 150) < 60] = 20
    ground[: rows.start], ground[rows.stop :] = 255, 255
    pixels = np.clip(ground if polarity == "dark" else 255 - ground, 0, 255).astype(np.uint8)
    middle = (rows.start + rows.stop - 1) / 2
    box = (rows.start, 90, rows.stop, 210)
    return pixels, ScaleBar(middle, 90.0, 210.0, rows.stop - rows.start, polarity, 1.0, box)


@pytest.mark.parametrize("polarity", ["dark", "light"])
@pytest.mark.parametrize("rows", [slice(60, 63), slice(60, 80), slice(114, 120), slice(0, 5)])
def test_what_papers_and_frame_leave_of_something_goes_on(rows, polarity):
    assert goes_on(*strip(rows, polarity=polarity))


def test_a_field_of_a_longer_bar_goes_on():
    ground = np.random.default_rng(2).normal(128, 3, (80, 200))
    ground[38:43, 30:70], ground[38:43, 70:110] = 255, 0
    assert goes_on(ground.astype(np.uint8), ScaleBar(40, 29.5, 69.5, 5, "light", 1.0, (38, 30, 43, 70)))


@pytest.mark.parametrize("length_px", [20, 100])
@pytest.mark.parametrize("grey", [255, 0, 140])
def test_a_bar_that_ends_goes_on_nowhere(length_px, grey):
    assert not goes_on(*drawn(length_px=length_px, grey=grey))


def test_one_edge_that_goes_on_is_that_of_a_strip_of_writing():
    pixels, bar = drawn()
    pixels[43:] = 0
    assert not goes_on(pixels, bar)


def test_nothing_is_seen_beyond_the_frame():
    pixels, bar = drawn(left=0, length_px=200)
    assert not goes_on(pixels, bar)


def on_grain(polarity, *shapes):
    """Return black rectangles, each (rows, columns, grey), on grain, or the same inverted."""
    ground = np.random.default_rng(3).normal(150, 5, (80, 240))
    for rows, columns, grey in shapes:
        ground[slice(*rows), slice(*columns)] = grey
    return np.clip(ground if polarity == "dark" else 255 - ground, 0, 255).astype(np.uint8)


def line(polarity, left, right, *, top=30, bottom=50):
    middle, thickness = (top + bottom - 1) / 2, bottom - top
    return ScaleBar(middle, left - 0.5, right - 0.5, thickness, polarity, 1.0, (top, left, bottom, right))


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_what_touches_an_end_makes_it_unlike_the_other(polarity):
    bar, block = ((30, 50), (40, 160), 0), ((26, 54), (160, 190), 0)
    assert is_unlike(on_grain(polarity, bar, block), line(polarity, 40, 190))
    assert not is_unlike(on_grain(polarity, bar), line(polarity, 40, 160))


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_ticks_at_both_ends_are_alike(polarity):
    ticks = [((20, 60), (first, first + 8), 0) for first in (40, 152)]
    assert not is_unlike(on_grain(polarity, ((30, 50), (40, 160), 0), *ticks), line(polarity, 40, 160))


def test_a_line_that_narrows_is_unlike_a_bar():
    steps = [((30 + (column - 40) // 30, 50), (column, column + 30), 0) for column in range(40, 160, 30)]
    assert is_unlike(on_grain("dark", *steps), line("dark", 40, 160))


def test_what_a_line_leaves_of_a_paper_is_no_bar():
    pixels = on_grain("dark", ((0, 60), (20, 180), 0), ((25, 40), (40, 160), 255))
    assert is_unlike(pixels, line("dark", 20, 180, top=40, bottom=60))


def test_a_bar_across_two_grounds_is_like_a_bar():
    assert not is_unlike(on_grain("dark", ((0, 80), (0, 100), 90), ((30, 50), (40, 160), 0)), line("dark", 40, 160))


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_a_row_between_black_and_grey_is_a_rim(polarity):
    body, row = ((30, 50), (40, 100), 0), ((29, 30), (40, 100), 60)
    other = "light" if polarity == "dark" else "dark"
    assert is_rim(on_grain(polarity, body, row), line(polarity, 40, 100, top=29, bottom=30))
    assert not is_rim(on_grain(polarity, body), line(polarity, 40, 100))
    assert is_rim(on_grain(polarity, body, row), line(other, 40, 100, top=29, bottom=30))


def test_nothing_is_beside_the_frame_for_a_rim():
    assert not is_rim(on_grain("dark", ((78, 80), (40, 100), 0)), line("dark", 40, 100, top=78, bottom=80))


def two_fields(grey):
    """Return a black and a white field of 60 px in an outline that is white, and where the black one is."""
    ground = np.random.default_rng(4).normal(100, 5, (80, 220))
    ground[38:43, 39:161], ground[39:42, 40:100] = 255, 0
    pixels = np.clip(ground, 0, 255).astype(np.uint8)
    polarity = "dark" if grey == 0 else "light"
    return pixels if grey == 0 else 255 - pixels, ScaleBar(40, 39.5, 99.5, 3, polarity, 1.0, (39, 40, 42, 100))


@pytest.mark.parametrize("grey", [0, 255])
def test_a_field_in_an_outline_is_continued_by_the_other_one(grey):
    assert is_continued(*two_fields(grey))
    assert not goes_on(*two_fields(grey))


@pytest.mark.parametrize("outline", [0, 255])
def test_a_bar_in_an_outline_is_not_continued(outline):
    pixels, bar = two_fields(0)
    ground = np.random.default_rng(4).normal(100, 5, pixels.shape)
    ground[37:44, 38:102], ground[39:42, 40:100] = outline, 255 - outline
    assert not is_continued(ground.clip(0, 255).astype(np.uint8), bar)


def test_nothing_continues_a_bar_beyond_the_frame():
    assert not is_continued(*drawn(left=0))
    pixels, bar = two_fields(0)
    assert not is_continued(pixels[:44, :105], bar)
