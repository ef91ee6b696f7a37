import pytest

from nanotem.errors import UnreadableFileError
from nanotem.readers import to_nm


@pytest.mark.parametrize(
    ("unit", "nm"),
    [
        ("nm", 1), ("n_m", 1), ("[n_m]", 1), (" NM ", 1), ("nanometers", 1), ("nm/px", 1), ("nm / pixel", 1),
        ("nm/pixels", 1),
        ("\N{MICRO SIGN}m", 1e3), ("\N{GREEK SMALL LETTER MU}m", 1e3), ("um", 1e3), ("micron", 1e3),
        ("microns", 1e3), ("micrometre", 1e3), ("[u_m]", 1e3),
        ("A", 0.1), ("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}", 0.1), ("\N{ANGSTROM SIGN}", 0.1),
        ("Angstrom", 0.1), ("angstroms", 0.1), ("pm", 1e-3), ("mm", 1e6), ("m", 1e9), ("meters", 1e9),
    ],
)  # fmt: skip
def test_a_length_in_any_spelling_becomes_nm(unit, nm):
    assert to_nm(2.5, unit) == pytest.approx(2.5 * nm)


@pytest.mark.parametrize("unit", ["", " ", "px", "pixel", "inch", "furlong", "s", "ms", "None"])
def test_what_is_no_unit_of_length_gives_none(unit):
    assert to_nm(1.0, unit) is None


@pytest.mark.parametrize("unit", ["1/nm", "1 / nm", "nm^-1", "nm⁻¹", "1/Å", "Å^-1", "mrad", "1/m"])
def test_reciprocal_units_are_diffraction(unit):
    with pytest.raises(UnreadableFileError, match="diffraction") as caught:
        to_nm(1.0, unit)
    assert unit in caught.value.message


@pytest.mark.parametrize("unit", ["eV", "keV"])
def test_energies_are_spectra(unit):
    with pytest.raises(UnreadableFileError, match="spectrum"):
        to_nm(1.0, unit)
