"""Defects of a detector go, particles stay: both drawn."""

import cv2
import numpy as np
import pytest

from nanotem.readers.defects import repair

SIDE = 256
TOP = 65535


def scene(seed: int = 0, *, n: int = 12, diameter_px: float = 20, height: float = -800, level: float = 3000,
          blur_px: float = 1.0, noise: float = 60) -> np.ndarray:  # fmt: skip
    """Blurred discs in noise, 16 bit; saturated where they are brighter than 65535."""
    rng = np.random.default_rng(seed)
    fine = np.zeros((4 * SIDE, 4 * SIDE), np.float32)
    for _ in range(n):
        x, y = rng.uniform(60, 4 * SIDE - 60, 2)
        cv2.circle(fine, (int(x), int(y)), round(2 * diameter_px), 1.0, -1)
    discs = cv2.GaussianBlur(cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (0, 0), blur_px)
    return np.clip(level + height * discs + rng.normal(0, noise, discs.shape), 0, TOP).astype(np.uint16)


def squares(*sides_px: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    for place, side in enumerate(sides_px):
        at = 20 + 37 * place
        mask[at : at + side, at + 5 * place : at + 5 * place + side] = True
    return mask


def lines(*, rows: slice = slice(0), columns: slice = slice(0)) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[rows] = mask[:, columns] = True
    return mask


DEFECTS = {
    "row": lines(rows=slice(100, 101)),
    "three rows at the edge": lines(rows=slice(0, 3)),
    "column": lines(columns=slice(200, 202)),
    "row and column": lines(rows=slice(30, 31), columns=slice(60, 61)),
    "spots": squares(9, 3, 10, 6, 2),
    "wide spots": squares(15, 20),
    "single pixels": np.arange(SIDE * SIDE).reshape(SIDE, SIDE) % 4099 == 0,
    "spot on a row": lines(rows=slice(24, 25)) | squares(9),
}


@pytest.mark.parametrize("name", DEFECTS)
@pytest.mark.parametrize("height", [-800, 800])
def test_defects_are_found_exactly_and_replaced_by_their_surroundings(name, height):
    image, defects = scene(height=height), DEFECTS[name]
    repaired = repair(np.where(defects, TOP, image).astype(np.uint16))
    np.testing.assert_array_equal(repaired.repaired, defects)
    np.testing.assert_array_equal(repaired.pixels[~defects], image[~defects])
    assert repaired.pixels.dtype == np.uint16
    assert np.abs(repaired.pixels[defects].astype(int) - image[defects]).mean() < 250
    assert f"{np.count_nonzero(defects):,} pixels far from all other levels" in repaired.notes[0]


def test_dead_pixels_far_below_are_found():
    image = scene(level=20_000).astype(np.float32)
    repaired = repair(np.where(DEFECTS["row"], -1e6, image).astype(np.float32))
    np.testing.assert_array_equal(repaired.repaired, DEFECTS["row"])


@pytest.mark.parametrize("diameter_px", [4, 8, 11, 16, 20, 30])
@pytest.mark.parametrize("n", [1, 3, 15])
@pytest.mark.parametrize("height", [3e3, 5e4, 5e5])
def test_bright_and_saturated_particles_stay(diameter_px, n, height):
    image = scene(n, n=n, diameter_px=diameter_px, height=height, noise=20)
    repaired = repair(image)
    assert repaired.repaired is None
    assert repaired.pixels is image


def test_saturated_particles_stay_where_a_defect_goes():
    image, defects = scene(5, n=1, diameter_px=25, height=5e5), DEFECTS["single pixels"]
    defects = defects & (cv2.dilate((image > 4000).astype(np.uint8), np.ones((9, 9))) == 0)
    np.testing.assert_array_equal(repair(np.where(defects, TOP, image).astype(np.uint16)).repaired, defects)


def with_text(text: str, size: float) -> np.ndarray:
    letters = np.zeros((SIDE, SIDE), np.uint8)
    cv2.putText(letters, text, (20, 230), cv2.FONT_HERSHEY_SIMPLEX, size, 1, 1, cv2.LINE_4)
    return np.where(letters > 0, TOP, scene()).astype(np.uint16)


@pytest.mark.parametrize("size", [0.3, 0.4, 0.6])
@pytest.mark.parametrize("text", ["0.5 um", "20 nm", "100 nm"])
def test_letters_that_were_burned_in_stay(text, size):
    assert repair(with_text(text, size)).repaired is None


def test_the_marks_of_a_ruler_stay():
    image = scene()
    for column in range(20, 220, 20):
        image[230:238, column : column + 2] = TOP
    assert repair(image).repaired is None


def test_labels_masks_counts_and_uniform_images_stay():
    rng = np.random.default_rng(1)
    labels = np.zeros((SIDE, SIDE), np.uint16)
    for number in range(1, 50):
        cv2.circle(labels, tuple(int(v) for v in rng.integers(5, 250, 2)), 3, number, -1)
    labels[5, 5] = 60_000
    for image in (labels, labels > 0, rng.poisson(0.1, labels.shape), rng.poisson(2, labels.shape), labels * 0 + 7):
        assert repair(np.asarray(image, np.uint16)).repaired is None


def test_too_many_extreme_pixels_are_what_the_picture_shows():
    image = scene()
    image[np.random.default_rng(2).random(image.shape) < 0.05] = TOP
    assert repair(image).repaired is None


@pytest.mark.parametrize(("side", "counted"), [(4, "16 pixels"), (1, "1 pixel")])
def test_missing_pixels_are_replaced_and_counted(side, counted):
    image, missing = scene().astype(np.float32), squares(side)
    repaired = repair(np.where(missing, 0, image).astype(np.float32), missing=missing)
    np.testing.assert_array_equal(repaired.repaired, missing)
    assert np.abs(repaired.pixels[missing] - image[missing]).mean() < 250
    assert repaired.notes == (f"Replaced by the surroundings: {counted} without a usable value.",)


def test_a_large_part_that_is_missing_becomes_the_median():
    image, missing = scene().astype(np.float32), np.zeros((SIDE, SIDE), bool)
    missing[:, :100] = True
    repaired = repair(np.where(missing, 0, image).astype(np.float32), missing=missing)
    assert np.unique(repaired.pixels[missing]).size == 1
