"""Read the scale from the picture: find the bar, read its label, and say how far to trust that."""

from dataclasses import dataclass

from nanotem.calibration.bar import ScaleBar, scale_from_bar
from nanotem.calibration.find_bar import find_bars, find_scale_bar
from nanotem.calibration.grey import eight_bit
from nanotem.calibration.label import Label, agreed_label, best_label, is_length
from nanotem.calibration.line import Box
from nanotem.calibration.near_label import find_bar_near_label
from nanotem.calibration.ocr import read_text
from nanotem.calibration.read_label import read_label
from nanotem.micrograph import Pixels, Scale

LEAST_CONFIDENCE = 0.5
"""Below this confidence a reading is not accepted."""

_N_ALTERNATIVES = 4
_LARGEST_ZOOM = 1.5
_LONGEST_SIDE_PX = 1024


@dataclass(frozen=True)
class LabelledBar:
    """A bar with the label that was read for it, if any."""

    bar: ScaleBar
    label: Label | None

    @property
    def confidence(self) -> float:
        """Confidence of the label times the root of that of the bar: a label speaks for a bar; 0 without a label."""
        return 0.0 if self.label is None else self.label.confidence * self.bar.confidence**0.5

    @property
    def nm_per_px(self) -> float | None:
        """Nanometres per pixel; None without a label."""
        return None if self.label is None else self.label.length_nm / self.bar.length_px


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
        From 0 to 1, that of the label times the root of that of the bar.
    accepted
        Whether `confidence` is at least `LEAST_CONFIDENCE`.
    alternatives
        Other bars, with their labels where these were read, the most believable first.
    reason
        One sentence for a person: what was read, or what is missing.
    """

    bar: ScaleBar | None
    label: Label | None
    scale: Scale | None
    confidence: float
    accepted: bool
    alternatives: tuple[LabelledBar, ...]
    reason: str


def read_scale(pixels: Pixels, *, region: Box | None = None, bars: list[ScaleBar] | None = None) -> ScaleReading:
    """Find the scale bar and read its label, or say what is missing: a wrong scale is worse than none.

    The most believable bar comes first, and the text round it is read. If that gives no sure answer, the whole frame is
    read, and each line that could be a bar is paired with the length beside it; near a length without a bar, one that
    the label interrupts, a ruler of ticks, a short thick bar, or one of which only the outline is drawn is sought.

    Parameters
    ----------
    pixels
        Grey image of any depth, shape (rows, columns).
    region
        (top, left, bottom, right) in px, drawn around the bar by a person: only there is the bar sought.
    bars
        What `find_bars` found in the same image, if it was asked already: the search is not repeated.

    Raises
    ------
    ParameterError
        If the region is empty or reaches outside the image.
    """
    if region is not None:
        bar = find_scale_bar(pixels, region=region)
        return _reading([] if bar is None else [LabelledBar(bar, read_label(pixels, bar))])
    bars = find_bars(pixels) if bars is None else bars
    found = [LabelledBar(bar, read_label(pixels, bar)) for bar in bars[:1]]
    if found and found[0].confidence >= LEAST_CONFIDENCE:
        return _reading(found + [LabelledBar(bar, None) for bar in bars[1:]])
    return _reading(_read_whole_frame(pixels, bars, [pair.label for pair in found if pair.label is not None]))


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


def _read_whole_frame(pixels: Pixels, bars: list[ScaleBar], of_first: list[Label]) -> list[LabelledBar]:
    """Pair the bars with the lengths in the whole frame; `of_first` are earlier readings near the first bar."""
    grey = eight_bit(pixels)
    texts = read_text(grey, zoom=min(_LARGEST_ZOOM, _LONGEST_SIDE_PX / max(grey.shape)))
    found = []
    for bar in bars:
        label = best_label(texts, bar)
        earlier = of_first if bar is bars[0] else [one for one in of_first if label and _overlap(one.box, label.box)]
        found.append(LabelledBar(bar, agreed_label([*earlier, *([label] if label else [])])))
    labelled = {pair.label.box for pair in found if pair.label is not None}
    for text in texts:
        if is_length(text.text) and text.box not in labelled:
            rescued = find_bar_near_label(grey, text.box)
            if rescued is not None:
                found.append(LabelledBar(rescued, best_label([text], rescued)))
    return found


def _overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def _reading(found: list[LabelledBar]) -> ScaleReading:
    ranked = sorted(found, key=lambda pair: (pair.confidence, pair.bar.confidence), reverse=True)
    if not ranked:
        return ScaleReading(None, None, None, 0.0, False, (), "No scale bar was found.")
    best, *others = ranked
    scale = None if best.label is None else scale_from_bar(best.bar, best.label.value, best.label.unit)
    accepted = best.confidence >= LEAST_CONFIDENCE
    return ScaleReading(
        best.bar, best.label, scale, best.confidence, accepted, tuple(others[:_N_ALTERNATIVES]), _reason(best, accepted)
    )


def _reason(best: LabelledBar, accepted: bool) -> str:
    length = f"{best.bar.length_px:.1f} px"
    if best.label is None:
        return f"A line of {length} could be the scale bar, but no label could be read near it."
    label = f"{best.label.value:g} {best.label.unit}"
    if accepted:
        return f"The scale bar is {length} long and its label says {label}."
    return f"A line of {length} with a label that may say {label} was found, but not surely enough."
