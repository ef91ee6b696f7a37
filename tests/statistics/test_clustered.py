import numpy as np
import pytest
from scipy import stats

from nanotem.statistics.clustered import ClusteredEstimate, clustered_fraction, clustered_mean, clustered_median

EQUAL = np.repeat(np.arange(6), 20)
UNEQUAL = np.repeat(np.arange(5), [3, 40, 10, 25, 7])


def sizes(image: np.ndarray, *, between: float = 1.0, seed: int = 0) -> np.ndarray:
    """Return sizes around 10 that differ from image to image."""
    rng = np.random.default_rng(seed)
    return 10 + rng.normal(0, between, int(image.max()) + 1)[image] + rng.normal(0, 1, image.size)


def even(image: np.ndarray) -> np.ndarray:
    return np.ones(image.size)


def image_means(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    return np.bincount(image, values) / np.bincount(image)


def test_with_images_of_one_size_the_images_means_are_the_data() -> None:
    values = sizes(EQUAL)
    found = clustered_mean(values, even(EQUAL), EQUAL)
    means = image_means(values, EQUAL)
    assert found.value == pytest.approx(means.mean())
    assert found.standard_error == pytest.approx(means.std(ddof=1) / np.sqrt(6))
    assert found.degrees_of_freedom == pytest.approx(5)
    assert (found.interval().low, found.interval().high) == pytest.approx(
        stats.t.interval(0.95, 5, means.mean(), stats.sem(means))
    )


def test_a_difference_is_that_of_welch() -> None:
    one, two = sizes(EQUAL), sizes(EQUAL[:60], between=3, seed=1)
    found = clustered_mean(two, even(two), EQUAL[:60]).minus(clustered_mean(one, even(one), EQUAL)).interval()
    welch = stats.ttest_ind(image_means(two, EQUAL[:60]), image_means(one, EQUAL), equal_var=False)
    assert (found.low, found.high) == pytest.approx(tuple(welch.confidence_interval(0.95)))


def test_one_particle_per_image_is_the_textbook_mean() -> None:
    values = sizes(np.arange(50))
    found = clustered_mean(values, even(values), np.arange(50))
    assert found.standard_error == pytest.approx(stats.sem(values))
    assert found.degrees_of_freedom == pytest.approx(49)


def test_images_of_unequal_size_have_fewer_degrees_of_freedom() -> None:
    assert 1 < clustered_mean(sizes(UNEQUAL), even(UNEQUAL), UNEQUAL).degrees_of_freedom < 4


@pytest.mark.parametrize("estimate", [clustered_mean, clustered_median])
def test_only_the_ratio_of_weights_matters_and_the_unit_carries_through(estimate) -> None:
    values, weights = sizes(UNEQUAL), np.linspace(1, 2, UNEQUAL.size)
    one, other = estimate(values, weights, UNEQUAL), estimate(10 * values, 7 * weights, UNEQUAL)
    assert other.value == pytest.approx(10 * one.value)
    assert other.standard_error == pytest.approx(10 * one.standard_error)
    assert other.degrees_of_freedom == pytest.approx(one.degrees_of_freedom)


def test_heavy_particles_pull_mean_and_median() -> None:
    values = sizes(UNEQUAL)
    weights = np.where(values > np.median(values), 5.0, 1.0)
    for estimate in (clustered_mean, clustered_median):
        assert estimate(values, weights, UNEQUAL).value > estimate(values, even(UNEQUAL), UNEQUAL).value + 0.3


def test_the_error_of_a_median_of_independent_sizes_is_the_textbooks() -> None:
    values = np.random.default_rng(0).normal(0, 1, 1000)
    found = clustered_median(values, even(values), np.arange(1000))
    assert found.value == pytest.approx(np.median(values))
    assert found.standard_error == pytest.approx(1.2533 / np.sqrt(1000), rel=0.15)


@pytest.mark.parametrize("estimate", [clustered_mean, clustered_median])
def test_a_single_image_has_a_value_without_interval(estimate) -> None:
    found = estimate(np.array([1.0, 2.0, 6.0]), np.ones(3), np.zeros(3, int))
    assert found.value == pytest.approx(3 if estimate is clustered_mean else 2)
    assert np.isnan([found.standard_error, found.interval().low, found.minus(found).interval().high]).all()


def test_equal_sizes_have_an_interval_of_no_width() -> None:
    found = clustered_mean(np.full(6, 4.0), np.ones(6), np.repeat([0, 1, 2], 2))
    difference = found.minus(ClusteredEstimate(3.0, 0.0, 5.0)).interval()
    assert (difference.low, difference.high) == (1.0, 1.0)


def test_a_fraction_stays_between_nothing_and_all() -> None:
    for n_chosen in range(7):
        found = clustered_fraction(np.arange(6) < n_chosen, np.ones(6), np.repeat([0, 1, 2], 2))
        assert found.value == pytest.approx(n_chosen / 6)
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.low < found.high


def test_a_class_that_was_not_seen_may_still_be_there() -> None:
    found = clustered_fraction(np.zeros(120, bool), even(EQUAL), EQUAL)
    t2 = stats.t.ppf(0.975, 5) ** 2
    assert found.low == 0
    assert found.high == pytest.approx(t2 / (120 + t2))


def test_a_class_that_gathers_in_few_images_is_less_certain() -> None:
    spread, gathered = np.arange(120) % 6 == 0, EQUAL == 0
    widths = [
        found.high - found.low for found in (clustered_fraction(c, even(EQUAL), EQUAL) for c in (spread, gathered))
    ]
    assert widths[1] > 2 * widths[0]


def test_a_fraction_in_one_image_has_no_interval() -> None:
    found = clustered_fraction(np.array([True, False]), np.ones(2), np.zeros(2, int))
    assert found.value == 0.5
    assert np.isnan([found.low, found.high]).all()


def test_one_particle_that_weighs_nearly_all_leaves_the_interval_open():
    sizes = np.array([5.0] * 5 + [500.0])
    with np.errstate(over="raise"):
        found = clustered_mean(sizes, sizes**3, np.arange(6)).positive_interval()
    assert (found.low, found.high) == (0, np.inf)
