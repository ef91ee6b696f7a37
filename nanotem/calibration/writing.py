"""What was written or drawn over a picture: text of any kind, letters of panels, arrows, and the boxes behind them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np

from nanotem.calibration.arrows import is_arrow, is_frame
from nanotem.calibration.box import Box, holds_middle, moved, within
from nanotem.calibration.grey import Bytes
from nanotem.calibration.ocr import Text, read_line
from nanotem.calibration.strokes import (
    Mark,
    Regions,
    grown,
    has_eye,
    printed_marks,
    rim_of,
    stroke_px,
    with_surroundings,
)
from nanotem.micrograph import Mask

_BLACK, _WHITE = 40, 215
_SAME_GREY = 14
_THICKEST_STROKE = 0.45
"""Of a letter's longer side: bold ones reach 0.35, a touching pair of discs 0.5."""

_THIN_STROKE = 0.7
"""Of the thickest stroke: thin strokes of a serif have 0.3 to 0.6, particles that letters touch 1 and more."""

_LOWEST_LETTER_PX = 7
_SLENDER, _CURVED = 0.5, 0.78
_LETTERLIKE = 0.86
"""Solidity: rods and discs have 0.92 and more, of the letters only I, l and 1 and the points."""

_CORNER_SHARE = 0.28
_WIDEST_GAP = 1.3
"""Between letters of a line, in their heights: a blank of a typewriter with small letters on either side."""

_LEAST_SURE_LETTERS = 3
_LEVEL, _MOST_OF_LINE = 0.05, 0.6
"""Of a letter's height, and of the letters: round ones reach 0.02 below the line, and those with a tail are few."""

_LEAST_SCORE = 0.8
_MOST_QUESTIONS = 12
_STRAIGHT_SIGNS = set("1lIi|/\\-_–—一.,·:;'`´\"°oO0 ")  # noqa: RUF001
"""What rods, dots and rings are read as: not enough to call them writing."""

_NARROW_BLANK = 1.0
"""In the height of small letters: most blanks are 0.5 to 0.8; one of a typewriter may have a particle in it."""

_SMALL_SIGNS = 0.35
_AS_HIGH, _AS_WIDE, _WIDEST_SPACE = 1.4, 2.5, 1.0
"""Of what goes on in a line of letters, in their heights: brackets are up to 1.35 of a letter's height, blanks 0.3,
those of typewriters 0.8."""

HALO_PX = 2
"""JPEG and resampling leave as much of a stroke around it."""

_BESIDE_PX = 4
_BAR_ASPECT, _BAR_FILL, _BAR_GAP = 3.0, 0.97, 2.0
"""A rod with round ends fills 0.96 of its box."""

_PLAIN_TOLERANCE = 20
"""JPEG leaves ripples of 15 grey levels around letters."""

_LOWEST_BOX_PX = 8
_LARGEST_BOX_SHARE = 0.25
_STRAIGHT = 0.8


def find_writing(grey: Bytes, texts: Sequence[Text] = ()) -> Mask:
    """Return True in all that was written over a picture, 2 px around it included.

    Ink is black or white to the last pixel and has sharp rims; letters are thin strokes. Marks that stand on one line
    are writing if three of them are shaped like letters, if one is and stands in a black or white box, or if one has an
    eye or is a bracket and they stand in a corner; of others, and of single letters in a corner, the text recognition
    is asked, and what it has read already is taken. Arrows, frames, and bars beside writing are known by their shape;
    rods, discs and rings of particles are not touched.

    Parameters
    ----------
    grey
        Shape (rows, columns).
    texts
        What was read in the picture, if it was.
    """
    found = np.zeros(grey.shape, np.uint8)
    questions, lines = 0, []
    for plain in (grey <= _BLACK, grey >= _WHITE):
        regions = Regions.of(plain)
        marks = printed_marks(grey, regions)
        letters = [mark for mark in marks if _may_be_letter(mark)]
        for line in _lines(letters):
            written = _is_surely_written(grey, line) or any(_reads(text, line) for text in texts)
            if not written and questions < _MOST_QUESTIONS and _is_worth_asking(grey, line):
                questions += 1
                written = _is_read(grey, line)
            if written:
                _paint_line(found, grey, regions, line)
                lines.append(line)
        for mark in marks:
            if is_arrow(mark) or is_frame(mark) or any(_is_bar_of(mark, line) for line in lines):
                _paint(found, mark)
    mask = grown(found, HALO_PX) > 0
    for line in lines:
        box = _paper_behind(grey, line)
        if box is not None:
            mask[within(box)] = True
    return mask


