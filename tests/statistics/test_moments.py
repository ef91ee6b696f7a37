import numpy as np
import pytest

from nanotem.statistics import moments

VALUES = np.sort(np.random.default_rng(0).lognormal(2, 0.4, (3, 41)), axis=1)
EQUAL = np.ones_like(VALUES)


def test_equal_weights_give_the_usual_statistics():
    assert moments.mean(VALUES, 3 * EQUAL) == pytest.approx(VALUES.mean(axis=1))
    assert moments.sd(VALUES, 3 * EQUAL) == pytest.approx(VALUES.std(axis=1, ddof=1))
    assert moments.sd_mle(VALUES, 3 * EQUAL) == pytest.approx(VALUES.std(axis=1))


@pytest.mark.parametrize("level", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_equal_weights_give_hazens_quantiles(level):
    expected = np.quantile(VALUES, level, axis=1, method="hazen")
    assert moments.quantile(VALUES, EQUAL, level) == pytest.approx(expected)


def test_a_weight_of_two_counts_twice_in_the_mean_and_nearly_so_in_quantiles():
    weights = np.where(np.arange(41) % 3 == 0, 2.0, 1.0)
    twice = np.repeat(VALUES[0], weights.astype(int))[None]
    one = VALUES[:1], weights[None]
    assert moments.mean(*one) == pytest.approx(twice.mean(axis=1))
    assert moments.sd_mle(*one) == pytest.approx(twice.std(axis=1))
    assert moments.quantile(*one, 0.5) == pytest.approx(np.median(twice, axis=1), rel=0.02)


@pytest.mark.parametrize("level", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_values_without_weight_are_not_there(level):
    kept = np.random.default_rng(1).random(VALUES.shape) < 0.5
    expected = [
        moments.quantile(row[k][None], np.ones((1, k.sum())), level)[0] for row, k in zip(VALUES, kept, strict=True)
    ]
    assert moments.quantile(VALUES, kept * EQUAL, level) == pytest.approx(expected, rel=1e-12)
    assert moments.quantile(np.array([[1.0, 1.01, 3.0]]), np.array([[1.0, 0.0, 1.0]]), 0.5) == pytest.approx(2)


def test_no_values_give_nan_and_one_value_has_no_spread():
    empty = np.empty((1, 0))
    assert np.isnan([moments.mean(empty, empty), moments.quantile(empty, empty, 0.5)]).all()
    one = np.array([[4.0]]), np.array([[1.1]])
    assert moments.mean(*one)[0] == moments.quantile(*one, 0.1)[0] == pytest.approx(4)
    assert np.isnan(moments.sd(*one)[0])
