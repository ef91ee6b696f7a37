"""Hashes that tell arrays apart, and answers that must be the same."""

import numpy as np
import pytest

from nanotem.networks.errors import ModelError
from nanotem.networks.proof import check_golden, hash_of_arrays

ARRAY = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    "other",
    [
        [("b", ARRAY)],
        [("a", ARRAY.reshape(3, 2))],
        [("a", ARRAY.astype(np.float64))],
        [("a", ARRAY + np.float32(1e-6))],
        [("a", ARRAY), ("b", ARRAY)],
    ],
    ids=["name", "shape", "type", "value", "number"],
)
def test_any_difference_changes_the_hash(other: list[tuple[str, np.ndarray]]) -> None:
    assert hash_of_arrays(other) != hash_of_arrays([("a", ARRAY)])


def test_how_an_array_lies_in_memory_does_not() -> None:
    assert hash_of_arrays([("a", np.asfortranarray(ARRAY))]) == hash_of_arrays([("a", ARRAY)])


@pytest.mark.parametrize("answers", [ARRAY + np.float32(0.02), ARRAY[:1], np.full_like(ARRAY, np.nan)])
def test_other_answers_are_refused(answers: np.ndarray) -> None:
    check_golden("It", ARRAY + np.float32(1e-5), ARRAY)
    with pytest.raises(ModelError, match="It answers its golden inputs differently"):
        check_golden("It", answers, ARRAY)
