"""A number with a unit of length, as people and microscopes write it and as it comes out of text recognition."""

import math
import re
import unicodedata
from dataclasses import dataclass, replace

from nanotem.readers.units import NM_PER_UNIT, Unit, unit_of

SMALLEST_NM_PER_PX, LARGEST_NM_PER_PX = 1e-3, 1e5
"""What an electron microscope can record: a tenth of the finest sampling of atoms, ten times the coarsest survey."""

_FINEST_NM_PER_PX, _COARSEST_NM_PER_PX = 3e-3, 5e2
"""What is recorded every day. Decides only where a point may part thousands as well as decimals."""

_NEVER_SURE = 0.15
"""Trust in what may mean something else, however surely it is read: four readings that agree stay below one half."""

_MISREAD_UNITS: dict[str, tuple[tuple[Unit, float], ...]] = {
    **dict.fromkeys(("jm", "ym"), (("µm", 0.9),)),
    **dict.fromkeys(("mkm", "mkn"), (("µm", 0.9),)),
    "µµm": (("µm", 0.75),),
    "pm": (("pm", 0.6), ("µm", 0.9)),
    "mm": (("mm", _NEVER_SURE), ("nm", 0.6)),
    "a": (("Å", 0.7),),
    **dict.fromkeys(("rm", "nn", "rim", "nrn", "nim", "hm", "nmm"), (("nm", 0.75),)),
}
"""What is read for a unit: what it may mean, with how much to trust that. The first that is possible is taken.
"mkm" and "hm" are мкм and нм in Latin letters. A bar of millimetres is not accepted unasked: "nm" is
read with a leg too many now and then, which would be wrong a millionfold."""

_DIGITS = str.maketrans("oslzi|", "051211")
_MISREAD = 0.8
_UNUSUAL, _ODD = 0.7, 0.4
_USUAL_MANTISSAS = ("1", "2", "25", "5")

_LINES = " |_-\N{EN DASH}\N{EM DASH}\N{CJK UNIFIED IDEOGRAPH-4E00}"
"""What a bar is read as where it runs into its label."""

_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_SUPERSCRIPT = re.compile("[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_VULGAR = re.compile(r"(\d?)([¼½¾⅐-⅞])")
"""A fraction in one sign: its first figure is read twice now and then, ½ as 1½."""

_D = r"[\doslzi|]"
_LENGTH = re.compile(
    rf"""(?<![\d.:=a-wyz/^-])
    (?P<number>
        (?:{_D}+[ ])?{_D}+\s?/\s?{_D}+                               # 1/10, 1 1/2
      | {_D}+(?:[.,]{_D}+)?\s?(?:e\s?|[x×*·]\s?10\s?\^\s?)[+-]?\d+   # 1e2, 1x10^2
      | 10\s?\^\s?[+-]?\d+                                           # 10^2
      | \d{{1,3}}(?:[ ']\d{{3}})+                                   # 1 000
      | {_D}[\doslzi|.,]*                                            # 1000, 1,000, 0.5
      | [.,]{_D}+                                                    # .5
    )
    \s*\.?(?P<unit>[^\W\d_]+)""",
    re.VERBOSE,
)
_BEFORE = re.compile(r"[\d.,/^~≈±+≤≥<>ø⌀@]\s*$|\d\s?[x×*·-]\s*$|[^\W_]\s*[:=]\s*-?\s*$|\d\s+[^\s|]\s+$")
"""What no bar's length stands behind. One sign alone between two numbers sets them against each other, whatever it was
read as: "20 ± 2 nm" as "20 = 2 nm"."""

_WORD_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_][015]?[^\W\d_]+\s+$")
_KEYS = "hv|eht|acc|wd|mag|hfw|vfw|fov|spot|det|tilt|dwell|date|time"
"""What microscopes write before a number of their own: behind a length they begin the next field of the info strip."""

_WORD_AFTER = re.compile(
    rf"""\s+(?!(?:scale|bar|{_KEYS})\b)[^\W\d_]{{2,}}\b(?!\s?[:=])
      | \s*[±+=@]
      | \s*[x×*-]\s?[\d.,]+\s?[nµp]m""",
    re.VERBOSE,
)
"""A word right before or after a length names what it is: "WD 10 mm", "Au 20 nm", "20 nm AuNPs", "F0V 500 nm". So does
a sign behind it: "20 nm ± 2 nm", "20 nm x 50 nm"."""

