"""The page Sizes: every tab, the histogram's selection, and very few particles."""

import re
from typing import Any

import numpy as np
import pytest
from drawing import Particle
from ui.visitor import IMAGE, SIZES, Visitor, png, to_8_bits

from nanotem.parameters import knobs
from nanotem.statistics import histogram_bins
from nanotem.statistics.params import SizeParams

TABS = (
    "Distribution",
    "Fits",
    "Families",
    "By area, by volume",
    "Arrangement",
    "Enough particles?",
    "Uncertainty",
    "Shapes",
    "Table",
)
SMALL, LARGE = 14, 30
TWO_FAMILIES = [
    Particle(30 + 50 * row, 30 + 50 * column, (SMALL if (row + column) % 3 else LARGE) + (7 * row + column) % 5 / 2)
    for row in range(7)
    for column in range(8)
]
FILE = png(to_8_bits(*TWO_FAMILIES, side_px=60))


@pytest.fixture
def visitor() -> Visitor:
    return Visitor().upload("two families.png", FILE).visit(SIZES)


def select_bars(visitor: Visitor, *bars: int) -> Visitor:
    """Select bars of the histogram as a click on them does."""
    points: list[dict[str, Any]] = [
        {"curve_number": 0, "point_number": bar, "point_index": bar, "customdata": bar} for bar in bars
    ]
    visitor.app.session_state["histogram"] = {
        "selection": {"points": points, "point_indices": list(bars), "box": [], "lasso": []}
    }
    return visitor.run()


def shown_on(visitor: Visitor, tab: str) -> set[str]:
    """Open a tab and return what kinds of elements it shows."""
    visitor.open_tab(tab)
    opened = next(block for block in visitor.app.tabs if block.label == tab)
    return {element.type for element in opened}


def n_highlighted(visitor: Visitor) -> int | None:
    """Return how many particles the page says are highlighted, None if it says nothing."""
    found = [re.match(r"(\d+) particles? (is|are) highlighted", caption.value) for caption in visitor.app.caption]
    return next((int(match[1]) for match in found if match), None)


def test_selected_bars_light_up_their_particles(visitor) -> None:
    visitor.turn("sizes.bin_rule", "count").turn("sizes.n_bins", 10)
    assert n_highlighted(visitor) is None
    sizes = visitor.particle_table()["diameter_px"]
    counts, _ = np.histogram(sizes, histogram_bins(sizes, rule="count", n_bins=10, least_width=1))
    visitor.open_tab("Distribution")
    for bar in (0, len(counts) - 1):
        assert n_highlighted(select_bars(visitor, bar)) == counts[bar]
    assert n_highlighted(select_bars(visitor, *range(len(counts)))) == len(TWO_FAMILIES)
    assert n_highlighted(select_bars(visitor)) is None


@pytest.mark.parametrize("n_particles", [1, 2, 3])
@pytest.mark.parametrize("diameters", ["equal", "unequal"])
def test_very_few_particles_on_every_tab(n_particles, diameters) -> None:
    step_px = {"equal": 0, "unequal": 9}[diameters]
    few = [Particle(60, 60 + 90 * place, 20 + step_px * place) for place in range(n_particles)]
    visitor = Visitor().upload("few.png", png(to_8_bits(*few, side_px=90))).visit(SIZES)
    assert visitor.metrics["Measured"] == str(n_particles)
    for tab in TABS:
        assert shown_on(visitor, tab)


def test_every_tab_has_a_chart_or_a_table(visitor) -> None:
    for tab in TABS:
        assert {"plotly_chart", "dataframe", "table"} & shown_on(visitor, tab)


def test_every_choice_runs_on_the_tabs_that_it_concerns(visitor) -> None:
    for name, knob in knobs(SizeParams).items():
        for choice in knob.choices:
            visitor.turn(f"sizes.{name}", choice)
            for tab in TABS[:4]:
                assert not visitor.open_tab(tab).app.error


