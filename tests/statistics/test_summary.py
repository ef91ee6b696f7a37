import math

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import summarise

GSD = 1.3
LOG_NORMAL_MEAN = 10 * math.exp(math.log(GSD) ** 2 / 2)


def log_normal(n, seed=0, median=10.0):
    return median * np.random.default_rng(seed).lognormal(0, math.log(GSD), n)


def test_log_normal_parameters_come_back():
    summary = summarise(log_normal(20_000), n_resamples=50)
    assert summary.log_normal.median.value == pytest.approx(10, rel=0.01)
    assert summary.log_normal.geometric_sd.value == pytest.approx(GSD, rel=0.01)
    assert summary.mean.value == pytest.approx(LOG_NORMAL_MEAN, rel=0.01)
    assert summary.d10.value == pytest.approx(10 * GSD**-1.2816, rel=0.01)
    assert summary.d90.value == pytest.approx(10 * GSD**1.2816, rel=0.01)
    assert summary.d50 is summary.median
    assert summary.polydispersity.value == pytest.approx(summary.sd.value / summary.mean.value)


def test_the_better_model_is_named():
    skewed = summarise(log_normal(500), n_resamples=1)
    assert skewed.aicc_difference > 10
    assert "A log-normal describes these sizes clearly better" in skewed.verdict
    symmetric = summarise(np.random.default_rng(1).normal(10, 2.5, 500), n_resamples=1)
    assert symmetric.aicc_difference < -10
    assert "A normal describes these sizes clearly better" in symmetric.verdict
    narrow = summarise(np.random.default_rng(2).normal(10, 0.1, 50), n_resamples=1)
    assert "about equally well" in narrow.verdict


def test_aicc_difference_agrees_with_the_densities():
    d = log_normal(300, seed=5)
    summary = summarise(d, n_resamples=1)
    gain = np.log(summary.log_normal.density(d)) - np.log(summary.normal.density(d))
    assert summary.aicc_difference == pytest.approx(2 * gain.sum())


@pytest.mark.parametrize("fit", ["normal", "log_normal"])
def test_densities_add_up_to_one(fit):
    x = np.linspace(0.01, 60, 20_000)
    density = getattr(summarise(log_normal(300), n_resamples=1), fit).density(x)
    assert np.trapezoid(density, x) == pytest.approx(1, abs=0.001)


def test_intervals_hold_the_truth_as_often_as_they_say():
    mean_held = median_held = 0
    for seed in range(200):
        summary = summarise(log_normal(100, seed), n_resamples=300, seed=seed)
        mean_held += summary.mean.low <= LOG_NORMAL_MEAN <= summary.mean.high
        median_held += summary.median.low <= 10 <= summary.median.high
    # Binomial limits for 200 repetitions at 93 to 95 %.
    assert 0.89 <= mean_held / 200 <= 0.99
    assert 0.89 <= median_held / 200 <= 0.99


def test_more_confidence_gives_wider_intervals():
    d = log_normal(100)
    wide, narrow = (summarise(d, confidence=c).mean for c in (0.99, 0.8))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert wide.relative_half_width > narrow.relative_half_width


def test_the_same_sizes_in_any_order_give_the_same_numbers():
    d = log_normal(60)
    assert summarise(d) == summarise(d[::-1])


def test_statistics_scale_with_the_unit():
    d = log_normal(60)
    in_px, in_nm = summarise(d), summarise(0.25 * d)
    for name in ("mean", "sd", "d10", "median", "d90"):
        one, other = getattr(in_px, name), getattr(in_nm, name)
        assert [0.25 * one.value, 0.25 * one.low, 0.25 * one.high] == pytest.approx(
            [other.value, other.low, other.high]
        )
    assert in_nm.polydispersity.value == pytest.approx(in_px.polydispersity.value)
    assert in_nm.aicc_difference == pytest.approx(in_px.aicc_difference)


def test_weights_shift_the_mean_and_lower_the_effective_number():
    d = log_normal(200)
    weighted = summarise(d, d, n_resamples=200)
    assert weighted.mean.value == pytest.approx((d**2).sum() / d.sum())
    assert weighted.n == 200
    assert weighted.n_eff == pytest.approx(d.sum() ** 2 / (d**2).sum())


def test_no_particles_give_nan_throughout():
    frame = summarise([]).to_frame().set_index("quantity")
    assert frame.loc[["n", "n_eff"], "value"].tolist() == [0, 0]
    assert frame.drop(index=["n", "n_eff"]).isna().all(axis=None)
    assert "Too few" in summarise([]).verdict


def test_one_particle_has_a_size_but_no_spread():
    summary = summarise([7.5])
    assert summary.mean.value == summary.median.value == summary.d90.value == 7.5
    assert summary.log_normal.median.value == pytest.approx(7.5)
    assert math.isnan(summary.sd.value)
    assert math.isnan(summary.normal.sd.value)
    assert math.isnan(summary.mean.low)


@pytest.mark.parametrize("sizes", [[6, 8], [6, 7, 8, 9]])
def test_below_five_particles_there_is_no_interval(sizes):
    summary = summarise(sizes)
    assert summary.sd.value == pytest.approx(np.std(sizes, ddof=1))
    assert math.isnan(summary.sd.low)
    assert math.isnan(summary.mean.high)
    assert not math.isnan(summarise([*sizes, 7, 7.5, 8]).mean.high)


def test_equal_sizes_have_no_better_fit():
    summary = summarise([5.1] * 30)
    assert summary.sd.value == pytest.approx(0, abs=1e-12)
    assert math.isnan(summary.aicc_difference)


def test_to_frame_is_tidy():
    summary = summarise(log_normal(50))
    frame = summary.to_frame()
    assert list(frame) == ["quantity", "value", "low", "high"]
    row = frame.set_index("quantity").loc["log_normal_geometric_sd"]
    fitted = summary.log_normal.geometric_sd
    assert row.tolist() == [fitted.value, fitted.low, fitted.high]


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ParameterError, match=f"confidence of {confidence} is not between 0 and 1"):
        summarise([1, 2], confidence=confidence)


def test_resamples_are_needed():
    with pytest.raises(ParameterError, match="0 resamples are fewer than 1"):
        summarise([1, 2], n_resamples=0)
