"""Whether what is found is brighter than what is round it."""

import numpy as np
import pytest
from drawing import row_of_discs

from nanotem.segmentation.judge.polarity import brighter, contradicts, rim_levels

SHAPE = 60, 160


def discs(*radii_px: float) -> np.ndarray:
    return row_of_discs(*radii_px, shape=SHAPE, pitch_px=50)


def test_each_counts_by_its_diameter():
    labels = discs(20, 10, 10)
    image = np.array([50, 90, 20, 20], np.float32)[labels]
    assert brighter(labels, image) == pytest.approx(0, abs=0.02)
    assert brighter(labels, 255 - image) == pytest.approx(0, abs=0.02)
    assert brighter(labels, np.where(labels > 0, 90, 50).astype(np.float32)) == 1


def test_the_rim_alone_counts_however_bright_the_picture_is_elsewhere():
    labels = discs(10)
    image = np.full(labels.shape, 200, np.float32)
    image[:, :50] = 20
    image[labels > 0] = 90
    assert brighter(labels, image) == 1
    assert rim_levels(labels, image).tolist() == [20]


def test_numbers_may_be_missing_and_nothing_is_neither():
    labels = discs(10, 0, 10)
    assert sorted(set(labels.ravel())) == [0, 1, 3]
    image = np.where(labels > 0, 90, 50).astype(np.float32)
    assert brighter(labels, image) == 1
    assert np.isnan(rim_levels(labels, image)).tolist() == [False, True, False]
    assert brighter(np.zeros_like(labels), image) == 0


def test_in_a_large_image_rims_are_the_same():
    labels = discs(20, 10, 3)
    large = np.zeros((2 * len(labels), 3000), np.int32)
    large[: len(labels), : labels.shape[1]] = labels
    grey = np.array([50, 90, 20, 70], np.float32)
    assert rim_levels(large, grey[large]).tolist() == rim_levels(labels, grey[labels]).tolist() == [50, 50, 50]
    assert brighter(large, grey[large]) == brighter(labels, grey[labels])


def test_where_all_touch_and_fill_the_picture_there_is_no_rim():
    labels = np.ones(SHAPE, np.int32)
    assert brighter(labels, np.full(labels.shape, 90, np.float32)) == 0


@pytest.mark.parametrize(("sure_of_the_dark_one", "is_against"), [(0.9, True), (0.04, False)])
def test_what_the_network_is_sure_of_decides(sure_of_the_dark_one: float, is_against: bool):
    labels = discs(12, 12)
    image = np.array([50, 90, 20], np.float32)[labels]
    sure = np.array([0, 0.2, sure_of_the_dark_one], np.float32)
    assert contradicts(labels, image, sure=sure) == is_against
    assert contradicts(labels, 255 - image, sure=sure) == (not is_against)
