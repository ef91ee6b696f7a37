from dataclasses import replace

import pytest

from nanotem.calibration import ScaleBar
from nanotem.calibration.label import TWO_LENGTHS, agreed_label, best_label, is_cut_out, objection
from nanotem.calibration.length import is_length
from nanotem.calibration.ocr import Text

BAR = ScaleBar(100, 50, 150, 4, "light", 1.0, (98, 50, 102, 150))
ABOVE = (70, 80, 90, 130)


def read(text, *, box=ABOVE, confidence=1.0, bar=BAR):
    return best_label([Text(text, confidence, box)], bar)


@pytest.mark.parametrize(
    ("text", "value", "unit", "length_nm"),
    [
        ("100 nm", 100, "nm", 100),
        ("100nm", 100, "nm", 100),
        ("200.0nm", 200, "nm", 200),
        ("0,5 µm", 0.5, "µm", 500),
        ("0.5 \u03bcm", 0.5, "µm", 500),
        ("2 um", 2, "µm", 2000),
        ("1 jm", 1, "µm", 1000),
        ("200 \u03bc m", 200, "µm", 200_000),
        ("5 Å", 5, "Å", 0.5),
        ("500 pm", 500, "pm", 0.5),
        ("1 mm", 1, "mm", 1e6),
        ("\N{EN DASH}200 nm", 200, "nm", 200),
        ("-200 nm", 200, "nm", 200),
        ("|— 5 µm —|", 5, "µm", 5000),
        ("50x200µm", 200, "µm", 200_000),
        ("x50k 20 nm HV", 20, "nm", 20),
        ("50 nn", 50, "nm", 50),
        ("so rim", 50, "nm", 50),
    ],
)
def test_numbers_and_units(text, value, unit, length_nm):
    label = read(text)
    assert (label.value, label.unit, label.length_nm) == (value, unit, pytest.approx(length_nm))
    assert label.text == text


@pytest.mark.parametrize(("text", "unit"), [("1 pm", "µm"), ("200 mm", "nm")])
def test_an_impossible_unit_is_a_misread_one(text, unit):
    assert read(text).unit == unit


@pytest.mark.parametrize("text", ["", "(a)", "00 nm", "0 nm", "1.2.3 nm", "WD:28.0mm", "HV=100 nm", "20 kV", "10 nmol"])
def test_other_text_is_no_label(text):
    assert read(text) is None


def test_doubt_lowers_the_confidence():
    assert read("50 nm").confidence == 1
    assert read("50 nm", confidence=0.6).confidence == pytest.approx(0.6)
    assert read("50 rim").confidence < 0.8
    assert read("so rim").confidence < read("50 rim").confidence
    assert read("90 nm").confidence < 0.8
    assert read("20.7 nm").confidence < 0.5 < read("30 nm").confidence
    assert read("15.0kV 10 nm x30.0k SE").confidence < 0.5
    for usual in ("1 nm", "2.5 nm", "250 nm", "0.2 µm"):
        assert read(usual).confidence == 1


def test_split_boxes_on_one_line_are_joined():
    pieces = [Text("nm", 0.9, (70, 110, 90, 135)), Text("20", 0.8, (70, 80, 90, 105)), Text("b", 1.0, (0, 0, 20, 20))]
    label = best_label(pieces, BAR)
    assert (label.value, label.unit, label.box, label.text) == (20, "nm", (70, 80, 90, 135), "20 nm")
    assert label.confidence == pytest.approx(0.8)


def test_pieces_far_apart_are_not_joined():
    assert best_label([Text("20", 1.0, (70, 80, 90, 105)), Text("nm", 1.0, (70, 140, 90, 160))], BAR) is None


@pytest.mark.parametrize("box", [(106, 80, 126, 130), (90, 160, 110, 210), (90, -10, 110, 40)])
def test_label_below_or_beside(box):
    assert read("20 nm", box=box).confidence == 1


