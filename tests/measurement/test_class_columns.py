"""Names given by hand, unknown particles, and the class columns of the particle table."""

import pandas as pd
import pytest

from nanotem.measurement.class_columns import BY_HAND, CUT, UNKNOWN, accepted, answers, with_classes, with_names
from nanotem.measurement.columns import CLASSIFIED_COLUMNS, COLUMNS, MEASURED_COLUMNS
from nanotem.morphology.class_summary import summarise_classes
from nanotem.statistics.sizes import Sizes

CLASSES = pd.DataFrame(
    {
        "label": [1, 2, 5, 8],
        "outline": pd.Series(["hexagon", "circle", "hexagon", "rod"], dtype=str),
        "outline_probability": [0.9, 0.4, 0.8, 0.99],
        "outline_by_geometry": pd.Series(["hexagon", "circle", "hexagon", "rod"], dtype=str),
        "solid": pd.Series(["ICO", "sphere", "ICO", "rod"], dtype=str),
        "probability": [0.8, 0.7, 0.6, 0.9],
        "plausible": pd.Series(["ICO or OH", "sphere", "ICO", "rod"], dtype=str),
        "group": pd.Series(["", "", "", ""], dtype=str),
        "known": [True, True, False, False],
        "reason": pd.Series(["", "", "unfamiliar", "cut by the frame"], dtype=str),
    }
)
PARTICLES = pd.DataFrame({"label": [1, 2, 5, 8], "flags": pd.Series(["", "", "", "touches_frame"], dtype=str)})


def test_without_names_nothing_changes() -> None:
    pd.testing.assert_frame_equal(with_names(CLASSES, {}, {}), CLASSES)


def test_a_name_takes_the_place_of_the_networks_answer() -> None:
    named = with_names(CLASSES, {2: "ellipse"}, {5: "OH", 99: "rod"}).set_index("label")
    assert named.loc[2, "outline"] == "ellipse"
    assert named.loc[[1, 5, 8], "outline"].tolist() == ["hexagon", "hexagon", "rod"]
    five = named.loc[5]
    assert (five["solid"], five["plausible"], five["known"], five["reason"]) == ("OH", "OH", True, BY_HAND)
    assert named[["outline_probability", "probability"]].isna().sum().tolist() == [1, 1]
    assert CLASSES.loc[2, "solid"] == "ICO"


def test_what_is_not_accepted_is_unknown_and_what_is_cut_says_so() -> None:
    solids = answers(CLASSES, PARTICLES, "solid", least_probability=0.5)
    assert solids.tolist() == ["ICO", "sphere", UNKNOWN, CUT]
    outlines = answers(CLASSES, PARTICLES, "outline", least_probability=0.5)
    assert outlines.tolist() == ["hexagon", UNKNOWN, "hexagon", CUT]
    named = answers(with_names(CLASSES, {2: "circle", 8: "rod"}, {}), PARTICLES, "outline", least_probability=0.5)
    assert named.tolist() == ["hexagon", "circle", "hexagon", "rod"]


def test_a_particle_whose_solid_is_not_told_counts_as_its_group() -> None:
    grouped = CLASSES.assign(group=pd.Series(["", "", "hexagonal", ""], dtype=str))
    assert answers(grouped, PARTICLES, "solid", least_probability=0.5).tolist() == [
        "ICO",
        "sphere",
        "hexagonal",
        CUT,
    ]
    assert accepted(with_classes(PARTICLES, grouped), "solid")[2] == "hexagonal"
    assert accepted(grouped.drop(columns="group"), "solid")[2] == UNKNOWN
    assert with_names(grouped, {}, {5: "OH"})["group"].tolist() == ["", "", "", ""]


def test_a_particle_counts_as_unknown_where_its_solid_is_not_known() -> None:
    table = with_classes(PARTICLES, CLASSES[:3])
    assert accepted(table, "solid")[:3].tolist() == ["ICO", "sphere", UNKNOWN]
    assert accepted(table, "solid").isna().tolist() == [False, False, False, True]
    assert accepted(table, "outline")[:3].tolist() == ["hexagon", "circle", "hexagon"]
    assert accepted(table.drop(columns="known"), "solid")[2] == "ICO"


def test_the_particle_table_gets_the_columns_that_the_dictionary_explains() -> None:
    table = with_classes(PARTICLES.iloc[::-1], CLASSES)
    assert list(table) == ["label", "flags", *CLASSIFIED_COLUMNS]
    assert table["solid"].tolist() == ["rod", "ICO", "sphere", "ICO"]
    assert {name: str(table[name].dtype) for name in CLASSIFIED_COLUMNS} == {
        name: COLUMNS[name].dtype for name in CLASSIFIED_COLUMNS
    }
    assert not set(CLASSIFIED_COLUMNS) & set(MEASURED_COLUMNS)
    assert list(with_classes(PARTICLES.iloc[:0], CLASSES.iloc[:0])) == list(table)


def sizes(labels: list[int], values: list[float]) -> Sizes:
    columns = (pd.Series(one, dtype=float).to_numpy() for one in (labels, values, [1.0] * len(labels)))
    return Sizes(*columns, unit="nm", name="Diameter", px_per_unit=1, n_cut=1)


def test_classes_are_counted_and_measured() -> None:
    labels = pd.Series(range(1, 101))
    found = pd.Series(["ICO"] * 60 + ["rod"] * 30 + [UNKNOWN] * 9 + ["OH"])
    table = summarise_classes(found, labels, sizes([*range(1, 100)], [10.0] * 60 + [20.0, 22.0] * 15 + [5.0] * 9))
    assert table["class"].tolist() == ["ICO", "rod", UNKNOWN]
    assert table["n"].tolist() == [60, 30, 9]
    ico = table.iloc[0]
    assert ico["share"] == pytest.approx(60 / 99)
    assert ico["share_low"] < 60 / 99 < ico["share_high"]
    assert table["mean"].tolist() == pytest.approx([10, 21, 5])
    assert table.loc[1, "mean_low"] < 21 < table.loc[1, "mean_high"]


def test_no_particles_give_an_empty_summary_of_the_same_types() -> None:
    full = summarise_classes(pd.Series(["ICO"]), pd.Series([1]), sizes([1], [4.0]))
    empty = summarise_classes(pd.Series([], dtype=str), pd.Series([], dtype=int), sizes([], []))
    assert empty.empty
    assert empty.dtypes.equals(full.dtypes)
