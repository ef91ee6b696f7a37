import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics.sample import as_sample


def test_sizes_are_sorted_with_their_weights_and_weight_zero_is_left_out():
    sample = as_sample([3, 1, 2], [1, 2, 0])
    assert sample.diameters.tolist() == [1, 3]
    assert sample.weights.tolist() == [2, 1]
    assert sample.n_eff == pytest.approx(9 / 5)
    assert sample.likelihood_weights.sum() == pytest.approx(sample.n_eff)


def test_nothing_is_a_sample_too():
    sample = as_sample([])
    assert (sample.n, sample.n_eff, sample.likelihood_weights.size) == (0, 0, 0)


def test_one_weight_for_each_diameter():
    with pytest.raises(ParameterError, match="2 weights for 3 diameters"):
        as_sample([1, 2, 3], [1, 1])


@pytest.mark.parametrize("bad", [0, -1.5, np.nan, np.inf])
def test_a_diameter_is_a_number_above_zero(bad):
    with pytest.raises(ParameterError, match=r"diameter of .* above 0.*Leave such particles out"):
        as_sample([1, bad])


@pytest.mark.parametrize("bad", [-1, np.nan, np.inf])
def test_a_weight_is_a_number_not_below_zero(bad):
    with pytest.raises(ParameterError, match=r"weight of .* 0 or more"):
        as_sample([1, 2], [1, bad])
