import pytest

from nanotem.calibration.length import AMBIGUOUS, COMPOUND, RECIPROCAL, is_length, parse_length


@pytest.mark.parametrize(
    ("text", "nm"),
    [
        ("1,000 nm", 1000), ("1 000 nm", 1000), ("1'000 nm", 1000), ("1,000,000 nm", 1e6), ("1.000.000 nm", 1e6),
        ("1,500.5 nm", 1500.5), ("1/10 µm", 100), ("½ µm", 500), ("1 1/2 µm", 1500), ("1E2 nm", 100),
        ("1e+02nm", 100), ("2×10^3 nm", 2000), ("10² nm", 100), (".5 µm", 500), (",5 um", 500), ("0,500 µm", 500),
        ("2 microns", 2000), ("1 micron", 1000), ("50 nanometers", 50), ("20 nanomètres", 20), ("2 мкм", 2000),
        ("50 нм", 50), ("2 MKM", 2000), ("10 ångström", 1), ("1½ µm", 1500),
        ("50 nanometri", 50), ("50 nm / 200 kV", 50), ("Mag 50kx scale: 50 nm", 50), ("Maßstab 50 nm", 50),
        ("Scale bar: 50 nm", 50), ("scale bar = 20 nm", 20),
    ],
)  # fmt: skip
def test_lengths_as_people_write_them(text, nm):
    assert parse_length(text, bar_px=200).nm == pytest.approx(nm)
    assert is_length(text)


@pytest.mark.parametrize(
    "text",
    [
        "5 nm-1", "5 nm^-1", "5 nm⁻¹", "5 nm −1", "5 Å⁻¹", "5 A-1", "5 1/nm", "5/nm", "1/nm 5 1/Å", "10 mrad", "5 nm1",
        "5 nm'", "2 µm-1", "5 nm.1", "5 nm·1",
    ],
)  # fmt: skip
def test_reciprocal_lengths_and_angles_are_refused(text):
    assert parse_length(text, bar_px=200) == RECIPROCAL


@pytest.mark.parametrize("text", ["5 nm/px", "20 nm/s", "5 nm/", "2 nm per pixel", "100 nm²", "100 nm2", "20 nm^2"])
def test_rates_and_areas_are_refused(text):
    assert parse_length(text, bar_px=200) == COMPOUND


@pytest.mark.parametrize(
    "text",
    [
        "d = 5 nm",
        "Δf = -500 nm",
        "HFW: 500 nm",
        "~20 nm",
        "20 ± 2 nm",
        "20+2 nm",
        "≤ 50 nm",
        "<50 nm",
        "ø 20 nm",
        "20 = 2 nm",
        "20 t 2 nm",
        "20 - 30 nm",
        "No. 12 - 50 nm",
        "Au@20 nm",
    ],
)
def test_a_sign_before_a_number_makes_it_no_bars_length(text):
    assert parse_length(text, bar_px=200) is None


@pytest.mark.parametrize("text", ["WD 10 mm", "F0V 500 nm", "Au 20 nm", "20 nm AuNPs", "20 to 50 nm", "10 mm", "1½ µm"])
def test_what_may_be_something_else_is_never_sure(text):
    assert 1 - (1 - parse_length(text, bar_px=200).trust) ** 4 < 0.5


@pytest.mark.parametrize(
    "text", ["20 nm AuNPs", "50 nm thick", "20 nm ± 2 nm", "20 nm x 50 nm", "WD 10 mm", "20 nm@SiO2"]
)
def test_what_stands_beside_a_length_may_name_it(text):
    assert parse_length(text, bar_px=200).is_named


@pytest.mark.parametrize(
    "text", ["50x 200 µm WD:28.0mm", "50 nm HV 200 kV", "50 nm / 200 kV", "50 nm X50,000", "50 nm Foo=2"]
)
def test_the_next_field_of_an_info_strip_names_no_length_before_it(text):
    assert not parse_length(text, bar_px=200).is_named


def test_a_word_that_names_a_bar_casts_no_doubt():
    assert parse_length("50 nm scale bar", bar_px=200).trust > 0.3


@pytest.mark.parametrize(("text", "bar_px"), [("1.000 nm", 200), ("1,000 µm", 200), ("2.500 nm", None)])
def test_a_point_with_two_meanings_is_refused(text, bar_px):
    assert parse_length(text, bar_px=bar_px) == AMBIGUOUS


def test_a_point_parts_thousands_where_only_they_make_sense():
    assert parse_length("1.000 nm", bar_px=500).nm == 1000
    assert parse_length("1.000 µm", bar_px=200).nm == 1000


@pytest.mark.parametrize(
    "text",
    [
        "1 2 nm",
        "2x10 nm",
        "1x103 nm",
        "0/5 nm",
        "5/0 nm",
        "2/2 µm",
        "2/4 µm",
        "3/2 µm",
        "000 nm",
        "5 m",
        "5-nm",
        "5 furlongs",
    ],
)
def test_what_may_be_half_a_number_is_no_length(text):
    assert parse_length(text, bar_px=200) is None


@pytest.mark.parametrize("text", ["1110 nm", "112 nm", "115 µm", "20.7 nm"])
def test_an_odd_number_is_doubted(text):
    assert parse_length(text).trust < 0.5