def _may_be_letter(mark: Mark) -> bool:
    return (
        mark.height >= _LOWEST_LETTER_PX
        and mark.width <= 2.5 * mark.height
        and mark.stroke_px <= max(_THICKEST_STROKE * max(mark.region.shape), 2)
    )


def _lines(letters: list[Mark]) -> Iterator[list[Mark]]:
    """Yield the letters that follow each other on one line, in one grey."""
    rest = sorted(letters, key=lambda mark: mark.box[1])
    while rest:
        line = [rest.pop(0)]
        for mark in list(rest):
            if any(_follows(before, mark) for before in line[-3:]):
                line.append(mark)
                rest.remove(mark)
        yield line


def _follows(before: Mark, mark: Mark) -> bool:
    (top, left, bottom, right), (next_top, next_left, next_bottom, _) = before.box, mark.box
    height = max(before.height, mark.height)
    shared = min(bottom, next_bottom) - max(top, next_top)
    return (
        abs(before.grey - mark.grey) <= _SAME_GREY
        and next_left - right <= _WIDEST_GAP * height
        and next_left > left
        and shared > 0.5 * min(before.height, mark.height)
        and 0.4 * height <= min(before.height, mark.height)
    )


def _is_surely_written(grey: Bytes, line: list[Mark]) -> bool:
    """Tell whether marks are writing whatever the text recognition says; see `find_writing`."""
    letterlike = [mark for mark in line if mark.solidity < _LETTERLIKE]
    if len(letterlike) >= _LEAST_SURE_LETTERS and _vary(letterlike) and _stand_on_line(grey, line):
        return True
    if letterlike and _paper_behind(grey, line) is not None:
        return True
    return _in_corner(grey.shape, line) and any(_is_bracket(grey, mark) or has_eye(grey, mark) for mark in line)


def _vary(line: list[Mark]) -> bool:
    """Tell whether marks differ in shape, as letters do and the rods or shells of one colloid do not."""
    fills = [float(mark.region.mean()) for mark in line]
    shapes = [mark.width / mark.height for mark in line]
    return max(fills) - min(fills) > 0.05 or max(shapes) > 1.25 * min(shapes)


def _stand_on_line(grey: Bytes, line: list[Mark]) -> bool:
    """Tell whether most marks end at one height, as letters do, and particles or the gaps between them do not.

    Where the frame cuts a line of letters below, they begin at one height.
    """
    begins, ends = np.array([(mark.box[0], mark.box[2]) for mark in line]).T
    level = begins if np.mean(ends == len(grey)) > 0.5 else ends
    tolerance = max(_LEVEL * float(np.median(ends - begins)), 1)
    on_line = (np.abs(level - np.median(level)) <= tolerance) & (level > 0) & (level < len(grey))
    return bool(on_line.sum() >= max(min(_LEAST_SURE_LETTERS, len(line)), _MOST_OF_LINE * len(line)))


def _is_bracket(grey: Bytes, mark: Mark) -> bool:
    is_whole = mark.box[0] > 0 and mark.box[2] < len(grey)
    return is_whole and mark.width < _SLENDER * mark.height and mark.solidity < _CURVED


