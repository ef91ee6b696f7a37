"""Which outlines drawn solids show."""

from nanotem.morphology.tasks import task_named
from nanotem.training.shapes.coincidences import coincidences
from nanotem.training.shapes.drawn_crops import draw_crops


def test_cubes_look_square_and_tetrahedra_triangular():
    crops, classes = draw_crops("solid", 60, seed=4, classes=["FCC_CUBE", "TD", "sphere"])
    table = coincidences(crops, classes, task_named("solid").classes)
    assert table["FCC_CUBE"]["square"] > 0.4
    assert table["TD"]["triangle"] > 0.4
    assert table["sphere"]["circle"] > 0.8
    assert sum(table["TD"].values()) > 0.99
    assert table["OH"] == {}
