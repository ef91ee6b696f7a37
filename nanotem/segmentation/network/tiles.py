"""Large images in overlapping tiles, so that memory does not grow with the image."""

from collections.abc import Callable

import numpy as np

from nanotem.micrograph import GreyImage
from nanotem.segmentation.network.maps import REDUCTION, STRIDE, Maps

_TILE_PX, _OVERLAP_PX = 1024, 128

_LEAST_PX = 160
"""Sides of the patches that the network was trained on, which show mirror images beyond a frame: a frame that a few
particles fill is smaller, and would have the zeros beyond it everywhere in sight. On 80 published micrographs that the
network has not seen its own F1 is 0.918 with it and 0.908 without, where particles are wider than a fifth of the frame
0.936 and 0.917."""


def in_tiles(
    image: GreyImage, predict: Callable[[GreyImage], Maps], *, tile_px: int = _TILE_PX, overlap_px: int = _OVERLAP_PX
) -> Maps:
    """Predict maps tile by tile and blend them where tiles overlap.

    Parameters
    ----------
    image
        Shape (rows, columns), both even.
    predict
        Gives the maps of a tile whose sides are multiples of 16, at half its resolution.
    tile_px, overlap_px
        Largest side of a tile and how much neighbours share at least; multiples of 16. Tiles are as small as their
        number allows: at 2048 px a side they are 768 px, and the network sees 1.3 times the pixels of the image.

    Returns
    -------
    Maps
        At half the resolution of the image.
    """
    rows, columns = image.shape
    padded = np.pad(image, [_beyond(side) for side in image.shape], mode="symmetric")
    height, width = (side // REDUCTION for side in padded.shape)
    total: Maps = np.zeros((height, width, 0), np.float32)
    weights = np.zeros((height, width, 1), np.float32)
    tops, lefts = (_parts(side, tile_px, overlap_px) for side in padded.shape)
    for top in tops:
        for left in lefts:
            maps = predict(padded[top, left])
            if not total.size:  # the first tile tells how many maps there are
                total = np.zeros((height, width, maps.shape[2]), np.float32)
            place = tuple(
                slice(part.start // REDUCTION, part.start // REDUCTION + side)
                for part, side in zip((top, left), maps.shape[:2], strict=True)
            )
            weight = _weights(maps.shape[0])[:, None, None] * _weights(maps.shape[1])[:, None]
            total[place] += weight * maps
            weights[place] += weight
    row, column = (_beyond(side)[0] // REDUCTION for side in image.shape)
    within = slice(row, row + rows // REDUCTION), slice(column, column + columns // REDUCTION)
    return np.asarray(total / weights, np.float32)[within]


def _beyond(side_px: int) -> tuple[int, int]:
    """Return how many px of mirror image are added before and after a side."""
    before = max(_LEAST_PX - side_px, 0) // 2 // REDUCTION * REDUCTION
    whole_px = max(-(-side_px // STRIDE) * STRIDE, _LEAST_PX)
    return before, whole_px - side_px - before


def _parts(side_px: int, tile_px: int, overlap_px: int) -> list[slice]:
    """Return the parts of a side that tiles cover: as few as can be, evenly spread, the last one ending with it."""
    if side_px <= tile_px:
        return [slice(0, side_px)]
    n_steps = -(-(side_px - tile_px) // (tile_px - overlap_px))
    length = -(-(side_px + n_steps * overlap_px) // (n_steps + 1) // STRIDE) * STRIDE
    starts = [round(step * (side_px - length) / n_steps / STRIDE) * STRIDE for step in range(n_steps + 1)]
    return [slice(start, start + length) for start in starts]


def _weights(length: int) -> GreyImage:
    """Return weights that fall towards both ends, never to zero."""
    towards_end = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1
    return np.minimum(towards_end / (_OVERLAP_PX / REDUCTION / 2), 1).astype(np.float32)
