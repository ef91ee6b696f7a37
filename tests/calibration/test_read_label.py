import importlib

import numpy as np
import pytest
from scale_drawing import LEFT, LENGTH, THICKNESS, TOP, labelled_bar

from nanotem.calibration import ScaleBar, read_label
from nanotem.calibration.ocr import Text
from nanotem.calibration.read_scale import LEAST_CONFIDENCE

BAR = ScaleBar(
    TOP + 2.5, LEFT - 0.5, LEFT + LENGTH - 0.5, THICKNESS, "light", 1.0, (TOP, LEFT, TOP + THICKNESS, LEFT + LENGTH)
)

read_label_module = importlib.import_module("nanotem.calibration.read_label")


@pytest.mark.parametrize("where", ["above", "below", "right"])
@pytest.mark.parametrize("grey", [255, 0])
def test_label_is_read_on_every_side(where, grey):
    label = read_label(labelled_bar("50 nm", grey=grey, where=where), BAR)
    assert label.length_nm == 50
    assert label.confidence > 0.6


def test_small_and_large_text():
    assert read_label(labelled_bar("20 nm", size=13), BAR).length_nm == 20
    assert read_label(labelled_bar("20 nm", size=40), BAR).length_nm == 20


def test_label_on_a_ground_of_nearly_its_grey():
    assert read_label(labelled_bar("20 nm", level=215), BAR).length_nm == 20


def test_a_label_that_only_its_ink_shows_is_not_sure(monkeypatch):
    def read_text(view, *, zoom):
        return [] if np.median(view) < 240 else [Text("10 nm", 0.9, (40, 60, 60, 140))]

    monkeypatch.setattr(read_label_module, "read_text", read_text)
    assert read_label(labelled_bar("20 nm", level=225), BAR).confidence < LEAST_CONFIDENCE


def test_sixteen_bits_and_floats():
    pixels = labelled_bar("100 nm")
    assert read_label(pixels.astype(np.uint16) * 200, BAR).length_nm == 100
    assert read_label(pixels.astype(np.float64) / 7 - 3, BAR).length_nm == 100


def test_nothing_written_or_only_far_away_is_no_label():
    assert read_label(labelled_bar(""), BAR) is None
    assert read_label(labelled_bar("100 nm", where="far"), BAR) is None
