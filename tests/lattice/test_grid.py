import cv2
import numpy as np
import pytest

from nanotem.lattice.grid import grid_of
from nanotem.lattice.surroundings import surroundings_of


def noise(side: int, seed: int = 0) -> np.ndarray:
    return 120 + cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 30, (side, side)), (0, 0), 0.7)


def everywhere(pixels: np.ndarray) -> np.ndarray:
    return np.ones(pixels.shape, bool)


@pytest.mark.parametrize("factor", [1.7, 2.6, 3.3])
def test_an_enlarged_picture_has_the_grid_of_its_old_pixels(factor: float) -> None:
    pixels = cv2.resize(noise(300), None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    grid = grid_of(pixels, everywhere(pixels))
    old = min(1 / factor, 1 - 1 / factor)
    assert grid.shows(old, 0.0, 0.01)
    assert grid.shows(0.0, old, 0.01)
    assert not grid.shows(old / np.sqrt(2), old / np.sqrt(2), 0.01)


def test_blocks_of_jpeg_are_a_grid() -> None:
    data = cv2.imencode(".jpg", noise(400).clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    pixels = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert grid_of(pixels, everywhere(pixels)).shows(0.125, 0.0, 0.01)


def test_noise_has_no_grid() -> None:
    grids = [grid_of(noise(300, seed), np.ones((300, 300), bool)) for seed in range(20)]
    assert sum(grid.down.size + grid.across.size > 0 for grid in grids) <= 1


def test_a_small_picture_has_none() -> None:
    assert not grid_of(noise(60), np.ones((60, 60), bool)).shows(0.25, 0.0, 0.05)


def test_only_the_background_is_asked_where_there_is_enough() -> None:
    pixels = noise(300)
    pixels[:, 150:] += 60 * np.cos(2 * np.pi * np.arange(300) / 5)[:, None]
    background = everywhere(pixels)
    background[:, 150:] = False
    assert not grid_of(pixels, background).shows(0.2, 0.0, 0.01)


def test_a_pattern_outside_is_seen_and_noise_is_not() -> None:
    rows, columns = np.mgrid[:512, :512]
    pixels = noise(512) + 10 * np.cos(2 * np.pi * (0.1 * rows - 0.07 * columns))
    found = surroundings_of(pixels, everywhere(pixels))
    assert found.n_tiles == 4
    assert found.shows(-0.1, 0.07, 10)
    assert found.shows(0.1, -0.07, 10)
    assert not found.shows(0.1, 0.07, 10)
    assert not found.shows(-0.1, 0.07, 1000)


@pytest.mark.parametrize(("side", "tile"), [(256, 128), (140, 64), (70, 64)])
def test_tiles_are_as_large_as_the_background_allows(side: int, tile: int) -> None:
    assert surroundings_of(noise(side), np.ones((side, side), bool)).side == tile


def test_without_background_nothing_is_known() -> None:
    found = surroundings_of(noise(128), np.zeros((128, 128), bool))
    assert found.n_tiles == 0
    assert not found.shows(0.1, 0.1, 1)
