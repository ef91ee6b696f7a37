"""Sizes as tables of words: every number to the digit of its uncertainty, and the same numbers as elsewhere."""

import re
from dataclasses import replace

import numpy as np
import pytest
from reported import analysis

from nanotem.analysis import analyse
from nanotem.recipe import Recipe
from nanotem.report.size_tables import (
    arrangement_table,
    budget_table,
    family_table,
    headline,
    metal_table,
    sufficiency_words,
    summary_table,
    weighted_notes,
    weighted_table,
)
from nanotem.statistics import METALS, sufficiency_table
from nanotem.statistics.params import SizeParams
from nanotem.statistics.sizes import Sizes
from nanotem.summary import budget_of
from nanotem.synthetic.simulate import simulate


def drawn(n: int = 400, sd: float = 0.2, *, seed: int = 5, unit: str = "nm") -> Sizes:
    values = 8 * np.exp(np.random.default_rng(seed).normal(0, sd, n))
    return Sizes(np.arange(n) + 1.0, values, np.ones(n), unit, "Diameter", 4.0, 0)


def test_the_headline_is_of_what_particles_count_for() -> None:
    sizes = drawn()
    assert [title for title, _, _ in headline(sizes)] == ["Mean diameter", "Standard deviation", "Median (D50)"]
    by_area = headline(sizes, "area")
    assert [title for title, _, _ in by_area] == ["D[3,2], mean by area", "Span by area", "D50 by area"]
    assert [unit for _, _, unit in by_area] == ["nm", "", "nm"]
    d = sizes.values
    assert by_area[0][1].value == pytest.approx((d**3).sum() / (d**2).sum())


def test_the_weighted_table_has_a_row_for_each_weighting() -> None:
    sizes = drawn()
    table = weighted_table(sizes)
    assert table["Each particle counts"].to_list() == ["By number", "By length", "By area", "By volume"]
    means = [float(re.search(r"= ([\d.]+)", words)[1]) for words in table["Mean (nm)"]]
    d = sizes.values
    assert means == pytest.approx([(d ** (r + 1)).sum() / (d**r).sum() for r in range(4)], abs=0.005)
    assert weighted_notes(sizes) == []


def test_what_has_no_interval_says_why_once() -> None:
    notes = weighted_notes(drawn(20))
    assert len(notes) == len({note.partition(": ")[2] for note in notes}) > 0
    assert all("needed" in note or "interval" in note for note in notes)


def test_the_summary_is_that_of_the_sizes() -> None:
    sizes = drawn()
    table = summary_table(sizes.summary, "nm").set_index("Quantity").iloc[:, 0]
    assert table["Mean"] == sizes.summary.mean.in_words("nm")
    assert table["Log-normal fit, geometric standard deviation"] == sizes.summary.log_normal.geometric_sd.in_words()


def test_families_divided_by_hand_have_their_own_gaussian() -> None:
    sizes = drawn()
    assert "Gaussian fitted to the bars" not in family_table(sizes.families(SizeParams()), "nm")
    cut = family_table(sizes.families(SizeParams(families="cut", cut=8.0)), "nm")
    assert cut["Particles"].to_list() == [int((sizes.values < 8).sum()), int((sizes.values >= 8).sum())]
    assert cut["Gaussian fitted to the bars"].str.contains("sd|no fit").all()


def test_numbers_that_are_needed_are_whole() -> None:
    sizes = drawn()
    words = sufficiency_words(sufficiency_table(sizes.values))
    assert words["Known to"].str.fullmatch(r"±\d+\.\d\u00a0%").all()
    assert words.filter(like="±").dtypes.eq("int64").all()


def test_particles_per_area_are_per_square_micrometre_with_a_scale() -> None:
    with_scale = arrangement_table(analysis().arrangement).set_index("Quantity").iloc[:, 0]
    assert "per µm²" in with_scale["Number density"]
    in_px = arrangement_table(analysis(scale=None).arrangement).set_index("Quantity").iloc[:, 0]
    assert "1/px²" in in_px["Number density"]


def test_dispersion_needs_a_metal_and_a_scale() -> None:
    platinum = Recipe(sizes=SizeParams(metal="Pt"))
    surface = analysis(platinum).metal_surface
    table = metal_table(surface).set_index("Quantity").iloc[:, 0]
    assert table["Dispersion"] == surface.dispersion.in_words()
    assert "m²/g" in table["Specific surface"]
    assert analysis().metal_surface is None
    assert analysis(platinum, scale=None).metal_surface is None


@pytest.mark.parametrize("metal", METALS)
def test_every_metal_can_be_named_in_a_recipe(metal) -> None:
    assert SizeParams(metal=metal).metal == metal


def test_the_budget_has_two_figures_of_each_uncertainty() -> None:
    table = budget_table(budget_of(analysis()))
    assert table["Contribution"].to_list()[-1] == "Expanded (k = 2)"
    mean = table.set_index("Contribution")["Mean (nm)"]
    assert mean["Segmentation"] == "–"
    assert re.fullmatch(r"0\.\d\d|1\.\d", mean["Combined"])


def test_the_outline_term_is_what_the_fit_of_the_edges_says() -> None:
    one = analysis()
    budget = budget_of(one)
    assert budget.unknown == ("Segmentation",)
    outline = next(part for part in budget.contributions if part.name == "Outline")
    expected = one.outlines.report.relative_uncertainty * one.diameters.summary.mean.value
    assert outline.mean == pytest.approx(expected)


def test_what_the_judge_doubts_is_the_term_of_segmentation() -> None:
    found = analyse(simulate(n_particles=20, side_px=512, seed=3).micrograph)
    parts = {part.name: part for part in budget_of(found).contributions}
    assert parts["Segmentation"].mean >= 0
    assert "by their probability" in parts["Segmentation"].basis
    doubted = replace(found.segmentation, confidence=dict.fromkeys(found.segmentation.confidence, 0.5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(found), "segmentation", doubted)
        unsure = {part.name: part for part in budget_of(found).contributions}
    assert unsure["Segmentation"].mean > 2 * parts["Segmentation"].mean


def test_without_particles_no_outline_is_known() -> None:
    assert "Outline" in budget_of(analysis(blank=True)).unknown
