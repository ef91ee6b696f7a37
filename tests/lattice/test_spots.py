import numpy as np
import pytest

from nanotem.lattice import LEAST_AMPLITUDE_OVER_NOISE, find_spots, spectrum_of


def disc(side: int) -> np.ndarray:
    from_middle = np.arange(side) - (side - 1) / 2
    return np.hypot(from_middle[:, None], from_middle[None]) <= side / 2


def waves(side: int, *planes: tuple[float, float, float]) -> np.ndarray:
    """Draw cosines of a spacing in px, a direction in degrees (counter-clockwise) and an amplitude."""
    rows, columns = np.mgrid[:side, :side].astype(float)
    image = np.zeros((side, side))
    for spacing, direction, amplitude in planes:
        along = np.cos(np.radians(direction)) * columns - np.sin(np.radians(direction)) * rows
        image += amplitude * np.cos(2 * np.pi * along / spacing + 0.7)
    return image


def spots_in(image: np.ndarray, *, noise: float = 10.0, seed: int = 1, **limits: float) -> list:
    pixels = 100 + image + np.random.default_rng(seed).normal(0, noise, image.shape)
    return find_spots(spectrum_of(pixels, disc(len(image))), **limits)


@pytest.mark.parametrize("direction", [0.0, 17.0, 90.0, 91.0, 133.0, 179.5])
@pytest.mark.parametrize("spacing", [3.1, 7.4, 12.0])
def test_spacing_and_direction_are_right_within_their_uncertainties(spacing: float, direction: float) -> None:
    (spot,) = spots_in(waves(130, (spacing, direction, 5)))
    assert abs(spot.spacing_px - spacing) < 4 * spot.spacing_uncertainty_px + 1e-3 * spacing
    off = abs(spot.direction_deg - direction) % 180
    assert min(off, 180 - off) < 4 * spot.direction_uncertainty_deg + 0.1
    assert spot.amplitude == pytest.approx(5, rel=0.25)


def test_uncertainties_are_neither_too_small_nor_too_large() -> None:
    image = waves(100, (6.3, 40, 3))
    found = [spot for seed in range(60) for spot in spots_in(image, seed=seed)]
    z = [(spot.spacing_px - 6.3) / spot.spacing_uncertainty_px for spot in found]
    assert len(found) >= 50
    assert 0.6 < np.std(z) < 1.4


def test_noise_has_no_spots() -> None:
    assert not [spot for seed in range(60) for spot in spots_in(np.zeros((90, 90)), seed=seed)]


def test_stronger_spots_come_first_and_none_is_below_the_limit() -> None:
    spots = spots_in(waves(130, (8, 20, 4), (6, 80, 8), (5, 130, 0.2)))
    assert [round(spot.spacing_px) for spot in spots] == [6, 8]
    assert all(spot.amplitude_over_noise >= LEAST_AMPLITUDE_OVER_NOISE for spot in spots)


def test_limits_on_spacings_hold() -> None:
    image = waves(130, (8, 20, 8), (4, 80, 8))
    assert [round(spot.spacing_px) for spot in spots_in(image, finest_px=5)] == [8]
    assert [round(spot.spacing_px) for spot in spots_in(image, coarsest_px=5)] == [4]
    assert spots_in(image, finest_px=9, coarsest_px=9) == []


def test_a_strong_spot_has_no_companions_from_its_window() -> None:
    (spot,) = spots_in(waves(130, (8, 20, 60)), noise=1)
    assert spot.amplitude_over_noise > 100


def test_planes_out_of_step_are_as_uncertain_as_they_are_split() -> None:
    image = waves(130, (8, 90, 20))
    image[65:] *= -1
    (spot,) = spots_in(image)
    assert spot.spacing_uncertainty_px > 0.1
    assert abs(spot.spacing_px - 8) < 3 * spot.spacing_uncertainty_px


def test_the_streak_of_lines_is_no_spot() -> None:
    rng = np.random.default_rng(4)
    assert not [
        spot for seed in range(20) for spot in spots_in(rng.normal(0, 8, (100, 1)) * np.ones((1, 100)), seed=seed)
    ]