def test_a_radius_is_half_a_diameter(visitor) -> None:
    diameter = float(visitor.metrics["Median (D50)"].split()[0])
    visitor.turn("sizes.quantity", "radius")
    assert float(visitor.metrics["Median (D50)"].split()[0]) == pytest.approx(diameter / 2, rel=0.01)


def test_resolved_families_have_a_line_each_at_the_top(visitor) -> None:
    lines = [markdown.value for markdown in visitor.app.markdown if markdown.value.startswith("Family ")]
    assert [line.partition(":")[0] for line in lines] == ["Family 1", "Family 2"]
    visitor.turn("sizes.families", "one")
    assert not [markdown for markdown in visitor.app.markdown if markdown.value.startswith("Family ")]


def test_numbers_at_the_top_are_of_what_particles_count_for(visitor) -> None:
    low, high = re.fullmatch(r"[\d.]+?(\.\d+)? to [\d.]+?(\.\d+)? px", visitor.metrics["D10 to D90"]).groups("")
    assert len(low) == len(high)
    on_top = next(caption.value for caption in visitor.app.caption if "on top" in caption.value)
    assert re.search(r"for all particles alike: ±\d+\.\d\u00a0% of the outlines\.$", on_top)
    by_number = float(visitor.metrics["Median (D50)"].split()[0])
    visitor.turn("sizes.weighting", "area")
    assert float(visitor.metrics["D50 by area"].split()[0]) > by_number
    assert "Span by area" in visitor.metrics
    assert any("says nothing about height" in caption.value for caption in visitor.app.caption)


def test_dispersion_needs_a_metal_and_a_scale(visitor) -> None:
    visitor.open_tab("By area, by volume").turn("sizes.metal", "Pt")
    assert any("set the scale" in message for message in visitor.messages)
    visitor.visit(IMAGE).type_scale(0.5).visit(SIZES).open_tab("By area, by volume")
    assert any("Dispersion" in table.value.index for table in visitor.app.table)


def test_growth_laws_are_tested_when_asked(visitor) -> None:
    visitor.open_tab("Fits")
    n_tables = len(visitor.app.table)
    visitor.set("growth_laws", True)
    assert len(visitor.app.table) == n_tables + 1
    assert set(visitor.app.table[1].value.index) == {"normal", "log-normal", "Weibull", "LSW"}


def test_a_cut_divides_the_two_families(visitor) -> None:
    n_small = sum(one.diameter_px < (SMALL + LARGE) / 2 for one in TWO_FAMILIES)
    visitor.turn("sizes.families", "cut").turn("sizes.cut", (SMALL + LARGE) / 2).open_tab("Families")
    assert visitor.app.table[0].value["Particles"].to_list() == [n_small, len(TWO_FAMILIES) - n_small]


def test_a_cut_beyond_every_size_leaves_one_family_empty(visitor) -> None:
    visitor.turn("sizes.families", "cut").turn("sizes.cut", 1e5).open_tab("Families")
    assert visitor.app.table[0].value["Particles"].to_list() == [len(TWO_FAMILIES), 0]


def test_no_curve_at_all(visitor) -> None:
    curves = next(group for group in visitor.app.button_group if group.label == "Curves")
    visitor.set(curves.key, [])
    assert n_highlighted(select_bars(visitor, 0)) > 0


def test_downloads_are_named_after_the_image(visitor) -> None:
    for tab, content in {
        "Fits": "fits",
        "Families": "families",
        "By area, by volume": "weighted",
        "Arrangement": "arrangement",
        "Enough particles?": "enough",
        "Uncertainty": "budget",
        "Table": "particles",
    }.items():
        visitor.open_tab(tab)
        keys = {button.key for button in visitor.app.download_button}
        assert f"download.two families.{content}.csv" in keys
    assert len(visitor.open_tab("Fits").app.table) == 2
    assert "download.two families.summary.csv" in {button.key for button in visitor.app.download_button}
