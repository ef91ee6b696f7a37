"""Outlines as other programs take them: as traced, or along the sides of pixels where there are labels alone."""

import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Labels
from nanotem.outlines import Outlines
from nanotem.spans import Ring

_CORNER = 0.5
"""From the centre of the first pixel, where outlines begin to count, to its corner, where drawing programs do."""

Boundary = npt.NDArray[np.int64]
"""Shape (vertices, 2), the corners of one closed polygon as (x, y); pixel [0, 0] spans 0 to 1 both ways."""

_STEPS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
_LEFT, _STRAIGHT, _RIGHT = 3, 0, 1


def traced_rings(outlines: Outlines) -> dict[int, list[Ring]]:
    """Return the outlines of every particle in the coordinates of drawing programs.

    Returns
    -------
    dict
        Label to its polygons, in ascending order, with fractions of pixels: the outer one, then holes, which run the
        other way round.
    """
    return {label: [ring[:, ::-1] + _CORNER for ring in rings] for label, rings in outlines.rings.items()}


def boundaries(labels: Labels) -> dict[int, list[Boundary]]:
    """Trace every label along the sides of its pixels.

    Returns
    -------
    dict
        Label to its polygons, in ascending order. One that encloses a piece runs clockwise on the screen and has a
        positive area, one round a hole has a negative one; together they have as many square pixels as the label has
        pixels. Pixels that touch at a corner are one piece.
    """
    owner, corner, direction = _sides(labels)
    following = _following(owner, corner, direction, n_columns=labels.shape[1] + 1)
    turns = np.empty(owner.size, bool)
    turns[following] = direction[following] != direction
    traced: dict[int, list[Boundary]] = {}
    for path in _cycles(following):
        at_turns = corner[path[turns[path]]]
        polygon = np.stack([at_turns % (labels.shape[1] + 1), at_turns // (labels.shape[1] + 1)], axis=1)
        traced.setdefault(int(owner[path[0]]), []).append(polygon)
    return traced


def _sides(labels: Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return label, first corner and direction (an index of `_STEPS`) of every side with a label on its right."""
    padded = np.pad(labels, 1)
    n_columns = labels.shape[1] + 1
    found = []
    for direction, (x, y) in enumerate(_STEPS):
        neighbour = padded[1 - x : padded.shape[0] - 1 - x, 1 + y : padded.shape[1] - 1 + y]
        rows, columns = np.nonzero((labels > 0) & (neighbour != labels))
        start = (rows + (direction in (2, 3))) * n_columns + columns + (direction in (1, 2))
        found.append(np.stack([labels[rows, columns], start, np.full(rows.size, direction)]))
    sides = np.concatenate(found, axis=1).astype(np.int64)
    owner, corner, direction = sides[:, np.lexsort(sides[::-1])]
    return owner, corner, direction


def _following(
    owner: npt.NDArray[np.int64], corner: npt.NDArray[np.int64], direction: npt.NDArray[np.int64], *, n_columns: int
) -> npt.NDArray[np.intp]:
    """Return the index of the side that follows each; where four meet, the path goes on to the pixel across."""
    n_corners = int(corner.max(initial=0)) + n_columns + 2
    keys = (owner * n_corners + corner) * len(_STEPS) + direction
    end = corner + _STEPS[direction] @ (1, n_columns)
    following = np.full(keys.size, -1, np.intp)
    for turn in (_RIGHT, _STRAIGHT, _LEFT):
        wanted = (owner * n_corners + end) * len(_STEPS) + (direction + turn) % len(_STEPS)
        place = np.searchsorted(keys, wanted).clip(max=max(keys.size - 1, 0))
        found = keys[place] == wanted
        following[found] = place[found]
    return following


def _cycles(following: npt.NDArray[np.intp]) -> list[npt.NDArray[np.intp]]:
    """Return the cycles of a permutation, that of the first element first."""
    after = following.tolist()
    is_new = [True] * len(after)
    cycles = []
    for first in range(len(after)):
        path, one = [], first
        while is_new[one]:
            is_new[one] = False
            path.append(one)
            one = after[one]
        if path:
            cycles.append(np.array(path))
    return cycles
