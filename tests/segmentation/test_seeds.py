import numpy as np
import pytest
from drawing import Particle, draw_mask
from scipy import ndimage

from nanotem.labels import regions
from nanotem.micrograph import Labels
from nanotem.segmentation.seeds import (
    distance_to_background,
    local_maxima,
    normalise_per_region,
    smooth,
    sure_foreground,
)

BIG_AND_SMALL = draw_mask((80, 120), [Particle(40, 40, 60), Particle(40, 100, 12)])


def centres(seeds: Labels) -> list[tuple[int, int]]:
    """Return the rounded centre of every seed."""
    found = ndimage.center_of_mass(seeds > 0, seeds, range(1, int(seeds.max()) + 1))
    return [(round(row), round(column)) for row, column in found]


def test_distance_is_euclidean_from_pixel_to_nearest_background_pixel() -> None:
    rng = np.random.default_rng(1)
    mask = rng.random((60, 80)) < 0.95
    distance = distance_to_background(mask)
    assert distance.dtype == np.float32
    np.testing.assert_allclose(distance, ndimage.distance_transform_edt(mask), atol=1e-3)


def test_the_frame_is_no_background() -> None:
    mask = np.ones((5, 30), bool)
    mask[:, 0] = False
    np.testing.assert_allclose(distance_to_background(mask), np.tile(np.arange(30.0), (5, 1)), atol=1e-3)


def test_a_particle_without_background_is_as_deep_as_the_image_is_long() -> None:
    assert (distance_to_background(np.ones((4, 9), bool)) == 9).all()


def test_no_particle_has_no_depth() -> None:
    assert not distance_to_background(np.zeros((4, 9), bool)).any()


def test_regions_that_touch_at_a_corner_are_one() -> None:
    mask = np.array([[1, 0, 0, 0], [0, 1, 0, 1]], bool)
    labels = regions(mask)
    assert labels.dtype == np.int32
    assert labels[0, 0] == labels[1, 1] != labels[1, 3]
    assert sorted(np.unique(labels)) == [0, 1, 2]


def test_normalised_distance_peaks_at_one_in_each_region() -> None:
    distance = distance_to_background(BIG_AND_SMALL)
    normalised = normalise_per_region(distance, regions(BIG_AND_SMALL))
    assert normalised[:, :80].max() == normalised[:, 80:].max() == 1
    np.testing.assert_allclose(normalised[40, 40 - 15], 0.5, atol=0.03)
    assert not normalised[~BIG_AND_SMALL].any()


def test_normalising_an_empty_mask_gives_zeros() -> None:
    empty = np.zeros((5, 6), bool)
    assert not normalise_per_region(distance_to_background(empty), regions(empty)).any()


def test_sure_foreground_is_what_is_deeper_than_a_share_of_the_maximum() -> None:
    distance = distance_to_background(BIG_AND_SMALL)
    assert sure_foreground(distance, dist_max_threshold=0.1).max() == 2
    deep = sure_foreground(distance, dist_max_threshold=0.5)
    assert deep.max() == 1
    assert np.sqrt(4 / np.pi * (deep > 0).sum()) == pytest.approx(30, abs=1.5)


def test_sure_foreground_of_the_normalised_map_keeps_the_small_particle() -> None:
    normalised = normalise_per_region(distance_to_background(BIG_AND_SMALL), regions(BIG_AND_SMALL))
    assert sure_foreground(normalised, dist_max_threshold=0.5).max() == 2


@pytest.mark.parametrize("dist_max_threshold", [0, 0.4])
def test_an_empty_map_has_no_sure_foreground(dist_max_threshold: float) -> None:
    empty = np.zeros((5, 6), np.float32)
    assert not sure_foreground(empty, dist_max_threshold=dist_max_threshold).any()


def test_local_maxima_are_the_centres_of_touching_discs() -> None:
    mask = draw_mask((60, 100), [Particle(30, 30, 40), Particle(30, 66, 32)])
    seeds = local_maxima(distance_to_background(mask), min_distance=10)
    assert centres(seeds) == [(30, 30), (30, 66)]


def test_the_lower_of_two_peaks_within_the_least_distance_is_no_seed() -> None:
    distance = np.zeros((30, 30), np.float32)
    distance[10, 10], distance[10, 15] = 5, 4
    assert centres(local_maxima(distance, min_distance=5)) == [(10, 10)]
    assert centres(local_maxima(distance, min_distance=4)) == [(10, 10), (10, 15)]


def test_a_plateau_is_one_seed() -> None:
    distance = distance_to_background(np.pad(np.ones((11, 40), bool), 3))
    seeds = local_maxima(distance, min_distance=5)
    assert seeds.max() == 1
    assert (seeds > 0).sum() == 30


def test_the_ridge_of_a_rod_shorter_than_the_least_distance_is_one_seed() -> None:
    rod = draw_mask((100, 100), [Particle(50, 50, 15, length_px=70, angle_deg=37)])
    assert local_maxima(distance_to_background(rod), min_distance=60).max() == 1


def test_smoothing_by_nothing_changes_nothing() -> None:
    distance = distance_to_background(BIG_AND_SMALL)
    assert smooth(distance, sigma_px=0) is distance


def test_smoothing_stays_inside_the_mask_and_leaves_fewer_peaks() -> None:
    rough = BIG_AND_SMALL & (np.random.default_rng(2).random(BIG_AND_SMALL.shape) < 0.98)
    distance = distance_to_background(rough)
    smoothed = smooth(distance, sigma_px=2)
    assert smoothed.dtype == np.float32
    np.testing.assert_array_equal(smoothed > 0, rough)
    assert local_maxima(smoothed, min_distance=1).max() < local_maxima(distance, min_distance=1).max()
