from dataclasses import replace

import cv2
import numpy as np
import pytest

from nanotem.calibration import ScaleBar
from nanotem.calibration.near_label import (
    find_bar_near_label,
    find_halves,
    has_other_half,
    is_one_of_a_row,
    whole_of_fields,
)

LABEL = (190, 210, 210, 290)
"""Rows 190 to 209, columns 210 to 289."""


def ground(level=128):
    return np.clip(np.random.default_rng(0).normal(level, 6, (400, 520)), 0, 255).astype(np.uint8)


def interrupted(left, right, *, grey=255):
    pixels = ground()
    pixels[198:202, left:200] = pixels[198:202, 300:right] = grey
    cv2.putText(pixels, "5 nm", (212, 208), cv2.FONT_HERSHEY_SIMPLEX, 0.7, grey, 2, cv2.LINE_AA)
    return pixels


@pytest.mark.parametrize("grey", [255, 0])
def test_label_interrupts_the_bar(grey):
    bar = find_bar_near_label(interrupted(100, 400, grey=grey), LABEL)
    assert (bar.left, bar.right) == pytest.approx((99.5, 399.5), abs=0.3)
    assert bar.box[1::2] == (100, 400)


def test_halves_of_two_lengths_are_no_bar():
    assert find_bar_near_label(interrupted(100, 360), LABEL) is None


