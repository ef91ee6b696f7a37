import numpy as np
import pandas as pd
import pytest

from nanotem.study import IMAGE_FLAGS
from nanotem.study.outliers import with_flags


def images(counts: list[int], medians: list[float], **columns: object) -> pd.DataFrame:
    """Return the table of a sample in which nothing else is odd."""
    n = len(counts)
    ordinary = {
        "sample": "gold",
        "status": "done",
        "id": [str(number) for number in range(n)],
        "pixels": "",
        "is_copy": False,
        "n_particles": pd.array(counts, dtype="Int64"),
        "nm_per_px": 0.5,
        "unit": "nm",
        "median": medians,
        "n_doubtful": pd.array(n * [0], dtype="Int64"),
        "n_lost_edits": pd.array(n * [0], dtype="Int64"),
    }
    return pd.DataFrame(ordinary | columns)


def flags(table: pd.DataFrame) -> list[str]:
    return with_flags(table)["flags"].to_list()


def test_equal_images_have_no_flag() -> None:
    assert flags(images(5 * [100], 5 * [10.0])) == 5 * [""]
    assert with_flags(images(5 * [100], 5 * [10.0]))["count_z"].eq(0).all()


def test_counting_noise_is_not_odd() -> None:
    rng = np.random.default_rng(0)
    table = with_flags(images(list(rng.poisson(80, 2000)), list(rng.normal(10, 0.3, 2000))))
    assert (table["flags"] != "").mean() < 0.005


@pytest.mark.parametrize(("count", "median", "expected"), [(20, 10.0, "count_odd"), (100, 14.0, "size_odd")])
def test_the_odd_one_is_found_and_does_not_hide_itself(count: int, median: float, expected: str) -> None:
    table = with_flags(images([100, 104, 97, count], [10.0, 10.1, 9.9, median]))
    assert table["flags"].to_list() == ["", "", "", expected]


def test_the_robust_z_is_that_of_the_other_images() -> None:
    table = with_flags(images([100, 121, 81, 400], 4 * [10.0]))
    assert table["count_z"].iloc[3] == pytest.approx((20 - 10) / (1.4826 * 1))


def test_other_samples_and_other_units_do_not_count() -> None:
    table = images(8 * [100], 4 * [10.0] + 4 * [20.0])
    assert set(flags(table)[:4]) != {""}
    assert flags(table.assign(sample=4 * ["gold"] + 4 * ["silver"])) == 8 * [""]
    mixed = table.assign(unit=4 * ["nm"] + 4 * ["px"], nm_per_px=4 * [0.5] + 4 * [np.nan])
    assert flags(mixed) == 4 * [""] + 4 * ["scale_missing"]


def test_too_few_others_say_nothing() -> None:
    table = with_flags(images([100, 100, 1], [10.0, 10.0, 99.0]))
    assert table[["count_z", "size_z"]].isna().all(axis=None)
    assert table["flags"].eq("").all()


def test_every_flag_that_needs_no_other_image() -> None:
    table = images(
        [0, 10, 10, 10],
        [np.nan, 10.0, 10.0, 10.0],
        nm_per_px=[0.5, np.nan, 0.5, 0.5],
        n_doubtful=pd.array([0, 2, 3, 0], dtype="Int64"),
        n_lost_edits=pd.array([0, 0, 0, 1], dtype="Int64"),
        sample=list("abcd"),
        id=["1", "2", "3", "3"],
        is_copy=[False, False, False, True],
    )
    assert flags(table) == ["nothing_found", "scale_missing", "many_doubtful same_image", "edits_lost same_image copy"]


def test_images_without_a_result_are_told_from_those_that_wait() -> None:
    unknown = pd.array(2 * [pd.NA], dtype="Int64")
    table = images([1, 1], [np.nan, np.nan], status=["failed", "waiting"], id="", nm_per_px=np.nan, unit=np.nan)
    table = table.assign(n_particles=unknown, n_doubtful=unknown, n_lost_edits=unknown)
    assert flags(table) == ["could_not_be_read", ""]
    assert flags(table[:0]) == []


def test_every_flag_is_explained() -> None:
    assert all(text.endswith(".") for text in IMAGE_FLAGS.values())
