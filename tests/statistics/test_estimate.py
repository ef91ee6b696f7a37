import pytest

from nanotem.statistics import Estimate


@pytest.mark.parametrize(
    ("estimate", "whole", "value", "ends"),
    [
        (Estimate(12.3456, 11.0, 13.0), "12.3 nm (11.0 to 13.0)", "12.3 nm", "11.0 to 13.0 nm"),
        (Estimate(123.456, 100.0, 147.0), "123 nm (100 to 147)", "123 nm", "100 to 147 nm"),
        (Estimate(12.3456), "12.3 nm", "12.3 nm", "interval not known"),
        (Estimate(float("nan")), "not known", "–", "interval not known"),
    ],
)
def test_a_number_and_its_interval_have_the_same_digits(estimate, whole, value, ends) -> None:
    assert estimate.in_words("nm") == whole
    assert (estimate.value_in_words("nm"), estimate.ends_in_words("nm")) == (value, ends)


def test_half_of_the_interval_in_parts_of_the_value() -> None:
    assert Estimate(10.0, 9.8, 10.2).relative_half_width == pytest.approx(0.02)


def test_both_ends_of_a_range_have_the_same_digits() -> None:
    assert Estimate(7.9, 7.2, 8.6).to_in_words(Estimate(21.48, 21.2, 21.8), "px") == "7.90 to 21.48 px"
    assert Estimate(15.394).to_in_words(Estimate(110.04, 100.0, 121.0), "px") == "15 to 110 px"
    assert Estimate(float("nan")).to_in_words(Estimate(float("nan")), "px") == "– to – px"
