import numpy as np
import pytest
from drawing import Particle, draw, outlines_of

from nanotem.spans import places_between, places_inside

SHAPE = (30, 40)


def mask_of(*rings: list[tuple[float, float]]) -> np.ndarray:
    """Return what lies inside polygons; no pixel twice."""
    places = places_inside([np.array(ring, float) for ring in rings], SHAPE)
    assert np.unique(places).size == places.size
    mask = np.zeros(SHAPE, bool)
    mask.flat[places] = True
    return mask


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_a_rectangle_holds_the_pixels_whose_centre_is_inside() -> None:
    expected = np.zeros(SHAPE, bool)
    expected[3:7, 5:11] = True
    for slack in (0, 0.4):
        np.testing.assert_array_equal(mask_of(box(5 - slack, 3 - slack, 11 + slack, 7 + slack)), expected)


def test_a_polygon_inside_another_is_a_hole() -> None:
    assert mask_of(box(2, 2, 12, 12), box(4, 4, 8, 8)).sum() == 100 - 16


def test_two_parts_of_one_rectangle_share_no_pixel_and_leave_none() -> None:
    upper = mask_of([(3.3, 2.2), (33.1, 2.2), (3.3, 21.7)])
    lower = mask_of([(33.1, 2.2), (33.1, 21.7), (3.3, 21.7)])
    assert not (upper & lower).any()
    np.testing.assert_array_equal(upper | lower, mask_of(box(3.3, 2.2, 33.1, 21.7)))


def test_what_lies_beyond_the_image_is_left_out() -> None:
    assert mask_of(box(-50, -50, 500, 500)).all()
    assert not mask_of(box(-50, 3, -10, 20)).any()
    assert not mask_of(box(50, 3, 60, 20)).any()
    assert mask_of(box(-5, -5, 3, 2)).sum() == 6


def test_nothing_holds_no_pixel() -> None:
    assert places_inside([], SHAPE).size == 0
    assert not mask_of([(3, 3), (20, 20)]).any()


def test_a_slanted_rod_has_its_area() -> None:
    labels = draw(SHAPE, [Particle(15, 20, 8, 26, 30)])[1]
    rings = [ring.tolist() for ring in outlines_of(labels)[1]]
    np.testing.assert_array_equal(mask_of(*rings), labels > 0)


@pytest.mark.parametrize("place", [np.nan, np.inf, -1e7])
def test_a_corner_nowhere_is_refused(place: float) -> None:
    with pytest.raises(ValueError, match="a corner lies beyond"):
        mask_of([(1, 1), (5, place), (3, 8)])


def test_an_outline_that_winds_for_ever_is_refused() -> None:
    with pytest.raises(ValueError, match="more pixels than the image has"):
        mask_of([(1, 0), (1, 30)] * 30)


def test_numbers_between() -> None:
    begins, ends = np.array([[2, 5], [7, 7], [9, 10]]).T
    assert places_between(begins, ends).tolist() == [2, 3, 4, 9]
