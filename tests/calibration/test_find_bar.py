from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from nanotem.calibration import find_bars, find_scale_bar
from nanotem.errors import ParameterError
from nanotem.synthetic import draw_micrograph, rod, scatter

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
SHAPE = (400, 520)
LEFT, TOP, LENGTH, THICKNESS = 40, 370, 140, 6


def support(noise=8.0, level=128, seed=0):
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(level, noise, SHAPE), 0, 255).astype(np.uint8)


def burn(pixels, grey, label="100 nm"):
    pixels[TOP : TOP + THICKNESS, LEFT : LEFT + LENGTH] = grey
    cv2.putText(pixels, label, (LEFT + 20, TOP - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.9, int(grey), 2, cv2.LINE_AA)
    return pixels


def ticked():
    pixels = burn(support(), 255)
    for column in (LEFT, LEFT + LENGTH - 3):
        pixels[TOP - 6 : TOP + THICKNESS + 6, column : column + 3] = 255
    return pixels


def strip(background, grey):
    pixels = support()
    pixels[330:] = background
    return burn(pixels, grey)


def segmented():
    pixels = support()
    for i in range(4):
        pixels[TOP : TOP + 8, LEFT + 40 * i : LEFT + 40 * (i + 1)] = 255 * (i % 2)
    return pixels


def rods():
    rng = np.random.default_rng(3)
    solids = [rod(60, 12, angle) for angle in rng.choice([0.0, 0.02, 0.8, 1.6, 2.4], 60)]
    placed = scatter(solids, shape=SHAPE, keep_out=(400, 0, 400, 0), rng=rng, touching=0.5)
    return draw_micrograph(placed, shape=SHAPE, nm_per_px=2.0, rng=rng).pixels


STYLES = {
    "light": (lambda: burn(support(), 255), "light"),
    "dark": (lambda: burn(support(), 0), "dark"),
    "light on black strip": (lambda: strip(0, 255), "light"),
    "dark on white strip": (lambda: strip(255, 0), "dark"),
    "on coarse texture": (lambda: burn(cv2.GaussianBlur(support(90), (0, 0), 2), 255), "light"),
    "with end ticks": (ticked, "light"),
    "16 bits": (lambda: burn(support(), 255).astype(np.uint16) * 200, "light"),
    "inverted floats": (lambda: -burn(support(), 255).astype(np.float32), "dark"),
}


@pytest.mark.parametrize("style", STYLES)
def test_bar_is_found_in_many_styles(style):
    draw, polarity = STYLES[style]
    bar = find_scale_bar(draw())
    assert bar.length_px == pytest.approx(LENGTH, abs=0.5)
    assert bar.left == pytest.approx(LEFT - 0.5, abs=0.3)
    assert bar.row == pytest.approx(TOP + THICKNESS / 2 - 0.5, abs=0.3)
    assert bar.thickness_px == pytest.approx(THICKNESS, abs=0.5)
    assert bar.polarity == polarity
    assert 0.5 <= bar.confidence <= 1


def test_box_covers_bar_and_end_ticks():
    assert find_scale_bar(burn(support(), 255)).box == (TOP, LEFT, TOP + THICKNESS, LEFT + LENGTH)
    assert find_scale_bar(ticked()).box == (TOP - 6, LEFT, TOP + THICKNESS + 6, LEFT + LENGTH)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_ends_are_found_to_a_tenth_of_a_pixel(share):
    pixels = burn(support(noise=0), 255)
    pixels[TOP : TOP + THICKNESS, LEFT + LENGTH] = round(128 + share * (255 - 128))
    assert find_scale_bar(pixels).length_px == pytest.approx(LENGTH + share, abs=0.1)


def test_ends_survive_jpeg():
    encoded = cv2.imencode(".jpg", burn(support(), 255), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    bar = find_scale_bar(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))
    assert bar.length_px == pytest.approx(LENGTH, abs=0.5)


@pytest.mark.parametrize(
    ("stroke", "beyond"), [(4, 4), (2, 1)], ids=["a stroke counts to its middle", "a fine rim half"]
)
def test_outlined_bar(stroke, beyond):
    pixels = support()
    cv2.putText(pixels, "100 nm", (60, TOP - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2, cv2.LINE_AA)
    pixels[TOP - stroke : TOP + 12 + stroke, LEFT - stroke : LEFT + LENGTH + stroke] = 0
    pixels[TOP : TOP + 12, LEFT : LEFT + LENGTH] = 255
    assert find_scale_bar(pixels).length_px == pytest.approx(LENGTH + beyond, abs=0.3)


def test_the_outline_of_an_enlarged_bar_is_not_taken_for_it():
    pixels = support(noise=3)
    pixels[TOP - 2 : TOP + 10, LEFT - 2 : LEFT + LENGTH + 2] = 0
    pixels[TOP : TOP + 8, LEFT : LEFT + LENGTH] = 255
    twice = cv2.GaussianBlur(cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), (0, 0), 1.4)
    assert [bar.length_px for bar in find_bars(twice)] == [pytest.approx(2 * (LENGTH + 2), abs=1)]


def test_an_outline_makes_the_ends_less_sure():
    pixels = support()
    pixels[TOP - 4 : TOP + 16, LEFT - 4 : LEFT + LENGTH + 4] = 0
    pixels[TOP : TOP + 12, LEFT : LEFT + LENGTH] = 255
    assert find_bars(pixels)[0].end_uncertainty_px == pytest.approx(2, abs=0.2)
    assert find_bars(burn(support(), 255))[0].end_uncertainty_px == 0.5


def test_padding_of_a_box_is_no_outline():
    pixels = support()
    pixels[TOP - 40 : TOP + 10, LEFT - 4 : LEFT + LENGTH + 4] = 255
    pixels[TOP : TOP + THICKNESS, LEFT : LEFT + LENGTH] = 0
    cv2.putText(pixels, "100 nm", (LEFT + 20, TOP - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    assert find_scale_bar(pixels).length_px == pytest.approx(LENGTH, abs=0.3)


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("below_px", [10, 22, 32])
def test_what_a_box_leaves_below_its_bar_is_no_bar(below_px, grey):
    pixels = np.pad(support(), ((0, 60), (0, 0)), mode="reflect")
    pixels[320 : TOP + THICKNESS + below_px, LEFT - 24 : LEFT + LENGTH + 40] = 255 - grey
    assert [bar.length_px for bar in find_bars(burn(pixels, grey))] == [pytest.approx(LENGTH, abs=0.5)]


def test_letter_that_stands_on_the_bar_does_not_cut_it():
    pixels = burn(support(), 255)
    pixels[TOP - 40 : TOP, LEFT + 60 : LEFT + 64] = 255
    assert find_scale_bar(pixels).length_px == pytest.approx(LENGTH, abs=0.3)


def test_bar_across_light_and_dark_ground():
    pixels = support(level=60)
    pixels[TOP - 20 :, : LEFT + 50] = support(level=190, seed=1)[TOP - 20 :, : LEFT + 50]
    assert find_scale_bar(burn(pixels, 255)).length_px == pytest.approx(LENGTH, abs=0.5)


@pytest.mark.parametrize("n_fields", [3, 5])
@pytest.mark.parametrize("first", [0, 1])
def test_two_tone_bar_is_found_as_a_whole(n_fields, first):
    pixels = support()
    for i in range(n_fields):
        pixels[TOP : TOP + 8, LEFT + 40 * i : LEFT + 40 * (i + 1)] = 255 * ((i + first) % 2)
    assert [bar.length_px for bar in find_bars(pixels)] == [pytest.approx(40 * n_fields, abs=0.5)]


def test_thin_bar_with_tall_ends_is_measured_from_end_to_end():
    pixels = support(level=40, noise=3)
    cv2.putText(pixels, "100 nm", (60, TOP - 14), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2, cv2.LINE_AA)
    pixels[TOP : TOP + 2, LEFT : LEFT + LENGTH] = 255
    for column in (LEFT, LEFT + LENGTH - 2):
        pixels[TOP - 8 : TOP + 10, column : column + 2] = 255
    assert find_scale_bar(pixels).length_px == pytest.approx(LENGTH, abs=0.3)


def test_long_sides_of_a_hollow_bar_do_not_speak_against_each_other():
    pixels = burn(support(), 255)
    pixels[TOP + 2 : TOP + 12, LEFT : LEFT + LENGTH] = 128
    pixels[TOP + 12 : TOP + 14, LEFT : LEFT + LENGTH] = 255
    assert {round(bar.length_px) for bar in find_bars(pixels)} == {LENGTH}


@pytest.mark.parametrize(
    "pixels",
    [
        support(),
        support(60),
        rods(),
        segmented(),
        np.full(SHAPE, 77, np.uint8),
        np.zeros(SHAPE, np.uint8),
        burn(support(), 255, label=""),
        burn(support(), 150),
    ],
    ids=[
        "fine noise",
        "strong noise",
        "rods",
        "segments",
        "one grey",
        "black",
        "no label",
        "not extreme",
    ],
)
def test_no_bar_is_refused(pixels):
    assert find_scale_bar(pixels) is None


def test_all_lines_are_listed_with_the_labelled_one_first():
    pixels = burn(support(), 255)
    pixels[40:46, 200:420] = 255
    assert [round(bar.length_px) for bar in find_bars(pixels)] == [LENGTH, 220]
    assert find_bars(support()) == []


def test_bar_cut_by_the_frame_is_refused():
    assert find_scale_bar(burn(support(), 255)[:, LEFT + 20 :]) is None


def test_region_needs_no_label_and_keeps_the_coordinates_of_the_image():
    pixels = burn(support(), 0, label="")
    bar = find_scale_bar(pixels, region=(350, 20, 390, 200))
    assert (bar.left, bar.right) == pytest.approx((LEFT - 0.5, LEFT + LENGTH - 0.5), abs=0.3)
    assert bar.box == (TOP, LEFT, TOP + THICKNESS, LEFT + LENGTH)


def test_region_round_a_bar_in_two_tones_gives_the_whole_of_it():
    pixels = support()
    for i in range(5):
        pixels[TOP : TOP + 10, LEFT + 20 * i : LEFT + 20 * (i + 1)] = 255 * (i % 2)
    bar = find_scale_bar(pixels, region=(TOP - 20, LEFT - 30, TOP + 30, LEFT + 140))
    assert (bar.left, bar.right) == pytest.approx((LEFT - 0.5, LEFT + 99.5), abs=0.6)


def test_region_without_a_bar_gives_none():
    assert find_scale_bar(burn(support(), 255), region=(100, 100, 160, 300)) is None


@pytest.mark.parametrize("region", [(10, 10, 10, 50), (0, 0, 401, 50), (-1, 0, 20, 20), (0, 30, 20, 20)])
def test_impossible_region_is_refused(region):
    with pytest.raises(ParameterError, match=r"400 x 520.*Draw it again"):
        find_scale_bar(support(), region=region)


def test_thick_bar_that_touches_the_frame_is_found():
    pixels = support()[:376]
    pixels[356:376, 40:340] = 255
    cv2.putText(pixels, "100 nm", (100, 335), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 3, cv2.LINE_AA)
    bar = find_scale_bar(pixels)
    assert bar.length_px == pytest.approx(300, abs=0.5)
    assert bar.box == (356, 40, 376, 340)


@pytest.mark.skipif(not DATA.exists(), reason="needs the development data")
def test_published_micrographs():
    """Of 53 published panels, 38 with a usable bar: 34 right, 1 off by more than the limit, none invented.

    The limit is 2 %, or 1.2 px where that is more: the bars were measured by hand.
    """
    truth = pd.read_csv(DATA / "emps" / "scale_bars.csv")
    usable = truth["nm_per_px"].notna()
    found = [find_scale_bar(cv2.imread(str(DATA / "emps" / file), cv2.IMREAD_GRAYSCALE)) for file in truth["file"]]
    length = np.array([np.nan if bar is None else bar.length_px for bar in found])
    right = np.abs(length - truth["bar_px"]) <= np.maximum(1.2, 0.02 * truth["bar_px"])
    assert np.isnan(length[~usable]).all()
    assert (usable & right).sum() >= 34
    assert (usable & ~right & ~np.isnan(length)).sum() <= 1
