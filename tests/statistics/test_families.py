import math

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import find_families


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
    assert all("not resolved" in f.verdict for f in found if not f.resolved)


def test_clear_but_overlapping_families_are_not_resolved():
    found = find_families(two_families((5, 0.8), (7, 1.0), n=6000))
    assert len(found.families) == 2
    assert found.evidence == "strong"
    assert found.overlap > 0.1
    assert not found.resolved
    assert "they overlap" in found.verdict


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
