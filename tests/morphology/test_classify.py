"""Outline and solid combined into one answer per particle."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from nanotem.measurement import measure_particles
from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.classify import class_table
from nanotem.morphology.crops import CROP_PX
from nanotem.morphology.evidence import ShapeEvidence, kind_fits, outline_fits, shape_evidence
from nanotem.morphology.params import ClassifyParams
from nanotem.morphology.shape_numbers import ASPECT_RATIO, BAY, SHAPE_NUMBERS


def prediction(classes: tuple[str, ...], chances: dict[str, float], *, distance: float = 1.0) -> ClassPrediction:
    probabilities = np.array([[chances.get(name, 0.0) for name in classes]])
    return ClassPrediction(classes, probabilities, probabilities >= 0.1, np.zeros((1, 4)), np.array([distance]))


SHOWN = {"sphere": {"circle": 0.95, "hexagon": 0.05}, "rod": {"rod": 0.8, "hexagon": 0.2}}
"""Of no other solid it is said what outlines it shows."""
HEXAGON = prediction(OUTLINE_CLASSES, {"hexagon": 1.0})


def row(
    solid: ClassPrediction,
    params: ClassifyParams | None = None,
    flags: str = "",
    *,
    outline: ClassPrediction = HEXAGON,
    alone: ClassPrediction | None = None,
    bay: float = 0.0,
    aspect_ratio: float = 1.0,
    kind_fitting: float = 1.0,
) -> pd.Series:
    particles = pd.DataFrame({"label": [4], "flags": pd.Series([flags], dtype=str)})
    crops = np.zeros((1, CROP_PX, CROP_PX, 2), np.float32)
    numbers = np.zeros((1, len(SHAPE_NUMBERS)))
    numbers[0, [BAY, ASPECT_RATIO]] = bay, aspect_ratio
    seen = ShapeEvidence(
        crops,
        ("hexagon",),
        outline,
        solid,
        outline,
        outline,
        alone or solid,
        outline_fits(outline, solid, SHOWN, numbers),
        np.array([kind_fitting]),
        {},
    )
    return class_table(particles, seen, 5.0, params).iloc[0]


def test_a_sure_answer_is_known():
    answer = row(prediction(SOLID_CLASSES, {"ICO": 0.8, "OH": 0.2}))
    assert (answer["solid"], answer["plausible"], answer["known"], answer["reason"]) == ("ICO", "ICO or OH", True, "")
    assert (answer["group"], answer["probability"]) == ("", pytest.approx(0.8))


def test_the_network_of_solids_can_be_asked_alone():
    together, alone = (prediction(SOLID_CLASSES, {name: 0.9}) for name in ("sphere", "ICO"))
    assert row(together, alone=alone)["solid"] == "sphere"
    assert row(together, ClassifyParams(use_outline=False), alone=alone)["solid"] == "ICO"


@pytest.mark.parametrize(
    ("chances", "group"),
    [
        ({"TD": 0.4, "TPT": 0.35, "plate": 0.2}, "triangular"),
        ({"sphere": 0.4, "truncated octahedron": 0.3, "ICO": 0.25}, "nearly round"),
        ({"ICO": 0.3, "OH": 0.35, "plate": 0.3}, "hexagonal"),
        ({"rod": 0.5, "sphere": 0.5}, ""),
    ],
)
def test_what_one_projection_does_not_tell_has_a_common_name(chances, group):
    answer = row(prediction(SOLID_CLASSES, chances), ClassifyParams(least_probability=0.7))
    assert (answer["group"], answer["known"]) == (group, False)
    assert answer["reason"].startswith(group or "not sure enough")


def test_an_irregular_outline_is_no_solid():
    irregular = prediction(OUTLINE_CLASSES, {"irregular": 0.8, "circle": 0.2})
    answer = row(prediction(SOLID_CLASSES, {"sphere": 1.0}), outline=irregular)
    assert (answer["known"], answer["reason"]) == (False, "its outline is irregular")


def test_a_solid_is_not_accepted_where_its_outline_is_another_one():
    answer = row(prediction(SOLID_CLASSES, {"sphere": 1.0}))
    assert (answer["solid"], answer["known"]) == ("sphere", False)
    assert answer["reason"] == "its outline is not one that this solid shows"
    assert row(prediction(SOLID_CLASSES, {"sphere": 1.0}), ClassifyParams(use_outline=False))["known"]
    assert row(prediction(SOLID_CLASSES, {"rod": 1.0}), bay=0.1)["known"]
    assert row(prediction(SOLID_CLASSES, {"rod": 1.0}), bay=0.2)["reason"] == answer["reason"]
    assert row(prediction(SOLID_CLASSES, {"ICO": 1.0}), bay=0.2)["known"]


def test_what_is_longer_than_a_sphere_is_none():
    circle, sphere = prediction(OUTLINE_CLASSES, {"circle": 1.0}), prediction(SOLID_CLASSES, {"sphere": 1.0})
    assert row(sphere, outline=circle, aspect_ratio=1.15)["known"]
    assert "outline" in row(sphere, outline=circle, aspect_ratio=1.25)["reason"]
    assert row(prediction(SOLID_CLASSES, {"ICO": 1.0}), outline=circle, aspect_ratio=1.25)["known"]
    open_to_both = prediction(OUTLINE_CLASSES, {"circle": 0.6, "hexagon": 0.4})
    assert row(prediction(SOLID_CLASSES, {"sphere": 1.0}), outline=open_to_both)["known"]


def kinds(solids: list[str], fitting: list[float], aspect_ratios: list[float], counted: list[bool]) -> list[float]:
    n = len(solids)
    chances = np.eye(len(SOLID_CLASSES))[[SOLID_CLASSES.index(name) for name in solids]]
    said = ClassPrediction(SOLID_CLASSES, chances, chances > 0.5, np.zeros((n, 4)), np.zeros(n))
    numbers = np.zeros((n, len(SHAPE_NUMBERS)))
    numbers[:, ASPECT_RATIO] = aspect_ratios
    return kind_fits(np.array(fitting), said, numbers, np.array(counted)).tolist()


def test_the_round_ones_among_ellipsoids_are_no_spheres():
    ellipsoids = [1.17, 1.18, 1.19, 1.24]
    assert kinds(["sphere"] * 4, [1, 1, 1, 0], ellipsoids, [True] * 4) == [0] * 4
    assert kinds(["sphere"] * 4, [1, 1, 1, 0], [1.02, 1.05, 1.19, 1.24], [True] * 4) == [1] * 4
    beside_spheres = [*ellipsoids, 1.02, 1.03, 1.04, 1.05, 1.02]
    assert kinds(["sphere"] * 9, [1.0] * 9, beside_spheres, [True] * 9) == [1] * 9
    assert kinds(["ICO"] * 4, [1, 1, 1, 0], ellipsoids, [True] * 4) == [1] * 4


def test_a_solid_whose_outline_most_do_not_show_is_none_of_them():
    solids, fitting = ["rod"] * 5 + ["FCC_CUBE"], [0.1, 0.2, 0.3, 0.9, 1.0, 0.9]
    assert kinds(solids, fitting, [1.0] * 6, [True] * 6) == [0.3] * 5 + [0.9]
    assert kinds(solids, fitting, [1.0] * 6, [False, False, *[True] * 4]) == [0.9] * 6
    assert kinds(solids, fitting, [1.0] * 6, [True] * 5 + [False]) == [0.3] * 5 + [1]


def test_what_most_of_its_kind_do_not_show_is_not_accepted():
    solid = prediction(SOLID_CLASSES, {"sphere": 1.0})
    circle = prediction(OUTLINE_CLASSES, {"circle": 1.0})
    answer = row(solid, outline=circle, kind_fitting=0.3)
    assert (answer["known"], answer["reason"]) == (
        False,
        "most in the image that look like this solid have outlines that it does not show",
    )
    assert row(solid, ClassifyParams(use_outline=False), outline=circle, kind_fitting=0.3)["known"]


@pytest.mark.parametrize(
    ("chances", "params", "flags", "reason"),
    [
        ({"ICO": 0.4, "rod": 0.3, "bipyramid": 0.3}, None, "", "not sure enough"),
        ({"other": 1.0}, None, "", "looks like none of the solids"),
        ({"rod": 1.0}, ClassifyParams(question="polyhedra"), "", "not one of the solids asked for"),
        ({"ICO": 1.0}, None, "touches_frame", "cut by the frame"),
        ({"ICO": 1.0}, None, "few_pixels", "too few pixels"),
    ],
)
def test_doubtful_ones_are_unknown_and_say_why(chances, params, flags, reason):
    answer = row(prediction(SOLID_CLASSES, chances), params, flags)
    assert (answer["known"], answer["reason"]) == (False, reason)


def test_what_lies_far_from_all_is_unknown_unless_told_otherwise():
    far = prediction(SOLID_CLASSES, {"ICO": 1.0}, distance=9.0)
    assert row(far)["reason"] == "unfamiliar"
    assert row(far, ClassifyParams(refuse_unfamiliar=False))["known"]


def test_a_whole_image_at_once(models):
    labels = np.zeros((100, 120), np.int32)
    labels[20:50, 20:50] = 2
    labels[60:80, 70:100] = 9
    pixels = 200 - 100.0 * (labels > 0)
    particles = measure_particles(labels, pixels)
    both = Classifier.load("outline", models), Classifier.load("solid", models)
    table = class_table(particles, shape_evidence(pixels, labels, particles, *both), 5.0)
    assert table["label"].tolist() == [2, 9]
    assert set(table["solid"]) <= set(SOLID_CLASSES)
    none = particles.iloc[:0]
    nothing = class_table(none, shape_evidence(pixels, np.zeros_like(labels), none, *both), 5.0)
    assert list(nothing) == list(table)
    assert nothing.empty
    assert nothing.dtypes.equals(table.dtypes)


def test_classes_take_no_tensorflow():
    code = (
        "import sys, cv2, numpy as np, nanotem, nanotem.ui.classification.sections\n"
        "from nanotem.readers import read_micrograph\n"
        "rows, columns = np.indices((96, 96)) % 48 - 24\n"
        "pixels = np.where(rows**2 + columns**2 < 200, 90, 180).astype(np.uint8)\n"
        "micrograph = read_micrograph(cv2.imencode('.png', pixels)[1].tobytes(), 'discs.png')\n"
        "found = nanotem.analyse(micrograph, with_shapes=True)\n"
        "print(len(found.classes), {'tensorflow', 'keras'} & set(sys.modules) or 'none', *found.provenance.versions)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    n, heavy, *versions = run.stdout.split()
    assert (n, heavy) == ("4", "none")
    assert "onnxruntime" in versions
