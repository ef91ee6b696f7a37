import numpy as np
import pandas as pd
import pytest

from nanotem.errors import ParameterError
from nanotem.statistics.arrangements import ARRANGED, compare_arrangements


def images(n: int, *, seed: int = 0, sample: str = "a", unit: str = "nm") -> pd.DataFrame:
    """Return images of different areas, in which 500 particles per µm² are expected."""
    rng = np.random.default_rng(seed)
    area_px = rng.integers(1_000_000, 4_000_000, n)
    count = rng.poisson(500 * area_px * 0.25 / 1e6)
    drawn = {
        "density_per_um2": count / (area_px * 0.25 / 1e6),
        "coverage": rng.uniform(0.1, 0.3, n),
        **{name: rng.uniform(8, 12, n) for name in list(ARRANGED)[2:]},
    }
    scale = 0.5 if unit == "nm" else np.nan
    table = {"sample": sample, "unit": unit, "nm_per_px": scale, "area_px": area_px, "n_measured": count, **drawn}
    return pd.DataFrame(table)


def test_an_image_counts_for_its_area_or_its_particles() -> None:
    table = images(4)
    found = compare_arrangements(table).set_index("quantity")
    assert found.loc["density_per_um2", "value"] == pytest.approx(
        table["n_measured"].sum() / table["area_px"].sum() * 4e6
    )
    assert found.loc["coverage", "value"] == pytest.approx(np.average(table["coverage"], weights=table["area_px"]))
    expected = np.average(table["edge_to_edge"], weights=table["n_measured"])
    assert found.loc["edge_to_edge", "value"] == pytest.approx(expected)
    assert (found["n_images"] == 4).all()
    assert found["unit"].to_list() == ["1/µm²", "", "nm", "", "nm", ""]


def test_equal_images_have_the_interval_of_a_plain_mean() -> None:
    table = images(5).assign(area_px=1_000_000, coverage=[0.1, 0.12, 0.14, 0.11, 0.13])
    one = compare_arrangements(table).set_index("quantity").loc["coverage"]
    error = np.std([0.1, 0.12, 0.14, 0.11, 0.13], ddof=1) / np.sqrt(5) / 0.12
    assert np.log(one["high"] / 0.12) == pytest.approx(2.776 * error, rel=1e-3)  # Student's t, 4 degrees of freedom


def test_intervals_hold_the_truth() -> None:
    rows = [compare_arrangements(images(4, seed=seed)).iloc[0] for seed in range(200)]
    assert 0.9 <= np.mean([row["low"] < 500 < row["high"] for row in rows]) <= 0.99


def test_samples_come_in_the_order_of_their_names_and_one_image_has_no_interval() -> None:
    found = compare_arrangements(pd.concat([images(3, sample="b"), images(1, sample="a")]))
    assert found["sample"].drop_duplicates().to_list() == ["a", "b"]
    assert found.loc[found["sample"] == "a", "low"].isna().all()
    assert found.loc[found["sample"] == "b", "low"].notna().all()


def test_distances_in_another_unit_are_left_out_and_shares_are_not() -> None:
    found = compare_arrangements(pd.concat([images(3), images(2, unit="px")])).set_index("quantity")
    assert found["n_images"].to_dict() == dict(zip(ARRANGED, (5, 5, 3, 5, 3, 5), strict=True))


def test_nothing_is_known_without_images_that_say_it() -> None:
    found = compare_arrangements(images(2).assign(coverage=np.nan)).set_index("quantity")
    assert found.loc["coverage", ["n_images", "value"]].to_list() == pytest.approx([0, np.nan], nan_ok=True)
    zero = compare_arrangements(images(2).assign(coverage=0.0)).set_index("quantity").loc["coverage"]
    assert zero[["value", "low", "high"]].to_list() == [0, 0, 0]
    assert compare_arrangements(images(0)).empty


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ParameterError, match="no column 'coverage'"):
        compare_arrangements(images(2).drop(columns="coverage"))


def test_an_image_without_a_scale_counts_for_its_area_as_the_others_do() -> None:
    table = pd.concat([images(2), images(1, unit="px")]).assign(area_px=1_000_000, coverage=[0.1, 0.1, 0.4])
    one = compare_arrangements(table).set_index("quantity").loc["coverage"]
    assert one["value"] == pytest.approx(0.2)


def test_no_end_of_a_share_is_above_one() -> None:
    one = compare_arrangements(images(2).assign(coverage=[0.1, 0.6])).set_index("quantity").loc["coverage"]
    assert one["high"] == 1
