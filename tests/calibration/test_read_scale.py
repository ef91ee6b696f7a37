import importlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scale_drawing import LEFT, LENGTH, SHAPE, THICKNESS, TOP, labelled_bar

from nanotem.calibration import compare_with_file, find_bars, find_scale_bar, read_scale, sure_bar
from nanotem.calibration.ends import AT_EDGE, GOES_ON, UNLIKE
from nanotem.calibration.ink import CUT
from nanotem.calibration.read_label import Beside
from nanotem.calibration.read_scale import LEAST_CONFIDENCE
from nanotem.calibration.twin_lines import TWINS
from nanotem.errors import ParameterError
from nanotem.micrograph import Scale

read_scale_module = importlib.import_module("nanotem.calibration.read_scale")


def erased(pixels):
    """Return the pixels without the bar, the label left."""
    pixels = pixels.copy()
    pixels[TOP - 2 : TOP + THICKNESS + 2, LEFT - 2 : LEFT + LENGTH + 2] = 128
    return pixels


def hollow():
    pixels = erased(labelled_bar("100 nm"))
    pixels[TOP : TOP + 6, LEFT : LEFT + LENGTH] = 255
    pixels[TOP + 2 : TOP + 4, LEFT + 2 : LEFT + LENGTH - 2] = 128
    return pixels


def thick():
    pixels = erased(labelled_bar("100 nm"))
    pixels[TOP - 2 : TOP + 24, LEFT + 30 : LEFT + 110] = 255
    return pixels


@pytest.mark.parametrize(("label", "length_nm"), [("100 nm", 100), ("0.5 um", 500)])
@pytest.mark.parametrize("grey", [255, 0])
def test_scale_is_read(label, length_nm, grey):
    reading = read_scale(labelled_bar(label, grey=grey))
    assert reading.accepted
    assert reading.confidence >= LEAST_CONFIDENCE
    assert reading.scale.nm_per_px == pytest.approx(length_nm / LENGTH, rel=0.005)
    assert reading.scale.source == "scale bar"
    assert reading.label.length_nm == length_nm
    assert f"its label says {reading.label}." in reading.reason


def test_label_rescues_a_bar_that_is_refused_alone():
    assert find_scale_bar(thick()) is None
    reading = read_scale(thick())
    assert reading.accepted
    assert reading.bar.length_px == pytest.approx(80, abs=0.5)


def test_hollow_bar_is_read():
    reading = read_scale(hollow())
    assert reading.accepted
    assert reading.bar.length_px == pytest.approx(LENGTH, abs=0.5)


def test_label_decides_between_two_lines():
    pixels = labelled_bar("100 nm")
    pixels[40:46, 200:420] = 255
    reading = read_scale(pixels)
    assert reading.bar.length_px == pytest.approx(LENGTH, abs=0.5)
    assert [round(other.bar.length_px) for other in reading.alternatives] == [220]


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full(SHAPE, 90, np.uint8), "No scale bar was found"),
        (erased(labelled_bar("100 nm")), "No scale bar was found"),
        (labelled_bar(""), "no label"),
        (labelled_bar("HELLO"), "no label"),
        (labelled_bar("100 nm", where="far"), "no label"),
        (labelled_bar("100 nm")[:, LEFT + 20 :], "No scale bar was found"),
    ],
    ids=["empty", "label alone", "bar alone", "other text", "label far away", "bar cut by the frame"],
)
def test_nothing_is_set_without_a_bar_and_its_label(pixels, reason):
    reading = read_scale(pixels)
    assert not reading.accepted
    assert reading.scale is None
    assert reading.confidence == 0
    assert reason in reading.reason


def test_what_is_read_without_confidence_is_shown_but_not_accepted(monkeypatch):
    label = replace(read_scale(labelled_bar("100 nm")).label, confidence=0.4)
    monkeypatch.setattr(read_scale_module, "read_beside", lambda _grey, _bar: Beside([label], "", []))
    monkeypatch.setattr(read_scale_module, "read_text", lambda _grey, *, zoom: [])
    reading = read_scale(labelled_bar("100 nm"))
    assert not reading.accepted
    assert reading.confidence == pytest.approx(0.4, abs=0.01)
    assert reading.scale.nm_per_px == pytest.approx(100 / LENGTH, rel=0.005)
    assert "not surely enough" in reading.reason
    assert compare_with_file(Scale(1, "file"), reading) is None


