import numpy as np
import pytest
from scale_drawing import LEFT, LENGTH, THICKNESS, TOP, labelled_bar

from nanotem.calibration import ScaleBar, read_label

BAR = ScaleBar(
    TOP + 2.5, LEFT - 0.5, LEFT + LENGTH - 0.5, THICKNESS, "light", 1.0, (TOP, LEFT, TOP + THICKNESS, LEFT + LENGTH)
)


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


def test_sixteen_bits_and_floats():
    pixels = labelled_bar("100 nm")
    assert read_label(pixels.astype(np.uint16) * 200, BAR).length_nm == 100
    assert read_label(pixels.astype(np.float64) / 7 - 3, BAR).length_nm == 100


def test_nothing_written_or_only_far_away_is_no_label():
    assert read_label(labelled_bar(""), BAR) is None
    assert read_label(labelled_bar("100 nm", where="far"), BAR) is None
