"""How alike the grey levels of particles are."""

import cv2
import numpy as np
import pytest

from nanotem.segmentation.holes import are_holes, spread_of_levels


def squares(*levels: float) -> tuple[np.ndarray, np.ndarray]:
    image, labels = np.full((20, 20 * len(levels)), 50, np.float32), np.zeros((20, 20 * len(levels)), np.int32)
    for number, level in enumerate(levels, start=1):
        where = np.s_[3:17, 20 * number - 17 : 20 * number - 3]
        image[where], labels[where] = level, number
    return image, labels


@pytest.mark.parametrize("factor", [1, -1])
def test_the_spread_is_that_of_the_levels_by_the_contrast(factor):
    image, labels = squares(140, 150, 160, 150, 145)
    assert spread_of_levels(factor * image, labels) == pytest.approx(1.4826 * 5 / 100)


def test_equal_levels_have_no_spread():
    assert spread_of_levels(*squares(150, 150, 150)) == 0


@pytest.mark.parametrize("levels", [(), (150, 160), (50, 50, 50)])
def test_few_particles_or_no_contrast_say_nothing(levels):
    image, labels = squares(*levels) if levels else (np.zeros((9, 9), np.float32), np.zeros((9, 9), np.int32))
    assert np.isnan(spread_of_levels(image, labels))


def test_what_is_too_small_for_a_core_does_not_count():
    image, labels = squares(150, 150, 150, 90)
    labels[labels == 4] = 0
    labels[8:10, 70:72] = 4
    assert spread_of_levels(image, labels) == 0


@pytest.mark.parametrize("blur_px", [1.0, 3.0])
def test_holes_are_level_however_soft_their_edges_and_spheres_of_one_size_are_not(blur_px):
    image, labels = np.zeros((60, 240), np.float32), np.zeros((60, 240), np.int32)
    rows, columns = np.mgrid[:60, :240]
    spheres = image.copy()
    for number in range(4):
        away = np.hypot(rows - 30, columns - 60 * number - 30)
        labels[away < 20] = number + 1
        spheres += 100 * np.sqrt(np.clip(1 - (away / 20) ** 2, 0, None))
    level, domed = (cv2.GaussianBlur(one, (0, 0), blur_px) for one in (100.0 * (labels > 0), spheres))
    assert spread_of_levels(level, labels, blur_px=blur_px) < 0.03
    assert spread_of_levels(domed, labels, blur_px=blur_px) > 0.1


def blots(rng: np.random.Generator, *, width_px: float = 9.0) -> np.ndarray:
    """Return ragged areas of all sizes, none at the edge of the picture."""
    cloud = cv2.GaussianBlur(rng.normal(size=(256, 256)), (0, 0), width_px)
    mask = cloud > 1.3 * cloud.std()
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[1].astype(np.int32)


@pytest.mark.parametrize("seed", range(5))
def test_ragged_areas_of_all_sizes_and_one_level_are_holes(seed):
    rng = np.random.default_rng(seed)
    labels = blots(rng)
    assert are_holes(np.where(labels > 0, 190, 100) + rng.normal(0, 4, labels.shape).astype(np.float32), labels)
    levels = np.append(100, rng.normal(190, 20, labels.max()))
    assert not are_holes(levels[labels].astype(np.float32), labels)


def test_discs_of_all_sizes_and_bars_of_one_size_are_none():
    row, column = np.mgrid[:80, :400]
    round_ones, bars = np.zeros(row.shape, np.int32), np.zeros(row.shape, np.int32)
    for number, radius_px in enumerate((8, 12, 18, 26, 34), start=1):
        round_ones[np.hypot(row - 40, column - 80 * number + 40) < radius_px] = number
        bars[20:60, 80 * number - 60 : 80 * number - 45] = number
    for labels in (round_ones, bars):
        assert not are_holes(np.where(labels > 0, 190, 100).astype(np.float32), labels)


def test_nothing_is_no_hole():
    assert not are_holes(np.zeros((20, 20), np.float32), np.zeros((20, 20), np.int32))


def test_too_few_pieces_tell_nothing():
    labels = blots(np.random.default_rng(0))
    image = np.where(labels > 0, 190, 100).astype(np.float32)
    assert are_holes(image, labels, least_n=labels.max())
    assert not are_holes(image, labels, least_n=labels.max() + 1)
