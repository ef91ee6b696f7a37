import numpy as np
import pytest

from nanotem.micrograph import GreyImage, Labels
from nanotem.segmentation.neck import merge_by_neck


def in_a_row(*pieces: tuple[int, float]) -> tuple[Labels, GreyImage]:
    """Return one row of (label, distance) pixels."""
    return (
        np.array([[label for label, _ in pieces]], np.int32),
        np.array([[distance for _, distance in pieces]], np.float32),
    )


PAIR = in_a_row((1, 10), (1, 6), (2, 6), (2, 8))
"""Peaks of 10 and 8, a neck of 6: ratio 6 / 8 = 0.75."""


@pytest.mark.parametrize(("neck_ratio", "n_particles"), [(0.3, 1), (0.74, 1), (0.76, 2), (1.0, 2)])
def test_two_parts_merge_if_their_neck_is_wider_than_the_ratio_of_the_smaller(
    neck_ratio: float, n_particles: int
) -> None:
    merged = merge_by_neck(*PAIR, neck_ratio=neck_ratio)
    assert len(np.unique(merged)) == n_particles
    assert merged.dtype == np.int32


def test_the_neck_is_the_lower_side_of_the_border() -> None:
    parts, distance = in_a_row((1, 10), (1, 9), (2, 4), (2, 10))
    assert len(np.unique(merge_by_neck(parts, distance, neck_ratio=0.5))) == 2
    assert len(np.unique(merge_by_neck(parts, distance, neck_ratio=0.35))) == 1


def test_the_neck_is_the_widest_place_of_the_border() -> None:
    parts = np.array([[1, 2], [1, 2], [1, 2]], np.int32)
    distance = np.array([[10, 10], [2, 2], [8, 8]], np.float32)
    assert len(np.unique(merge_by_neck(parts, distance, neck_ratio=0.95))) == 1


@pytest.mark.parametrize("corner", [np.array([[1, 0], [0, 2]]), np.array([[0, 1], [2, 0]])])
def test_parts_that_touch_at_a_corner_are_neighbours(corner: Labels) -> None:
    labels = corner.astype(np.int32)
    merged = merge_by_neck(labels, np.full((2, 2), 5, np.float32), neck_ratio=0.9)
    assert len(np.unique(merged[labels > 0])) == 1
    assert not merged[labels == 0].any()


def test_parts_that_do_not_touch_never_merge() -> None:
    parts, distance = in_a_row((1, 10), (0, 0), (2, 10))
    np.testing.assert_array_equal(merge_by_neck(parts, distance, neck_ratio=0), parts)


def test_a_ratio_of_zero_merges_a_whole_chain_under_one_of_its_numbers() -> None:
    parts, distance = in_a_row((1, 9), (1, 1), (2, 1), (2, 9), (2, 1), (3, 1), (3, 9), (4, 1), (4, 9))
    merged = merge_by_neck(parts, distance, neck_ratio=0)
    assert len(np.unique(merged)) == 1
    assert merged[0, 0] in (1, 2, 3, 4)


def test_a_satellite_stays_apart_after_its_neighbour_has_grown() -> None:
    rod_with_satellite = in_a_row((1, 10), (1, 9.9), (2, 9.9), (2, 10), (2, 2), (3, 2), (3, 4))
    merged = merge_by_neck(*rod_with_satellite, neck_ratio=0.9)[0]
    assert merged[0] == merged[3] != merged[6]


def test_a_merged_particle_is_compared_by_its_highest_peak() -> None:
    small_on_big_on_chip = in_a_row((1, 5), (1, 4.9), (2, 4.9), (2, 20), (2, 6), (3, 6), (3, 8))
    assert len(np.unique(merge_by_neck(*small_on_big_on_chip, neck_ratio=0.8))) == 2
    assert len(np.unique(merge_by_neck(*small_on_big_on_chip, neck_ratio=0.7))) == 1


def test_a_neck_that_was_wide_beside_a_small_part_is_judged_again_once_the_part_has_grown() -> None:
    chip_on_small_on_big = in_a_row((3, 8), (3, 4.5), (1, 4.5), (1, 5), (1, 4.9), (2, 4.9), (2, 20))
    merged = merge_by_neck(*chip_on_small_on_big, neck_ratio=0.8)[0]
    assert merged[0] != merged[3] == merged[6]


def test_merged_parts_keep_the_widest_of_their_necks_to_a_third() -> None:
    parts = np.array([[1, 1, 1, 2, 2, 2], [3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3]], np.int32)
    distance = np.array([[10, 10, 9.9, 9.9, 10, 10], [7.5, 7.5, 2, 2, 2, 2], [8, 2, 2, 2, 2, 2]], np.float32)
    assert len(np.unique(merge_by_neck(parts, distance, neck_ratio=0.9))) == 1


def test_a_step_of_the_pixel_grid_merges_whatever_the_ratio() -> None:
    parts, distance = in_a_row((1, 1.2), (1, 1), (2, 1), (2, 3))
    assert len(np.unique(merge_by_neck(parts, distance, neck_ratio=1))) == 1


def test_an_empty_image_stays_empty() -> None:
    empty = np.zeros((4, 5), np.int32)
    assert not merge_by_neck(empty, np.zeros((4, 5), np.float32), neck_ratio=0.9).any()


@pytest.mark.parametrize("seed", range(5))
def test_what_does_not_touch_is_merged_as_it_would_be_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = np.kron(np.arange(1, 37).reshape(6, 6), np.ones((4, 4), int)).astype(np.int32)
    distance, contrast = (rng.uniform(1, 6, parts.shape).astype(np.float32) for _ in range(2))
    other = np.zeros_like(parts)
    both = [np.hstack(pair) for pair in ((parts + 36, other, parts), (distance,) * 3, (contrast,) * 3)]
    alone = merge_by_neck(parts, distance, neck_ratio=0.9, contrast=contrast, valley=0.1)
    together = merge_by_neck(both[0], both[1], neck_ratio=0.9, contrast=both[2], valley=0.1)
    np.testing.assert_array_equal(together, np.hstack([alone + 36, other, alone]))
    assert 1 < len(np.unique(alone)) < 36
