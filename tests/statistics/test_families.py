import math

import numpy as np
import pytest
from scipy import stats

from nanotem.errors import ParameterError
from nanotem.statistics import FittedModel, find_families, fit_model, summarise
from nanotem.statistics.sample import as_sample


def two_families(first, second, n=300, seed=0):
    generator = np.random.default_rng(seed)
    return np.concatenate([generator.normal(*first, n // 2), generator.normal(*second, n - n // 2)])


def test_two_separate_families_are_resolved():
    d = two_families((5, 0.6), (9, 1.0))
    found = find_families(d)
    assert found.resolved
    assert found.evidence == "strong"
    assert found.overlap < 0.05
    assert [f.mean.value for f in found.families] == pytest.approx([5, 9], rel=0.02)
    assert [f.fraction.value for f in found.families] == pytest.approx([0.5, 0.5], abs=0.03)
    assert [f.geometric_sd.value for f in found.families] == pytest.approx([1.128, 1.118], abs=0.025)
    assert found.bic[1] == min(found.bic)
    assert "2 families, resolved" in found.verdict
    assert (found.membership[:150] == 0).mean() > 0.97
    assert (found.membership[150:] == 1).mean() > 0.97


@pytest.mark.parametrize("seed", range(10))
def test_one_log_normal_is_one_family(seed):
    d = 10 * np.random.default_rng(seed).lognormal(0, math.log(1.3), 300)
    found = find_families(d)
    assert len(found.families) == 1
    assert not found.resolved
    assert (found.evidence, found.overlap) == ("none", 0)
    assert found.verdict == "One family describes these sizes as well as two or more: not resolved."
    assert found.families[0].fraction.value == pytest.approx(1)
    assert found.families[0].median.value == pytest.approx(10, rel=0.06)


def test_close_families_are_seldom_called_resolved():
    found = [find_families(two_families((5, 0.8), (7, 1.0), seed=seed)) for seed in range(20)]
    assert sum(f.resolved for f in found) <= 3
    assert all("not resolved" in f.verdict or "pairs" in f.verdict for f in found if not f.resolved)


def test_clear_but_overlapping_families_are_not_resolved():
    found = find_families(two_families((5, 0.8), (7, 1.0), n=6000))
    assert len(found.families) == 2
    assert found.evidence == "strong"
    assert found.overlap > 0.1
    assert not found.resolved
    assert "they overlap" in found.verdict
    assert found.in_words("nm") == (found.verdict,)


def test_three_families_are_found_among_four():
    generator = np.random.default_rng(0)
    d = np.concatenate([generator.normal(m, s, 200) for m, s in ((4, 0.3), (8, 0.6), (16, 1.2))])
    assert [f.mean.value for f in find_families(d).families] == pytest.approx([4, 8, 16], rel=0.03)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = {"mean": 0, "fraction": 0}
    for seed in range(40):
        small = find_families(two_families((5, 0.6), (9, 1.0), seed=seed), max_families=2).families[0]
        held["mean"] += small.mean.low < 5 < small.mean.high
        held["fraction"] += small.fraction.low < 0.5 < small.fraction.high
    assert all(count >= 33 for count in held.values())


def test_weights_change_the_fractions_only():
    d = two_families((5, 0.6), (9, 1.0))
    found = find_families(d, np.where(np.arange(300) < 150, 3.0, 1.0))
    assert found.families[0].fraction.value == pytest.approx(0.75, abs=0.03)
    assert found.families[0].mean.value == pytest.approx(5, rel=0.02)


def test_particles_of_weight_zero_are_given_a_family():
    d = np.append(two_families((5, 0.6), (9, 1.0)), [4.8, 9.3])
    found = find_families(d, np.r_[np.ones(300), 0, 0])
    assert found.membership.size == 302
    assert found.membership[-2:].tolist() == [0, 1]


def test_particles_that_do_not_count_belong_to_the_nearest_family_however_far_they_are():
    generator = np.random.default_rng(0)
    narrow = np.concatenate([median * generator.lognormal(0, 0.005, 30) for median in (10, 50)])
    found = find_families(np.append(narrow, [0.1, 200.0]), np.append(np.ones(60), [0, 0]))
    assert found.membership[-2:].tolist() == [0, 1]


def test_a_handful_of_outliers_is_no_family():
    d = np.append(np.random.default_rng(0).normal(10, 1, 200), [60, 61, 62])
    found = find_families(d, max_families=2)
    assert len(found.families) == 1
    assert found.bic[1] == math.inf


def test_repeated_sizes_do_not_make_a_family():
    d = np.round(10 * np.random.default_rng(0).lognormal(0, 0.2, 400), 1)
    d[:40] = 10.0
    assert all(f.geometric_sd.value > 1.019 for f in find_families(d).families)


@pytest.mark.parametrize("n", [1, 2, 19])
def test_below_twenty_particles_there_is_one_family_and_a_reason(n):
    found = find_families(two_families((5, 0.1), (50, 1.0), n=n))
    assert len(found.families) == 1
    assert not found.resolved
    assert f"{n} counted" in found.verdict
    assert "at least 20" in found.verdict
    assert found.membership.tolist() == [0] * n


def test_no_particles_have_no_families():
    found = find_families([])
    assert (found.families, found.membership.size) == ((), 0)
    assert found.verdict == "There are no particles."
    assert find_families([5.0, 6.0], [0, 0]).membership.tolist() == [0, 0]


def test_one_family_can_be_asked_for():
    found = find_families(two_families((5, 0.6), (9, 1.0)), max_families=1)
    assert len(found.families) == 1
    assert found.verdict == "One family, as asked."


def test_family_densities_add_up_to_one():
    x = np.linspace(0.1, 40, 20_000)
    found = find_families(two_families((5, 0.6), (9, 1.0)))
    total = sum(family.density(x) for family in found.families)
    assert np.trapezoid(total, x) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("max_families", [0, 11])
def test_the_number_of_families_has_limits(max_families):
    with pytest.raises(ParameterError, match=f"At most {max_families} families is not between 1 and 10"):
        find_families([1, 2], max_families=max_families)


def test_starting_points_are_needed():
    with pytest.raises(ParameterError, match="0 starting points are fewer than 1"):
        find_families([1, 2], n_starts=0)


ONE_POPULATION = {
    "LSW": lambda generator, n: FittedModel("LSW", (10.0,), 0.0).draw(generator, n),
    "normal": lambda generator, n: FittedModel("normal", (10.0, 2.5), 0.0).draw(generator, n),
    "Weibull": lambda generator, n: 10 * generator.weibull(4, n),
    "uniform": lambda generator, n: generator.uniform(5, 15, n),
}


@pytest.mark.parametrize("name", ONE_POPULATION)
def test_one_population_is_not_taken_for_two(name):
    found = [find_families(ONE_POPULATION[name](np.random.default_rng(900 + seed), 200)) for seed in range(6)]
    assert sum(one.resolved for one in found) == 0
    assert sum(len(one.families) == 1 for one in found) >= 5


def test_a_skewed_population_has_its_name_and_its_curve():
    d = FittedModel("LSW", (10.0,), 0.0).draw(np.random.default_rng(5), 400)
    found = find_families(d)
    (family,) = found.families
    assert found.population == f"one skewed population ({family.name})"
    assert found.verdict.startswith(f"One skewed population ({family.name}) describes these sizes as well")
    assert found.rivals[family.name] == min(found.rivals.values()) == found.bic[0]
    x = np.linspace(0.01, 30, 3000)
    assert family.density(x) == pytest.approx(fit_model(as_sample(d), family.name).density(x))
    assert np.trapezoid(family.density(x), x) == pytest.approx(1, abs=1e-3)
    assert family.mean == summarise(d).mean


def test_the_criterion_is_that_of_the_density_of_sizes():
    d = two_families((5, 0.6), (9, 1.0))
    found = find_families(d)
    normal = stats.norm(d.mean(), d.std()).logpdf(d).sum()
    log_normal = stats.lognorm(np.log(d).std(), scale=np.exp(np.log(d).mean())).logpdf(d).sum()
    for name, level in (("normal", normal), ("log-normal", log_normal)):
        assert found.rivals[name] == pytest.approx(2 * math.log(300) - 2 * level)
    both = sum(family.density(d) for family in found.families)
    assert found.bic[1] == pytest.approx(5 * math.log(300) - 2 * np.log(both).sum(), abs=0.01)


@pytest.mark.parametrize("n", [200, 400])
def test_pairs_that_were_counted_as_one_are_recognised(n):
    generator = np.random.default_rng(n)
    d = generator.normal(10, 1, n)
    d[: n // 20] = np.hypot(d[: n // 20], generator.normal(10, 1, n // 20))
    found = find_families(d)
    assert not found.resolved
    assert found.population == "one population, some of its pairs counted as one"
    single, pairs = found.families
    assert pairs.median.value / single.median.value == pytest.approx(math.sqrt(2), rel=0.01)
    assert pairs.fraction.low < 0.05 < pairs.fraction.high
    assert (found.membership[: n // 20] == 1).mean() > 0.6
    assert "√2 = 1.41" in found.verdict


def test_half_the_particles_at_the_square_root_of_two_are_no_pairs():
    found = find_families(two_families((10, 0.4), (14.14, 0.5)))
    assert found.resolved
    assert found.population == "2 families"


def test_equal_sizes_are_one_family():
    assert find_families([5.0] * 30).population == "one log-normal population"


def test_what_the_sizes_show_is_said_in_as_many_lines_as_families():
    generator = np.random.default_rng(77)
    two = find_families(np.concatenate([generator.normal(5, 0.5, 150), generator.normal(10, 0.9, 100)]))
    lines = two.in_words("nm")
    assert [line[:14] for line in lines] == ["Family 1: 60\u00a0%", "Family 2: 40\u00a0%"]
    assert all(" nm (" in line and "geometric standard deviation 1." in line for line in lines)
    skewed = find_families(FittedModel("LSW", (10.0,), 0.0).draw(generator, 400))
    assert skewed.in_words("nm") == (f"One skewed population ({skewed.families[0].name}).",)
    assert find_families(generator.normal(10, 1, 10)).in_words("nm") == ()
    assert find_families([]).in_words("nm") == ()


def test_the_table_has_every_number_of_every_family():
    d = np.concatenate([np.full(30, 5.0), np.full(20, 9.0)]) * np.random.default_rng(3).normal(1, 0.05, 50)
    found = find_families(d)
    table = found.to_frame()
    assert table["n"].to_list() == [30, 20]
    assert table["mean"].to_list() == [family.mean.value for family in found.families]
    assert (table["mean_low"] < table["mean_high"]).all()
    assert len(find_families([]).to_frame()) == 0
