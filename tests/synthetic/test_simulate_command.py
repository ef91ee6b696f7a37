import json
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile
from typer.testing import CliRunner

from nanotem.__main__ import app
from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.morphology.classes import POLYHEDRA
from nanotem.synthetic.pictures import draw_picture, write_pictures
from nanotem.synthetic.scene_params import SceneParams

SMALL = ("--set", "side_px=256", "--set", "n_particles=15", "--set", "diameter_nm=7")


def run(*arguments):
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_micrographs_come_with_labels_and_truth(tmp_path):
    done = run(tmp_path, "--count", 2, "--seed", 8, "--json", *SMALL)
    assert (done.exit_code, done.stderr) == (0, "")
    images = json.loads(done.stdout)["images"]
    assert [image["seed"] for image in images] == [8, 9]
    for image in images:
        truth, labels = pd.read_csv(image["truth"]), tifffile.imread(image["labels"])
        assert cv2.imread(image["file"], cv2.IMREAD_UNCHANGED).shape == labels.shape == (256, 256)
        assert labels.dtype == np.uint16
        assert set(np.unique(labels)) == {0, *truth["label"]}
        assert len(truth) == image["n_particles"]
        assert truth["diameter_nm"].mean() == pytest.approx(image["mean_diameter_nm"])


def test_the_segmentation_can_be_scored_on_what_is_written(tmp_path):
    run(tmp_path, *SMALL, "--set", "touching=0")
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path / "images"), str(tmp_path / "labels"), "--json"])
    assert json.loads(done.stdout)["mean"]["f1_50"] > 0.9


def test_parameters_of_a_file_count_and_are_kept(tmp_path):
    (tmp_path / "mine.toml").write_text("shape = 'FCC_CUBE'\nn_particles = 9\nside_px = 256\ndiameter_nm = 7")
    done = run(tmp_path / "out", "--params", tmp_path / "mine.toml", "--set", "n_particles=5")
    assert "5 particles, mean diameter" in done.stdout
    again = run(tmp_path / "again", "--params", tmp_path / "out" / "scene.toml")
    assert again.exit_code == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "again")


def test_an_image_without_particles_has_no_mean(tmp_path):
    done = run(tmp_path, "--set", "n_particles=0", "--set", "side_px=64")
    assert done.stdout.strip().endswith("0 particles")


@pytest.mark.parametrize("kind", ["silhouettes", "particles"])
def test_pictures_of_solids_lie_in_class_folders(tmp_path, kind):
    done = run(tmp_path, "--kind", kind, "--count", 17, "--side-px", 48, "--json")
    classes = json.loads(done.stdout)["classes"]
    assert set(classes) == set(POLYHEDRA)
    assert sum(classes.values()) == 17
    for name, n in classes.items():
        pictures = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in (tmp_path / name).iterdir()]
        assert len(pictures) == n
        assert {picture.shape for picture in pictures} == {(48, 48)}


def test_people_are_told_how_many_pictures_of_each_class_there_are(tmp_path):
    lines = run(tmp_path, "--kind", "outlines", "--count", 8).stdout.splitlines()
    assert lines[0].endswith("circle: 2 pictures")
    assert len(lines) == 7


def test_pictures_of_two_shapes_have_two_classes(tmp_path):
    params = SceneParams.of(shape="ICO", share=0.5, second_shape="rod")
    assert write_pictures(tmp_path, "silhouettes", params, count=4) == {"ICO": 2, "rod": 2}


def draw(kind, name, seed=0, **values):
    return draw_picture(kind, name, np.random.default_rng(seed), SceneParams.of(**values), side_px=128)


@pytest.mark.parametrize("seed", range(8))
def test_a_rhombus_is_a_square_sheared_to_30_to_70_degrees(seed):
    line = (draw("outlines", "rhombus", seed) < 128).astype(np.uint8)
    outer = max(cv2.findContours(line, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)
    (_, _), (width, height), _ = cv2.fitEllipse(outer)
    acute = 2 * np.degrees(np.arctan(min(width, height) / max(width, height)))
    assert 26 < acute < 74


def test_an_outline_is_a_black_line_on_white():
    picture = draw("outlines", "hexagon")
    assert picture.min() < 20
    assert np.mean(picture == 255) > 0.85
    assert picture[64, 64] == 255


def test_a_silhouette_is_uniform_inside():
    picture = draw("silhouettes", "FCC_CUBE")
    assert picture[64, 64] == 0
    assert np.mean((picture > 0) & (picture < 255)) < 0.1
    assert 0.1 < np.mean(picture == 0) < 0.7


@pytest.mark.parametrize("kind", ["outlines", "silhouettes", "particles"])
def test_colours_can_be_inverted(kind):
    name = "square" if kind == "outlines" else "OH"
    np.testing.assert_array_equal(draw(kind, name, inverted=True), 255 - draw(kind, name))


def test_a_larger_particle_is_darker():
    thin, thick = (draw("particles", "sphere", diameter_nm=size)[64, 64] for size in (3.0, 30.0))
    assert thick < 0.5 * thin


def test_the_number_of_processes_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("nanotem.synthetic.pictures._CHUNK", 2)
    params = SceneParams.of(shape="polyhedra")
    for processes in (1, 2):
        write_pictures(tmp_path / str(processes), "particles", params, count=4, processes=processes)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert len(contents(tmp_path / "1")) == 4


def test_unknown_kinds_and_missing_files_are_refused(tmp_path):
    assert isinstance(run(tmp_path, "--kind", "teapots").exception, ParameterError)
    assert isinstance(run(tmp_path, "--params", tmp_path / "absent.toml").exception, UnreadableFileError)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run(tmp_path / "file", *SMALL)
    assert isinstance(done.exception, NanotemError)
    assert "cannot be written" in str(done.exception)
