"""Rows and tiles that were never written: one value, or one row again and again, where the picture should go on."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.micrograph import Mask, Pixels

_LEAST_SHARE, _LEAST_ROWS = 0.04, 8
"""Fewer equal rows are a frame line, and too few to change a result."""

_MOST_EQUAL = 0.5
"""What goes on beside equal rows in so many of its pixels is background that was drawn without noise."""

_LEAST_CUT_PX = 8
"""At one end of a row so many pixels are hardly equal to those of another by chance: where one in ten is, once in 10⁸
rows."""

_LEAST_GRAIN = 0.5
"""Of the neighbours along a row that was recorded, most differ; of a row through a bar, a frame or a strip, few do."""

_BLOCK_PX = 16
"""The sides of a TIFF's tiles are multiples of it, so that lost ones end on this grid."""

_LEAST_BLOCKS = 4
"""Tiles are laid out with 64 px and more. Smaller even blocks are flat places of a JPEG, which is coded in 8 x 8 px."""

_MOST_EQUAL_BESIDE = 0.05
"""Of the pixels around lost tiles those have their value that have it by chance. Around a blank place in a strip of
writing, whose edges may lie on the grid, it is a fifth and more."""


class Lost(NamedTuple):
    """Where the file holds no image, None if it does everywhere, and what a person should know."""

    mask: Mask | None
    notes: tuple[str, ...]


def find_lost(pixels: Pixels) -> Lost:
    """Find rows that an interrupted copy left equal, and tiles of one value.

    Parameters
    ----------
    pixels
        Finite grey values, shape (rows, columns).

    Returns
    -------
    Lost
        The background of a picture that was drawn without noise goes on beside equal rows, and is not lost; nor is what
        is saturated, masked or shaded, whose edges lie on no grid.
    """
    lost = np.zeros(pixels.shape, bool)
    notes = []
    for begin, end in _equal_runs(pixels):
        first, last = _with_cut_row(pixels, begin, -1), _with_cut_row(pixels, end - 1, 1)
        if _are_lost(pixels, begin, end, beside=(first - 1, last + 1)):
            lost[first : last + 1] = pixels[first : last + 1] == pixels[begin]
            notes.append(_said(pixels, begin, end))
    tiles = _lost_tiles(pixels, lost)
    if tiles.any():
        values = ", ".join(f"{value:g}" for value in np.unique(pixels[tiles])[:3])
        n_pixels = np.count_nonzero(tiles)
        notes.append(
            f"{n_pixels:,} pixels in whole tiles hold one value ({values}): pieces of the file that were lost."
        )
        lost |= tiles
    return Lost(lost, tuple(notes)) if notes else Lost(None, ())


def _equal_runs(pixels: Pixels) -> list[tuple[int, int]]:
    """Return where equal rows begin and end, the end not included."""
    goes_on = (pixels[1:] == pixels[:-1]).all(axis=1)
    steps = np.diff(np.concatenate(([0], goes_on.astype(np.int8), [0])))
    return [(int(a), int(b) + 1) for a, b in zip(np.flatnonzero(steps > 0), np.flatnonzero(steps < 0), strict=True)]


def _with_cut_row(pixels: Pixels, last: int, step: int) -> int:
    """Return the row after the last of equal rows if a copy ended within it, so that a part of it is theirs.

    A file ends anywhere in a row: most of it may be as those after it, which it does not end there.
    """
    after = last + step
    if not 0 <= after < len(pixels):
        return last
    differing = pixels[after] != pixels[last]
    one, other = np.flatnonzero(differing)[[0, -1]]
    equal_px = sorted((int(one), int(differing.size - 1 - other)))
    is_cut = equal_px[0] < _LEAST_CUT_PX <= equal_px[1] and np.mean(differing[one : other + 1]) >= 1 - _MOST_EQUAL
    return after if is_cut else last


