import numpy as np
import pytest

from nanotem.film.fits import lowest, straight_lines
from nanotem.film.resampling import interval


def test_lines_are_told_where_they_are_asked_for():
    x = np.array([1.0, 2.0, 4.0])
    values = np.stack([3 + 2 * x, 1 - x])
    level, slope, left = straight_lines(x, values, np.array([[1.0, 5.0, 2.0]] * 2), at=1.0)
    assert level == pytest.approx([5, 0])
    assert slope == pytest.approx([2, -1])
    assert left == pytest.approx([0, 0], abs=1e-12)


def test_weights_say_which_points_count():
    x, values = np.arange(4.0), np.array([[0.0, 1.0, 2.0, 99.0]])
    level, slope, _ = straight_lines(x, values, np.array([[1.0, 1.0, 1.0, 0.0]]))
    assert (level[0], slope[0]) == pytest.approx((0, 1))


def test_the_lowest_lies_between_what_was_tried():
    tried = np.arange(0.0, 5.0, 0.5)
    left = np.stack([(tried - 2.2) ** 2, (tried + 3) ** 2, (tried - 9) ** 2, np.ones_like(tried)], axis=1)
    found = lowest(tried, left)
    assert found[0] == pytest.approx(2.2)
    assert found[1:] == pytest.approx([0, 4.5, 0.5])


def test_an_interval_of_nothing_is_not_known():
    resampled = np.column_stack([np.linspace(0, 1, 41), np.full(41, np.nan)])
    low, high = interval(resampled)
    assert (low[0], high[0]) == pytest.approx((0.025, 0.975))
    assert np.isnan([low[1], high[1]]).all()
