import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from nanotem.errors import ParameterError
from nanotem.statistics import summarise

GSD = 1.3
LOG_NORMAL_MEAN = 10 * math.exp(math.log(GSD) ** 2 / 2)


def log_normal(n, seed=0, median=10.0):
    return median * np.random.default_rng(seed).lognormal(0, math.log(GSD), n)


def test_log_normal_parameters_come_back():
    summary = summarise(log_normal(20_000))
    assert summary.log_normal.median.value == pytest.approx(10, rel=0.01)
    assert summary.log_normal.geometric_sd.value == pytest.approx(GSD, rel=0.01)
    assert summary.mean.value == pytest.approx(LOG_NORMAL_MEAN, rel=0.01)
    assert summary.d10.value == pytest.approx(10 * GSD**-1.2816, rel=0.01)
    assert summary.d90.value == pytest.approx(10 * GSD**1.2816, rel=0.01)
    assert summary.d50 is summary.median
    assert summary.polydispersity.value == pytest.approx(summary.sd.value / summary.mean.value)


def test_the_better_model_is_named():
    skewed = summarise(log_normal(500))
    assert skewed.aicc_difference > 10
    assert "A log-normal describes these sizes clearly better" in skewed.verdict
    symmetric = summarise(np.random.default_rng(1).normal(10, 2.5, 500))
    assert symmetric.aicc_difference < -10
    assert "A normal describes these sizes clearly better" in symmetric.verdict
    narrow = summarise(np.random.default_rng(2).normal(10, 0.1, 50))
    assert "about equally well" in narrow.verdict


def test_aicc_difference_agrees_with_the_densities():
    d = log_normal(300, seed=5)
    summary = summarise(d)
    gain = np.log(summary.log_normal.density(d)) - np.log(summary.normal.density(d))
    assert summary.aicc_difference == pytest.approx(2 * gain.sum())


@pytest.mark.parametrize("fit", ["normal", "log_normal"])
def test_densities_add_up_to_one(fit):
    x = np.linspace(0.01, 60, 20_000)
    density = getattr(summarise(log_normal(300)), fit).density(x)
    assert np.trapezoid(density, x) == pytest.approx(1, abs=0.001)


def truths(distribution):
    """Return what a SciPy distribution says of the quantities that have intervals."""
    d10, median, d90 = distribution.ppf([0.1, 0.5, 0.9])
    logs = np.log(distribution.rvs(400_000, random_state=99))
    return {
        "mean": distribution.mean(),
        "sd": distribution.std(),
        "polydispersity": distribution.std() / distribution.mean(),
        "d10": d10,
        "median": median,
        "d90": d90,
        "geometric_sd": math.exp(logs.std()),
    }


@pytest.mark.parametrize(
    "distribution", [stats.norm(10, 1), stats.lognorm(math.log(1.28), scale=10), stats.weibull_min(4, scale=10)]
)
@pytest.mark.parametrize("n", [20, 50])
def test_intervals_hold_the_truth_as_often_as_they_say(distribution, n):
    true, held, given = truths(distribution), Counter(), Counter()
    for seed in range(400):
        summary = summarise(distribution.rvs(n, random_state=7000 + seed))
        for name, value in true.items():
            found = summary.log_normal.geometric_sd if name == "geometric_sd" else getattr(summary, name)
            given[name] += not math.isnan(found.low)
            held[name] += found.low <= value <= found.high
    # Binomial limits at 92 and 98 % for 400 repetitions.
    assert all(0.89 <= held[name] / given[name] <= 0.995 for name in true if given[name])
    assert {name for name in true if not given[name]} == ({"d10", "d90"} if n < 36 else set())


def test_a_mean_and_a_normal_spread_agree_with_scipy():
    d = stats.norm(10, 1).rvs(40, random_state=3)
    summary = summarise(d)
    textbook = stats.t.interval(0.95, 39, d.mean(), stats.sem(d))
    assert (summary.mean.low, summary.mean.high) == pytest.approx(textbook, rel=1e-3)
    chi2 = [d.std(ddof=1) * math.sqrt(39 / stats.chi2.ppf(p, 39)) for p in (0.975, 0.025)]
    assert (summary.sd.low, summary.sd.high) == pytest.approx(chi2, rel=0.12)


def test_what_has_no_interval_says_how_many_particles_it_needs():
    d = log_normal(35)
    (note,) = summarise(d).notes
    assert note.startswith("D10 and D90 without interval: 36 particles are needed")
    assert "D50" not in note
    (of_five,) = summarise(d[:5]).notes
    assert "36 particles are needed, so that some lie beyond it; D50 without interval: 6 are needed; 5 were" in of_five
    assert summarise(log_normal(36)).notes == ()
    assert summarise(d[:3]).notes == ("3 counted: no intervals below 5 particles.",)
    one_weighs_most = summarise(d[:8], np.r_[np.ones(7), 200.0])
    assert one_weighs_most.notes == ("8 counted (effectively 1.1): no intervals below 5 particles.",)
    assert summarise([]).notes == ()


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
    weighted = summarise(d, d)
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
