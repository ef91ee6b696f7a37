import pytest

from nanotem.readers.times import counted_by, to_seconds


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        (2, "s", 2),
        (40, "ms", 0.04),
        (3, "[sec]", 3),
        (5, "µs", 5e-6),
        (2, "minutes", 120),
        (1, "h", 3600),
        (2, "nm", None),
        (2, "", None),
        (0, "s", None),
        (float("nan"), "s", None),
    ],
)
def test_times_are_seconds(value, unit, seconds):
    assert to_seconds(value, unit) == (pytest.approx(seconds) if seconds else None)


@pytest.mark.parametrize(
    ("name", "unit", "letter"),
    [
        ("Time", "", "T"),
        ("", "ms", "T"),
        ("z", "nm", "X"),
        ("scan", "µm", "X"),
        ("loss", "eV", "E"),
        ("", "", ""),
        ("n", "<undefined>", ""),
    ],
)
def test_axes_are_told_by_name_and_unit(name, unit, letter):
    assert counted_by(name, unit) == letter
