import pytest

from nanotem.calibration.box import holds_middle, moved, overlap

BOX = (10, 20, 30, 60)


@pytest.mark.parametrize(
    ("other", "shares_a_pixel"),
    [((29, 59, 40, 80), True), ((0, 0, 100, 100), True), ((30, 20, 40, 60), False), ((10, 60, 30, 80), False)],
)
def test_boxes_overlap_where_they_have_a_pixel_in_common(other, shares_a_pixel):
    assert overlap(BOX, other) == overlap(other, BOX) == shares_a_pixel


@pytest.mark.parametrize(
    ("other", "is_held"),
    [((0, 10, 22, 40), True), ((10, 10, 30, 30), True), ((10, 50, 30, 70), False), ((0, 0, 100, 100), False)],
)
def test_a_box_holds_what_has_its_middle_in_it(other, is_held):
    assert holds_middle(BOX, other) == is_held


def test_a_box_that_was_moved_comes_back():
    assert moved(BOX, -10, 5) == (0, 25, 20, 65)
    assert moved(moved(BOX, -10, 5), 10, -5) == BOX
