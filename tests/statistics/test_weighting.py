import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import WEIGHTINGS, cumulative_distribution, quantities_frame, summarise, weighted_quantities
from nanotem.statistics.clustered import clustered_mean
from nanotem.statistics.weighting import weighted_by

V = np.log(1.3) ** 2
D = 10 * 1.3 ** np.random.default_rng(0).normal(size=400)


def estimates(d, weights=None, **options):
    return [one.estimate for one in weighted_quantities(d, weights, **options)]


@pytest.mark.parametrize(("name", "power"), [("number", 0), ("length", 1), ("area", 2), ("volume", 3)])
def test_a_log_normal_has_the_closed_forms_of_hatch_and_choate(name, power) -> None:
    d = 10 * 1.3 ** np.random.default_rng(1).normal(size=400_000)
    mean, d10, d50, d90, span = estimates(d, weighting=name)
    median = 10 * np.exp(power * V)
    assert mean.value == pytest.approx(10 * np.exp((power + 0.5) * V), rel=0.005)
    assert d50.value == pytest.approx(median, rel=0.005)
    assert (d10.value, d90.value) == pytest.approx((median * 1.3**-1.28155, median * 1.3**1.28155), rel=0.006)
    assert span.value == pytest.approx((d90.value - d10.value) / d50.value)
    assert WEIGHTINGS[name].mean_symbol == f"D[{power + 1},{power}]"


def test_by_number_it_is_the_summary() -> None:
    mean, d10, d50, d90, _ = estimates(D, weighting="number")
    summary = summarise(D)
    assert (mean, d10, d50, d90) == (summary.mean, summary.d10, summary.median, summary.d90)


def test_the_sauter_diameter_is_volume_over_surface() -> None:
    weights = np.random.default_rng(3).uniform(1, 2, 400)
    mean = estimates(D, weights, weighting="area")[0]
    assert mean.value == pytest.approx((weights * D**3).sum() / (weights * D**2).sum())
    assert mean.low < mean.value < mean.high


def test_intervals_hold_the_truth_for_one_image() -> None:
    for name, power in (("area", 2), ("volume", 3)):
        truth = 10 * np.exp(np.array([(power + 0.5) * V, power * V]))
        held = np.zeros(2)
        for seed in range(120):
            d = 10 * 1.3 ** np.random.default_rng(500 + seed).normal(size=100)
            mean, _, d50, _, _ = estimates(d, weighting=name)
            held += [mean.low < truth[0] < mean.high, d50.low < truth[1] < d50.high]
        assert (held / 120 > 0.88).all()


def test_images_that_differ_widen_the_intervals_and_are_what_counts() -> None:
    generator = np.random.default_rng(0)
    image = np.repeat(np.arange(6), 50)
    d = 10 * np.exp(generator.normal(0, 0.2, 6))[image] * np.exp(generator.normal(0, 0.05, 300))
    alone, clustered = (estimates(d, weighting="area", images=one)[0] for one in (None, image))
    assert clustered.value == alone.value
    assert clustered.high - clustered.low > 3 * (alone.high - alone.low)
    expected = clustered_mean(d, d**2, image).positive_interval()
    assert clustered.low <= expected.low * (1 + 1e-9)
    assert expected.high < clustered.high < 1.1 * expected.high  # a log-normal has a tail
    three = image < 3
    few = clustered_mean(d[three], d[three] ** 2, image[three]).positive_interval()
    found = estimates(d[three], weighting="area", images=image[three])[0]
    assert (found.low, found.high) == pytest.approx((few.low, few.high))
    _, d10, median, d90, _ = weighted_quantities(d, weighting="area", images=image)
    assert median.estimate.high - median.estimate.low > 3 * (alone.high - alone.low)
    assert np.isnan([d10.estimate.low, d90.estimate.low]).all()
    assert "Over images" in d10.note
    few = weighted_quantities(d[:150], weighting="area", images=image[:150])[2]
    assert few.note == "At least 5 images are needed for an interval."


def test_one_named_image_is_like_none_named() -> None:
    assert estimates(D, weighting="volume", images=["a.tif"] * 400) == estimates(D, weighting="volume")


def test_large_particles_that_are_too_few_give_no_interval_but_a_number() -> None:
    d = np.concatenate([np.random.default_rng(0).normal(5, 0.3, 60), [40.0, 42.0]])
    mean, *_, d90, span = weighted_quantities(d, weighting="volume")
    assert np.isnan([mean.estimate.low, d90.estimate.low, span.estimate.low]).all()
    assert "particles are needed" in mean.note
    assert d90.note == "Too few particles for an interval."
    assert span.note == "Its percentiles have no interval."


def test_the_cumulative_curve_passes_the_percentiles_and_ends_near_one() -> None:
    for name in WEIGHTINGS:
        sizes, below = cumulative_distribution(D, weighting=name)
        d10, d50, d90 = (one.value for one in estimates(D, weighting=name)[1:4])
        assert np.interp([d10, d50, d90], sizes, below) == pytest.approx([0.1, 0.5, 0.9])
        assert (np.diff(below) > 0).all()
        assert 0 < below[0] < below[-1] < 1


def test_weights_by_volume_add_up_as_before() -> None:
    weighted = weighted_by(D, np.full(400, 1.5), "volume")
    assert weighted.sum() == pytest.approx(600)
    assert weighted / weighted[0] == pytest.approx(D**3 / D[0] ** 3)
    assert weighted_by(D[:0], D[:0], "area").size == 0


def test_the_table_says_what_each_number_means() -> None:
    table = quantities_frame(weighted_quantities(D, weighting="area"), unit="nm")
    assert table["symbol"].tolist() == ["D[3,2]", "x10,2", "x50,2", "x90,2", "span,2"]
    assert table["unit"].tolist() == ["nm"] * 4 + [""]
    assert table["assumption"].str.contains("nothing about height").all()
    assert table["definition"].iloc[0] == "Σ w d³ / Σ w d², w the weights of the frame."
    assert (table["note"] == "").all()


@pytest.mark.parametrize("n", [0, 1, 4])
def test_few_particles_have_values_without_intervals(n) -> None:
    found = weighted_quantities(np.arange(1, n + 1.0), weighting="area")
    assert all(np.isnan(one.estimate.low) and one.note for one in found)
    assert np.isnan(found[0].estimate.value) == (n == 0)
    sizes, below = cumulative_distribution(np.arange(1, n + 1.0))
    assert sizes.size == below.size == n


def test_what_is_outside_its_limits_is_refused() -> None:
    with pytest.raises(ParameterError, match="no weighting 'mass'"):
        weighted_quantities(D, weighting="mass")
    with pytest.raises(ParameterError, match="no weighting 'mass'"):
        cumulative_distribution(D, weighting="mass")
    with pytest.raises(ParameterError, match="confidence of 95"):
        weighted_quantities(D, confidence=95)
    with pytest.raises(ParameterError, match="3 images for 400 diameters"):
        weighted_quantities(D, images=[1, 2, 3])


def test_equal_sizes_have_no_span_and_one_particle_none_that_is_known() -> None:
    assert weighted_quantities([7.0, 7.0, 7.0], weighting="area")[-1].estimate.value == 0
    assert np.isnan(weighted_quantities([7.0], weighting="area")[-1].estimate.value)