_BAR = r"(?:scale\s?)?(?:bar|scale)|massstab|massbalken|échelle|echelle|escala|scala|barra|barre|шкала|масштаб"
_NAMED = re.compile(rf"(?:^\W*|(?<=\s))(?:{_BAR})\s?[:=]?\s*(?=[\d.,]|{_D})")
_RECIPROCAL = re.compile(
    r"""\d\s*(?:\(?1\s*)?/\s*(?:[nµup]m|å|a|m)\b          # 1/nm, 5 /nm, 5 1/nm
      | (?<![a-z])(?:[nµup]m|å|a)\s?[\^'*"]*\s?[-~]\s?[1il|](?!\d)  # nm-1, nm^-1
      | (?<![a-z])(?:[np]m|å)(?:[\^'*"1il]|[.,·¯]\s?[1il](?!\w))  # nm^, nm1, nm.1: a raised -1 half read
      | \d\s*[mµu]?rad(?![a-z])""",
    re.VERBOSE,
)
_COMPOUND = re.compile(r"\d\s*(?:[nµup]m|å)(?:\s?/(?!\s*\d)|\s?per\b|\^?[23](?!\w))")
AMBIGUOUS = "its point may part thousands or decimals"
RECIPROCAL = "it is one over a length or an angle: the picture is a diffraction pattern or a Fourier transform"
COMPOUND = "it is a length per something, or an area"


@dataclass(frozen=True)
class Length:
    """A length that a text may stand for.

    Parameters
    ----------
    value, unit
        The number and its unit.
    trust
        From 0 to 1: less for each character that was put right, for a number that is not round, and for other text
        around it.
    is_named
        Whether a word or a sign right beside it says that it is something else than a bar's length.
    """

    value: float
    unit: Unit
    trust: float
    is_named: bool = False

    @property
    def nm(self) -> float:
        """The length in nm."""
        return self.value * NM_PER_UNIT[self.unit]


def parse_length(text: str, *, bar_px: float | None = None) -> Length | str | None:
    """Read a length in a text.

    Parameters
    ----------
    text
        As it was recognised.
    bar_px
        Length of the bar beside it: it decides between readings, 1 pm over 100 px is impossible, so it is 1 µm.
        Without it any length is possible.

    Returns
    -------
    Length, str or None
        A sentence part that says why not where the text is about a length and must not be used as one: a reciprocal
        length, a rate, an area, or thousands that may be decimals. None where there is no length in it, or one that
        another sign says to be no bar's: "d = 5 nm", "20 ± 2 nm".

    Examples
    --------
    >>> parse_length("1,000 nm").nm, parse_length("1/10 µm").nm
    (1000.0, 100.0)
    >>> parse_length("5 nm^-1") == RECIPROCAL
    True
    """
    plain = _plain(text)
    if _COMPOUND.search(plain):
        return COMPOUND
    if _RECIPROCAL.search(plain):
        return RECIPROCAL
    refused: str | None = None
    for match in _LENGTH.finditer(plain):
        before = plain[: match.start()]
        if _BEFORE.search(before) and not _is_magnification(before, match["number"]):
            continue
        length = _length(match, plain, bar_px)
        if isinstance(length, Length):
            is_named = bool(_WORD_BEFORE.search(before) or _WORD_AFTER.match(plain, match.end()))
            trust = _NEVER_SURE * length.trust if is_named or _VULGAR.search(text) else length.trust
            return replace(length, trust=trust, is_named=is_named)
        refused = refused or length
    return refused


def is_length(text: str) -> bool:
    """Tell whether a text holds a number with a unit of length, usable or not."""
    return parse_length(text) is not None


def _is_magnification(before: str, number: str) -> bool:
    """Tell whether what stands before a number is a magnification ("50x") and not a power of ten ("2x10")."""
    return before.rstrip().endswith(("x", "×")) and not re.fullmatch(r"10\d?", number)


