import math

import pytest

from nanotem.errors import ScaleError
from nanotem.readers.decoded import PixelSize
from nanotem.readers.file_scale import file_scale


def test_no_pixel_size_is_no_scale_and_nothing_to_say():
    assert file_scale(None) == (None, ())


def test_height_and_width_are_compared_after_conversion():
    scale, notes = file_scale(PixelSize(2.0, 0.2, "Å", "nm"))
    assert scale.nm_per_px == pytest.approx(0.2)
    assert scale.source == "file"
    assert notes == ()


def test_a_difference_within_one_percent_is_averaged():
    scale, _ = file_scale(PixelSize(1.000, 1.008, "nm", "nm"))
    assert scale.nm_per_px == pytest.approx(1.004)


@pytest.mark.parametrize(("height", "width"), [(1.0, 1.02), (1.02, 1.0), (3.0, 0.002)])
def test_pixels_that_are_not_square_are_refused(height, width):
    with pytest.raises(ScaleError, match=f"{height:g} nm high and {width:g} nm wide") as caught:
        file_scale(PixelSize(height, width, "nm", "nm"))
    assert "square" in caught.value.hint


@pytest.mark.parametrize("size", [0.0, -1.0, math.nan, math.inf, 1e9])
def test_an_impossible_size_is_no_scale_with_a_note(size):
    scale, notes = file_scale(PixelSize(size, size, "nm", "nm"))
    assert scale is None
    assert f"{size:g} x {size:g} nm" in notes[0]


@pytest.mark.parametrize("unit", ["", "px", "pixels", "<undefined>"])
def test_without_a_unit_there_is_no_scale_and_no_note(unit):
    assert file_scale(PixelSize(1.0, 1.0, unit, unit)) == (None, ())


@pytest.mark.parametrize(("units", "said"), [(("furlong", "furlong"), "furlong"), (("nm", ""), "mixed units")])
def test_an_unknown_unit_is_no_scale_with_a_note(units, said):
    scale, notes = file_scale(PixelSize(1.0, 1.0, *units))
    assert scale is None
    assert said in notes[0]
