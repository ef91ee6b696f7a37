import numpy as np
import pytest
from scipy import stats

from nanotem.errors import ParameterError
from nanotem.statistics import FittedModel, compare_models, goodness_of_fit
from nanotem.statistics.goodness import anderson_darling
from nanotem.statistics.sample import as_sample

LSW = FittedModel("LSW", (10.0,), 0.0)


def test_the_statistic_is_the_textbooks() -> None:
    d = np.sort(np.random.default_rng(0).normal(10, 1, 60))
    i, u = np.arange(1, 61), stats.norm(10, 1).cdf(d)
    expected = -60 - ((2 * i - 1) * (np.log(u) + np.log1p(-u[::-1]))).sum() / 60
    assert anderson_darling(as_sample(d), u) == pytest.approx(expected)


def test_a_weight_of_two_moves_the_statistic_as_a_particle_twice() -> None:
    d = np.sort(np.random.default_rng(0).normal(10, 1, 60))
    u, weights = stats.norm(10, 1).cdf(d), np.where(np.arange(60) % 2, 2.0, 1.0)
    weighted, twice = as_sample(d, weights), as_sample(np.repeat(d, weights.astype(int)))
    one = anderson_darling(weighted, u) / weighted.n_eff
    other = anderson_darling(twice, np.repeat(u, weights.astype(int))) / twice.n_eff
    assert one == pytest.approx(other)


@pytest.mark.parametrize("name", ["normal", "log-normal", "Weibull", "LSW"])
def test_a_true_model_is_rejected_about_once_in_twenty(name) -> None:
    truth = {"normal": (10.0, 2.0), "log-normal": (10.0, 1.4), "Weibull": (10.0, 3.0), "LSW": (10.0,)}[name]
    generator = np.random.default_rng(11)
    drawn = [FittedModel(name, truth, 0.0).draw(generator, 40) for _ in range(60)]
    rejected = sum(goodness_of_fit(d, model=name, n_resamples=39).is_rejected for d in drawn)
    assert rejected <= 9  # binomial limit at 5 %, one in a thousand


def test_ripening_and_log_normal_growth_are_told_apart() -> None:
    ripened = LSW.draw(np.random.default_rng(2), 300)
    table = compare_models(ripened, n_resamples=59).set_index("model")
    assert table.index[0] == "LSW"
    assert table.loc["LSW", "p_value"] > 0.05 > table.loc["log-normal", "p_value"]
    assert table.loc["log-normal", "verdict"].startswith("The sizes contradict a log-normal")
    grown = compare_models(np.random.default_rng(2).lognormal(2, 0.3, 300), n_resamples=59)
    assert grown["model"].iloc[0] == "log-normal"
    assert grown["bic_difference"].is_monotonic_increasing


def test_few_particles_are_not_tested() -> None:
    found = goodness_of_fit([5.0, 6.0, 7.0])
    assert np.isnan(found.p_value)
    assert not found.is_rejected
    assert "at least 8" in found.verdict


def test_without_a_spread_there_is_nothing_to_compare() -> None:
    assert len(compare_models([])) == len(compare_models([5.0, 5.0])) == 0


def test_resamples_are_needed() -> None:
    with pytest.raises(ParameterError, match="0 resamples"):
        goodness_of_fit([1, 2], n_resamples=0)
