import socket
from typing import Any

import cv2
import numpy as np
import pytest
from scale_drawing import labelled_bar

from nanotem.calibration import ocr
from nanotem.calibration.ocr import read_line, read_text


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError("the network was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_text_is_read_where_it_stands_in_silence_and_without_a_network(no_network, capfd):
    ocr._engine.cache_clear()
    (text,) = read_text(labelled_bar("200 nm"), zoom=1.5)
    top, left, bottom, right = text.box
    assert text.text.replace(" ", "") == "200nm"
    assert text.confidence > 0.8
    assert 315 <= top < bottom <= 357
    assert 75 <= left < right <= 185
    assert capfd.readouterr() == ("", "")


def test_empty_image_holds_no_text():
    assert read_text(np.full((60, 80), 100, np.uint8), zoom=1.0) == []


def test_the_detector_answers_as_the_runtime_for_which_it_was_made():
    from rapidocr import RapidOCR

    as_made: Any = RapidOCR(params={"Global.log_level": "critical", "Det.limit_type": "max"})
    picture = cv2.cvtColor(labelled_bar("200 nm")[300:396, 40:232], cv2.COLOR_GRAY2BGR)
    as_made(picture, use_det=True, use_cls=False, use_rec=False)
    blob = as_made.text_det.get_preprocess()(picture)
    here = ocr._engine().text_det.session(blob)
    assert here.max() > 0.9
    assert here == pytest.approx(as_made.text_det.session(blob), abs=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (96, 96), (100, 768)])
def test_a_picture_fills_the_grid_of_the_detector(shape):
    framed = ocr._framed(np.full(shape, 100, np.uint8))
    assert framed.shape[0] % 32 == framed.shape[1] % 32 == 0
    assert all(32 <= after - before < 64 for before, after in zip(shape, framed.shape, strict=True))


def test_models_are_loaded_once():
    assert ocr._engine() is ocr._engine()


def test_a_line_is_read_without_a_search_and_the_next_picture_with_one():
    pixels = labelled_bar("200 nm")
    text, confidence = read_line(pixels[320:356, 70:190])
    assert text.replace(" ", "") == "200nm"
    assert confidence > 0.8
    assert len(read_text(pixels, zoom=1.5)) == 1


def test_the_box_of_a_text_that_the_frame_cuts_ends_at_the_frame():
    cut = labelled_bar("200 nm")[:, 85:]
    texts = read_text(cut, zoom=1.5)
    assert texts
    for top, left, bottom, right in (text.box for text in texts):
        assert 0 <= top < bottom <= cut.shape[0]
        assert 0 <= left < right <= cut.shape[1]