def test_panels_that_disagree_give_no_scale_and_both_are_named():
    panels = np.hstack([labelled_bar("100 nm"), np.full((SHAPE[0], 12), 255, np.uint8), labelled_bar("20 nm")])
    reading = read_scale(panels)
    assert not reading.accepted
    assert {pair.label.length_nm for pair in reading.disagreeing} == {100, 20}
    assert reading.alternatives[0] in reading.disagreeing
    assert "100 nm over" in reading.reason
    assert "20 nm over" in reading.reason


def test_panels_that_agree_give_one_scale():
    reading = read_scale(np.hstack([labelled_bar("100 nm"), labelled_bar("100 nm")]))
    assert reading.accepted
    assert reading.disagreeing == ()


def test_an_inset_with_a_bar_of_its_own_is_noticed():
    pixels = labelled_bar("100 nm")
    inset = labelled_bar("10 nm")[TOP - 60 : TOP + 20, LEFT - 20 : LEFT + LENGTH + 20]
    pixels[20 : 20 + inset.shape[0], 300 : 300 + inset.shape[1]] = inset
    reading = read_scale(pixels)
    assert not reading.accepted
    assert "disagree" in reading.reason


@pytest.mark.parametrize(
    ("label", "reason"),
    [("5 nm-1", "one over a length"), ("0.2 nm", "lattice spacing"), ("1.000 nm", "thousands or decimals")],
)
def test_what_is_no_length_of_the_bar_is_refused_with_its_reason(label, reason):
    reading = read_scale(labelled_bar(label))
    assert not reading.accepted
    assert reading.confidence == 0
    assert reason in reading.reason


def test_panels_so_close_that_a_label_stands_by_both_bars_give_no_scale():
    lower = labelled_bar("200 nm", size=20)[TOP - 36 :]
    pixels = np.vstack([labelled_bar("50 nm", size=20)[: TOP + THICKNESS + 3], lower])
    for first in (0, TOP - 80):
        assert not read_scale(pixels[first:]).accepted


def test_a_lattice_spacing_beside_a_true_bar_is_noted(monkeypatch):
    pixels = labelled_bar("20 nm")
    spacing = labelled_bar("0.2 nm")[TOP - 60 : TOP + 20, LEFT - 20 : LEFT + LENGTH + 20]
    pixels[20 : 20 + spacing.shape[0], 300 : 300 + spacing.shape[1]] = spacing
    reading = read_scale(pixels)
    assert reading.accepted
    assert reading.label.length_nm == 20
    assert any("lattice" in note for note in reading.notes)


def test_a_search_that_was_made_is_not_repeated(monkeypatch):
    pixels = labelled_bar("100 nm")
    bars = find_bars(pixels)
    assert sure_bar(bars) == find_scale_bar(pixels)
    monkeypatch.setattr(read_scale_module, "find_bars", lambda _pixels: pytest.fail("searched again"))
    assert read_scale(pixels, bars=bars).accepted


def test_ruler_is_read():
    pixels = erased(labelled_bar("500nm"))
    for i in range(11):
        pixels[TOP : TOP + 10, LEFT + 14 * i : LEFT + 14 * i + 2] = 255
    reading = read_scale(pixels)
    assert reading.accepted
    assert reading.scale.nm_per_px == pytest.approx(500 / 140, rel=0.005)


def test_region_takes_the_bar_that_a_person_chose():
    pixels = labelled_bar("100 nm")
    pixels[40:46, 200:420] = 255
    reading = read_scale(pixels, region=(300, 20, 400, 300))
    assert reading.accepted
    assert reading.bar.length_px == pytest.approx(LENGTH, abs=0.5)
    assert read_scale(pixels, region=(100, 20, 200, 300)).bar is None


def test_impossible_region_is_refused():
    with pytest.raises(ParameterError, match=r"400 x 520.*Draw it again"):
        read_scale(labelled_bar("100 nm"), region=(0, 0, 401, 50))


def test_comparison_with_the_file():
    reading = read_scale(labelled_bar("100 nm"))
    assert compare_with_file(Scale(100 / LENGTH, "file"), reading) == pytest.approx(0, abs=0.005)
    assert compare_with_file(Scale(50 / LENGTH, "file"), reading) == pytest.approx(1, abs=0.01)
    assert compare_with_file(Scale(1, "file"), read_scale(labelled_bar(""))) is None


