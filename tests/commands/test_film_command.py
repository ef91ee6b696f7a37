import json
from contextlib import contextmanager

import pytest
from films import Here, drawn
from typer.testing import CliRunner

from nanotem.commands import app
from nanotem.errors import ParameterError
from nanotem.film.study import open_film_study


@pytest.fixture
def here(monkeypatch):
    @contextmanager
    def connected(scheduler=None, *, n_workers=None):
        yield Here()

    monkeypatch.setattr("nanotem.batch.connected", connected)


def test_film_prints_json_and_writes_every_file(here, tmp_path):
    drawn(n_frames=4).write(tmp_path / "film.tif")
    command = [
        "film",
        str(tmp_path / "film.tif"),
        "--out",
        str(tmp_path / "study"),
        "--last",
        "3",
        "--export",
        "--json",
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed["n_frames"] == 3
    assert printed["n_tracks"] >= 5
    names = {path.name for path in (tmp_path / "study").iterdir()}
    assert {"film.json", "outlines.mp4", "report.html", "rois.zip", "tracks.trackmate.xml", *printed["files"]} <= names


def test_film_says_in_words_what_it_found(here, tmp_path, monkeypatch):
    drawn(n_frames=2).write(tmp_path / "film.tif")
    result = CliRunner().invoke(app, ["film", str(tmp_path / "film.tif"), "--out", str(tmp_path / "study")])
    assert "2 frames" in result.stdout
    assert "neck ratio" in result.stdout


def test_a_film_that_is_gone_on_with_keeps_its_scale_and_says_what_is_of_an_earlier_run(here, tmp_path):
    drawn(n_frames=3).write(tmp_path / "film.tif")
    command = ["film", str(tmp_path / "film.tif"), "--out", str(tmp_path / "study"), "--json"]
    given = ["--nm-per-px", "0.5", "--frame-time-s", "2", "--export"]
    CliRunner().invoke(app, command + given)
    again = CliRunner().invoke(app, command)
    place = open_film_study(tmp_path / "study").place
    assert (place.nm_per_px, place.frame_time_s) == (0.5, 2)
    assert "Of an earlier run: report.html, tracks.trackmate.xml, rois.zip, outlines.mp4" in again.stderr
    drawn(n_frames=3).write(tmp_path / "other.tif")
    CliRunner().invoke(app, ["film", str(tmp_path / "other.tif"), *command[2:]])
    assert open_film_study(tmp_path / "study").place.nm_per_px is None


def test_an_impossible_crop_is_refused(tmp_path):
    for crop in ("1,2,3", "a,b,c,d", "0,0,512,5²"):
        result = CliRunner().invoke(app, ["film", "film.tif", "--out", str(tmp_path), "--crop", crop])
        assert isinstance(result.exception, ParameterError)


def test_a_film_can_be_drawn(tmp_path):
    settings = [part for one in ("n_frames=3", "side_px=128", "n_particles=4") for part in ("--set", one)]
    result = CliRunner().invoke(app, ["simulate", str(tmp_path), "--kind", "film", *settings, "--json"])
    assert json.loads(result.stdout)["film"]["n_frames"] == 3
    assert {path.name for path in tmp_path.iterdir()} == {"film.tif", "truth.csv", "merges.csv"}
    words = CliRunner().invoke(app, ["simulate", str(tmp_path), "--kind", "film", *settings])
    assert "3 frames, 4 particles" in words.stdout
