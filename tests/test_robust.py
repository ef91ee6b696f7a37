"""The spread of values of which some do not belong to the rest."""

import numpy as np
import pytest

from nanotem.robust import robust_sd


def test_of_normal_values_it_is_their_standard_deviation():
    assert robust_sd(np.random.default_rng(2).normal(5, 3, 100_000)) == pytest.approx(3, rel=0.02)


def test_a_few_strangers_do_not_move_it():
    values = np.arange(1001.0)
    assert robust_sd(np.r_[values, 1e9]) == pytest.approx(robust_sd(values), rel=0.02)
