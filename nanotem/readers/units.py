"""Lengths as files and scale bars spell them, in nanometres: the one table of units."""

import re
import unicodedata
from typing import Literal

from nanotem.errors import UnreadableFileError

Unit = Literal["pm", "Å", "nm", "µm", "mm", "m"]

NM_PER_UNIT: dict[Unit, float] = {"pm": 1e-3, "Å": 0.1, "nm": 1.0, "µm": 1e3, "mm": 1e6, "m": 1e9}

_SPELLINGS: dict[Unit, str] = {
    "pm": "pm picometer picometre picometro pikometer пм пикометр",
    "Å": "a å ang angstrom angstroem ангстрем",
    "nm": "nm nanometer nanometre nanometro nanometr нм нанометр 纳米 奈米 ナノメートル 나노미터",
    "µm": "um μm mum mcm micron mikron micrometer micrometre micrometro mikrometer mikrometr мкм микрон микрометр "
    "微米 マイクロメートル ミクロン 마이크로미터",
    "mm": "mm millimeter millimetre milimetro мм миллиметр",
    "m": "m meter metre metro метр",
}
"""Without accents, in lower case and in the singular; µ is the Greek letter, as NFKC leaves it."""

_ENDINGS = ("s", "n", "i", "a", "ы", "\N{CYRILLIC SMALL LETTER A}", "ов")
"""Of plurals: microns, Nanometern, nanometri, микрона. None of them makes another unit of a word of four letters."""

_PER_PIXEL = re.compile(r"/(px|pixels?)$")

_ENERGIES = {"ev", "kev"}
_ANGLES = {"rad", "mrad", "μrad", "deg", "°"}


def to_nm(value: float, unit: str) -> float | None:
    """Convert a length to nanometres.

    Parameters
    ----------
    value
        The length, in `unit`.
    unit
        pm, Å, nm, µm, mm or m in any usual spelling and several languages ("A", "angstrom", "um", "microns", "n_m",
        "nanomètres", "мкм"), also per pixel ("nm/px", "nm / pixels"). Upper and lower case are the same.

    Returns
    -------
    float or None
        The length in nm; None if `unit` is blank or no unit of length that is known here.

    Raises
    ------
    UnreadableFileError
        If the unit shows that the data are no picture: 1/nm or an angle (diffraction), eV (a spectrum).

    Examples
    --------
    >>> to_nm(2, "microns")
    2000.0
    """
    if is_energy(unit):
        raise UnreadableFileError(
            f"An axis is in {unit}: this is a spectrum, not a picture.",
            "Open the image that was taken with it.",
        )
    if is_reciprocal(unit):
        raise UnreadableFileError(
            f"The axes are in {unit}: this is a diffraction pattern or a Fourier transform, not a picture.",
            "Open the image of the particles themselves.",
        )
    symbol = unit_of(unit)
    return None if symbol is None else value * NM_PER_UNIT[symbol]


def unit_of(spelling: str) -> Unit | None:
    """Return the unit of length that a spelling stands for; None if it is none that is known here."""
    word = _normalise(spelling)
    singular = (word.removesuffix(ending) for ending in _ENDINGS if len(word) > len("mum") and word.endswith(ending))
    return next((_UNITS[form] for form in (word, *singular) if form in _UNITS), None)


def is_energy(unit: str) -> bool:
    """Return whether the unit is that of a spectrum's axis."""
    return _normalise(unit) in _ENERGIES


def is_reciprocal(unit: str) -> bool:
    """Return whether the unit is that of a diffraction pattern: one over a length, or an angle."""
    word = _normalise(unit)
    return word in _ANGLES or "/" in word or word.endswith("-1")


def _normalise(unit: str) -> str:
    """Bring the spellings of a unit together; NFKC merges both micro signs and both signs for ångström."""
    word = unicodedata.normalize("NFKC", unit).casefold().replace("\N{MINUS SIGN}", "-")
    word = "".join(character for character in word if character not in " _[]()")
    return _PER_PIXEL.sub("", _without_accents(word))


def _without_accents(word: str) -> str:
    """Return nanomètre as nanometre; a single letter keeps its ring."""
    parts = unicodedata.normalize("NFKD", word)
    return word if len(word) == 1 else "".join(part for part in parts if not unicodedata.combining(part))


_UNITS: dict[str, Unit] = {_without_accents(word): unit for unit, words in _SPELLINGS.items() for word in words.split()}
