"""One function makes every crop: alike whatever size, polarity and surroundings."""

import numpy as np
import pytest

from nanotem.morphology.crops import CROP_PX, crop_particles


def disc(shape: tuple[int, int], row: float, column: float, radius: float) -> np.ndarray:
    rows, columns = np.indices(shape)
    return (rows - row) ** 2 + (columns - column) ** 2 <= radius**2


@pytest.fixture
def scene() -> tuple[np.ndarray, np.ndarray]:
    labels = np.zeros((200, 220), np.int32)
    labels[disc(labels.shape, 60, 70, 20)] = 3
    labels[disc(labels.shape, 60, 112, 20)] = 8
    labels[120:140, 40:140] = 11
    pixels = np.full(labels.shape, 180.0)
    pixels[labels == 3] = 80
    pixels[labels == 8] = 30
    pixels[labels == 11] = 120
    return pixels, labels


def test_the_background_is_0_and_the_particle_1(scene):
    crop = crop_particles(*scene, [3])[0]
    inside = crop[..., 1] == 1
    assert crop[inside, 0] == pytest.approx(1)
    assert crop[crop[..., 1] == 0, 0] == pytest.approx(0, abs=1e-6)


def test_a_neighbour_leaves_no_trace(scene):
    pixels, labels = scene
    alone = np.where(labels == 8, 180.0, pixels), np.where(labels == 8, 0, labels)
    assert crop_particles(*scene, [3]) == pytest.approx(crop_particles(*alone, [3]), abs=1e-6)


def test_polarity_and_units_make_no_difference(scene):
    pixels, labels = scene
    other = crop_particles(1000 - 7 * pixels, labels, [3])
    assert other == pytest.approx(crop_particles(pixels, labels, [3]), abs=1e-5)


def test_a_large_offset_makes_no_difference(scene):
    pixels, labels = scene
    shaded = pixels + 0.2 * np.arange(pixels.shape[1])
    other = crop_particles(shaded + 1e9, labels, [3])
    assert other == pytest.approx(crop_particles(shaded, labels, [3]), abs=1e-5)


def test_proportions_are_kept(scene):
    mask = crop_particles(*scene, [11])[0, ..., 1] > 0.5
    height, width = np.ptp(np.nonzero(mask), axis=1) + 1
    assert width / height == pytest.approx(5, rel=0.12)


def test_size_makes_hardly_a_difference():
    crops = []
    for radius in (16, 64):
        labels = disc((6 * radius,) * 2, 3 * radius, 3 * radius, radius).astype(np.int32)
        crops.append(crop_particles(200 - 100.0 * labels, labels, [1])[0])
    assert np.abs(crops[0] - crops[1]).mean() < 0.06  # the window begins at a whole pixel


def test_what_lies_beyond_the_frame_is_background():
    labels = np.zeros((80, 80), np.int32)
    labels[disc(labels.shape, 0, 40, 20)] = 1
    crop = crop_particles(200 - 100.0 * labels, labels, [1])[0]
    assert crop.shape == (CROP_PX, CROP_PX, 2)
    assert np.abs(crop[crop[..., 1] == 0]).max() < 0.01


def test_without_background_around_it_the_rest_serves():
    labels = np.full((20, 20), 2, np.int32)
    labels[5:15, 5:15] = 1
    crop = crop_particles(200 - 100.0 * (labels == 1), labels, [1])[0]
    assert crop[crop[..., 1] == 1, 0] == pytest.approx(1)


def test_a_flat_image_gives_a_flat_crop():
    labels = np.zeros((20, 20), np.int32)
    labels[5:15, 5:15] = 1
    assert not crop_particles(np.full((20, 20), 7), labels, [1])[..., 0].any()


def test_a_particle_that_fills_the_frame():
    labels = np.ones((30, 30), np.int32)
    assert np.isfinite(crop_particles(np.arange(900.0).reshape(30, 30), labels, [1])).all()


def test_numbers_that_are_not_there_give_empty_crops(scene):
    crops = crop_particles(*scene, [0, 4, 99])
    assert crops.shape == (3, CROP_PX, CROP_PX, 2)
    assert not crops.any()


def test_no_numbers_give_no_crops(scene):
    assert crop_particles(*scene, []).shape == (0, CROP_PX, CROP_PX, 2)
