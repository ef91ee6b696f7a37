"""A particle seen otherwise: by how much its mask changes."""

import numpy as np
import pytest

from nanotem.training.shapes.variation import Variation, draw_variation, varied

ROWS, COLUMNS = np.indices((90, 110))
LABELS = np.where((np.abs(ROWS - 45) < 12) & (np.abs(COLUMNS - 40) < 12), 3, 0)
LABELS[(np.hypot(ROWS - 45, COLUMNS - 70) < 10)] = 5
PIXELS = np.where(LABELS > 0, 80.0, 180.0)


def crop(**how: float) -> np.ndarray:
    return varied(PIXELS, LABELS, 3, Variation(**how), np.random.default_rng(2))


def area(one: np.ndarray) -> float:
    return float((one[..., 1] > 0.5).mean())


def test_without_a_change_it_is_the_particle():
    plain = crop()
    assert set(np.round(np.unique(plain[plain[..., 1] > 0.9][:, 0]), 1)) == {1.0}
    assert plain[..., 0].min() == pytest.approx(0, abs=0.02)


def test_a_turn_and_a_scale_leave_its_share_of_the_crop():
    for how in ({"angle_deg": 45.0}, {"scale": 1.4}, {"scale": 0.7}):
        assert area(crop(**how)) == pytest.approx(area(crop()), rel=0.15)  # a corner of whole pixels moves


def test_an_outline_that_lies_farther_out_shows_in_the_window_alone():
    wide, narrow = crop(outline_px=1), crop(outline_px=-1)
    assert area(wide) < 0.95 * area(crop()) < 0.95**2 * area(narrow)
    for one in (wide, narrow):  # the crop finds the edge again
        assert one[one[..., 1] > 0.9][:, 0].min() > 0.6
        assert one[one[..., 1] < 0.1][:, 0].max() < 0.4


def test_worn_corners_are_round_and_noise_is_noise():
    assert area(crop(wear=0.3)) > 1.2 * area(crop())  # a round one fills more of the circle around it
    noisy = crop(noise=0.05)
    assert noisy[noisy[..., 1] > 0.9][:, 0].std() == pytest.approx(0.05, rel=0.4)


def test_a_particle_that_would_vanish_stays():
    assert area(crop(outline_px=-30)) == pytest.approx(area(crop()), rel=0.05)


def test_outlines_of_small_particles_move_less():
    rng = np.random.default_rng(1)
    moved = [abs(draw_variation(rng, 10).outline_px) for _ in range(50)]
    assert 0.5 < max(moved) <= 0.8
