import math

import numpy as np
import pytest
from scipy import stats

from nanotem.errors import ParameterError
from nanotem.statistics import enough_particles, particles_needed, precision_curve, sufficiency_table, summarise


def sizes(n, cv, seed=0):
    """Return sizes of exactly this mean, 10, and coefficient of variation."""
    d = np.random.default_rng(seed).uniform(-1, 1, n)
    return 10 + 10 * cv * (d - d.mean()) / d.std(ddof=1)


@pytest.mark.parametrize(("cv", "two_percent", "five_percent"), [(0.1, 97, 16), (0.2, 385, 62), (0.3, 865, 139)])
def test_numbers_needed_agree_with_the_textbook(cv, two_percent, five_percent):
    d = sizes(50, cv)
    assert particles_needed(d, relative_half_width=0.02) == two_percent
    assert particles_needed(d, relative_half_width=0.05) == five_percent


def test_uneven_weights_ask_for_more_particles():
    d = sizes(200, 0.2)
    weights = np.tile([1.0, 9.0], 100)
    even, uneven = (particles_needed(d, w, relative_half_width=0.02) for w in (None, weights))
    assert uneven > 1.3 * even


def test_the_spread_of_one_particle_is_unknown():
    assert particles_needed([5.0], relative_half_width=0.05) is None
    assert particles_needed([], relative_half_width=0.05) is None


def test_the_curve_falls_with_the_square_root_of_the_number():
    d = np.random.default_rng(0).normal(10, 2.5, 1000)
    curve = precision_curve(d)
    assert curve["n"].iloc[[0, -1]].tolist() == [5, 1000]
    assert curve["n"].is_monotonic_increasing
    expected = stats.t.ppf(0.975, curve["n"] - 1) * 0.25 / np.sqrt(curve["n"])
    assert curve["relative_half_width_mean"].to_numpy() == pytest.approx(expected.to_numpy(), rel=0.15)
    # The median of a normal sample is known √(π/2) times less well.
    last = curve.iloc[-1]
    ratio = last["relative_half_width_d50"] / last["relative_half_width_mean"]
    assert ratio == pytest.approx(math.sqrt(math.pi / 2), rel=0.2)
    assert last["relative_half_width_d10"] > last["relative_half_width_d50"]


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_too_few_particles_have_an_empty_curve(n):
    curve = precision_curve(sizes(n, 0.1) if n > 1 else [5.0] * n)
    assert len(curve) == 0
    assert list(curve)[:3] == ["n", "relative_half_width_mean", "relative_half_width_d10"]


@pytest.mark.parametrize(
    ("n", "cv", "enough"),
    [(60, 0.1, "red"), (150, 0.5, "red"), (150, 0.2, "amber"), (600, 0.3, "amber"), (600, 0.2, "green")],
)
def test_the_light_weighs_number_and_spread(n, cv, enough):
    light = enough_particles(sizes(n, cv))
    assert light.enough == enough
    assert light.relative_half_width == pytest.approx(1.96 * cv / math.sqrt(n), rel=0.03)
    assert light.relative_half_width == summarise(sizes(n, cv)).mean.relative_half_width
    assert light.verdict.startswith(f"{n} counted: that leaves the mean open by ±")
    assert light.needed_for_2_percent > light.needed_for_5_percent


def test_a_red_light_says_how_many_to_count():
    assert "count at least 385" in enough_particles(sizes(150, 0.5)).verdict
    assert "count at least 100" in enough_particles(sizes(60, 0.1)).verdict


@pytest.mark.parametrize("n", [0, 1])
def test_without_a_spread_the_light_is_red(n):
    light = enough_particles([5.0] * n)
    assert (light.enough, light.needed_for_5_percent) == ("red", None)
    assert math.isnan(light.relative_half_width)
    assert light.verdict == f"{n} counted: a distribution needs 100 or more."