def _is_worth_asking(grey: Bytes, line: list[Mark]) -> bool:
    """Tell whether marks could be letters by their shape: three of them, two on one line, or one in a corner."""
    letterlike = sum(mark.solidity < _LETTERLIKE for mark in line)
    if letterlike == 0:
        return False
    if letterlike >= _LEAST_SURE_LETTERS or _in_corner(grey.shape, line):
        return True
    return len(line) > 1 and _stand_on_line(grey, line)


def _is_read(grey: Bytes, line: list[Mark]) -> bool:
    top, left, bottom, right = _box(line)
    margin = max((bottom - top) // 3, 3)
    crop = grey[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    text, score = read_line(crop)
    signs = [sign for sign in text if not sign.isspace()]
    fewer, more = sorted((len(signs), len(line)))  # letters that touch are one mark, broken ones several
    return score >= _LEAST_SCORE and more <= 2 * fewer + 1 and not set(signs) <= _STRAIGHT_SIGNS


def _reads(text: Text, line: list[Mark]) -> bool:
    """Tell whether a text that was read is these marks."""
    if text.confidence < _LEAST_SCORE or set(text.text) <= _STRAIGHT_SIGNS:
        return False
    top, _, bottom, _ = text.box
    return all(holds_middle(text.box, mark.box) and mark.height > (bottom - top) / 4 for mark in line)


def _paint_line(found: Bytes, grey: Bytes, regions: Regions, line: list[Mark]) -> None:
    """Paint letters, what is in and between them, and what goes on in their line: points, letters that touch others."""
    for mark in line:
        _paint(found, mark)
    for before, after in pairwise(sorted(line, key=lambda mark: mark.box[1])):
        _paint_between(found, before, after)
    top, left, bottom, right = _box(line)
    highest, lowest, height = top, bottom, bottom - top
    start_x, start_y, widths, heights, _ = regions.stats.T
    above, below = start_y < top - _SMALL_SIGNS * height, start_y + heights > bottom + _SMALL_SIGNS * height
    small = (heights <= _AS_HIGH * height) & (widths <= _AS_WIDE * height) & ~above & ~below
    rest = sorted(np.flatnonzero(small).tolist(), key=lambda number: start_x[number])
    for numbers in (rest, rest[::-1]):
        for number in numbers:
            first, last = int(start_x[number]), int(start_x[number] + widths[number])
            near = first - right <= _WIDEST_SPACE * height and left - last <= _WIDEST_SPACE * height
            if near and stroke_px((cut := regions.cut_out(number))[0]) <= max(_THICKEST_STROKE * height, 2):
                region, box = cut
                if _stands_on_paper(grey, region, box, line[0]):
                    left, right = min(left, first), max(right, last)
                    highest, lowest = min(highest, box[0]), max(lowest, box[2])
                    found[within(box)] |= region
    _paint_thin_strokes(found, grey, line, (highest, left, lowest, right))


def _paint_between(found: Bytes, before: Mark, after: Mark) -> None:
    """Paint what two letters have in and between them on the rows that both reach, but no wide blank.

    A particle may lie there, or beside the slope of an A.
    """
    top, left, bottom, right = _box([before, after])
    first, last = max(before.box[0], after.box[0]), min(before.box[2], after.box[2])
    if after.box[1] - before.box[3] > _NARROW_BLANK * (last - first):
        return
    both = np.zeros((bottom - top, right - left), np.uint8)
    for mark in (before, after):
        both[within(moved(mark.box, -top, -left))] |= mark.region
    hull = cv2.convexHull(cv2.findNonZero(both))
    inside = np.asarray(cv2.fillConvexPoly(np.zeros_like(both), hull, 1), np.uint8)
    found[first:last, left:right] |= inside[first - top : last - top]


def _paint_thin_strokes(found: Bytes, grey: Bytes, line: list[Mark], box: Box) -> None:
    """Paint the thin strokes of letters, which a picture that was made smaller shows in half of their grey.

    What goes on beyond the box of all letters is none of them, nor is what is as thick as their thickest: a particle
    that a letter touches.
    """
    top, left, bottom, right = box
    around = ((top, bottom), (left, right))
    rows, columns = (slice(max(first - 2 * HALO_PX, 0), last + 2 * HALO_PX) for first, last in around)
    window = grey[rows, columns].astype(np.int32)
    ink, paper = (float(np.median([getattr(mark, name) for mark in line])) for name in ("grey", "paper"))
    inked = np.abs(window - ink) < abs(window - paper)
    regions, painted = Regions.of(inked), found[rows, columns]
    numbers = regions.numbers
    beyond = np.unique(np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]]))
    thinner_px = _THIN_STROKE * max(mark.stroke_px for mark in line)
    for number in np.setdiff1d(numbers[painted > 0], [0, *beyond]).tolist():
        region, place = regions.cut_out(number)
        own = painted[within(place)]
        more = region & (own == 0)
        if stroke_px(more) <= thinner_px:
            own |= more