def test_the_label_nearest_to_the_bar_wins():
    texts = [Text("500 nm", 1.0, (30, 80, 50, 130)), Text("20 nm", 1.0, ABOVE)]
    assert best_label(texts, BAR).value == 20


def test_text_far_from_the_bar_is_no_label():
    assert read("20 nm", box=(0, 80, 20, 130)) is None
    assert read("20 nm", box=(90, 230, 110, 280)) is None


def test_a_stroke_of_a_letter_is_no_bar_of_its_own_text():
    assert read("20 nm", box=(80, -100, 120, 200)) is None
    assert read("20 nm", box=(80, 40, 120, 160)).value == 20


def test_agreement_raises_and_contradiction_lowers_the_confidence():
    fifty = read("50 nm", confidence=0.6)
    other = replace(fifty, value=90, length_nm=90)
    assert agreed_label([fifty, fifty]).confidence == pytest.approx(0.84)
    assert agreed_label([fifty, other]).confidence == pytest.approx(0.24)
    assert agreed_label([fifty, other, other]).value == 90
    assert agreed_label([]) is None


def test_readings_that_are_more_likely_wrong_than_right_do_not_add_up():
    doubtful = read("50 nm", confidence=0.4)
    assert agreed_label([doubtful] * 4).confidence == pytest.approx(0.4)
    assert agreed_label([doubtful, replace(doubtful, confidence=0.6)]).confidence == pytest.approx(0.76)


def test_is_length():
    assert is_length("0.5 µm")
    assert not is_length("AuNPs 5")


def test_a_label_that_interrupts_its_bar_counts_and_one_on_its_paper_does_not():
    interrupted = replace(BAR, row=80, thickness_px=11, box=(75, 20, 86, 190))
    paper = replace(BAR, row=85, thickness_px=24, polarity="dark", box=(60, 20, 130, 190))
    assert read("5 µm", bar=interrupted).length_nm == 5000
    assert read("5 µm", bar=paper) is None


@pytest.mark.parametrize(
    ("whole", "confidence", "box", "expected"),
    [
        ("d = 5 nm", 0.99, (68, 40, 92, 132), True),
        ("d = 5 nm", 0.5, (68, 40, 92, 132), False),
        ("d = 5 nm", 0.99, (168, 40, 192, 132), False),
        ("5 nm", 0.99, (68, 78, 92, 132), False),
        ("Bar 5 nm", 0.99, (68, 40, 92, 132), False),
        ("HV=100kV", 0.99, (68, 40, 92, 132), False),
        ("5 nm AuNPs", 0.99, (68, 78, 92, 180), True),
        ("5 nm 5 µm", 0.99, (68, 78, 92, 180), False),
        ("5nmWD:28", 0.99, (68, 78, 92, 180), False),
    ],
)
def test_a_piece_of_what_is_no_length_is_no_label(whole, confidence, box, expected):
    assert is_cut_out(read("5 nm"), [Text(whole, confidence, box)]) is expected


@pytest.mark.parametrize(("left", "expected"), [(132, True), (150, False)])
def test_a_word_right_behind_a_label_names_it_even_if_read_alone(left, expected):
    pieces = [Text("5 nm", 0.99, (68, 78, 92, 132)), Text("gap", 0.99, (68, left, 92, left + 40))]
    assert is_cut_out(read("5 nm"), pieces) is expected


@pytest.mark.parametrize(
    ("below", "confidence", "expected"),
    [
        ("500 nm", 0.9, TWO_LENGTHS),
        ("500 nm", 0.4, ""),
        ("0.2 µm", 0.9, ""),
        ("x 50,000", 0.9, ""),
        ("FOV 500 nm", 0.9, ""),
    ],
)
def test_two_lengths_beside_one_bar_contradict_each_other(below, confidence, expected):
    texts = [Text("200 nm", 0.99, (70, 80, 90, 150)), Text(below, confidence, (104, 80, 124, 150))]
    assert objection(texts, BAR) == expected