@pytest.mark.parametrize("n", [2, 4])
def test_where_the_mean_has_no_interval_none_is_claimed(n):
    light = enough_particles(sizes(n, 0.1))
    assert math.isnan(light.relative_half_width)
    assert light.verdict == f"{n} counted: too few to say how sure their mean is. Count at least 100."
    assert len(sufficiency_table(sizes(n, 0.1))) == 0


def test_one_mean_is_as_sure_in_the_table_as_in_the_summary():
    d = sizes(9, 0.1)
    table = sufficiency_table(d).set_index("quantity")["relative_half_width"]
    assert table["Mean by number"] == summarise(d).mean.relative_half_width
    assert precision_curve(d)["relative_half_width_mean"].iloc[-1] == pytest.approx(table["Mean by number"], rel=0.15)


def test_the_curve_of_a_percentile_begins_where_it_has_an_interval():
    curve = precision_curve(np.random.default_rng(0).normal(10, 1, 200)).set_index("n")
    for name, fewest in (("d10", 36), ("d90", 36), ("d50", 6), ("mean", 5)):
        assert (curve[f"relative_half_width_{name}"].notna() == (curve.index >= fewest)).all()


def test_impossible_wishes_are_refused():
    with pytest.raises(ParameterError, match="relative half width of 0 is not above 0"):
        particles_needed([1, 2], relative_half_width=0)
    with pytest.raises(ParameterError, match="confidence of 95 is not between 0 and 1"):
        particles_needed([1, 2], relative_half_width=0.05, confidence=95)
    with pytest.raises(ParameterError, match="0 resamples are fewer than 1"):
        precision_curve([1, 2], n_resamples=0)


@pytest.mark.parametrize(("geometric_sd", "by_number", "mass_median"), [(1.2, 52, 82), (1.6, 377, 1689)])
def test_the_table_agrees_with_masuda_and_iinoya(geometric_sd, by_number, mass_median):
    levels = (np.arange(20_000) + 0.5) / 20_000
    table = sufficiency_table(geometric_sd ** stats.norm.ppf(levels)).set_index("quantity")
    fitted = table["needed_log_normal_5_percent"]
    assert fitted["Mean by number"] == pytest.approx(by_number, abs=1)
    assert fitted["Median by volume or mass"] == pytest.approx(mass_median, rel=0.005)
    assert (table["needed_2_percent"] > 6 * table["needed_5_percent"]).all()
    direct = table["needed_5_percent"]
    assert direct["Mean by number"] < direct["D90 by number"]
    assert direct["Surface-weighted mean D[3,2]"] < direct["Volume- or mass-weighted mean D[4,3]"]


def test_the_numbers_needed_are_what_repeated_sampling_gives():
    d = np.random.default_rng(4).lognormal(0, math.log(1.25), (2000, 400))
    observed = {
        "Mean by number": d.mean(axis=1),
        "Median by number (D50)": np.median(d, axis=1),
        "D90 by number": np.quantile(d, 0.9, axis=1),
        "Surface-weighted mean D[3,2]": (d**3).sum(axis=1) / (d**2).sum(axis=1),
        "Volume- or mass-weighted mean D[4,3]": (d**4).sum(axis=1) / (d**3).sum(axis=1),
    }
    levels = (np.arange(400) + 0.5) / 400
    table = sufficiency_table(1.25 ** stats.norm.ppf(levels)).set_index("quantity")["relative_half_width"]
    for name, values in observed.items():
        assert table[name] == pytest.approx(1.96 * np.log(values).std(), rel=0.1)


@pytest.mark.parametrize("same", [[], [5.0], [5.0, 5.0]])
def test_sizes_without_a_spread_have_no_table(same):
    assert len(sufficiency_table(same)) == 0


def test_uneven_weights_raise_the_numbers_of_the_table():
    d = np.random.default_rng(0).lognormal(0, 0.2, 200)
    even, uneven = (sufficiency_table(d, w)["needed_5_percent"] for w in (None, np.tile([1.0, 9.0], 100)))
    assert (uneven > 1.2 * even).all()