def _are_lost(pixels: Pixels, begin: int, end: int, *, beside: tuple[int, int]) -> bool:
    """Tell whether equal rows are enough, end where the picture is another, and are even or as uneven as grain."""
    row = pixels[begin]
    others = [pixels[i] for i in beside if 0 <= i < len(pixels)]
    n_least = max(_LEAST_ROWS, round(_LEAST_SHARE * len(pixels)))
    differing = np.count_nonzero(row[1:] != row[:-1]) / max(row.size - 1, 1)
    return (
        end - begin >= n_least
        and bool(others)
        and all(np.mean(other == row) <= _MOST_EQUAL for other in others)
        and (differing == 0 or differing >= _LEAST_GRAIN)
    )


def _said(pixels: Pixels, begin: int, end: int) -> str:
    rows = len(pixels)
    where = f"The first {end}" if begin == 0 else f"The last {end - begin}" if end == rows else f"{end - begin}"
    after = "" if begin == 0 or end == rows else f" from row {begin + 1} on"
    row = pixels[begin]
    hold = f"hold one value ({row[0]:g})" if (row == row[0]).all() else "repeat one row"
    what = "a margin, or a copy that was interrupted" if not after else "a strip, or a piece that was lost"
    return f"{where} of {rows} rows{after} {hold}: {what}."


def _lost_tiles(pixels: Pixels, apart: Mask) -> Mask:
    """Find blocks of one value that end on the grid of tiles all around, rows that are known to be lost left out."""
    tiles = np.zeros(pixels.shape, bool)
    first = pixels[::_BLOCK_PX, ::_BLOCK_PX]
    even = _even_blocks(pixels) & ~apart[::_BLOCK_PX, ::_BLOCK_PX]
    values, counts = np.unique(first[even], return_counts=True)
    for value in values[counts >= _LEAST_BLOCKS]:
        n, groups = cv2.connectedComponents((even & (first == value)).astype(np.uint8), connectivity=4)
        for group in range(1, n):
            mask = groups == group
            if _is_wide(mask, pixels.shape):
                place = _pixels_of(mask, pixels.shape)
                around = cv2.dilate(place.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~place & ~apart
                if around.any() and np.mean(pixels[around] == value) <= _MOST_EQUAL_BESIDE:
                    tiles |= place
    return tiles


def _even_blocks(pixels: Pixels) -> Mask:
    """Return which blocks of the grid hold one value, those at the right and the lower end cut, one pixel per block.

    Grain is told after a few pixels of each.
    """
    first = pixels[::_BLOCK_PX, ::_BLOCK_PX]
    even = np.ones(first.shape, bool)
    for row, column in np.ndindex(_BLOCK_PX, _BLOCK_PX):
        others = pixels[row::_BLOCK_PX, column::_BLOCK_PX]
        there = np.s_[: others.shape[0], : others.shape[1]]
        even[there] &= others == first[there]
        if not even.any():
            break
    return even


def _is_wide(blocks: Mask, shape: tuple[int, ...]) -> bool:
    """Tell whether blocks consist of squares of the smallest tiles, those at the right and the lower end cut."""
    rows, columns = blocks.shape
    padded = np.pad(blocks, ((0, _LEAST_BLOCKS), (0, _LEAST_BLOCKS)), mode="edge").astype(np.uint8)
    kernel = np.ones((_LEAST_BLOCKS, _LEAST_BLOCKS), np.uint8)
    begins = cv2.erode(padded, kernel, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    opened = cv2.dilate(begins, kernel, anchor=(_LEAST_BLOCKS - 1, _LEAST_BLOCKS - 1))
    return bool((opened[:rows, :columns] == blocks).all()) and min(shape) >= _LEAST_BLOCKS * _BLOCK_PX


def _pixels_of(blocks: Mask, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    side = np.ones((_BLOCK_PX, _BLOCK_PX), bool)
    return np.asarray(np.kron(blocks, side)[: shape[0], : shape[1]], bool)
