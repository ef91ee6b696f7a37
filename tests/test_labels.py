"""Label images against slower ways to the same answer."""

import numpy as np
import pytest
from skimage import measure

from nanotem.labels import areas_px, borders, grown, in_one_piece, largest, numbers_in, ranges
from nanotem.micrograph import Labels


def random_labels(seed: int) -> Labels:
    """Return a label image of crumbs: some labels in many pieces, some missing, some all over."""
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 14, 2))
    return (3 * rng.integers(0, rng.integers(2, 5), shape) * (rng.random(shape) < rng.random())).astype(np.int32)


@pytest.mark.parametrize("seed", range(60))
def test_every_label_is_left_as_its_largest_piece(seed: int) -> None:
    labels = random_labels(seed)
    found = in_one_piece(labels)
    for label in numbers_in(labels).tolist():
        pieces = measure.label(labels == label, connectivity=2)
        areas = np.bincount(pieces.ravel())[1:]
        assert np.array_equal(found == label, pieces == areas.argmax() + 1)
    assert np.array_equal(numbers_in(found), numbers_in(labels))


def test_a_label_that_leaves_a_row_does_not_go_on_in_the_next() -> None:
    labels = np.array([[0, 0, 4], [0, 0, 0], [4, 4, 0]], np.int32)
    assert in_one_piece(labels).tolist() == [[0, 0, 0], [0, 0, 0], [4, 4, 0]]
    assert in_one_piece(np.array([[0, 4], [4, 0]], np.int32)).tolist() == [[0, 4], [4, 0]]


@pytest.mark.parametrize("seed", range(20))
def test_labels_grow_within_a_mask_as_they_would_without_it(seed: int) -> None:
    labels = random_labels(seed)
    within = np.random.default_rng(seed).random(labels.shape) < 0.5
    everywhere = grown(labels, reach_px=3)
    assert np.array_equal(grown(labels, reach_px=3, within=within), np.where(within, everywhere, labels))


@pytest.mark.parametrize("seed", range(20))
def test_each_pixel_takes_the_nearest_label_of_two_the_smaller_number(seed: int) -> None:
    labels = random_labels(seed)
    found = grown(labels, reach_px=4)
    taken = np.argwhere(labels > 0)
    for row, column in np.argwhere(labels == 0):
        squares = ((taken - (row, column)) ** 2).sum(axis=1)
        near = squares <= 16
        nearest = labels[tuple(taken[near & (squares == squares.min(initial=17))].T)]
        assert found[row, column] == nearest.min(initial=np.iinfo(np.int32).max) * near.any()


@pytest.mark.parametrize("seed", range(20))
def test_areas_largest_values_and_borders_are_those_of_single_pixels(seed: int) -> None:
    labels = random_labels(seed)
    values = np.random.default_rng(seed).random(labels.shape, np.float32)
    areas = areas_px(labels)
    highest = largest(labels.ravel(), values.ravel(), len(areas))
    for label in range(1, len(areas)):
        assert areas[label] == (labels == label).sum()
        assert highest[label] == values[labels == label].max(initial=0)
    pixels = [tuple(place) for place in np.argwhere(labels > 0).tolist()]
    meeting = {
        frozenset((one, other))
        for one in pixels
        for other in pixels
        if max(abs(one[0] - other[0]), abs(one[1] - other[1])) == 1 and labels[one] != labels[other]
    }
    first, second = (list(zip(*np.divmod(place, labels.shape[1]), strict=True)) for place in borders(labels))
    found = [frozenset(pair) for pair in zip(first, second, strict=True)]
    assert set(found) == meeting
    assert len(found) == len(meeting)


def test_nothing_has_no_area() -> None:
    assert areas_px(np.zeros((3, 4), np.int32)).tolist() == areas_px(np.zeros((0, 4), np.int32)).tolist() == [0]


def test_ranges_of_nothing_are_nothing() -> None:
    nothing = np.zeros(0, np.intp)
    assert [one.size for one in ranges(nothing, nothing)] == [0, 0]
