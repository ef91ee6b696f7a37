"""Particles that a person has boxed, and how near proposals come to them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nanotem.errors import UnreadableFileError
from nanotem.segmentation.judge.proposals import Proposals

Boxes = npt.NDArray[np.float64]
"""Shape (boxes, 4): top, left, bottom, right in px."""


def read_boxes(path: Path, shape: tuple[int, int]) -> Boxes:
    """Read the boxes of an image of so many rows and columns.

    Parameters
    ----------
    path
        One line for each box, as of YOLO: class, middle and size as shares of width and height. None if it is empty.
    shape
        Rows and columns of the image.

    Raises
    ------
    UnreadableFileError
        If a line is none of these.
    """
    try:
        lines = path.read_text().splitlines()
        shares = np.loadtxt(lines, usecols=(1, 2, 3, 4), ndmin=2) if any(lines) else np.zeros((0, 4))
    except (OSError, ValueError) as error:
        raise UnreadableFileError(
            f"The boxes of {path.name} cannot be read ({error}).", "Write class, x, y, width, height in each line."
        ) from error
    x, y, width, height = shares.T * np.array([*shape[::-1], *shape[::-1]])[:, None]
    return np.stack([y - height / 2, x - width / 2, y + height / 2, x + width / 2], axis=1)


def box_overlap(one: Boxes, other: Boxes) -> npt.NDArray[np.float64]:
    """Return the intersection over union of all pairs, shape (one, other).

    Examples
    --------
    >>> box_overlap(np.array([[0.0, 0, 2, 4]]), np.array([[0.0, 0, 2, 2], [5, 5, 6, 6]])).tolist()
    [[0.5, 0.0]]
    """
    low, high = np.maximum(one[:, None, :2], other[None, :, :2]), np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    return np.asarray(common / np.maximum(areas[0][:, None] + areas[1] - common, 1e-9))


def nearest_box(proposals: Proposals, boxes: Boxes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return the largest intersection over union of every proposal's box with a true one, and its number from 1.

    Both are 0 where there is no box.
    """
    overlap = np.pad(box_overlap(proposals.boxes(), boxes), ((0, 0), (1, 0)))
    return overlap.max(axis=1), overlap.argmax(axis=1)
