import math

import pytest

from nanotem.statistics import Estimate
from nanotem.statistics.rounding import decimal_places, plus_minus, to_place, with_interval


@pytest.mark.parametrize(
    ("uncertainty", "places"),
    [(0.165, 2), (0.0996, 2), (1.0, 1), (9.96, 0), (23.4, 0), (235, -1), (0, None), (math.nan, None), (math.inf, None)],
)
def test_two_digits_of_an_uncertainty_count(uncertainty, places) -> None:
    assert decimal_places(uncertainty) == places


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (14.9463, 14.7812, 15.1107, "14.95 nm (14.78 to 15.11)"),
        (12.3456, 11.0, 13.0, "12.3 nm (11.0 to 13.0)"),
        (1234.5, 1003.0, 1473.0, "1230 nm (1000 to 1470)"),
        (0.0012345, 0.0011, 0.0014, "0.00123 nm (0.00110 to 0.00140)"),
        (-0.001, -0.4, 0.4, "0.00 nm (-0.40 to 0.40)"),
        (12.3456, math.nan, math.nan, "12.3 nm"),
        (12.3456, 12.3456, 12.3456, "12.3 nm (12.3 to 12.3)"),
        (math.nan, math.nan, math.nan, "not known"),
    ],
)
def test_a_value_and_its_interval_end_at_the_same_digit(value, low, high, text) -> None:
    assert with_interval(value, low, high, "nm") == text
    assert Estimate(value, low, high).in_words("nm") == text


def test_half_an_interval_is_printed_beside_its_value() -> None:
    assert plus_minus(12.3456, 0.5512, "nm") == "12.35 ± 0.55 nm"
    assert plus_minus(123.4, 23.5) == "123 ± 24"
    assert plus_minus(12.3456, math.nan) == "12.3"


def test_what_is_not_known_is_a_dash() -> None:
    assert to_place(math.nan, 2) == "–"


def test_an_interval_that_is_far_too_wide_leaves_the_figures_of_its_value() -> None:
    assert with_interval(4.21, 0.0, 9.7e11, "nm") == "4.2 nm (0 to 9.7e+11)"
    assert with_interval(0.04, -2.14, 2.2) == "0.0 (-2.1 to 2.2)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.5, "1230"), (160.0, "160"), (4.1, "4.10"), (0.0, "0"), (2.5e-7, "2.5e-07"), (3e9, "3e+09")],
)
def test_a_value_alone_has_three_figures_and_no_power_of_ten_where_none_is_needed(value: float, text: str) -> None:
    assert to_place(value, None) == text
