import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from nanotem.calibration import Label, ScaleBar
from nanotem.calibration.ink import RAISED, UNREAD, unread_ink
from nanotem.calibration.ocr import Text

LEFT, LINE, SIZE = 80, 200, 26
FONT = ImageFont.load_default(SIZE)


def written(text, *, grey=255, raised="", noise=6.0):
    rng = np.random.default_rng(0)
    picture = Image.fromarray(np.clip(rng.normal(128, noise, (260, 400)), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((LEFT, LINE + 10, LEFT + 149, LINE + 15), grey)
    pen.text((LEFT, LINE), text, grey, font=FONT, anchor="ls")
    end = LEFT + FONT.getlength(text) + 1
    pen.text((end, LINE - 0.42 * SIZE), raised, grey, font=ImageFont.load_default(0.62 * SIZE), anchor="ls")
    return np.array(picture)


def against(pixels, read, *, whole, grey=255, others=()):
    """Return what speaks against a label of which `read` was read at the end of `whole`."""
    skipped = FONT.getlength(whole[: len(whole) - len(read)])
    box = (LINE - SIZE, round(LEFT + skipped) - 3, LINE + 6, round(LEFT + FONT.getlength(whole)) + 4)
    bar = ScaleBar(LINE + 12.5, LEFT - 0.5, LEFT + 149.5, 6, "light" if grey else "dark", 1.0, (210, LEFT, 216, 230))
    return unread_ink(pixels, Label(5, "nm", 5, box, read, 1.0), bar, list(others))


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("text", ["5 nm", "10 nm", "2 µm"])
def test_a_raised_minus_one_is_seen(text, grey):
    assert against(written(text, grey=grey, raised="-1"), text, whole=text, grey=grey) == RAISED


@pytest.mark.parametrize(("whole", "read"), [(".5 µm", "5 µm"), ("2.5 µm", "25 µm"), ("1 500 nm", "500 nm")])
def test_a_sign_that_was_not_read_is_seen(whole, read):
    assert against(written(whole), read, whole=whole) == UNREAD


@pytest.mark.parametrize("grey", [255, 0])
@pytest.mark.parametrize("text", ["100 nm", "0.5 µm", "1,000 nm", "1/10 µm", "2 microns", "200.0nm"])
def test_what_was_read_whole_is_left_alone(text, grey):
    assert against(written(text, grey=grey), text, whole=text, grey=grey) == ""


def test_what_belongs_to_another_text_is_left_alone():
    pixels = written("1 500 nm")
    other = Text("1", 1.0, (LINE - SIZE, LEFT - 4, LINE + 6, LEFT + 16))
    assert against(pixels, "500 nm", whole="1 500 nm", others=[other]) == ""


def test_grain_is_no_writing():
    assert against(np.full((260, 400), 128, np.uint8), "5 nm", whole="5 nm") == ""
    assert against(written("5 nm", noise=40), "5 nm", whole="5 nm") == ""
