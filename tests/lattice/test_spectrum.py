import numpy as np
import pytest

from nanotem.lattice.spectrum import LEAST_PERIODS, levelled, ring_means, spectrum_of, window_of


def disc(side: int) -> np.ndarray:
    from_middle = np.arange(side) - (side - 1) / 2
    return np.hypot(from_middle[:, None], from_middle[None]) <= side / 2


@pytest.mark.parametrize("side", [40, 90, 150])
def test_noise_is_as_strong_as_it_is_said_to_be(side: int) -> None:
    rng = np.random.default_rng(side)
    ratios = []
    for _ in range(10):
        spectrum = spectrum_of(rng.normal(100, 5, (side, side)), disc(side))
        outer = slice(None, spectrum.side // 3), slice(spectrum.side // 6, None)
        ratios.append((spectrum.power[outer] / spectrum.noise[outer]).mean())
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("n_averaged", [1, 4, 30])
def test_the_mean_of_rings_is_right_however_many_spectra_were_averaged(n_averaged: int) -> None:
    rng = np.random.default_rng(n_averaged)
    power = rng.gamma(n_averaged, 7 / n_averaged, (128, 65)).astype(np.float32)
    assert ring_means(power, 128, width=4, n_averaged=n_averaged)[10:50, 20:60].mean() == pytest.approx(7, rel=0.1)


def test_a_spot_that_fills_a_quarter_of_its_ring_is_no_noise() -> None:
    rng = np.random.default_rng(3)
    power = rng.exponential(1, (128, 65)).astype(np.float32)
    power[:32] *= 1000
    assert ring_means(power, 128, width=4)[64, 30] < 4


def test_a_rod_holds_periods_along_itself_and_not_across() -> None:
    spectrum = spectrum_of(np.random.default_rng(1).normal(0, 1, (12, 100)), np.ones((12, 100), bool))
    assert spectrum.holds_enough(0, 1 / 8)
    assert not spectrum.holds_enough(1 / 8, 0)
    assert spectrum.coarsest_px > 8


def test_the_window_reaches_periods_in_every_direction_of_a_disc() -> None:
    spectrum = spectrum_of(np.random.default_rng(1).normal(0, 1, (100, 100)), disc(100))
    assert spectrum.coarsest_px == pytest.approx(1 / spectrum.cell_per_px / LEAST_PERIODS, rel=0.02)


def test_the_thickness_of_a_particle_is_no_fringe() -> None:
    mask = disc(120)
    rows = np.arange(120)[:, None] - 60.0
    bowl = np.where(mask, 5000 + rows**2 + 10 * rows, 0)
    fringes = 10 * np.cos(2 * np.pi * rows / 6) * np.ones((1, 120))
    left = levelled((bowl + fringes).astype(np.float32), mask)
    assert (left[~mask] == 0).all()
    assert left[40:80, 40:80].std() == pytest.approx(10 / np.sqrt(2), rel=0.2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2)])
def test_the_smallest_particles_have_a_spectrum(shape: tuple[int, int]) -> None:
    spectrum = spectrum_of(np.ones(shape), np.ones(shape, bool))
    assert np.isfinite(spectrum.noise).all()
    assert window_of(np.ones(shape, bool)).max() > 0.9
