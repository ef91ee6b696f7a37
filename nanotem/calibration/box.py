"""Upright rectangles of pixels."""

Box = tuple[int, int, int, int]
"""(top, left, bottom, right) in whole pixels, half open."""


def within(box: Box) -> tuple[slice, slice]:
    """Return the index of the pixels of a box."""
    top, left, bottom, right = box
    return slice(top, bottom), slice(left, right)


def moved(box: Box, rows: int, columns: int) -> Box:
    """Return a box so many rows farther down and columns farther right."""
    top, left, bottom, right = box
    return top + rows, left + columns, bottom + rows, right + columns


def overlap(a: Box, b: Box) -> bool:
    """Tell whether two boxes have a pixel in common."""
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def holds_middle(box: Box, other: Box) -> bool:
    """Tell whether the middle of another box lies in a box.

    Examples
    --------
    >>> holds_middle((0, 0, 10, 40), (2, 30, 12, 40)), holds_middle((0, 0, 10, 40), (2, 36, 12, 46))
    (True, False)
    """
    row, column = (other[0] + other[2]) / 2, (other[1] + other[3]) / 2
    return box[0] <= row < box[2] and box[1] <= column < box[3]
