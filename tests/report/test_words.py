import pandas as pd
import pytest

from nanotem.report.words import cell, joined, number, plural, plus_minus
from nanotem.statistics import Estimate


@pytest.mark.parametrize(
    ("value", "text"), [(12.3456, "12.35"), (7, "7"), ("a", "a"), (None, "–"), (pd.NA, "–"), (float("nan"), "–")]
)
def test_a_cell(value, text) -> None:
    assert cell(value) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(12.3456, 11.8, 12.9), "12.35 ± 0.55"),
        (Estimate(123.456, 100.0, 147.0), "123 ± 24"),
        (Estimate(12.3456), "12.35"),
        (Estimate(12.3456, 12.3456, 12.3456), "12.35"),
    ],
)
def test_a_value_is_rounded_to_its_uncertainty(estimate, text) -> None:
    assert plus_minus(estimate) == text


def test_a_value_with_its_interval() -> None:
    assert Estimate(12.3456, 11.0, 13.0).in_words("nm") == "12.3 nm (11.0 to 13.0)"
    assert Estimate(12.3456).in_words() == "12.35"
    assert Estimate(float("nan")).in_words() == "not known"


def test_numbers_and_lists_in_words() -> None:
    assert number(0.123456, 2) == "0.12"
    assert (plural(1, "image"), plural(2, "image")) == ("1 image", "2 images")
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a", "b"], word="or") == "a or b"
