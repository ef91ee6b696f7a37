import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from recipes import BY_NECK
from saved import saved_text
from typer.testing import CliRunner

from nanotem.analysis import Analysis, ScaleRule
from nanotem.analysis_file import read_analysis
from nanotem.commands import app
from nanotem.commands.lattices import _described, as_dict, lattices_of_files
from nanotem.micrograph import Scale
from nanotem.readers import read_file
from nanotem.recipe.file import write_recipe
from nanotem.synthetic.fringes import Crystal, draw_crystals


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    gold = Crystal("Au", (1, 1, 0), 5.0, 85, 85)
    drawn = draw_crystals([gold], shape=(170, 170), nm_per_px=0.04, rng=np.random.default_rng(2))
    path = tmp_path_factory.mktemp("gold") / "gold.png"
    path.write_bytes(cv2.imencode(".png", drawn.pixels)[1].tobytes())
    return path


def run(command: str, picture: Path, *arguments: object) -> str:
    recipe = picture.with_suffix(".toml")
    recipe.write_text(write_recipe(BY_NECK))
    options = [command, picture, "--recipe", recipe, *arguments]
    result = CliRunner().invoke(app, [str(one) for one in options], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_holds_spacings_crystals_and_the_scale_of_a_known_one(picture: Path) -> None:
    arguments = ("--nm-per-px", 0.038, "--known", "Au", "--json")
    (image,) = json.loads(run("lattices", picture, *arguments))["images"]
    assert (image["n_particles"], image["n_with_lattice"]) == (1, 1)
    assert image["scale_relative_uncertainty"] == 0.03
    assert "crystals were told with 3\u00a0% for the scale" in image["notes"][-1]
    assert image["known"]["nm_per_px"] == pytest.approx(0.04, rel=0.01)
    (particle,) = image["particles"]
    assert particle["reason"] is None
    assert particle["zones"] == ["[110]"]
    assert particle["spots"][0]["spacing_nm"] == pytest.approx(0.038 / 0.04 * 0.2355, rel=0.02)
    assert 0 < particle["crystals"][0]["probability"] <= 1


def test_a_frame_of_a_stack_is_taken_by_its_number(picture: Path, tmp_path: Path) -> None:
    gold = read_file(picture).pixels
    stack = tmp_path / "stack.tif"
    tifffile.imwrite(stack, np.stack([np.full_like(gold, 100), gold]))
    first, second = (
        json.loads(run("lattices", stack, "--nm-per-px", 0.04, "--frame", frame, "--json"))["images"][0]
        for frame in (1, 2)
    )
    assert (first["n_particles"], second["n_with_lattice"]) == (0, 1)


def test_without_a_scale_it_says_that_indexing_needs_one(picture: Path) -> None:
    analysis = Analysis(read_file(picture), BY_NECK, scale_rule=ScaleRule.of(None))
    image = as_dict(analysis, known="Au")
    assert image["known"]["nm_per_px"] is None
    assert image["particles"][0]["spots"][0]["spacing_nm"] is None
    assert image["scale_relative_uncertainty"] is None
    assert not [note for note in image["notes"] if "for the scale" in note]
    assert "indexing needs a scale" in _described(image)


def test_a_person_reads_spacings_and_crystals(picture: Path) -> None:
    printed = run("lattices", picture, "--nm-per-px", 0.04, "--crystals", "Au", "--known", "Au")
    assert "1 of 1 particles show a lattice" in printed
    assert "{111}" in printed
    assert "; Au" in printed
    assert "in force, with which it agrees (" in printed
    assert "no crystal of the table fits" in run("lattices", picture, "--nm-per-px", 0.05, "--crystals", "Au")


def test_an_element_that_is_named_is_held_against_the_scale(picture: Path) -> None:
    printed = run("lattices", picture, "--nm-per-px", 0.036, "--crystals", "Au")
    assert "If the particles are gold, a pixel spans 0.039994 nm" in printed
    assert "which it contradicts" in printed
    without = run("lattices", picture, "--nm-per-px", 0.036)
    assert "If the particles" not in without
    assert "say so by --known" in without


def test_the_table_of_analyse_has_the_columns_if_asked(picture: Path, tmp_path: Path) -> None:
    arguments = ("--nm-per-px", 0.04, "--lattices", "--out", tmp_path, "--json")
    (image,) = json.loads(run("analyse", picture, *arguments))["images"]
    assert image["n_with_lattice"] == 1
    assert "spacing_nm" in Path(image["particles"]).read_text().splitlines()[0].split(",")


def test_an_analysis_of_another_image_brings_its_recipe_and_says_so(picture: Path) -> None:
    read = read_file(picture)
    other = replace(read, id="abcd" * 16, name="other.png", scale=Scale(0.04, "typed"))
    (image,) = lattices_of_files([picture], read_analysis(saved_text(other, BY_NECK)))
    assert image["nm_per_px"] is None
    assert image["notes"][0].startswith("The analysis was saved for another image, other.png")
    (image,) = lattices_of_files([picture], read_analysis(saved_text(read.with_scale(Scale(0.04, "typed")), BY_NECK)))
    assert image["nm_per_px"] == 0.04
    assert not [note for note in image["notes"] if "another image" in note]
