"""Which solids can show an outline."""

from nanotem.morphology.hierarchy import possible_solids

TABLE = {"OH": {"hexagon": 0.8, "square": 0.2}, "ICO": {"hexagon": 0.995, "circle": 0.005}, "TD": {"triangle": 1.0}}


def test_solids_that_show_an_outline_are_possible():
    assert possible_solids(TABLE, ["hexagon"]) == {"OH", "ICO"}
    assert possible_solids(TABLE, ["square", "triangle"]) == {"OH", "TD"}


def test_a_view_rarer_than_1_in_100_does_not_count():
    assert possible_solids(TABLE, ["circle", "triangle"]) == {"TD"}


def test_an_outline_that_none_shows_excludes_none():
    assert possible_solids(TABLE, ["pentagon"]) == {"OH", "ICO", "TD"}
