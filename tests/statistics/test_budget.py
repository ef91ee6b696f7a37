import numpy as np
import pandas as pd
import pytest

from nanotem.errors import ParameterError
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


def test_moved_parameters_are_half_widths_of_rectangles_and_add_up_as_squares() -> None:
    assert parts(sensitivity=MOVED)["Segmentation"][0] == pytest.approx(np.hypot(0.3, 0.1) / np.sqrt(3), rel=0.02)


def test_what_was_moved_is_named_also_for_a_network() -> None:
    words = ("As it is", "Least confidence lower", "Least confidence higher", "Split ratio lower", "Split ratio higher")
    for change, named in (
        (CHANGES, "threshold 3.00\u00a0%, neck ratio 1.00\u00a0%"),
        (words, "split ratio 1.00\u00a0%"),
    ):
        table = uncertainty_budget(sizes(), SCALE, MOVED.assign(change=change)).to_frame().set_index("contribution")
        assert named in table.loc["Segmentation", "basis"]


def test_where_only_a_person_found_particles_no_parameter_can_be_moved() -> None:
    found = uncertainty_budget(sizes(), SCALE, MOVED.assign(mean_diameter=np.nan), outline_px=0.2)
    assert found.unknown == ("Segmentation",)
    assert "nan" not in " ".join(found.to_frame()["basis"])


def test_an_outline_term_is_common_to_all_particles() -> None:
    for n in (40, 4000):
        found = {one.name: one for one in uncertainty_budget(sizes(n), SCALE, outline_px=0.6).contributions}
        assert (found["Outline"].mean, found["Outline"].d50) == pytest.approx((0.15, 0.15))
        assert "Pixel" not in found


def test_a_certain_segmentation_moves_nothing() -> None:
    assert parts(probabilities=np.ones(400))["Segmentation"] == pytest.approx((0, 0))


def test_doubtful_particles_move_the_mean_by_what_a_draw_of_them_would() -> None:
    values = np.concatenate([np.random.default_rng(1).normal(10, 1, 90), np.full(10, 20.0)])
    some = Sizes(np.arange(100) + 1.0, values, np.ones(100), "nm", "Diameter", 4.0, 0)
    doubts = np.where(values == 20, 0.5, 1.0)
    found = {one.name: one for one in uncertainty_budget(some, probabilities=doubts).contributions}["Segmentation"]
    small = values[:90].sum()
    means = [(small + 20 * k) / (90 + k) for k in np.random.default_rng(2).binomial(10, 0.5, 20_000)]
    assert found.mean == pytest.approx(np.sqrt(np.mean((np.array(means) - values.mean()) ** 2)), rel=0.1)
    assert "10 of 100" in found.basis


def test_probabilities_are_one_for_each_size_and_an_outline_term_is_a_number() -> None:
    for wrong in (np.ones(3), np.full(400, 1.5), np.full(400, np.nan)):
        with pytest.raises(ParameterError, match="probabilities for 400 sizes"):
            parts(probabilities=wrong)
    for wrong in (-1, np.nan):
        with pytest.raises(ParameterError, match="uncertainty of outlines"):
            parts(outline_px=wrong)


def test_without_any_likely_particle_the_segmentation_is_not_known() -> None:
    assert np.isnan(parts(probabilities=np.zeros(400))["Segmentation"]).all()


def test_a_pixel_is_a_rectangle_of_one_pixel() -> None:
    assert parts()["Pixel"] == pytest.approx((0.25 / np.sqrt(12),) * 2)


def test_contributions_add_up_as_squares_and_expand_by_two() -> None:
    found = uncertainty_budget(sizes(), SCALE, MOVED, outline_px=0.4)
    assert found.combined[0] ** 2 == pytest.approx(sum(one.mean**2 for one in found.contributions))
    assert found.combined[1] ** 2 == pytest.approx(sum(one.d50**2 for one in found.contributions))
    mean, d50 = found.expanded
    assert (mean.high - mean.value, d50.value - d50.low) == pytest.approx(tuple(2 * u for u in found.combined))
    assert found.unknown == ()


def test_what_is_not_known_is_said_and_left_out_of_the_sum() -> None:
    found = uncertainty_budget(sizes(), Scale(0.25, "typed"))
    assert found.unknown == ("Scale", "Outline", "Segmentation")
    counting, pixel = found.contributions[0], found.contributions[3]
    assert found.combined[0] == pytest.approx(np.hypot(counting.mean, pixel.mean))
    combined = found.to_frame().set_index("contribution").loc["Combined"]
    assert "not known: scale, outline, segmentation" in combined["basis"]


def test_pixels_have_no_scale() -> None:
    found = uncertainty_budget(sizes(unit="px"), None, MOVED)
    assert "Scale" not in [one.name for one in found.contributions]
    assert {one.name: one.mean for one in found.contributions}["Pixel"] == pytest.approx(1 / np.sqrt(12))


def test_the_table_has_a_row_per_contribution_and_the_sums() -> None:
    table = uncertainty_budget(sizes(), SCALE, MOVED, outline_px=0.3).to_frame()
    names = ["Counting", "Scale", "Outline", "Segmentation", "Combined", "Expanded (k = 2)"]
    assert table["contribution"].tolist() == names
    assert table["mean"].iloc[-1] == pytest.approx(2 * table["mean"].iloc[-2])
    assert not table.isna().any(axis=None)


def test_few_particles_leave_counting_unknown_and_none_leave_nothing() -> None:
    assert "Counting" in uncertainty_budget(sizes(3), SCALE, MOVED).unknown
    five = uncertainty_budget(sizes(5), SCALE, MOVED, outline_px=0.3)
    assert five.unknown == ("Counting of D50",)
    assert np.isnan(five.combined).tolist() == [False, True]
    assert five.in_words.endswith("(k = 2, at least; not known: counting of D50).")
    one = uncertainty_budget(sizes(1), SCALE, MOVED, outline_px=0.3)
    assert np.isnan(one.combined).all()
    nothing = uncertainty_budget(sizes(0), SCALE, MOVED)
    assert np.isnan([*nothing.combined, nothing.mean, nothing.expanded[0].low]).all()


def test_it_is_said_what_the_budget_does_not_hold() -> None:
    assert any("calibration" in sentence for sentence in NOT_INCLUDED)


def test_the_result_is_said_to_the_digit_of_its_uncertainty() -> None:
    known = uncertainty_budget(sizes(), SCALE, MOVED, outline_px=0.3)
    mean = known.expanded[0]
    assert known.in_words.startswith(f"Mean {mean.value:.2f} ± {mean.high - mean.value:.2f} nm, D50 ")
    assert known.in_words.endswith("(k = 2).")
    assert uncertainty_budget(sizes(), SCALE).in_words.endswith("(k = 2, at least; not known: outline, segmentation).")
