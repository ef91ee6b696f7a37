"""Lengths as files spell them, in nanometres."""

import unicodedata

from nanotem.errors import UnreadableFileError

_NM_PER_UNIT = {
    "pm": 1e-3,
    "picometer": 1e-3,
    "picometre": 1e-3,
    "a": 0.1,
    "å": 0.1,
    "ang": 0.1,
    "angstrom": 0.1,
    "ångström": 0.1,
    "nm": 1.0,
    "nanometer": 1.0,
    "nanometre": 1.0,
    "μm": 1e3,
    "um": 1e3,
    "mum": 1e3,
    "micron": 1e3,
    "micrometer": 1e3,
    "micrometre": 1e3,
    "mm": 1e6,
    "millimeter": 1e6,
    "millimetre": 1e6,
    "m": 1e9,
    "meter": 1e9,
    "metre": 1e9,
}
_ENERGIES = {"ev", "kev"}
_ANGLES = {"rad", "mrad", "μrad", "deg", "°"}


def to_nm(value: float, unit: str) -> float | None:
    """Convert a length to nanometres.

    Parameters
    ----------
    value
        The length, in `unit`.
    unit
        pm, Å, nm, µm, mm or m in any usual spelling ("A", "angstrom", "um", "micron", "n_m", "meters"),
        also per pixel ("nm/px"). Upper and lower case are the same.

    Returns
    -------
    float or None
        The length in nm; None if `unit` is blank or no unit of length that is known here.

    Raises
    ------
    UnreadableFileError
        If the unit shows that the data are no picture: 1/nm or an angle (diffraction), eV (a spectrum).
    """
    symbol = _normalise(unit)
    if is_energy(unit):
        raise UnreadableFileError(
            f"An axis is in {unit}: this is a spectrum, not a picture.",
            "Open the image that was taken with it.",
        )
    if symbol in _ANGLES or "/" in symbol or symbol.endswith("-1"):
        raise UnreadableFileError(
            f"The axes are in {unit}: this is a diffraction pattern or a Fourier transform, not a picture.",
            "Open the image of the particles themselves.",
        )
    if len(symbol) > len("ms"):
        symbol = symbol.removesuffix("s")
    nm_per_unit = _NM_PER_UNIT.get(symbol)
    return None if nm_per_unit is None else value * nm_per_unit


def is_energy(unit: str) -> bool:
    """Return whether the unit is that of a spectrum's axis."""
    return _normalise(unit) in _ENERGIES


def _normalise(unit: str) -> str:
    """Bring the spellings of a unit together; NFKC merges both micro signs and both signs for ångström."""
    symbol = unicodedata.normalize("NFKC", unit).casefold().replace("\N{MINUS SIGN}", "-")
    symbol = "".join(character for character in symbol if character not in " _[]()")
    return symbol.removesuffix("/px").removesuffix("/pixel")