def _stands_on_paper(grey: Bytes, region: Mask, box: Box, like: Mark) -> bool:
    """Tell whether a region stands on the ground of the letters: a dark speck of a dark particle does not."""
    window, padded = with_surroundings(grey, region, box)
    return bool(abs(np.median(window[rim_of(padded)]) - like.grey) > abs(like.paper - like.grey) / 2)


def _box(line: list[Mark]) -> Box:
    return (
        min(mark.box[0] for mark in line),
        min(mark.box[1] for mark in line),
        max(mark.box[2] for mark in line),
        max(mark.box[3] for mark in line),
    )


def _in_corner(shape: tuple[int, ...], line: list[Mark]) -> bool:
    side = _CORNER_SHARE * min(shape)
    top, left, bottom, right = _box(line)
    return (bottom <= side or top >= shape[0] - side) and (right <= side or left >= shape[1] - side)


def _is_bar_of(mark: Mark, line: list[Mark]) -> bool:
    """Tell whether a mark is a lying rectangle beside a line of writing, in its grey: a bar, or an underline."""
    (top, left, bottom, right), (mark_top, mark_left, mark_bottom, mark_right) = _box(line), mark.box
    gap = max(top - mark_bottom, mark_top - bottom, left - mark_right, mark_left - right)
    return (
        mark.width >= _BAR_ASPECT * mark.height
        and mark.region.mean() > _BAR_FILL
        and abs(mark.grey - line[0].grey) <= _SAME_GREY
        and gap <= _BAR_GAP * (bottom - top)
    )


def _paper_behind(grey: Bytes, line: list[Mark]) -> Box | None:
    """Return the black or white box on which a line of letters stands, if it does."""
    top, left, bottom, _ = _box(line)
    return plain_box(grey, (top + bottom) // 2, max(left - _BESIDE_PX, 0))


def plain_box(grey: Bytes, row: int, column: int) -> Box | None:
    """Return the black or white rectangle around a pixel; None if it lies on the image itself."""
    level = int(grey[row, column])
    if _BLACK < level < _WHITE:
        return None
    plain = (np.abs(grey.astype(np.int16) - level) <= _PLAIN_TOLERANCE).astype(np.uint8)
    _, regions, stats, _ = cv2.connectedComponentsWithStats(plain, connectivity=4)
    left, top, width, height, _ = stats[regions[row, column]].tolist()
    if min(width, height) < _LOWEST_BOX_PX or width * height > _LARGEST_BOX_SHARE * grey.size:
        return None
    box = regions[top : top + height, left : left + width] == regions[row, column]
    edges = (inside[i] for inside in (box, box.T) for i in (2, -3))
    return (top, left, top + height, left + width) if min(e.mean() for e in edges) > _STRAIGHT else None


def _paint(found: Bytes, mark: Mark) -> None:
    """Set the pixels of a mark."""
    found[within(mark.box)] |= mark.region
