"""Which solids can show an outline."""

from nanotem.morphology.examples import draw_examples
from nanotem.morphology.hierarchy import coincidences, possible_solids
from nanotem.morphology.tasks import task_named

TABLE = {"OH": {"hexagon": 0.8, "square": 0.2}, "ICO": {"hexagon": 0.995, "circle": 0.005}, "TD": {"triangle": 1.0}}


def test_solids_that_show_an_outline_are_possible():
    assert possible_solids(TABLE, ["hexagon"]) == {"OH", "ICO"}
    assert possible_solids(TABLE, ["square", "triangle"]) == {"OH", "TD"}


def test_a_view_rarer_than_1_in_100_does_not_count():
    assert possible_solids(TABLE, ["circle", "triangle"]) == {"TD"}


def test_an_outline_that_none_shows_excludes_none():
    assert possible_solids(TABLE, ["pentagon"]) == {"OH", "ICO", "TD"}


def test_cubes_look_square_and_tetrahedra_triangular():
    crops, classes = draw_examples("solid", 60, seed=4, classes=["FCC_CUBE", "TD", "sphere"])
    table = coincidences(crops, classes, task_named("solid").classes)
    assert table["FCC_CUBE"]["square"] > 0.4
    assert table["TD"]["triangle"] > 0.4
    assert table["sphere"]["circle"] > 0.8
    assert sum(table["TD"].values()) > 0.99
    assert table["OH"] == {}
