import numpy as np
import pandas as pd
import pytest

from benchmarks.compare import Scene, coverage, draw
from nanotem.errors import ParameterError
from nanotem.statistics import compare_samples
from nanotem.statistics.compare import counted_particles


def particles(n_images: dict[str, int], *, mean_nm: dict[str, float] | None = None, seed: int = 0) -> pd.DataFrame:
    """Return 30 particles of each image, of 10 nm and of 1 nm spread."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        [
            (f"{number}.tif", sample, rng.normal((mean_nm or {}).get(sample, 10.0), 1.0), "", 1.0)
            for sample, n in n_images.items()
            for number in range(n)
            for _ in range(30)
        ],
        columns=["image", "sample", "diameter_nm", "flags", "weight"],
    )


def test_samples_come_with_their_numbers_in_the_order_of_their_names() -> None:
    result = compare_samples(particles({"b": 3, "a": 4}, mean_nm={"b": 12.0}))
    assert [(one.sample, one.n_images, one.n_particles, one.n_eff) for one in result.samples] == [
        ("a", 4, 120, 120),
        ("b", 3, 90, 90),
    ]
    for one, true in zip(result.samples, (10, 12), strict=True):
        assert one.mean.low < true < one.mean.high
        assert one.d50.low < true < one.d50.high
    assert result.notes == ()


def test_a_difference_is_second_minus_first_and_says_so_in_words() -> None:
    (one,) = compare_samples(particles({"a": 4, "b": 4}, mean_nm={"b": 12.0})).differences
    assert (one.first, one.second) == ("a", "b")
    assert one.mean.low < 2 < one.mean.high
    assert one.d50.low < 2 < one.d50.high
    assert one.in_words("nm").startswith("b is larger than a by ")
    (back,) = compare_samples(particles({"a": 4, "b": 4}, mean_nm={"a": 12.0})).differences
    assert back.in_words("nm").startswith("b is smaller than a by ")


def test_equal_samples_are_not_shown_to_differ() -> None:
    (one,) = compare_samples(particles({"a": 4, "b": 4})).differences
    assert one.in_words("nm").startswith("b and a are not shown to differ in their mean (95 % interval ")


def test_every_pair_is_compared_and_many_pairs_are_warned_of() -> None:
    result = compare_samples(particles({"a": 3, "b": 3, "c": 3, "d": 3}))
    assert [(one.first, one.second) for one in result.differences] == [
        *map(tuple, ("ab", "ac", "ad", "bc", "bd", "cd"))
    ]
    assert result.notes == ("Of 6 pairs, one in twenty intervals misses the true difference by chance.",)


def test_fewer_than_three_images_give_no_interval() -> None:
    result = compare_samples(particles({"one": 1, "two": 2, "more": 3}))
    assert [note.split(" image")[0] for note in result.notes] == ["one has 1", "two has 2"]
    few = {one.sample: (one.mean, one.d50, one.weighted["area"][0].estimate) for one in result.samples}
    assert all(np.isnan(number.low) for name in ("one", "two") for number in few[name])
    assert all(0 < number.low < number.value < number.high for number in few["more"])


def test_the_means_of_two_images_are_told() -> None:
    table = particles({"two": 2})
    means = table.groupby("image")["diameter_nm"].mean()
    note = compare_samples(table.assign(weight=1.0)).notes[0]
    assert f"with means of {means.iloc[0]:.4g} and {means.iloc[1]:.4g} nm" in note


def test_a_difference_to_a_single_image_has_no_interval() -> None:
    result = compare_samples(particles({"one": 1, "two": 2}))
    assert "several images" in result.differences[0].in_words("nm")


def test_images_of_one_name_in_two_samples_are_two_images() -> None:
    assert [one.n_images for one in compare_samples(particles({"a": 3, "b": 3})).samples] == [3, 3]


def test_weights_count_in_mean_and_median_and_their_effect_is_told() -> None:
    table = particles({"a": 3})
    heavy = table.assign(weight=np.where(table["diameter_nm"] > 10, 3.0, 1.0))
    (plain,), (weighted,) = compare_samples(table).samples, compare_samples(heavy).samples
    assert weighted.mean.value > plain.mean.value + 0.2
    assert weighted.d50.value > plain.d50.value + 0.2
    assert weighted.mean_without_weights == pytest.approx(plain.mean.value)
    assert weighted.n_eff < 90


def test_means_by_area_and_volume_follow_their_formulas_and_respect_images() -> None:
    table = particles({"a": 6, "b": 6}, mean_nm={"b": 12.0})
    a, b = compare_samples(table).samples
    d = table.loc[table["sample"] == "a", "diameter_nm"]
    assert a.weighted["area"][0].estimate.value == pytest.approx((d**3).sum() / (d**2).sum())
    assert a.weighted["volume"][0].estimate.value == pytest.approx((d**4).sum() / (d**3).sum())
    assert a.weighted["area"][0].estimate.low < 10.2 < a.weighted["area"][0].estimate.high  # (m³ + 3 m s²)/(m² + s²)
    assert all(np.isnan(one.estimate.low) and one.note for one in a.weighted["area"] if one.symbol.startswith("x90"))
    (difference,) = compare_samples(table).differences
    for found, kind in ((difference.d32, "area"), (difference.d43, "volume")):
        one, two = (sample.weighted[kind][0].estimate.value for sample in (a, b))
        assert found.value == pytest.approx(two - one)
        assert found.low < 2 < found.high


def test_one_image_has_weighted_values_without_intervals() -> None:
    (one,) = compare_samples(particles({"a": 1})).samples
    assert all(np.isfinite(q.estimate.value) and np.isnan(q.estimate.low) for q in one.weighted["volume"])


def test_a_metal_has_a_dispersion_of_diameters_alone() -> None:
    table = particles({"a": 3}).assign(feret_max_nm=10.0)
    (one,) = compare_samples(table, metal="Pt").samples
    assert one.surface is not None
    assert one.surface.dispersion.low < 1.13 / 10.2 < one.surface.dispersion.high  # 1.13 nm / d_VA for Pt
    assert compare_samples(table).samples[0].surface is None
    assert compare_samples(table, quantity="feret_max_nm", metal="Pt").samples[0].surface is None


def test_a_table_without_weights_is_told() -> None:
    (note,) = compare_samples(particles({"a": 3}).drop(columns="weight")).notes
    assert note.startswith("The table has no frame weights")


def test_cut_particles_and_those_without_a_size_are_left_out() -> None:
    table = particles({"a": 4})
    table.loc[0, "flags"] = "touches_frame"
    table.loc[table["image"] == "3.tif", "diameter_nm"] = np.nan
    result = compare_samples(table)
    assert (result.samples[0].n_images, result.samples[0].n_particles) == (3, 89)
    assert result.notes[0].startswith("Images without a scale, which are left out: 1.")
    assert len(counted_particles(table, "diameter_nm")) == 89


def test_classes_are_counted_per_sample() -> None:
    table = particles({"a": 3, "b": 3})
    table["outline"] = np.where(table["sample"] == "a", "rod", "circle")
    table["solid"] = "CUBE"
    fractions = compare_samples(table).class_fractions
    assert fractions["kind"].tolist() == ["outline"] * 4 + ["solid"] * 2
    rods = fractions[fractions["class"] == "rod"]
    assert rods[["sample", "n", "fraction"]].to_numpy().tolist() == [["a", 90, 1.0], ["b", 0, 0.0]]
    assert rods["high"].iloc[1] > 0


def test_particles_without_a_class_are_in_no_share() -> None:
    table = particles({"a": 3})
    table["solid"] = np.where(table.index % 2, "CUBE", None)
    table.loc[table["image"] == "2.tif", "solid"] = None
    assert compare_samples(table).class_fractions[["n", "fraction"]].to_numpy().tolist() == [[30, 1.0]]


def test_a_solid_that_is_not_accepted_is_unknown() -> None:
    table = particles({"a": 3}).assign(solid="CUBE", outline="square")
    table["known"] = table.index < 60
    fractions = compare_samples(table).class_fractions
    assert fractions[["kind", "class", "n"]].to_numpy().tolist() == [
        ["outline", "square", 90],
        ["solid", "CUBE", 60],
        ["solid", "unknown", 30],
    ]


def test_empty_columns_of_classes_are_none() -> None:
    assert compare_samples(particles({"a": 3}).assign(solid=None, outline=None, known=None)).class_fractions.empty


def test_without_classes_there_are_none() -> None:
    fractions = compare_samples(particles({"a": 3})).class_fractions
    assert list(fractions) == ["kind", "class", "sample", "n", "fraction", "low", "high"]
    assert fractions.empty


def test_no_particles_are_no_samples() -> None:
    result = compare_samples(particles({}))
    assert (result.samples, result.differences) == ((), ())


@pytest.mark.parametrize("missing", ["image", "sample", "diameter_nm"])
def test_a_missing_column_is_named(missing) -> None:
    with pytest.raises(ParameterError, match=f"no column '{missing}'"):
        compare_samples(particles({"a": 3}).drop(columns=missing))


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_an_impossible_weight_is_refused(weight) -> None:
    with pytest.raises(ParameterError, match="is not a number from 0 on"):
        compare_samples(particles({"a": 3}).assign(weight=weight))


def test_three_images_of_particles_that_are_alike_are_covered_where_a_bootstrap_fails() -> None:
    found = coverage(Scene((3, 3), likeness=0.36, unevenness=0.3), n_runs=100)
    assert found["mean"] >= 90
    assert found["d50"] >= 90
    assert found["bootstrap"] < 88


def test_simulated_particles_of_one_image_are_as_alike_as_asked() -> None:
    table = draw(Scene((60, 60), likeness=0.5, unevenness=0.3), np.random.default_rng(0))
    images = np.log(table["diameter_nm"]).groupby([table["sample"], table["image"]])
    share = images.mean().groupby("sample").var() / np.log(table["diameter_nm"]).groupby(table["sample"]).var()
    assert share.to_numpy() == pytest.approx(0.5, abs=0.12)


def test_a_sample_without_a_name_is_called_so() -> None:
    (note,) = compare_samples(particles({"": 2})).notes
    assert note.startswith("The sample without a name has 2 images")
