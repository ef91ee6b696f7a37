import numpy as np
import pytest
from scipy import stats

from nanotem.statistics.intervals import (
    geometric_sd_estimate,
    log_normal_interval,
    log_normal_is_plausible,
    log_sd_of_log_normal,
    particles_for_percentile,
    percentile_estimate,
    spread_estimates,
)
from nanotem.statistics.sample import as_sample


def percentile(d, level, n_eff=None):
    d = np.sort(d)
    return percentile_estimate(d, np.ones(d.size), level, n_eff=n_eff or d.size, confidence=0.95)


@pytest.mark.parametrize("n", [10, 50, 300])
def test_the_interval_of_a_median_lies_between_the_order_statistics_of_the_sign_test(n) -> None:
    d = np.sort(np.random.default_rng(n).normal(10, 1, n))
    found = percentile(d, 0.5)
    inner = int(stats.binom.ppf(0.025, n, 0.5))  # X(inner) to X(n + 1 - inner) is the widest that may be too narrow
    assert d[inner - 1] <= found.low <= d[inner]
    assert d[n - inner - 1] <= found.high <= d[n - inner]


@pytest.mark.parametrize("level", [0.1, 0.25, 0.5, 0.9])
def test_below_the_number_that_is_needed_there_is_no_interval_and_from_it_on_there_is(level) -> None:
    needed = particles_for_percentile(level)
    tail = min(level, 1 - level)
    assert (1 - tail) ** needed <= 0.025 < (1 - tail) ** (needed - 1)
    d = np.random.default_rng(0).normal(10, 1, needed)
    assert np.isnan(percentile(d[1:], level).low)
    assert percentile(d, level).low < percentile(d, level).value < percentile(d, level).high


def test_fewer_independent_particles_widen_the_interval() -> None:
    d = np.random.default_rng(0).normal(10, 1, 400)
    wide, narrow = percentile(d, 0.5, n_eff=100), percentile(d, 0.5)
    assert wide.high - wide.low == pytest.approx(2 * (narrow.high - narrow.low), rel=0.25)


def test_a_log_normal_interval_of_the_mean_is_that_of_zou() -> None:
    d = np.random.default_rng(3).lognormal(0, 0.5, 30)
    logs, n = np.log(d), 30
    mean, variance = logs.mean(), logs.var(ddof=1)
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt(variance / n)
    limits = (n - 1) * variance / stats.chi2.ppf([0.975, 0.025], n - 1) / 2
    expected = (
        mean + variance / 2 - np.hypot(reach, variance / 2 - limits[0]),
        mean + variance / 2 + np.hypot(reach, limits[1] - variance / 2),
    )
    found = log_normal_interval(as_sample(d), lambda v: v / 2, confidence=0.95)
    assert np.log(found) == pytest.approx(expected)


def test_the_closed_form_of_a_log_normal_spread() -> None:
    true = stats.lognorm(0.4, scale=10)
    assert np.log(true.std() / 10) == pytest.approx(log_sd_of_log_normal(0.16))


def test_a_log_normal_is_believed_unless_the_sizes_contradict_it() -> None:
    generator = np.random.default_rng(0)
    two = np.concatenate([generator.lognormal(1.6, 0.1, 100), generator.lognormal(2.6, 0.1, 100)])
    assert log_normal_is_plausible(as_sample(generator.lognormal(2, 0.3, 200)), 20.0)
    assert not log_normal_is_plausible(as_sample(two), 20.0)
    assert not log_normal_is_plausible(as_sample(two), -3.0)
    assert not log_normal_is_plausible(as_sample(two), float("nan"))


def test_equal_sizes_have_spreads_without_width() -> None:
    sample = as_sample([4.0] * 9)
    for found in (*spread_estimates(sample, False, 0.95), geometric_sd_estimate(sample, 0.95)):
        assert found.low == found.value == found.high


def test_heavy_tails_widen_the_interval_of_a_spread() -> None:
    widths = []
    for law in (stats.norm, stats.t(4)):
        sample = as_sample(100 + law.ppf((np.arange(200) + 0.5) / 200))
        found, _ = spread_estimates(sample, False, 0.95)
        widths.append(np.log(found.high / found.low))
    assert widths[1] > 1.4 * widths[0]
    assert widths[0] == pytest.approx(np.log(stats.chi2.ppf(0.975, 199) / stats.chi2.ppf(0.025, 199)) / 2, rel=0.05)