def _length(match: re.Match[str], plain: str, bar_px: float | None) -> Length | str | None:
    number, unit = match["number"], match["unit"]
    digits = number.translate(_DIGITS)
    misread = sum(a != b for a, b in zip(digits, number, strict=True))
    alone = len(spelled(number + unit)) / max(len(spelled(plain)), 1)
    refused: str | None = None
    for meant, trust in _meant(unit):
        values = [value for value in _values(digits, meant) if _possible(value * NM_PER_UNIT[meant], bar_px)]
        if len(values) > 1:
            usual = [v for v in values if bar_px and _is_usual_scale(v * NM_PER_UNIT[meant] / bar_px)]
            values = usual if len(usual) == 1 and "," not in digits else []
            refused = AMBIGUOUS
        if values:
            return Length(values[0], meant, trust * alone * _roundness(values[0]) * _MISREAD**misread)
    return refused


def _meant(unit: str) -> tuple[tuple[Unit, float], ...]:
    """Return what may be meant by the letters after a number; a bar is never labelled in metres."""
    if unit in _MISREAD_UNITS:
        return _MISREAD_UNITS[unit]
    known = unit_of(unit)
    return () if known is None or known == "m" else ((known, 1.0),)


def _values(digits: str, unit: Unit) -> list[float]:
    """Return all that a number may mean, nothing where its first digits were lost ("00") or there are two points."""
    if "/" in digits:
        return _fraction(digits)
    power_of_ten = re.fullmatch(r"10\s?\^\s?([+-]?\d{1,2})", digits)
    if power_of_ten:
        return [10.0 ** int(power_of_ten[1])]
    power = re.fullmatch(r"([\d.,]+)\s?(?:e|[x×*·]\s?10\s?\^)\s?([+-]?\d{1,2})", digits)
    if power:
        return [value * 10.0 ** int(power[2]) for value in _values(power[1], unit)]
    if re.fullmatch(r"[1-9]\d{0,2}(?:[ ']\d{3})+|[1-9]\d{0,2}(?:,\d{3}){2,}|[1-9]\d{0,2}(?:\.\d{3}){2,}", digits):
        return [float(re.sub(r"\D", "", digits))]
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}\.\d+", digits):
        return [float(digits.replace(",", ""))]
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        thousands, decimals = float(re.sub(r"\D", "", digits)), float(digits.replace(",", "."))
        finer_than_nm = NM_PER_UNIT[unit] <= 1
        return [thousands] if "," in digits and finer_than_nm else [decimals, thousands]
    decimal = digits.replace(",", ".").rstrip(".")
    return [float(decimal)] if re.fullmatch(r"[1-9]\d*(\.\d+)?|0?\.\d+", decimal) and float(decimal) > 0 else []


def _fraction(digits: str) -> list[float]:
    """Return a proper fraction in lowest terms; 2/2 is a misread 1/2."""
    whole, above, below = map(int, re.fullmatch(r"(?:(\d+) )?(\d+)\s?/\s?(\d+)", digits).groups("0"))  # type: ignore[union-attr]
    return [whole + above / below] if 0 < above < below and math.gcd(above, below) == 1 else []


def _possible(length_nm: float, bar_px: float | None) -> bool:
    return bar_px is None or SMALLEST_NM_PER_PX <= length_nm / bar_px <= LARGEST_NM_PER_PX


def _is_usual_scale(nm_per_px: float) -> bool:
    return _FINEST_NM_PER_PX <= nm_per_px <= _COARSEST_NM_PER_PX


def _roundness(value: float) -> float:
    """Return how far a number can be trusted for being round."""
    mantissa = f"{value:.6f}".replace(".", "").strip("0")
    if mantissa in _USUAL_MANTISSAS:
        return 1.0
    return _UNUSUAL if len(mantissa) == 1 or (len(mantissa) == 2 and mantissa.endswith("5")) else _ODD


def spelled(text: str) -> str:
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]", "", text)


def _plain(text: str) -> str:
    """Return text in lower case with one micro sign, "^" for raised, no blank within a unit, no line at its ends."""
    apart = _VULGAR.sub(r"\1 \2", text)
    raised = _SUPERSCRIPT.sub(lambda run: "^" + run[0].translate(_SUPERSCRIPTS), apart)
    plain = unicodedata.normalize("NFKC", raised).casefold().replace("\N{GREEK SMALL LETTER MU}", "µ")
    plain = plain.replace("\N{FRACTION SLASH}", "/").replace("\N{MINUS SIGN}", "-")
    plain = plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = re.sub("[\N{EN DASH}\N{EM DASH}]", "-", plain.strip(_LINES))
    return _NAMED.sub("", re.sub(r"([nµ])\s+m\b", r"\1m", plain))
