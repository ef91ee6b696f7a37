import math

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics import find_families, split_at


@pytest.fixture(scope="module")
def close_families():
    generator = np.random.default_rng(0)
    return np.concatenate([5 * generator.lognormal(0, 0.16, 2000), 7 * generator.lognormal(0, 0.14, 2000)])


def test_separate_families_come_back_with_both_fits():
    generator = np.random.default_rng(0)
    d = np.concatenate([generator.normal(5, 0.6, 300), generator.normal(9, 1.0, 100)])
    parts = split_at(d, edges=[7])
    small, large = parts.families
    assert small.fraction.value == pytest.approx(0.75, abs=0.02)
    assert small.fraction.low < 0.75 < small.fraction.high
    assert [small.mean.value, large.mean.value] == pytest.approx([5, 9], rel=0.03)
    assert [f.histogram_fit.mean for f in parts.families] == pytest.approx([5, 9], rel=0.04)
    assert [f.histogram_fit.sd for f in parts.families] == pytest.approx([0.6, 1.0], rel=0.25)
    assert parts.membership.tolist() == (d >= 7).astype(int).tolist()
    assert (parts.evidence, parts.verdict) == ("by hand", "Divided by hand at 7.")


def test_a_cut_makes_overlapping_families_too_narrow(close_families):
    cut = split_at(close_families, edges=[6]).families
    mixed = find_families(close_families, max_families=2).families
    for part, family, log_sd in zip(cut, mixed, (0.16, 0.14), strict=True):
        assert math.log(part.geometric_sd.value) < 0.95 * log_sd
        assert math.log(family.geometric_sd.value) == pytest.approx(log_sd, rel=0.1)


def test_no_edges_describe_all_particles(close_families):
    parts = split_at(close_families, edges=[])
    assert len(parts.families) == 1
    assert parts.families[0].fraction.value == 1
    assert parts.verdict == "Not divided."


def test_an_empty_part_has_fraction_zero_and_nothing_else():
    small, empty = split_at([4.0, 5.0, 6.0], edges=[10]).families
    assert (small.fraction.value, empty.fraction.value) == (1, 0)
    assert empty.fraction.high > 0
    assert math.isnan(empty.median.value)
    assert not empty.histogram_fit.converged


def test_weights_count_and_no_particles_are_no_error():
    parts = split_at([4.0, 12.0], [3.0, 1.0], edges=[10])
    assert [f.fraction.value for f in parts.families] == [0.75, 0.25]
    nothing = split_at([], edges=[10])
    assert all(math.isnan(f.fraction.value) for f in nothing.families)


def test_the_interval_of_a_share_follows_from_the_particles_not_from_how_large_their_weights_are():
    sizes = np.r_[np.linspace(4, 6, 30), np.linspace(9, 11, 70)]
    ends = [split_at(sizes, np.full(100, weight), edges=[7]).families[0].fraction for weight in (0.1, 1, 10)]
    assert [(one.low, one.high) for one in ends] == [pytest.approx((0.2189, 0.3958), abs=1e-4)] * 3


@pytest.mark.parametrize("edges", [[5, 5], [7, 5], [0, 5], [-1.0]])
def test_edges_ascend_from_above_zero(edges):
    with pytest.raises(ParameterError, match="do not ascend from above 0"):
        split_at([4.0], edges=edges)
