"""How alike the grey levels of particles are."""

import cv2
import numpy as np
import pytest

from nanotem.measurement.evenness import spread_of_levels


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
