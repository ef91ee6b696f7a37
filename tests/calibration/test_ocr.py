import socket

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
