"""Light text in the neighbourhood of a line: characters on one baseline."""

from dataclasses import dataclass

import cv2
import numpy as np

from nanotem.calibration.box import Box
from nanotem.calibration.grey import Bytes
from nanotem.calibration.line import Line
from nanotem.calibration.strokes import stroke_px
from nanotem.micrograph import Mask

_LOWEST_PX = 5
_LEVEL_SHARES = (0.4, 0.5, 0.65)
"""Of the line's contrast: what is as light may be a character."""

_WIDEST_GAP, _WIDEST_CHARACTER, _THICKEST_STROKE = 1.6, 4.0, 0.4
"""In heights of a character: to the next one and to the line, of a few that touch, and of what is no blot."""


@dataclass(frozen=True, eq=False)
class Character:
    """A connected region that could be a character, or a few that touch."""

    top: int
    left: int
    bottom: int
    right: int
    mask: Mask

    @property
    def height(self) -> int:
        """Rows that it spans."""
        return self.bottom - self.top

    @property
    def box(self) -> Box:
        """Where it stands."""
        return self.top, self.left, self.bottom, self.right


def find_text(grey: Bytes, line: Line) -> list[list[Character]]:
    """Return the characters of all text lines near a light line, which is itself none of them.

    A text line is two or more regions, as light as the line, made of thin strokes, that stand on one baseline
    and follow each other closely. There is one reading for each of three grey levels: thin strokes are
    blurred, bold ones run into each other.
    """
    return [_in_words(_characters(grey, line, share)) for share in _LEVEL_SHARES]


def reach_px(length_px: float, rows: int) -> int:
    """Return how far above or below a bar its label may stand, in an image of so many rows."""
    return int(np.clip(0.6 * length_px, max(rows // 12, 30), max(rows // 6, 30)))


def longest_word(readings: list[list[Character]]) -> int:
    """Return the number of characters in the longest text line of any reading."""
    return max((len(_chain(c, reading)) for reading in readings for c in reading), default=0)


def _in_words(characters: list[Character]) -> list[Character]:
    """Return the characters that stand beside another one."""
    return [c for c in characters if len(_chain(c, characters)) >= 2]


def _characters(grey: Bytes, line: Line, share: float) -> list[Character]:
    """Return what could be characters where the grey level exceeds `share` of the contrast, left to right."""
    rows, columns = grey.shape
    reach = reach_px(line.length_px, rows)
    sideways = round(0.5 * line.length_px) + 2 * reach
    row0, row1 = max(round(line.top) - reach, 0), min(round(line.bottom) + reach, rows)
    column0, column1 = max(round(line.left) - sideways, 0), min(round(line.right) + sideways, columns)
    light = grey[row0:row1, column0:column1] >= line.level - (1 - share) * line.contrast
    light[
        round(line.top) - row0 - 1 : round(line.bottom) - row0 + 2,
        round(line.left) - column0 - 1 : round(line.right) - column0 + 2,
    ] = False
    _, regions, stats, _ = cv2.connectedComponentsWithStats(light.astype(np.uint8), connectivity=8)
    found = []
    for i, (left, top, width, height, _) in enumerate(stats[1:].tolist(), start=1):
        cut = left == 0 or top == 0 or left + width == light.shape[1] or top + height == light.shape[0]
        gap = max(line.top - (row0 + top + height), row0 + top - line.bottom)
        if cut or height < _LOWEST_PX or width > _WIDEST_CHARACTER * height or gap > _WIDEST_GAP * height:
            continue
        mask = regions[top : top + height, left : left + width] == i
        if stroke_px(mask) <= max(_THICKEST_STROKE * height, 2):
            found.append(Character(row0 + top, column0 + left, row0 + top + height, column0 + left + width, mask))
    return sorted(found, key=lambda c: c.left)


def _chain(character: Character, others: list[Character]) -> list[Character]:
    """Return the unbroken run of characters, left to right, on the baseline of `character`."""
    tall = character.height
    level = [
        c
        for c in others
        if abs(c.bottom - character.bottom) <= max(1, 0.15 * tall) and 0.55 * tall <= c.height <= tall + 1
    ]
    run: list[Character] = []
    for c in level:
        if run and c.left - run[-1].right > _WIDEST_GAP * tall:
            if character in run:
                break
            run = []
        run.append(c)
    return run
