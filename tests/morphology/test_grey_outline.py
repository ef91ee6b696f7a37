"""The outline by grey levels: where the edge is, whatever the mask says."""

import cv2
import numpy as np
import pytest

from nanotem.morphology.crops import CROP_PX, Crops, crop_particles, window_around
from nanotem.morphology.grey_outline import mask_by_grey_levels
from nanotem.morphology.shape_numbers import SHAPE_NUMBERS, shape_numbers
from nanotem.training.shapes.drawn_outlines import filled

SIDE_PX = 60


def hexagon(*, moved_px: int, noise: float = 0.0) -> tuple[Crops, float]:
    """Draw a blurred hexagon 40 px across, its mask so much larger; return its pixels per pixel of the crop too."""
    towards = 0.2 + np.pi / 3 * np.arange(6)
    mask = filled(np.column_stack([np.cos(towards), np.sin(towards)]), 40, SIDE_PX).astype(np.uint8)
    grey = 180 - 90 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    grey += np.random.default_rng(5).normal(0, 90 * noise, grey.shape).astype(np.float32)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(moved_px) + 1,) * 2)
    moved = (cv2.dilate if moved_px > 0 else cv2.erode)(mask, disc)
    _, _, side_px = window_around(moved > 0, (slice(0, SIDE_PX), slice(0, SIDE_PX)))
    return crop_particles(grey, moved.astype(np.int32), [1]), side_px / CROP_PX


def sixth(crops: Crops) -> float:
    return float(shape_numbers(crops)[0, SHAPE_NUMBERS.index("harmonic 6")])


@pytest.mark.parametrize("moved_px", [-2, -1, 1, 2])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_mask_that_is_too_large_or_too_small_changes_little(moved_px, noise):
    (right, right_px), (moved, px) = hexagon(moved_px=0, noise=noise), hexagon(moved_px=moved_px, noise=noise)
    area, expected = (np.count_nonzero(crops[..., 1] > 0.5) for crops in (moved, right))
    assert area * px**2 == pytest.approx(expected * right_px**2, rel=0.05)  # the masks differ by a fifth
    assert sixth(moved) == pytest.approx(sixth(right), rel=0.25)


def test_it_is_one_piece_without_holes():
    crops, _ = hexagon(moved_px=0)
    grey, mask = crops[0, ..., 0].copy(), crops[0, ..., 1].copy()
    grey[30:34, 30:34] = mask[28:36, 28:36] = 0
    mask = mask_by_grey_levels(grey, mask) > 0.5
    assert cv2.connectedComponents(mask.astype(np.uint8))[0] == 2
    assert mask[28:36, 28:36].all()


def test_without_an_edge_it_is_the_mask():
    grey, mask = np.zeros((2, CROP_PX, CROP_PX), np.float32)
    assert not mask_by_grey_levels(grey, mask).any()
    mask[30:32, 30:33] = 1
    assert (mask_by_grey_levels(grey, mask) == mask).all()
