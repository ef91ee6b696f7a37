"""The list of particles that a person told, and particles found anew."""

import cv2
import numpy as np
import pandas as pd

from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.training.shapes.published import LIST, told_particles


def test_the_list_names_only_what_a_network_can_say():
    table = pd.read_csv(LIST, keep_default_na=False)
    assert set(table["outline"]) <= {*OUTLINE_CLASSES}
    assert set(table["solid"]) <= {*SOLID_CLASSES, ""}
    assert not table.duplicated(["file", "row", "column"]).any()
    assert (table["file"].nunique(), len(table)) >= (60, 1900)


def test_particles_are_found_anew_where_they_are_as_they_were(tmp_path):
    picture = np.full((120, 160), 190, np.uint8)
    for x in (40, 100):
        cv2.circle(picture, (x, 60), 15, 70, -1)
    (tmp_path / "some.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    rows = [("some.png", 60, 40, 30.5, "circle", "sphere"), ("some.png", 60, 100, 60.0, "circle", "sphere")]
    rows += [("some.png", 5, 5, 30.0, "square", ""), ("absent.png", 1, 1, 9.0, "square", "")]
    columns = ["file", "row", "column", "diameter_px", "outline", "solid"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "list.csv", index=False)
    (found,) = told_particles(tmp_path, tmp_path / "list.csv")
    assert (found.file, found.outlines, found.solids) == ("some.png", ["circle"], ["sphere"])
    assert found.numbers == [found.labels[60, 40]]
