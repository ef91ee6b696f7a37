"""The command that says what shape every particle has."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawing import Particle, draw, with_noise
from random_models import save_random_models
from saved import saved_text
from typer.testing import CliRunner, Result

from nanotem.__main__ import app
from nanotem.analysis import analyse
from nanotem.edits.edits import Name, target_of
from nanotem.errors import UnreadableFileError
from nanotem.measurement import measure_particles
from nanotem.morphology.classes import OUTLINE_CLASSES, SOLID_CLASSES
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.classify import class_table
from nanotem.morphology.evidence import shape_evidence
from nanotem.morphology.params import ClassifyParams
from nanotem.networks.errors import ModelError
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.recipe.file import write_recipe

IMAGE, LABELS = draw((120, 200), [Particle(40, 40, 40), Particle(60, 120, 24, 70), Particle(95, 30, 30)])


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_random_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "discs.png"
    cv2.imwrite(str(path), with_noise(IMAGE, 2).round().astype(np.uint8))
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "labels.png"
    cv2.imwrite(str(path), np.where(LABELS > 0, 10 * LABELS, 0).astype(np.uint8))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["classify", *(str(argument) for argument in arguments)])


def particles_of(result: Result) -> list[dict]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["particles"]


def test_the_answers_are_those_of_the_library(image: Path, truth: Path, models: Path) -> None:
    answers = particles_of(run(image, "--labels", truth, "--models", models, "--json"))
    pixels, labels = read_file(image).pixels, 10 * LABELS
    networks = Classifier.load("outline", models), Classifier.load("solid", models)
    particles = measure_particles(labels, pixels)
    seen = shape_evidence(pixels, labels, particles, *networks)
    expected = class_table(particles, seen, networks[1].card.largest_distance)
    assert [one["label"] for one in answers] == [10, 20, 30]
    for one, row in zip(answers, expected.to_dict("records"), strict=True):
        assert list(one) == ["label", "outline", "solid", "probability", "plausible", "known", "group"]
        assert one["outline"] == row["outline"] in OUTLINE_CLASSES
        assert one["solid"] == row["solid"] in SOLID_CLASSES
        assert one["probability"] == pytest.approx(row["probability"])
        assert one["plausible"] == row["plausible"].split(" or ")
        assert one["known"] == row["known"]


def test_without_labels_particles_are_found_and_the_recipe_is_obeyed(image: Path, models: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "strict.toml"
    recipe.write_text(write_recipe(Recipe(classify=ClassifyParams(least_probability=1.0))))
    answers = particles_of(run(image, "--recipe", recipe, "--models", models, "--json"))
    assert len(answers) == 3
    assert [one["known"] for one in answers] == [one["probability"] == 1 for one in answers]


def test_names_given_by_hand_are_replayed(image: Path, models: Path, tmp_path: Path) -> None:
    micrograph = read_file(image)
    labels = analyse(micrograph).segmentation.labels
    name = Name((target_of(labels, int(labels[40, 40])),), "solid", "ICO")
    saved = tmp_path / "saved.toml"
    saved.write_text(saved_text(micrograph, edits=[name]))
    answers = particles_of(run(image, "--recipe", saved, "--models", models, "--json"))
    named = next(one for one in answers if one["label"] == labels[40, 40])
    assert (named["solid"], named["plausible"], named["known"]) == ("ICO", ["ICO"], True)
    assert named["probability"] is None


def test_a_summary_for_people(image: Path, truth: Path, models: Path) -> None:
    result = run(image, "--labels", truth, "--models", models)
    first, *others = result.stdout.splitlines()
    assert first.startswith("discs.png: 3 particles: ")
    assert [line.partition(":")[0] for line in others] == [
        *("10", "20", "30"),
        "Population by outline",
        "Population by solid",
    ]


def test_the_population_is_told_and_counts_what_a_person_named(image: Path, models: Path, tmp_path: Path):
    micrograph = read_file(image)
    labels = analyse(micrograph).segmentation.labels
    names = [Name((target_of(labels, int(label)),), "solid", "ICO") for label in np.unique(labels[labels > 0])]
    saved = tmp_path / "saved.toml"
    saved.write_text(saved_text(micrograph, edits=names))
    found = json.loads(run(image, "--recipe", saved, "--models", models, "--json").stdout)["population"]
    assert [(row["class"], row["share"], row["share_high"]) for row in found["solid"]] == [("ICO", 1.0, 1.0)]
    assert all(0 <= row["share_low"] <= row["share"] <= row["share_high"] <= 1 for row in found["outline"])
    assert {row["class"] for row in found["outline"]} <= {*OUTLINE_CLASSES}


def test_analyse_tells_the_same_population_if_asked(image: Path, models: Path, tmp_path: Path):
    population = json.loads(run(image, "--models", models, "--json").stdout)["population"]
    arguments = ["analyse", str(image), "--models", str(models), "--shapes", "--out", str(tmp_path), "--json"]
    (found,) = json.loads(CliRunner().invoke(app, arguments).stdout)["images"]
    assert found["population"] == population
    assert list(population) == ["outline", "solid"]
    assert {"outline", "solid"} <= set(Path(found["particles"]).read_text().splitlines()[0].split(","))


def test_no_particles_are_a_result(models: Path, image: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.png"
    cv2.imwrite(str(nothing), np.zeros(LABELS.shape, np.uint8))
    assert particles_of(run(image, "--labels", nothing, "--models", models, "--json")) == []
    assert run(image, "--labels", nothing, "--models", models).stdout == "discs.png: 0 particles\n"


def test_what_is_missing_is_named(image: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert isinstance(run(absent, "--json").exception, UnreadableFileError)
    missing = run(image, "--labels", absent).exception
    assert isinstance(missing, UnreadableFileError)
    assert "absent cannot be opened" in str(missing)
    assert isinstance(run(image, "--models", absent).exception, ModelError)


def test_a_particle_that_the_frame_cuts_has_no_class(tmp_path: Path, models: Path) -> None:
    pixels = draw((120, 200), [Particle(40, 40, 40), Particle(60, 198, 30)])[0]
    cv2.imwrite(str(path := tmp_path / "cut.png"), with_noise(pixels, 2).round().astype(np.uint8))
    lines = run(path, "--models", models).stdout.splitlines()
    assert "1 cut by the frame" in lines[0]
    assert [line.endswith(": cut by the frame") for line in lines[1:3]].count(True) == 1
