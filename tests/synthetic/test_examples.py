import hashlib

import cv2
import numpy as np
import pytest

from nanotem.calibration import find_annotations, find_scale_bar, scale_from_bar
from nanotem.errors import ParameterError
from nanotem.synthetic.examples import EXAMPLES, draw_example, example_micrograph, example_png

LABEL_NM = {"gold spheres": 50, "rods": 100, "cubes": 50, "catalyst": 20, "satellites": 100, "two families": 100}
COUNT = {"gold spheres": 150, "rods": 80, "cubes": 70, "catalyst": 110, "satellites": 230, "two families": 150}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw_example(name) for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_scale_is_found_from_the_bar(drawn, name):
    bar = find_scale_bar(drawn[name].pixels)
    scale = scale_from_bar(bar, LABEL_NM[name], "nm")
    assert scale.nm_per_px == pytest.approx(drawn[name].nm_per_px, rel=0.002)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_particle_lies_under_the_annotations(drawn, name):
    example = drawn[name]
    annotations = find_annotations(example.pixels, find_scale_bar(example.pixels))
    assert annotations.mask.any()
    assert not example.labels[annotations.mask].any()


@pytest.mark.parametrize("name", EXAMPLES)
def test_nearly_all_particles_find_room(drawn, name):
    assert 0.95 * COUNT[name] <= len(drawn[name].truth) <= COUNT[name]


def test_families_have_their_diameters(drawn):
    diameters = drawn["two families"].truth["diameter_nm"]
    assert diameters[diameters > 18].mean() == pytest.approx(24, abs=0.5)
    assert diameters[diameters < 18].mean() == pytest.approx(12, abs=0.4)


def test_micrograph_is_the_png_with_its_scale_still_to_be_found():
    png = example_png("rods")
    micrograph = example_micrograph("rods")
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(decoded, micrograph.pixels)
    assert micrograph.id == hashlib.sha256(png).hexdigest()
    assert micrograph.scale is None
    assert micrograph.name == "rods.png"


def test_examples_cannot_be_changed():
    with pytest.raises(TypeError):
        EXAMPLES["rods"] = None


def test_unknown_example_names_the_known_ones():
    with pytest.raises(ParameterError, match=r"'stars'.*gold spheres"):
        draw_example("stars")