def test_halves_that_are_short_and_thick_are_one_bar():
    pixels = ground()
    pixels[196:204, 176:200] = pixels[196:204, 300:324] = 255
    cv2.putText(pixels, "5 nm", (212, 208), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    bar = find_bar_near_label(pixels, LABEL)
    assert (bar.left, bar.right) == pytest.approx((175.5, 323.5), abs=0.3)


@pytest.mark.parametrize(("right", "ends", "is_half"), [
    (400, (99.5, 199.5), True), (360, (299.5, 359.5), True), (310, (99.5, 199.5), False),
])  # fmt: skip
def test_a_line_goes_on_beyond_its_label_or_does_not(right, ends, is_half):
    first, last = round(ends[0] + 0.5), round(ends[1] + 0.5)
    one = ScaleBar(199.5, *ends, 4, "light", 1.0, (198, first, 202, last))
    assert has_other_half(interrupted(100, right), one, LABEL) == is_half


def test_short_thick_bar():
    pixels = ground()
    pixels[220:240, 220:280] = 255
    assert find_bar_near_label(pixels, LABEL).length_px == pytest.approx(60, abs=0.3)


@pytest.mark.parametrize(("grey", "polarity"), [(255, "light"), (0, "dark")])
def test_a_bar_that_particles_touch_keeps_its_polarity(grey, polarity):
    pixels = ground()
    for column in (235, 300):
        cv2.circle(pixels, (column, 228), 14, 70, -1, cv2.LINE_AA)
    pixels[225:231, 200:340] = grey
    cv2.putText(pixels, "5 nm", (212, 208), cv2.FONT_HERSHEY_SIMPLEX, 0.7, grey, 2, cv2.LINE_AA)
    bar = find_bar_near_label(pixels, LABEL)
    assert bar.length_px == pytest.approx(140, abs=1)
    assert bar.polarity == polarity


def test_thin_line_of_the_picture_is_left_alone():
    pixels = ground()
    pixels[225:227, 230:252] = 255
    assert find_bar_near_label(pixels, LABEL) is None


def test_bar_that_particles_touch():
    pixels = ground()
    for column in (160, 230, 300):
        cv2.circle(pixels, (column, 222), 14, 60, -1)
    pixels[218:223, 150:330] = 0
    cv2.putText(pixels, "5 nm", (212, 208), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2, cv2.LINE_AA)
    bar = find_bar_near_label(pixels, LABEL)
    assert (bar.left, bar.right) == pytest.approx((149.5, 329.5), abs=0.6)


def two_tone(n_fields, field, thickness, *, grey=255, left=200, top=220):
    """Return fields in two greys, beginning with `grey`."""
    pixels = ground()
    for i in range(n_fields):
        columns = slice(left + i * field, left + (i + 1) * field)
        pixels[top : top + thickness, columns] = grey if i % 2 == 0 else 255 - grey
    return pixels


@pytest.mark.parametrize("grey", [0, 255])
@pytest.mark.parametrize(("n_fields", "field", "thickness"), [(5, 13, 5), (4, 20, 10), (10, 16, 8), (3, 40, 12)])
def test_two_tone_bar_of_short_fields(n_fields, field, thickness, grey):
    bar = find_bar_near_label(two_tone(n_fields, field, thickness, grey=grey), LABEL)
    assert bar.length_px == pytest.approx(n_fields * field, abs=0.6)
    assert bar.row == pytest.approx(220 + thickness / 2 - 0.5, abs=0.5)


def test_a_field_belongs_to_the_whole_bar():
    pixels = two_tone(5, 40, 10, left=100)
    field = ScaleBar(224.5, 179.5, 219.5, 10, "light", 0.8, (220, 180, 230, 220))
    assert whole_of_fields(pixels, field).length_px == pytest.approx(200, abs=0.6)
    assert whole_of_fields(ground(), field) is None


def test_one_of_several_dashes_is_no_bar_of_its_own():
    pixels = ground()
    for i in range(4):
        pixels[220:226, 100 + 60 * i : 130 + 60 * i] = 255
    dash = ScaleBar(222.5, 159.5, 189.5, 6, "light", 0.8, (220, 160, 226, 190))
    after = replace(dash, left=219.5, right=249.5, box=(220, 220, 226, 250))
    assert is_one_of_a_row(pixels, dash)
    assert is_one_of_a_row(pixels, dash, known=(dash, after))
    pixels[:, 90:150] = pixels[:, 270:330] = 128
    assert is_one_of_a_row(pixels, dash)
    assert not is_one_of_a_row(pixels, dash, known=(dash, after))


@pytest.mark.parametrize("gap_px", [5, 11, 25])
def test_a_dash_is_seen_whose_neighbours_no_search_for_bars_finds(gap_px):
    pixels = ground()
    for i in range(3):
        pixels[220:226, 100 + (19 + gap_px) * i : 119 + (19 + gap_px) * i] = 255
    dash = ScaleBar(222.5, 99.5, 118.5, 6, "light", 0.6, (220, 100, 226, 119))
    assert is_one_of_a_row(pixels, dash)
    pixels[220:226, 119:] = 128
    assert not is_one_of_a_row(pixels, dash)


def test_dashes_are_seen_along_the_frame_too():
    pixels = ground()
    pixels[:6, 100:119] = pixels[:6, 130:149] = 255
    assert is_one_of_a_row(pixels, ScaleBar(2.5, 99.5, 118.5, 6, "light", 0.6, (0, 100, 6, 119)))


def test_bars_of_panels_side_by_side_are_no_dashes():
    pixels = ground()
    pixels[220:226, 100:160] = pixels[220:226, 300:360] = 255
    assert not is_one_of_a_row(pixels, ScaleBar(222.5, 99.5, 159.5, 6, "light", 0.8, (220, 100, 226, 160)))


def test_dashes_under_a_label_are_not_its_halves():
    pixels = ground()
    pixels[207:210, 150:200] = pixels[207:210, 300:350] = 255
    assert find_halves(pixels, LABEL) is None
    assert find_halves(interrupted(100, 400), LABEL) is not None


def test_fields_of_two_lengths_are_no_bar():
    pixels = two_tone(5, 20, 8)
    pixels[220:228, 300:330] = 0
    assert find_bar_near_label(pixels, LABEL) is None


def test_nothing_near_the_label():
    assert find_bar_near_label(ground(), LABEL) is None
