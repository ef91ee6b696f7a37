import numpy as np

from nanotem.segmentation.climb import climb


def test_every_pixel_belongs_to_the_peak_that_the_steepest_steps_reach() -> None:
    heights = np.array([[1, 2, 3, 2, 1, 4, 5]], np.float32)
    peaks = np.array([[0, 0, 1, 0, 0, 0, 2]], np.int32)
    labels = climb(heights, peaks, np.ones((1, 7), bool))
    np.testing.assert_array_equal(labels, [[1, 1, 1, 1, 2, 2, 2]])


def test_steps_go_to_corners_too() -> None:
    heights = np.array([[3, 0], [0, 1]], np.float32)
    peaks = np.array([[7, 0], [0, 0]], np.int32)
    np.testing.assert_array_equal(climb(heights, peaks, np.ones((2, 2), bool)), np.full((2, 2), 7))


def test_nothing_climbs_through_what_the_mask_leaves_out() -> None:
    heights = np.array([[1, 2, 9, 4, 5]], np.float32)
    mask = np.array([[True, True, False, True, True]])
    peaks = np.array([[0, 1, 0, 0, 2]], np.int32)
    np.testing.assert_array_equal(climb(heights, peaks, mask), [[1, 1, 0, 2, 2]])


def test_a_plateau_keeps_the_label_of_its_peak() -> None:
    heights = np.array([[2, 2, 2, 1]], np.float32)
    peaks = np.array([[5, 5, 5, 0]], np.int32)
    np.testing.assert_array_equal(climb(heights, peaks, np.ones((1, 4), bool)), [[5, 5, 5, 5]])


def test_an_empty_mask_has_no_labels() -> None:
    assert not climb(np.ones((3, 4), np.float32), np.ones((3, 4), np.int32), np.zeros((3, 4), bool)).any()


def test_a_large_picture_is_climbed_as_single_steps_would() -> None:
    rng = np.random.default_rng(3)
    heights = rng.random((150, 20), np.float32)
    mask = rng.random(heights.shape) < 0.8
    outside = np.pad(np.where(mask, heights, -1), 1, constant_values=-1)
    peaks, above = np.zeros(mask.shape, np.int32), {}
    for row, column in np.argwhere(mask).tolist():
        down, right = np.divmod(int(outside[row : row + 3, column : column + 3].argmax()), 3)
        above[row, column] = (row + down - 1, column + right - 1)
        peaks[row, column] = (above[row, column] == (row, column)) * (len(above))
    labels = climb(heights, peaks, mask)
    for place in above:
        end = place
        while above[end] != end:
            end = above[end]
        assert labels[place] == peaks[end]
    assert not labels[~mask].any()
