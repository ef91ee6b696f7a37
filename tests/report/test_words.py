import pandas as pd
import pytest

from nanotem.report.words import cell, joined, number, plural


@pytest.mark.parametrize(
    ("value", "text"), [(12.3456, "12.35"), (7, "7"), ("a", "a"), (None, "–"), (pd.NA, "–"), (float("nan"), "–")]
)
def test_a_cell(value, text) -> None:
    assert cell(value) == text


def test_numbers_and_lists_in_words() -> None:
    assert number(0.123456, 2) == "0.12"
    assert (plural(1, "image"), plural(2, "image")) == ("1 image", "2 images")
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a", "b"], word="or") == "a or b"
