"""By how much a picture was enlarged, and that what the enlargement leaves is no lattice."""

import cv2
import numpy as np
import pytest

from nanotem.lattice import find_lattices
from nanotem.lattice.enlargement import enlargement_of

SIDE = 200
RODS = tuple((row, column) for row in (40, 100, 160) for column in (40, 100, 160))
KERNELS = (cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
OLD_SPACING_PX = 3.6


def rods(seed: int, *, contrast: float = 0.0, radius_px: float = 9.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw rods in all directions, with fringes of `OLD_SPACING_PX` or without."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    pixels, labels = np.full((SIDE, SIDE), 190, np.float32), np.zeros((SIDE, SIDE), np.int32)
    for label, (row, column) in enumerate(RODS, start=1):
        angle, direction = rng.uniform(0, np.pi, 2)
        along = (columns - column) * np.cos(angle) + (rows - row) * np.sin(angle)
        across = (rows - row) * np.cos(angle) - (columns - column) * np.sin(angle)
        depth = radius_px - np.hypot(np.maximum(np.abs(along) - 22 + radius_px, 0), across)
        place = (columns - column) * np.cos(direction) + (rows - row) * np.sin(direction)
        fringes = contrast * np.cos(2 * np.pi * place / OLD_SPACING_PX)
        pixels += (fringes - rng.uniform(60, 130)) / (1 + np.exp(-2 * depth))
        labels[depth > -1] = label
    return np.uint8(np.clip(pixels + rng.normal(0, 1.5, pixels.shape), 0, 255)), labels


def enlarged(image: np.ndarray, factor: float, kernel: int) -> np.ndarray:
    """Enlarge a picture, or with `INTER_NEAREST` labels."""
    return cv2.resize(image, (round(SIDE * factor),) * 2, interpolation=kernel)


def jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    """Store a picture as JPEG."""
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("factor", [2.0, 2.7, 3.75])
def test_factor_is_found(factor: float, kernel: int) -> None:
    """Whatever the interpolation, and through a fine JPEG file."""
    pixels = enlarged(rods(round(10 * factor))[0], factor, kernel)
    assert enlargement_of(pixels) == pytest.approx(factor, rel=0.02)
    assert enlargement_of(jpeg(pixels, 97)) == pytest.approx(factor, rel=0.02)


@pytest.mark.parametrize("kernel", KERNELS[1:])
def test_factors_below_two_are_not_taken_for_their_alias(kernel: int) -> None:
    """Which is 3: the period of the roughness is the same."""
    assert enlargement_of(enlarged(rods(2)[0], 1.5, kernel)) == pytest.approx(1.5, rel=0.02)


def test_blocks_that_were_enlarged_do_not_hide_it() -> None:
    """Their period is eight old pixels: the limit has neighbours that are as coherent."""
    pixels = enlarged(jpeg(rods(3)[0], 75), 1.45, cv2.INTER_CUBIC)
    assert enlargement_of(pixels) == pytest.approx(1.45, rel=0.02)


@pytest.mark.parametrize("quality", [0, 30, 60, 90])
def test_nothing_is_found_where_nothing_was_enlarged(quality: int) -> None:
    """Not by the blocks of a file of its own either."""
    pixels = rods(4)[0]
    assert enlargement_of(jpeg(pixels, quality) if quality else pixels) == 1


def test_an_even_picture_says_nothing() -> None:
    assert enlargement_of(np.full((300, 300), 100, np.float32)) == 1


def test_too_small_a_picture_says_nothing() -> None:
    """It is taken as it is."""
    assert enlargement_of(rods(5)[0][:60, :60]) == 1


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_an_enlargement_leaves_is_no_lattice(kernel: int) -> None:
    """Images of the rods' edges are none, and the particles say so."""
    pixels, labels = rods(6)
    found = find_lattices(enlarged(pixels, 3, kernel), enlarged(labels, 3, cv2.INTER_NEAREST))
    assert found.share == 0
    assert any("enlarged 3 times" in one.reason for one in found.particles.values())


@pytest.mark.parametrize("kernel", KERNELS)
def test_true_fringes_stay(kernel: int) -> None:
    """They were in the picture before: 3.6 old pixels."""
    pixels, labels = rods(7, contrast=25, radius_px=18)
    before = find_lattices(pixels, labels)
    after = find_lattices(enlarged(pixels, 2, kernel), enlarged(labels, 2, cv2.INTER_NEAREST))
    spacings = [one.spots[0].spacing_px for one in after.particles.values() if one.spots]
    assert after.share >= before.share > 0.5
    assert spacings == pytest.approx([2 * OLD_SPACING_PX] * len(spacings), rel=0.03)
