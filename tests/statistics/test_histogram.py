import math

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import gaussian_histogram_fit, histogram_bins, summarise


@pytest.fixture(scope="module")
def normal_sizes():
    return np.random.default_rng(0).normal(10, 1, 2000)


@pytest.mark.parametrize("rule", ["fd", "scott", "sturges"])
def test_rules_cover_all_sizes_with_equal_bins(normal_sizes, rule):
    edges = histogram_bins(normal_sizes, rule=rule)
    assert edges[[0, -1]] == pytest.approx([normal_sizes.min(), normal_sizes.max()])
    assert np.diff(edges) == pytest.approx(np.diff(edges)[0])
    assert np.histogram(normal_sizes, edges)[0].sum() == 2000


def test_rules_give_their_textbook_widths(normal_sizes):
    iqr = np.subtract(*np.quantile(normal_sizes, [0.75, 0.25]))
    expected = {
        "fd": 2 * iqr / 2000 ** (1 / 3),
        "scott": 3.49 * normal_sizes.std(ddof=1) / 2000 ** (1 / 3),
        "sturges": np.ptp(normal_sizes) / (1 + np.log2(2000)),
    }
    for rule, width in expected.items():
        assert np.diff(histogram_bins(normal_sizes, rule=rule))[0] == pytest.approx(width, rel=0.05)


def test_an_iqr_of_zero_falls_back_to_scott():
    sizes = [5.0] * 90 + [4.0, 6.0] * 5
    assert histogram_bins(sizes, rule="fd").tolist() == histogram_bins(sizes, rule="scott").tolist()


def test_count_takes_the_number_that_was_asked_for(normal_sizes):
    assert histogram_bins(normal_sizes, rule="count", n_bins=17).size == 18


def test_no_bin_is_narrower_than_a_pixel(normal_sizes):
    edges = histogram_bins(normal_sizes, rule="count", n_bins=200, least_width=0.3)
    assert 0.3 <= np.diff(edges)[0] < 0.35


def test_there_are_never_more_than_200_bins():
    sizes = [*np.linspace(1, 2, 500), 10_000]
    assert histogram_bins(sizes).size == 201


def test_few_or_equal_sizes_get_one_bin_around_them():
    assert histogram_bins([]).tolist() == [0, 1]
    assert histogram_bins([7.0], least_width=0.5).tolist() == [6.75, 7.25]
    low, high = histogram_bins([3.0, 3.0, 3.0])
    assert low < 3 < high


@pytest.mark.parametrize("n_bins", [None, 0, 201])
def test_count_needs_a_possible_number(n_bins):
    with pytest.raises(ParameterError, match=f"{n_bins} bins are not between 1 and 200"):
        histogram_bins([1, 2], rule="count", n_bins=n_bins)


def test_unknown_rules_and_negative_widths_are_refused():
    with pytest.raises(ParameterError, match=r"no bin rule 'doane'.*fd, scott, sturges, count"):
        histogram_bins([1, 2], rule="doane")
    with pytest.raises(ParameterError, match="bin width of -1 is negative"):
        histogram_bins([1, 2], least_width=-1)


def test_the_gaussian_of_normal_sizes_comes_back(normal_sizes):
    edges = histogram_bins(normal_sizes, rule="count", n_bins=30)
    fit = gaussian_histogram_fit(normal_sizes, edges)
    assert fit.converged
    assert fit.mean == pytest.approx(10, abs=0.1)
    assert fit.sd == pytest.approx(1, abs=0.1)
    assert 0 < fit.mean_error < 0.1
    counts, _ = np.histogram(normal_sizes, edges)
    assert fit.counts(np.array([fit.mean]))[0] == pytest.approx(counts.max(), rel=0.1)


def test_weights_change_the_counts_not_the_shape(normal_sizes):
    edges = histogram_bins(normal_sizes)
    once = gaussian_histogram_fit(normal_sizes, edges)
    twice = gaussian_histogram_fit(normal_sizes, edges, weights=np.full(2000, 2.0))
    assert [twice.mean, twice.sd, twice.height] == pytest.approx([once.mean, once.sd, 2 * once.height], rel=1e-3)


def test_on_skewed_sizes_it_is_biased_and_its_error_bar_too_small():
    truth = 10 * math.exp(math.log(1.3) ** 2 / 2)
    generator = np.random.default_rng(1)
    bias, held, own_held = [], 0, 0
    for _ in range(60):
        d = 10 * generator.lognormal(0, math.log(1.3), 500)
        fit = gaussian_histogram_fit(d, histogram_bins(d, rule="count", n_bins=20))
        bias.append(fit.mean / truth - 1)
        held += abs(fit.mean - truth) < 1.96 * fit.mean_error
        mean = summarise(d).mean
        own_held += mean.low < truth < mean.high
    assert -0.07 < np.mean(bias) < -0.035
    assert held < 15
    assert own_held > 50


@pytest.mark.parametrize("sizes", [[], [5.0], [5.0, 6.0], [5.0, 5.0, 5.0, 5.0]])
def test_too_few_bars_are_a_reason_not_an_error(sizes):
    fit = gaussian_histogram_fit(sizes, np.linspace(1, 10, 11))
    assert not fit.converged
    assert "a Gaussian needs" in fit.reason
    assert math.isnan(fit.mean)


def test_bars_without_a_peak_are_a_reason():
    edges = np.arange(0.5, 12)
    sizes = np.repeat(np.arange(1, 12), 2 ** np.arange(11))
    fit = gaussian_histogram_fit(sizes, edges)
    assert not fit.converged
    assert fit.reason


def test_least_squares_that_do_not_settle_are_a_reason(monkeypatch):
    def unsettled(*_args, **_options):
        raise RuntimeError("maxfev")

    monkeypatch.setattr("nanotem.statistics.histogram.curve_fit", unsettled)
    fit = gaussian_histogram_fit([4, 5, 5, 6, 7], np.linspace(3, 8, 6))
    assert (fit.converged, "did not settle" in fit.reason) == (False, True)


@pytest.mark.parametrize("bins", [[1.0], [1.0, 1.0, 2.0], [3.0, 2.0]])
def test_edges_must_ascend(bins):
    with pytest.raises(ParameterError, match=f"{len(bins)} bin edges do not ascend"):
        gaussian_histogram_fit([1, 2], bins)
