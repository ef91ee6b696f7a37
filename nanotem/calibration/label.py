"""The label of a scale bar: a number and a unit of length."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.candidates import ramp
from nanotem.calibration.line import Box
from nanotem.calibration.ocr import Text
from nanotem.readers.units import to_nm

_SMALLEST_NM_PER_PX, _LARGEST_NM_PER_PX = 1e-3, 1e5
_UNITS = {
    "nm": (("nm", 1.0),),
    "µm": (("µm", 1.0),),
    "um": (("µm", 1.0),),
    "jm": (("µm", 0.9),),
    "ym": (("µm", 0.9),),
    "pm": (("pm", 0.6), ("µm", 0.9)),
    "mm": (("mm", 0.9), ("nm", 0.6)),
    "å": (("Å", 1.0),),
    "a": (("Å", 0.7),),
    **dict.fromkeys(("rm", "nn", "rim", "nrn", "nim", "hm", "nmm"), (("nm", 0.75),)),
}
"""What is read for a unit: what it may mean, with how much to trust that. The first that is possible is taken."""

_LINES = " |_-\N{EN DASH}\N{EM DASH}\N{CJK UNIFIED IDEOGRAPH-4E00}"
"""What a bar is read as where it runs into its label."""

_DIGITS = str.maketrans("oslzi|", "051211")
_MISREAD = 0.8
_UNUSUAL, _ODD = 0.7, 0.4
_USUAL_MANTISSAS = ("1", "2", "25", "5")
_LABEL = re.compile(
    rf"(?<![\d.:=-])([\doslzi|][\doslzi|.,]*)\s*\.?({'|'.join(sorted(_UNITS, key=len)[::-1])})(?![a-z])"
)
_NEAR, _FAR = 1.5, 3.0
_WIDEST_SPACE = 1.2
_LONGEST_STROKE, _EDGE = 0.4, 0.15


@dataclass(frozen=True)
class Label:
    """What is written beside a scale bar.

    Parameters
    ----------
    value, unit
        The number and its unit: nm, µm, Å, pm or mm.
    length_nm
        The same length in nm.
    box
        (top, left, bottom, right) in px, half open.
    text
        As it was read, before misread characters were put right.
    confidence
        From 0 to 1: how surely it was read, less for a character put right, for an unusual number (usual are 1, 2,
        2.5 and 5 times a power of ten), and for text far from the bar.
    """

    value: float
    unit: str
    length_nm: float
    box: Box
    text: str
    confidence: float


def best_label(texts: list[Text], bar: ScaleBar) -> Label | None:
    """Return the text that is most believably the label of `bar`; None if there is none near it."""
    labels = (label for text in _joined(texts) if (label := _label(text, bar)) is not None)
    return max(labels, key=lambda label: label.confidence, default=None)


def agreed_label(labels: list[Label]) -> Label | None:
    """Return the length that most readings of one label agree on; None if there is no reading.

    Readings count as independent: two of 0.6 that agree give 0.84, one of 0.6 beside another length of 0.6 gives 0.24.
    """
    if not labels:
        return None

    def doubt(agree: bool, length_nm: float) -> float:
        return math.prod(1 - label.confidence for label in labels if (label.length_nm == length_nm) == agree)

    def confidence(label: Label) -> float:
        return (1 - doubt(True, label.length_nm)) * doubt(False, label.length_nm)

    best = max(labels, key=confidence)
    return replace(best, confidence=confidence(best))


def is_length(text: str) -> bool:
    """Tell whether a text holds a number with a unit of length."""
    return _LABEL.search(_plain(text)) is not None


def _label(text: Text, bar: ScaleBar) -> Label | None:
    closeness = ramp(_gap(text.box, bar), _FAR, _NEAR)
    match = _LABEL.search(_plain(text.text))
    if match is None or closeness == 0 or _holds(text.box, bar):
        return None
    digits = match[1].translate(_DIGITS).replace(",", ".").rstrip(".")
    value = _number(digits)
    alone = len(_spelled(match[0])) / len(_spelled(_plain(text.text)))
    misread = sum(a != b for a, b in zip(digits, match[1].replace(",", "."), strict=False))
    for unit, trust in _UNITS[match[2]]:
        length_nm = to_nm(value, unit) or 0.0
        if _SMALLEST_NM_PER_PX <= length_nm / bar.length_px <= _LARGEST_NM_PER_PX:
            confidence = text.confidence * closeness * trust * _usual(digits) * alone * _MISREAD**misread
            return Label(value, unit, length_nm, text.box, text.text, confidence)
    return None


def _usual(digits: str) -> float:
    """Return how far a number can be trusted for being round."""
    mantissa = digits.replace(".", "").strip("0")
    if mantissa in _USUAL_MANTISSAS:
        return 1.0
    return _UNUSUAL if len(mantissa) == 1 or mantissa.endswith("5") else _ODD


def _spelled(text: str) -> str:
    """Return the letters and digits of a text."""
    return re.sub(r"[\W_]", "", text)


def _plain(text: str) -> str:
    """Return text in lower case with one micro sign, no blank within a unit, and no line before or after it."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\N{GREEK SMALL LETTER MU}", "µ")
    plain = plain.strip(_LINES)
    return re.sub(r"([nµ])\s+m\b", r"\1m", plain)


def _number(digits: str) -> float:
    """Return the value of a number; 0 where its first digits were lost ("00") or there are two points."""
    complete = re.fullmatch(r"[1-9]\d*(\.\d+)?|0\.\d+", digits)
    return float(digits) if complete else 0.0


def _joined(texts: list[Text]) -> Iterator[Text]:
    """Yield every text, and every two that stand beside each other and only together are a length."""
    yield from texts
    for a, b in permutations([text for text in texts if not is_length(text.text)], 2):
        if _follows(a.box, b.box):
            (top, left, bottom, _), (_, _, _, right) = a.box, b.box
            yield Text(f"{a.text} {b.text}", min(a.confidence, b.confidence), (top, left, bottom, right))


def _follows(left: Box, right: Box) -> bool:
    """Tell whether two boxes stand on one line, the second right after the first."""
    height = min(left[2] - left[0], right[2] - right[0])
    shared = min(left[2], right[2]) - max(left[0], right[0])
    return shared > height / 2 and -height / 2 < right[1] - left[3] < _WIDEST_SPACE * height


def _holds(box: Box, bar: ScaleBar) -> bool:
    """Tell whether a short line lies well within a text: then it is a stroke of a letter."""
    top, left, bottom, right = box
    edge = _EDGE * (bottom - top)
    inside = top + edge < bar.row < bottom - edge and left <= bar.left and bar.right <= right
    return inside and bar.length_px < _LONGEST_STROKE * (right - left)


def _gap(box: Box, bar: ScaleBar) -> float:
    """Return the distance of a text from a bar, in heights of the text."""
    top, left, bottom, right = box
    above_or_below = max(bar.row - bar.thickness_px / 2 - bottom, top - bar.row - bar.thickness_px / 2, 0)
    beside = max(bar.left - right, left - bar.right, 0)
    return float(max(above_or_below, beside) / (bottom - top))
