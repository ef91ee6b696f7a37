from dataclasses import replace

import pytest

from nanotem.calibration import ScaleBar, scale_from_bar
from nanotem.errors import ScaleError, UnreadableFileError

BAR = ScaleBar(row=90, left=10.5, right=210.5, thickness_px=5, polarity="dark", confidence=1, box=(88, 11, 93, 211))


@pytest.mark.parametrize(("length", "unit", "nm_per_px"), [(50, "nm", 0.25), (0.2, "µm", 1.0), (20, "Å", 0.01)])
def test_scale_is_length_over_length(length, unit, nm_per_px):
    scale = scale_from_bar(BAR, length, unit)
    assert scale.nm_per_px == pytest.approx(nm_per_px)
    assert scale.source == "scale bar"


def test_shorter_bar_is_less_certain():
    assert scale_from_bar(BAR, 50, "nm").relative_uncertainty == pytest.approx(0.5 * 2**0.5 / 200)
    half = replace(BAR, right=110.5)
    assert scale_from_bar(half, 50, "nm").relative_uncertainty == pytest.approx(0.5 * 2**0.5 / 100)


@pytest.mark.parametrize("length", [0, -50, float("nan")])
def test_length_must_be_positive(length):
    with pytest.raises(ScaleError, match=f"{length:g} nm is not longer than 0"):
        scale_from_bar(BAR, length, "nm")


def test_unknown_unit_is_named():
    with pytest.raises(ScaleError, match=r"'parsec'.*Use pm"):
        scale_from_bar(BAR, 50, "parsec")


def test_reciprocal_unit_is_no_length():
    with pytest.raises(UnreadableFileError, match="1/nm"):
        scale_from_bar(BAR, 5, "1/nm")


def test_bar_without_length_is_refused():
    with pytest.raises(ScaleError, match=r"from column 10\.5 to column 10\.5"):
        replace(BAR, right=10.5)
