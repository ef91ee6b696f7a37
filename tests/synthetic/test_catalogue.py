from math import pi

import numpy as np
import pytest

from nanotem.morphology.classes import POLYHEDRA, SOLID_CLASSES
from nanotem.synthetic.catalogue import draw_body
from nanotem.synthetic.polyhedra import Solid

TEXTBOOK_FACES = {"CUBO": 14, "DEC": 10, "DODECA": 12, "FCC_CUBE": 6, "ICO": 20, "OH": 8, "TD": 4, "TPT": 8}


def test_the_polyhedra_are_classes_too() -> None:
    assert set(POLYHEDRA) == set(TEXTBOOK_FACES)
    assert set(POLYHEDRA) < set(SOLID_CLASSES)


@pytest.mark.parametrize("name", SOLID_CLASSES)
def test_a_body_has_its_class_and_the_volume_of_a_sphere_of_diameter_1(name) -> None:
    for seed in range(6):
        body = draw_body(name, np.random.default_rng(seed))
        assert body.name == name
        assert body.n_grains >= 1
        assert body.reach >= 0.499
        if isinstance(body, Solid):
            assert body.volume == pytest.approx(pi / 6)


@pytest.mark.parametrize(("name", "n_faces"), TEXTBOOK_FACES.items())
def test_ideal_polyhedra_are_those_of_the_textbook(name, n_faces) -> None:
    solid = draw_body(name, np.random.default_rng(0), ideal=True)
    assert np.count_nonzero(solid.hull.face_areas() > 1e-9) == n_faces


def test_the_same_seed_gives_the_same_body() -> None:
    reaches = [draw_body("DEC", np.random.default_rng(seed)).reach for seed in (1, 1, 3)]
    assert reaches[0] == reaches[1] != reaches[2]
