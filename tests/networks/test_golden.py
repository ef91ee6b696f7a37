"""Answers that must be the same as when a network was saved."""

import numpy as np
import pytest

from nanotem.networks.errors import ModelError
from nanotem.networks.golden import check_golden

GOLDEN = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_the_same_answers_but_for_rounding_pass() -> None:
    check_golden("It", GOLDEN + np.float32(1e-5), GOLDEN)


@pytest.mark.parametrize("answers", [GOLDEN + np.float32(0.02), GOLDEN[:1], np.full_like(GOLDEN, np.nan)])
def test_other_answers_are_refused(answers: np.ndarray) -> None:
    with pytest.raises(ModelError, match="It answers its golden inputs differently"):
        check_golden("It", answers, GOLDEN)


@pytest.mark.parametrize("golden", [GOLDEN[:0], np.full_like(GOLDEN, np.inf)])
def test_golden_answers_that_prove_nothing_are_refused(golden: np.ndarray) -> None:
    with pytest.raises(ModelError, match="It answers its golden inputs differently"):
        check_golden("It", golden, golden)