@pytest.mark.parametrize(("right_end", "is_whole"), [(60 + 320, True), (60 + 280, False)])
@pytest.mark.parametrize("grey", [255, 0])
def test_a_half_of_a_bar_that_its_label_interrupts_is_not_taken_for_it(grey, right_end, is_whole):
    pixels = erased(labelled_bar("", grey=grey))
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    pen.text((220, 363), "500 nm", grey, font=ImageFont.load_default(18), anchor="mm")
    for left, right in ((60, 179), (261, right_end - 1)):
        pen.rectangle((left, 362, right, 364), grey)
    reading = read_scale(np.asarray(picture))
    assert reading.accepted == is_whole
    assert not is_whole or reading.bar.length_px == pytest.approx(320, abs=1)


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("middle", [0, 60])
def test_a_label_that_begins_at_the_edge_may_have_lost_a_figure(middle, grey):
    whole = erased(labelled_bar("250 nm", grey=grey))
    ink = np.flatnonzero((whole[: TOP - 2] == grey).any(axis=0))
    begin = round((ink[0] + ink[-1]) / 2) + middle - 25
    whole[TOP : TOP + THICKNESS, begin : begin + 50] = grey
    assert read_scale(whole).accepted
    behind_two = ink[np.flatnonzero(np.diff(ink) > 1)[0]] + 1
    reading = read_scale(whole[:, behind_two:])
    assert not reading.accepted
    assert reading.objection == CUT


def test_a_label_at_the_edge_is_whole_if_it_is_centred_over_its_bar():
    whole = erased(labelled_bar("250 nm"))
    ink = np.flatnonzero((whole[: TOP - 2] == 255).any(axis=0))
    middle = round((ink[0] + ink[-1]) / 2)
    whole[TOP : TOP + THICKNESS, middle - 25 : middle + 25] = 255
    reading = read_scale(whole[:, ink[0] - 3 :])
    assert reading.accepted
    assert reading.scale.nm_per_px == pytest.approx(5, rel=0.02)


def test_a_length_between_two_equal_lines_is_a_spacing():
    pixels = labelled_bar("2 nm")
    pixels[TOP + 16 : TOP + 16 + THICKNESS, LEFT : LEFT + LENGTH] = 255
    reading = read_scale(pixels)
    assert not reading.accepted
    assert reading.objection == TWINS


def test_one_dash_of_several_sets_no_scale():
    pixels = labelled_bar("100 nm")
    for column in range(LEFT + 28, LEFT + LENGTH, 56):
        pixels[TOP - 1 : TOP + 7, column : column + 28] = 128
    reading = read_scale(pixels)
    assert not reading.accepted
    assert "several equal lines in a row" in reading.reason


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize(
    ("radius_px", "below_px", "paper", "objection"),
    [(60, 20, (70, 60, 170, 28), AT_EDGE), (50, 4, (30, 40, 240, 7), GOES_ON)],
    ids=["strip", "line"],
)
def test_a_particle_that_frame_and_label_leave_a_strip_of_is_no_bar(grey, radius_px, below_px, paper, objection):
    pixels = np.clip(np.random.default_rng(0).normal(abs(grey - 90), 8, SHAPE), 0, 255).astype(np.uint8)
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    pixels[np.hypot(rows - SHAPE[0] + below_px, columns - 120) < radius_px] = 255 - grey
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = paper
    draw.rectangle((left, SHAPE[0] - top, right, SHAPE[0] - bottom), fill=grey)
    draw.text((78, SHAPE[0] - top + 2), "50 nm", fill=255 - grey, font=ImageFont.load_default(24))
    reading = read_scale(np.asarray(picture))
    assert not reading.accepted
    assert reading.objection == objection


def test_a_thin_bar_at_the_lower_frame_is_read():
    pixels = labelled_bar("100 nm")[: TOP + THICKNESS]
    reading = read_scale(pixels)
    assert reading.accepted
    assert reading.bar.length_px == pytest.approx(LENGTH, abs=1)


@pytest.mark.parametrize("grey", [255, 0])
def test_a_bar_whose_end_something_touches_is_refused(grey):
    pixels = labelled_bar("100 nm", grey=grey)
    pixels[TOP - 4 : TOP + THICKNESS + 4, LEFT + LENGTH : LEFT + LENGTH + 40] = grey
    reading = read_scale(pixels)
    assert not reading.accepted
    assert reading.objection == UNLIKE
