"""The shape of an outline in numbers, of outlines that are known."""

import numpy as np
import pytest

from nanotem.morphology.crops import CROP_PX, crop_particles
from nanotem.morphology.shape_numbers import BAY, SHAPE_NUMBERS, shape_numbers
from nanotem.training.shapes.drawn_outlines import filled


def numbers_of(n_corners: int, *, angle: float = 0.3, stretch: float = 1.0) -> dict[str, float]:
    towards = angle + 2 * np.pi * np.arange(n_corners) / n_corners
    mask = filled(np.column_stack([stretch * np.cos(towards), np.sin(towards)]), 90, 120)
    crops = crop_particles(mask.astype(np.float32), mask.astype(np.int32), [1])
    return dict(zip(SHAPE_NUMBERS, shape_numbers(crops)[0], strict=True))


@pytest.mark.parametrize("n_corners", [3, 4, 5, 6])
def test_the_harmonic_of_the_corners_leads(n_corners):
    found = numbers_of(n_corners)
    leading = max((name for name in found if name.startswith("harmonic")), key=found.__getitem__)
    assert leading == f"harmonic {n_corners}"
    assert found[leading] > 3 * numbers_of(64)[leading]


def test_a_circle_fills_its_circle_and_a_square_its_rectangle():
    circle, square, triangle = numbers_of(64), numbers_of(4), numbers_of(3)
    assert circle["share of the smallest circle"] > 0.95
    assert circle["circularity"] == pytest.approx(1, abs=0.06)
    assert square["share of the smallest rectangle"] > 0.95
    assert triangle["share of the smallest triangle"] > 0.93
    assert numbers_of(64, angle=0, stretch=2)["aspect ratio"] == pytest.approx(2, rel=0.03)


def test_numbers_do_not_change_with_direction():
    turned = np.array([list(numbers_of(6, angle=angle).values()) for angle in (0, 0.2, 0.45)])
    assert np.ptp(turned, axis=0).max() < 0.06


def test_the_width_tells_rod_ellipse_and_dumbbell():
    rows, columns = np.indices((160, 240)) - np.array([80.0, 120.0])[:, None, None]
    half_widths = {
        "rod": np.where(
            np.abs(columns) < 60, 30.0, 30 * np.sqrt(np.clip(1 - ((np.abs(columns) - 60) / 30) ** 2, 0, 1))
        ),
        "ellipse": 30 * np.sqrt(np.clip(1 - (columns / 90) ** 2, 0, 1)),
        "dumbbell": np.where(np.abs(columns) < 90, 20 + 10 * (columns / 90) ** 2, 0),
    }
    found = {}
    for name, half_width in half_widths.items():
        mask = (np.abs(rows) < half_width).astype(np.int32)
        found[name] = dict(zip(SHAPE_NUMBERS, shape_numbers(crop_particles(mask, mask, [1]))[0], strict=True))
    assert found["dumbbell"]["width at 0.0"] < 0.85 < 0.97 < found["rod"]["width at 0.0"]
    assert found["ellipse"]["width at 0.85"] < 0.72 < 0.8 < found["rod"]["width at 0.85"]


def test_a_bay_is_as_deep_as_it_was_cut_even_where_the_outline_meets_itself():
    mask = np.zeros((100, 100), np.int32)
    mask[20:80, 20:80] = 1
    mask[20:50, 47:53] = 0
    deepest = shape_numbers(crop_particles(mask, mask, [1]))[0, BAY]
    assert deepest == pytest.approx(30 / 34, rel=0.1)  # a square's mean radius is 1.12 times half its side
    pinched = np.zeros((1, CROP_PX, CROP_PX, 2), np.float32)
    pinched[0, 10:30, 10:30, 1] = pinched[0, 30:50, 30:50, 1] = 1
    assert np.isfinite(shape_numbers(pinched)).all()


def test_a_hexagon_fills_the_hexagon_around_it():
    hexagon, circle = (numbers_of(n)["share of the smallest polygon of 6"] for n in (6, 64))
    assert hexagon > 0.96
    assert circle < 0.92


def test_a_bay_is_measured_in_radii():
    rows, columns = np.indices((80, 80)) - 40.0
    disc = np.hypot(rows, columns) < 30
    bitten = (disc & ~((np.abs(rows) < 5) & (columns > 10))).astype(np.int32)
    found = dict(zip(SHAPE_NUMBERS, shape_numbers(crop_particles(bitten, bitten, [1]))[0], strict=True))
    assert found["largest bay"] == pytest.approx(20 / 30, abs=0.12)
    assert found["solidity"] < 0.95


def test_an_empty_crop_has_zeros_and_none_has_none():
    assert not shape_numbers(np.zeros((1, CROP_PX, CROP_PX, 2), np.float32)).any()
    assert shape_numbers(np.zeros((0, CROP_PX, CROP_PX, 2), np.float32)).shape == (0, len(SHAPE_NUMBERS))
