import numpy as np
import pandas as pd
import pytest

from nanotem.micrograph import Scale
from nanotem.statistics.budget import NOT_INCLUDED, uncertainty_budget
from nanotem.statistics.sizes import Sizes

CHANGES = ("As it is", "Threshold lower", "Threshold higher", "Neck ratio lower", "Neck ratio higher")
MOVED = pd.DataFrame({"change": CHANGES, "n_particles": 400, "mean_diameter": [10.0, 10.3, 9.8, 10.0, 10.1]})
SCALE = Scale(0.25, "typed", relative_uncertainty=0.02)


def sizes(n: int = 400, *, unit: str = "nm") -> Sizes:
    values = np.random.default_rng(0).normal(10, 1, n)
    return Sizes(np.arange(n) + 1.0, values, np.ones(n), unit, "Diameter", 4.0 if unit == "nm" else 1.0, 0)


def parts(**options) -> dict[str, tuple[float, float]]:
    found = uncertainty_budget(sizes(), **options)
    return {one.name: (one.mean, one.d50) for one in found.contributions}


def test_counting_is_the_standard_error() -> None:
    mean, d50 = parts()["Counting"]
    assert mean == pytest.approx(1 / 20, rel=0.1)
    assert d50 == pytest.approx(1.2533 / 20, rel=0.2)


def test_a_scale_is_uncertain_by_a_share_of_the_value() -> None:
    assert parts(scale=SCALE)["Scale"] == pytest.approx((0.2, 0.2), rel=0.02)


def test_a_moved_parameter_is_the_half_width_of_a_rectangle() -> None:
    found = parts(sensitivity=MOVED)
    assert found["Threshold"][0] == pytest.approx(0.3 / np.sqrt(3), rel=0.02)
    assert found["Neck ratio"][0] == pytest.approx(0.1 / np.sqrt(3), rel=0.02)


def test_what_was_moved_for_a_network_is_in_the_budget() -> None:
    words = ("As it is", "Least confidence lower", "Least confidence higher", "Split ratio lower", "Split ratio higher")
    found = parts(sensitivity=MOVED.assign(change=words))
    assert found["Least confidence"][0] == pytest.approx(0.3 / np.sqrt(3), rel=0.02)
    assert found["Split ratio"][0] == pytest.approx(0.1 / np.sqrt(3), rel=0.02)
    assert not {"Threshold", "Neck ratio"} & set(found)


def test_where_only_a_person_found_particles_no_parameter_can_be_moved() -> None:
    found = uncertainty_budget(sizes(), SCALE, MOVED.assign(mean_diameter=np.nan))
    assert found.unknown == ("Threshold", "Neck ratio")
    assert "nan" not in " ".join(found.to_frame()["basis"])


def test_a_pixel_is_a_rectangle_of_one_pixel() -> None:
    assert parts()["Pixel"] == pytest.approx((0.25 / np.sqrt(12),) * 2)


def test_contributions_add_up_as_squares_and_expand_by_two() -> None:
    found = uncertainty_budget(sizes(), SCALE, MOVED)
    assert found.combined[0] ** 2 == pytest.approx(sum(one.mean**2 for one in found.contributions))
    assert found.combined[1] ** 2 == pytest.approx(sum(one.d50**2 for one in found.contributions))
    mean, d50 = found.expanded
    assert (mean.high - mean.value, d50.value - d50.low) == pytest.approx(tuple(2 * u for u in found.combined))
    assert found.unknown == ()


def test_what_is_not_known_is_said_and_left_out_of_the_sum() -> None:
    found = uncertainty_budget(sizes(), Scale(0.25, "typed"))
    assert found.unknown == ("Scale", "Threshold", "Neck ratio")
    counting, pixel = found.contributions[0], found.contributions[-1]
    assert found.combined[0] == pytest.approx(np.hypot(counting.mean, pixel.mean))
    combined = found.to_frame().set_index("contribution").loc["Combined"]
    assert "not known: scale, threshold, neck ratio" in combined["basis"]


def test_pixels_have_no_scale() -> None:
    found = uncertainty_budget(sizes(unit="px"), None, MOVED)
    assert "Scale" not in [one.name for one in found.contributions]
    assert found.contributions[-1].mean == pytest.approx(1 / np.sqrt(12))


def test_the_table_has_a_row_per_contribution_and_the_sums() -> None:
    table = uncertainty_budget(sizes(), SCALE, MOVED).to_frame()
    names = ["Counting", "Scale", "Threshold", "Neck ratio", "Pixel", "Combined", "Expanded (k = 2)"]
    assert table["contribution"].tolist() == names
    assert table["mean"].iloc[-1] == pytest.approx(2 * table["mean"].iloc[-2])
    assert not table.isna().any(axis=None)


def test_few_particles_leave_counting_unknown_and_none_leave_nothing() -> None:
    assert "Counting" in uncertainty_budget(sizes(3), SCALE, MOVED).unknown
    nothing = uncertainty_budget(sizes(0), SCALE, MOVED)
    assert np.isnan([*nothing.combined, nothing.mean, nothing.expanded[0].low]).all()


def test_it_is_said_what_the_budget_does_not_hold() -> None:
    assert any("calibration" in sentence for sentence in NOT_INCLUDED)
