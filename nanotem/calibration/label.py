"""The label of a scale bar: a number and a unit of length."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

from nanotem.calibration.bar import ScaleBar
from nanotem.calibration.box import Box, holds_middle
from nanotem.calibration.candidates import ramp
from nanotem.calibration.length import Length, is_length, parse_length, spelled
from nanotem.calibration.ocr import Text

_MERE_NUMBER = r"[\d.,/' xX×^-]*\d[\d.,/' xX×^eE+-]*"
_NEAR, _FAR = 1.5, 3.0
"""From a bar, in heights of a text: nearer ones are believed whole, farther ones not at all."""

_WIDEST_SPACE = 1.2
"""Between two pieces of one label, in their heights."""

_WORD_SPACE = 0.25
"""Between two words of one phrase. Their boxes have margins, so that those of most fonts touch; the fields of an info
strip are two blanks and more from each other."""

_LONGEST_STROKE, _EDGE = 0.4, 0.15
"""Of the width of a text, and of its height from its edges: a shorter line farther in is a stroke of a letter."""

_SURE, _SURELY = 0.6, 0.85
"""What grain was taken for text has 0.3 to 0.5; beyond 0.85 no sign is invented."""

_BELIEVED = 0.5
"""Readings of the same few pixels make the same mistakes: where none alone is more likely right than wrong, many that
agree are no better than one. Published labels that were misread alike had 0.37, those read right 0.54 and more."""


TWO_LENGTHS = "two different lengths stand beside it"
_SAME_LENGTH = 0.03
"""Labels of one bar in two units, one of them rounded, differ by less."""


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

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


def best_label(texts: list[Text], bar: ScaleBar) -> Label | None:
    """Return the text that is most believably the label of `bar`; None if there is none near it."""
    labels = (label for text in joined(texts) if (label := _label(text, bar)) is not None)
    return max(labels, key=lambda label: label.confidence, default=None)


def agreed_label(labels: list[Label]) -> Label | None:
    """Return the length that most readings of one label agree on; None if there is no reading.

    Readings count as independent: two of 0.6 that agree give 0.84, one of 0.6 beside another length of 0.6 gives 0.24.
    Those of less than 0.5 do not add up: two of 0.4 that agree give 0.4.
    """
    if not labels:
        return None

    def doubt(agree: bool, length_nm: float) -> float:
        return math.prod(1 - label.confidence for label in labels if (label.length_nm == length_nm) == agree)

    def confidence(label: Label) -> float:
        return (1 - doubt(True, label.length_nm)) * doubt(False, label.length_nm)

    best = max(labels, key=confidence)
    alone = max(label.confidence for label in labels if label.length_nm == best.length_nm)
    return replace(best, confidence=min(confidence(best), 1.0 if alone >= _BELIEVED else alone))


def objection(texts: list[Text], bar: ScaleBar) -> str:
    """Return why what is written beside `bar` must not be used as its length; empty if nothing speaks against it."""
    near = [text for text in joined(texts) if text.confidence >= _SURE and closeness(text.box, bar) > 0]
    found = (parse_length(text.text, bar_px=bar.length_px) for text in near)
    refused = next((said for said in found if isinstance(said, str)), "")
    return refused or (TWO_LENGTHS if _are_two_lengths(near, texts, bar) else "")


def _are_two_lengths(near: list[Text], texts: list[Text], bar: ScaleBar) -> bool:
    """Tell whether two lengths that no grain was taken for stand as near to a bar as its label would, and differ."""
    labels = [label for text in near if (label := _label(text, bar)) is not None and label.confidence >= _SURE]
    lengths = [label.length_nm for label in labels if not is_cut_out(label, texts)]
    return bool(lengths) and max(lengths) > (1 + _SAME_LENGTH) * min(lengths)


def is_cut_out(label: Label, texts: list[Text]) -> bool:
    """Tell whether a label is a piece of something longer that was read as surely: "d = 5 nm", "5 nm AuNPs"."""
    return any(
        text.confidence >= _SURELY and holds_middle(text.box, label.box) and _is_of_another(text.text, label)
        for text in phrases(texts)
    )


def _is_of_another(text: str, label: Label) -> bool:
    """Tell whether a text names the length of a label as another quantity, or ends with it and is no length.

    What goes on behind the unit without a blank is no length either, but may be the next field of an info strip.
    """
    whole, piece = spelled(text).casefold(), spelled(str(label)).casefold()
    if piece not in whole or piece == whole:
        return False
    length = parse_length(text)
    return length.is_named if isinstance(length, Length) else length is None and whole.endswith(piece)


def phrases(texts: list[Text]) -> list[Text]:
    """Return the texts, and those that stand no farther from each other than words do as one, too."""
    found = list(texts)
    for text in sorted(texts, key=lambda text: text.box[1]):
        found += [_together(before, text) for before in found if _follows(before.box, text.box, space=_WORD_SPACE)]
    return found


def _together(a: Text, b: Text) -> Text:
    top, bottom = min(a.box[0], b.box[0]), max(a.box[2], b.box[2])
    return Text(f"{a.text} {b.text}", min(a.confidence, b.confidence), (top, a.box[1], bottom, b.box[3]))


def _label(text: Text, bar: ScaleBar) -> Label | None:
    near = closeness(text.box, bar)
    length = parse_length(text.text, bar_px=bar.length_px) if near else None
    if not isinstance(length, Length):
        return None
    return Label(length.value, length.unit, length.nm, text.box, text.text, text.confidence * near * length.trust)


def closeness(box: Box, bar: ScaleBar) -> float:
    """Return from 0 to 1 how well a text stands for a label of `bar`."""
    part = _holds(box, bar) or _is_paper(box, bar)
    return 0.0 if part else ramp(_gap(box, bar), _FAR, _NEAR)


def joined(texts: list[Text]) -> Iterator[Text]:
    """Yield the texts, those that are pieces of one length as one.

    Two that stand beside each other are pieces if only together they are a length, or if the first is a mere number: of
    "1 000 nm" the second piece alone would be a length, too, and a wrong one.
    """
    pieces: list[Text] = []
    for a, b in permutations(texts, 2):
        mere_number = re.fullmatch(_MERE_NUMBER, a.text.strip()) is not None
        if _follows(a.box, b.box) and (mere_number or not (is_length(a.text) or is_length(b.text))):
            whole = _together(a, b)
            if is_length(whole.text) or is_length(b.text):
                yield whole
                pieces += [a, b]
    yield from (text for text in texts if text not in pieces)


def _follows(left: Box, right: Box, *, space: float = _WIDEST_SPACE) -> bool:
    """Tell whether two boxes stand on one line, the second right after the first."""
    height = min(left[2] - left[0], right[2] - right[0])
    shared = min(left[2], right[2]) - max(left[0], right[0])
    return shared > height / 2 and -height / 2 < right[1] - left[3] < space * height


def _holds(box: Box, bar: ScaleBar) -> bool:
    """Tell whether a short line lies well within a text: then it is a stroke of a letter."""
    top, left, bottom, right = box
    edge = _EDGE * (bottom - top)
    inside = top + edge < bar.row < bottom - edge and left <= bar.left and bar.right <= right
    return inside and bar.length_px < _LONGEST_STROKE * (right - left)


def _is_paper(box: Box, bar: ScaleBar) -> bool:
    """Tell whether a text lies on a bar, in whole or in part: then that is the box behind bar and label."""
    middle, third = (box[0] + box[2]) / 2, (box[2] - box[0]) / 3  # letters are two thirds of the height of their box
    is_behind = bar.box[0] <= middle - third and middle + third <= bar.box[2]
    return is_behind and bar.left < box[3] and box[1] < bar.right


def _gap(box: Box, bar: ScaleBar) -> float:
    """Return the distance of a text from a bar, in heights of the text."""
    top, left, bottom, right = box
    above_or_below = max(bar.row - bar.thickness_px / 2 - bottom, top - bar.row - bar.thickness_px / 2, 0)
    beside = max(bar.left - right, left - bar.right, 0)
    return float(max(above_or_below, beside) / (bottom - top))
