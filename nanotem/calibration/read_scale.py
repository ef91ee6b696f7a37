"""Read the scale from the picture: find the bars, read their labels, and say how far to trust that."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nanotem.calibration.bar import ScaleBar, scale_from_bar
from nanotem.calibration.box import Box, overlap
from nanotem.calibration.ends import AT_EDGE, against_bar, may_be_cut
from nanotem.calibration.find_bar import find_bars, find_scale_bar
from nanotem.calibration.grey import Bytes, eight_bit
from nanotem.calibration.ink import RAISED, unread_ink
from nanotem.calibration.label import (
    TWO_LENGTHS,
    Label,
    agreed_label,
    best_label,
    closeness,
    is_cut_out,
    joined,
    objection,
)
from nanotem.calibration.length import Length, is_length, parse_length
from nanotem.calibration.near_label import (
    find_bar_near_label,
    find_halves,
    has_other_half,
    is_one_of_a_row,
    joined_halves,
    whole_of_fields,
)
from nanotem.calibration.ocr import Text, read_text
from nanotem.calibration.read_label import SURE, read_beside
from nanotem.calibration.twin_lines import LONGEST_SPACED_NM, TWINS, has_twin
from nanotem.micrograph import Pixels, Scale

LEAST_CONFIDENCE = 0.5
"""Below this confidence a reading is not accepted."""

_CONTENDER = 0.3
"""A second bar is taken for one from this confidence on: it need not be sure to make the first one doubtful."""

_DISAGREEING_SHARE, _DISAGREEING_PX = 0.03, 1.5
_SHORTEST_NM = 0.5
"""Below it a line beside a length marks a lattice spacing: those of metals are 0.12 to 0.24 nm."""

_N_ALTERNATIVES = 6
_N_CLOSER, _N_RESCUED = 3, 8
_LARGEST_ZOOM = 1.5
_LONGEST_SIDE_PX = 768
"""Of the whole frame as it is read: half the time of 1024 px. What is too small for it is read beside the bars."""

LATTICE = f"a length below {_SHORTEST_NM:g} nm marks a lattice spacing more often than a scale"
NAMED = "what stands beside it names another quantity"
DASHED = "it is one of several equal lines in a row, and where they begin and end cannot be told"
UNEVEN = "it stands between two lines that could not be told to be halves of one bar"

_SPACINGS = (LATTICE, TWINS)


@dataclass(frozen=True)
class LabelledBar:
    """A bar with the label that was read for it, if any.

    Parameters
    ----------
    bar, label
        The label is None if there is none, or none that is a length.
    objection
        Why its label must not be used unasked, as a part of a sentence; empty if nothing speaks against it.
    """

    bar: ScaleBar
    label: Label | None
    objection: str = ""

    @property
    def likelihood(self) -> float:
        """Confidence of the label times the root of that of the bar: a label speaks for a bar; 0 without a label."""
        return 0.0 if self.label is None else self.label.confidence * self.bar.confidence**0.5

    @property
    def confidence(self) -> float:
        """The likelihood, 0 if something speaks against the label."""
        return 0.0 if self.objection else self.likelihood

    @property
    def nm_per_px(self) -> float | None:
        """Nanometres per pixel; None without a label."""
        return None if self.label is None else self.label.length_nm / self.bar.length_px

    def __str__(self) -> str:
        label = f", label {self.label}" if self.label else ""
        return f"{self.bar.length_px:.1f} px at row {self.bar.row:.0f}{label}"


@dataclass(frozen=True)
class ScaleReading:
    """What the picture itself says about its scale.

    Parameters
    ----------
    bar, label
        The most believable bar and its label, each None if there is none.
    scale
        What follows from them, None if one is missing. Use it unasked only if `accepted`.
    confidence
        From 0 to 1, that of the label times the root of that of the bar; 0 if something speaks against the label.
    accepted
        Whether `confidence` is at least `LEAST_CONFIDENCE` and no other bar disagrees.
    alternatives
        Other bars, with their labels where these were read, the most believable first.
    reason
        One sentence for a person: what was read, or what is missing.
    disagreeing
        The labelled bars that say different scales, that of `bar` among them; empty if there are no such.
    notes
        What else a person should know, each a sentence.
    texts
        Everything that was read in the picture, with its place; see `find_annotations`.
    objection
        Why `label` must not be used unasked, as a part of a sentence; empty if nothing speaks against it.
    """

    bar: ScaleBar | None
    label: Label | None
    scale: Scale | None
    confidence: float
    accepted: bool
    alternatives: tuple[LabelledBar, ...]
    reason: str
    disagreeing: tuple[LabelledBar, ...] = ()
    notes: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    objection: str = ""

    @property
    def pairs(self) -> tuple[LabelledBar, ...]:
        """The most believable bar and then the others; empty if there is none."""
        return () if self.bar is None else (LabelledBar(self.bar, self.label, self.objection), *self.alternatives)


def read_scale(pixels: Pixels, *, region: Box | None = None, bars: list[ScaleBar] | None = None) -> ScaleReading:
    """Find the scale bars and read their labels, or say what is missing: a wrong scale is worse than none.

    The whole frame is read, and each line that could be a bar is paired with the length beside it; the most believable
    bars are looked at more closely if their labels were not read surely. Near a length without a bar, one that the
    label interrupts, a ruler of ticks, a short thick bar, or one of which only the outline is drawn is sought. Two
    labelled bars that disagree (panels of a figure, an enlarged inset) give no scale, but both are named.

    Parameters
    ----------
    pixels
        Grey image of any depth.
    region
        (top, left, bottom, right) in px, drawn around the bar by a person: only there is the bar sought.
    bars
        What `find_bars` found in the same image, if it was asked already: the search is not repeated.

    Raises
    ------
    ParameterError
        If the region is empty or reaches outside the image.
    """
    grey = eight_bit(pixels)
    if region is not None:
        bar = find_scale_bar(pixels, region=region)
        return _reading([] if bar is None else [_closer(grey, bar, [], [])], [])
    bars = find_bars(pixels) if bars is None else bars
    texts = read_text(grey, zoom=min(_LARGEST_ZOOM, _LONGEST_SIDE_PX / max(grey.shape)))
    found = list(_labelled(grey, bars, texts))
    found = list({pair.bar.box: pair for pair in found}.values())  # both halves of a bar became the same whole
    found += _rescued(grey, texts, [pair for pair in found if pair.likelihood >= LEAST_CONFIDENCE])
    found = [replace(pair, objection=TWINS) if _is_spacing(grey, pair, bars) else pair for pair in found]
    return _reading(found, texts)


def compare_with_file(from_file: Scale, reading: ScaleReading) -> float | None:
    """Return by what fraction the scale in the picture is larger than that of the file.

    Parameters
    ----------
    from_file
        The scale in the metadata, which wins.
    reading
        What the picture says.

    Returns
    -------
    float or None
        0.03 if the picture says 3 % more nm per pixel than the file; None if the reading is not accepted.
    """
    if reading.scale is None or not reading.accepted:
        return None
    return reading.scale.nm_per_px / from_file.nm_per_px - 1


def _labelled(grey: Bytes, bars: list[ScaleBar], texts: list[Text]) -> Iterator[LabelledBar]:
    """Yield every bar with its label, the most believable ones after a closer look where that is needed."""
    looks = _N_CLOSER
    for i, bar in enumerate(bars):
        label = best_label(texts, bar)
        against = objection(texts, bar)
        is_sure = bool(against) or (label is not None and label.confidence >= SURE)
        is_worth_it = i == 0 or bar.confidence >= LEAST_CONFIDENCE or label is not None
        if is_sure or not is_worth_it or looks == 0:
            yield _judged(grey, bar, label, against, texts)
        else:
            looks -= 1
            yield _closer(grey, bar, [label] if label else [], texts)


def _closer(grey: Bytes, bar: ScaleBar, earlier: list[Label], texts: list[Text]) -> LabelledBar:
    beside = read_beside(grey, bar)
    label = agreed_label([*beside.labels, *earlier])
    if label is not None and not beside.objection and is_cut_out(label, beside.texts):
        return LabelledBar(bar, label, NAMED)
    return _judged(grey, bar, label, beside.objection, texts)


def _judged(grey: Bytes, bar: ScaleBar, label: Label | None, against: str, texts: list[Text]) -> LabelledBar:
    """Return a bar with its label and all that speaks against it."""
    if against:
        return LabelledBar(bar, None, against)
    if label is None:
        return LabelledBar(bar, None)
    if label.length_nm < _SHORTEST_NM:
        return LabelledBar(bar, label, LATTICE)
    if is_cut_out(label, texts):
        return LabelledBar(bar, label, NAMED)
    is_beside = label.box[0] < bar.row < label.box[2]
    halves = find_halves(grey, label.box) if is_beside else None
    if halves and any(overlap(half.box, bar.box) for half in halves):
        joined_bar = joined_halves(*halves)
        if joined_bar is None:
            return LabelledBar(bar, label, UNEVEN)
        if any(is_one_of_a_row(grey, half, known=halves) for half in halves):
            return LabelledBar(bar, label, DASHED)
        bar = joined_bar
    elif is_beside and has_other_half(grey, bar, label.box):
        return LabelledBar(bar, label, UNEVEN)
    elif whole := whole_of_fields(grey, bar):
        bar = whole
    elif is_one_of_a_row(grey, bar):
        return LabelledBar(bar, label, DASHED)
    return LabelledBar(bar, label, unread_ink(grey, label, bar, texts) or _against_shape(grey, bar, label))


def _against_shape(grey: Bytes, bar: ScaleBar, label: Label) -> str:
    """Return what speaks against the shape of a line; empty if nothing does."""
    if may_be_cut(bar, label.box[2] - label.box[0], grey.shape):
        return AT_EDGE
    return against_bar(grey, bar)


def _rescued(grey: Bytes, texts: list[Text], settled: list[LabelledBar]) -> Iterator[LabelledBar]:
    """Yield the bars that only their label gives away."""
    lengths = [text for text in joined(texts) if is_length(text.text)]
    taken = [pair.label.box for pair in settled if pair.label is not None]
    for text in lengths[:_N_RESCUED]:
        if not any(overlap(text.box, box) for box in taken):
            bar = find_bar_near_label(grey, text.box)
            if bar is not None:
                yield _judged(grey, bar, best_label([text], bar), objection(texts, bar), texts)


def _is_spacing(grey: Bytes, pair: LabelledBar, bars: list[ScaleBar]) -> bool:
    is_short = pair.label is not None and not pair.objection and pair.label.length_nm < LONGEST_SPACED_NM
    return is_short and has_twin(grey, pair.bar, bars)


def _one_label_one_objection(found: list[LabelledBar]) -> list[LabelledBar]:
    """Return the pairs, what speaks against one held against all whose label is meant, too.

    That is what is raised behind a label, and a second length beside a bar: it may be that of a panel close by.
    """
    raised = [pair.label.box for pair in found if pair.label is not None and pair.objection == RAISED]
    doubled = [pair.bar for pair in found if pair.objection == TWO_LENGTHS]

    def against(label: Label) -> str:
        if any(overlap(label.box, box) for box in raised):
            return RAISED
        return TWO_LENGTHS if any(closeness(label.box, bar) for bar in doubled) else ""

    return [
        replace(pair, objection=said) if pair.label is not None and (said := against(pair.label)) else pair
        for pair in found
    ]


def _reading(found: list[LabelledBar], texts: list[Text]) -> ScaleReading:
    found = _one_label_one_objection(found)
    ranked = sorted(found, key=lambda pair: (pair.confidence, pair.likelihood, pair.bar.confidence), reverse=True)
    if not ranked:
        return ScaleReading(
            bar=None,
            label=None,
            scale=None,
            confidence=0.0,
            accepted=False,
            alternatives=(),
            reason="No scale bar was found.",
            texts=tuple(texts),
        )
    best, *others = ranked
    disagreeing = _disagreeing(ranked)
    accepted = best.confidence >= LEAST_CONFIDENCE and not disagreeing
    others.sort(key=lambda pair: pair not in disagreeing)
    return ScaleReading(
        bar=best.bar,
        label=best.label,
        scale=None if best.label is None else scale_from_bar(best.bar, best.label.value, best.label.unit),
        confidence=best.confidence,
        accepted=accepted,
        alternatives=tuple(others[:_N_ALTERNATIVES]),
        reason=_disagreement(disagreeing) if disagreeing else _reason(best, ranked, accepted),
        disagreeing=disagreeing,
        notes=tuple(_notes(ranked, texts)) if accepted else (),
        texts=tuple(texts),
        objection=best.objection,
    )


def _disagreeing(ranked: list[LabelledBar]) -> tuple[LabelledBar, ...]:
    """Return the bars with labels of their own if they say different scales; a lattice spacing is no scale."""
    kept: list[LabelledBar] = []
    for pair in ranked:
        is_contender = pair.label is not None and pair.likelihood >= _CONTENDER and pair.objection not in _SPACINGS
        if is_contender and not any(_share(pair, other) for other in kept):
            kept.append(pair)
    odd = [pair for pair in kept[1:] if not _agree(kept[0], pair)]
    return (kept[0], *odd) if odd else ()


def _share(one: LabelledBar, other: LabelledBar) -> bool:
    """Tell whether two pairs have the bar or the label in common."""
    same_label = one.label is not None and other.label is not None and overlap(one.label.box, other.label.box)
    return same_label or overlap(one.bar.box, other.bar.box)


def _agree(one: LabelledBar, other: LabelledBar) -> bool:
    a, b = one.nm_per_px or 0.0, other.nm_per_px or 0.0
    by_ends = _DISAGREEING_PX * (1 / one.bar.length_px + 1 / other.bar.length_px)
    return abs(a - b) <= max(_DISAGREEING_SHARE, by_ends) * min(a, b)


def _said(pair: LabelledBar) -> str:
    return f"{pair.label} over {pair.bar.length_px:.1f} px"


def _disagreement(disagreeing: tuple[LabelledBar, ...]) -> str:
    said = ", ".join(_said(pair) for pair in disagreeing[:-1])
    return (
        f"The scale bars disagree: {said} and {_said(disagreeing[-1])}. "
        "They belong to different panels or to an inset: choose one, or cut out one panel."
    )


def _reason(best: LabelledBar, ranked: list[LabelledBar], accepted: bool) -> str:
    """Return in a sentence what was read, or what is missing: of the best pair, or of the best that is objected to."""
    if accepted:
        return f"The scale bar is {best.bar.length_px:.1f} px long and its label says {best.label}."
    objected = [pair for pair in ranked if pair.objection]
    pair = max(objected, key=lambda pair: pair.bar.confidence) if objected and best.confidence == 0 else best
    length = f"A line of {pair.bar.length_px:.1f} px"
    if pair.objection:
        said = pair.label or "its label"
        return f"{length} could be the scale bar, but {said} is not taken for its length: {pair.objection}."
    if pair.label is None:
        return f"{length} could be the scale bar, but no label could be read near it."
    return f"{length} with a label that may say {pair.label} was found, but not surely enough."


def _notes(ranked: list[LabelledBar], texts: list[Text]) -> Iterator[str]:
    """Yield what is written in the picture and is no second scale, but might be one."""
    for pair in ranked:
        if pair.objection:
            yield f"Another line of {pair.bar.length_px:.1f} px is not taken for a scale bar: {pair.objection}."
    labels = [pair.label.box for pair in ranked if pair.label is not None]
    for text in joined(texts):
        length = parse_length(text.text)
        alone = isinstance(length, Length) and length.trust == 1 and text.confidence >= SURE
        if alone and not any(overlap(text.box, box) for box in labels):
            yield f"“{text.text}” is written in the picture, too, without a bar that could be found."
