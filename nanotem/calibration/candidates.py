"""Lines that could be scale bars."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from nanotem.calibration.bar import Polarity
from nanotem.calibration.box import Box
from nanotem.calibration.grey import Bytes
from nanotem.calibration.line import Line, measure_line

_LEAST_QUALITY = 0.3
"""What is less like a bar is taken for none even where a person says that there is one."""

_LEAST_LEVEL = 150
"""Ink is white or black: it lies well on its own side of the middle grey, also where JPEG dulled it."""

_SHORTEST_PX = 12
"""Half a pixel at either end of it is 6 % of the scale."""

_CONTRAST_LEVELS = (15, 40, 90)
"""Above what surrounds it: a pale bar is whole only at the lowest, one beside something nearly as light apart from that
only at the highest."""

_STEPS = 6
"""Of so many parts of the shortest line one column is looked at: a line has no gaps, and is measured afterwards."""

_MOST_LINES = 300
"""The longest are measured; a noisy image of 4096 px has thousands of lines as long as a letter."""


@dataclass(frozen=True)
class Candidate:
    """A measured line and, from 0 to 1, how much it is drawn like a bar."""

    polarity: Polarity
    line: Line
    quality: float


def find_candidates(
    light: Bytes, polarity: Polarity, *, margin: int, longest: float, least_aspect: float
) -> list[Candidate]:
    """Return each believable line once, in its best measurement.

    Parameters
    ----------
    light
        Image in which a bar is light, with a margin around it.
    polarity
        What a bar in `light` is in the image itself.
    margin
        Width of the margin in px, also the largest thickness.
    longest
        Largest length in px.
    least_aspect
        Least length divided by thickness; near 2, letters and particles may pass.
    """
    columns = light.shape[1]
    found = []
    boxes = sorted(_thin_boxes(light, tallest=margin, least_aspect=0.75 * least_aspect), key=_width, reverse=True)
    for box in boxes[:_MOST_LINES]:
        line = measure_line(light, box)
        if line is None or not least_aspect * line.thickness_px <= line.length_px <= longest:
            continue
        inside = line.left > margin and line.right < columns - margin - 1
        quality = _quality(line)
        if inside and quality >= _LEAST_QUALITY:
            found.append(Candidate(polarity, line, quality))
    return _distinct(found)


def _width(box: Box) -> int:
    return box[3] - box[1]


def _thin_boxes(light: Bytes, *, tallest: int, least_aspect: float) -> Iterator[Box]:
    """Yield the boxes of light regions that are thin and wide; what a letter that stands on a line cuts is bridged."""
    thin = cv2.morphologyEx(light, cv2.MORPH_TOPHAT, np.ones((tallest, 1), np.uint8))
    thin[light < _LEAST_LEVEL] = 0
    shortest = max(_SHORTEST_PX, light.shape[1] // 64)
    straight = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    bridged = cv2.morphologyEx(straight, cv2.MORPH_CLOSE, np.ones((1, shortest), np.uint8))
    straight = np.where(light >= _LEAST_LEVEL, np.minimum(bridged, light), straight)
    step = shortest // _STEPS
    sparse = np.ascontiguousarray(straight[:, ::step])
    for level in _CONTRAST_LEVELS:
        _, _, stats, _ = cv2.connectedComponentsWithStats((sparse > level).astype(np.uint8), connectivity=4)
        for left, top, width, height, area in stats[1:].tolist():
            if width * step >= least_aspect * height and 2 * area >= width * height:
                yield top, left * step, top + height, (left + width) * step


def _quality(line: Line) -> float:
    """Return from 0 to 1 how much a line is an even, sharp, isolated rectangle of an extreme grey."""
    return (
        ramp(line.roughness, 0.2, 0.1)
        * ramp(line.sharpness, 0.2, 0.6)
        * ramp(line.raggedness_px, 4.0, 1.0)
        * ramp(line.isolation, 0.4, 0.8)
        * ramp(line.level, _LEAST_LEVEL, 210)
        * ramp(line.contrast, 10, 40)
        * ramp(line.length_px, 12, 24)
    )


def ramp(value: float, worst: float, best: float) -> float:
    """Return 0 at `worst`, 1 at `best`, and in proportion between."""
    return float(np.clip((value - worst) / (best - worst), 0, 1))


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """Return each line once, in its best measurement."""
    kept: list[Candidate] = []
    for c in sorted(candidates, key=lambda c: -c.quality):
        if not any(_overlap(c.line, k.line) for k in kept):
            kept.append(c)
    return kept


def _overlap(a: Line, b: Line) -> bool:
    return min(a.bottom, b.bottom) > max(a.top, b.top) and min(a.right, b.right) > max(a.left, b.left)
