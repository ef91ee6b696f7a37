import json
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile
from drawing import disc_grid, draw, with_noise
from films import Here
from recipes import BY_NECK

from nanotem.batch import Outcome
from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.film import ReadingParams, open_film
from nanotem.film.curves import curves_of
from nanotem.film.evaluation import match, score_tracks
from nanotem.film.frame_result import frame_files, read_particles, read_polygons, read_record
from nanotem.film.history import gather
from nanotem.film.link_params import LinkParams
from nanotem.film.run import run_film
from nanotem.film.settle import settle
from nanotem.film.study import FilmStudy, open_film_study
from nanotem.film.task import FilmJob, FilmPlace, analyse_frames
from nanotem.networks import folders
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams
from nanotem.study import Study, prepare_study, save_study


def test_particles_are_found_and_followed(film, study):
    history = study.history()
    scores = score_tracks(history.particles, history.events, film.truth, film.merges)
    assert (scores.links, scores.whole, scores.det, scores.tra) == (1, 1, 1, 1)
    assert history.unit == "nm"
    assert history.frame_time_s == 1
    truth = film.truth[film.truth["is_whole"]]
    size = history.particles["diameter_px"].to_numpy()[match(history.particles, truth)]
    assert np.log(size / truth["diameter_px"]).mean() == pytest.approx(0, abs=0.02)


def test_drift_is_taken_off(film, study):
    frames = study.history().frames
    found = frames[["drift_row_px", "drift_column_px"]].to_numpy()
    assert np.abs(found - film.drift_px).max() < 1


def test_what_is_settled_is_said(study):
    assert any("neck ratio" in note for note in study.notes)
    assert any("dark in this film" in note for note in study.notes)


@pytest.fixture(scope="module")
def settled(study):
    return settle(study.place.open())


def test_a_second_run_changes_nothing_and_another_recipe_all(study, settled, monkeypatch):
    asked = []
    monkeypatch.setattr("nanotem.film.run.analyse_frames", lambda job, numbers: asked.extend(numbers) or Outcome())
    assert list(run_film(study.place, settled, study.folder, Here(), n_frames=5)) == [5]
    assert not asked
    other = replace(settled, recipe=Recipe(segment=SegmentParams.of("local_maxima")))
    list(run_film(study.place, other, study.folder, Here(), n_frames=5))
    assert asked == [0, 1, 2, 3, 4]


def test_the_linking_can_be_changed_afterwards(study):
    assert study.history(LinkParams(farthest_px=20)).farthest_px == 20


def test_how_particles_are_linked_is_kept_with_the_film(study, tmp_path):
    folder = Path(copytree(study.folder, tmp_path / "study"))
    changed = open_film_study(folder).keep_link(LinkParams(farthest_px=12.0))
    assert open_film_study(folder) == changed
    assert replace(changed, folder=study.folder, link=study.link) == study


def test_a_film_and_a_batch_share_no_folder(study, tmp_path):
    with pytest.raises(ParameterError, match=r"holds an analysed film\. Choose another folder"):
        prepare_study(study.folder, [])
    save_study(Study(tmp_path))
    with pytest.raises(ParameterError, match=r"holds the study of a batch\. Choose another folder"):
        next(replace(study, folder=tmp_path).run(Here()))


def test_a_film_is_complete_once_every_frame_has_a_result(study, tmp_path):
    folder = Path(copytree(study.folder, tmp_path / "study"))
    assert open_film_study(folder).is_complete
    frame_files(folder, 1)[-1].unlink()
    assert not open_film_study(folder).is_complete
    assert not replace(study, n_stored=0).is_complete


def test_a_frame_that_cannot_be_read_is_left_out(film, tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for number, frame in enumerate(film.frames()):
        cv2.imwrite(str(folder / f"{number}.png"), frame.pixels)
    (folder / "2.png").write_bytes(b"no picture")
    list(FilmStudy(tmp_path / "study", FilmPlace(folder)).run(Here()))
    history = open_film_study(tmp_path / "study").history()
    assert [bool(record.reason) for record in history.records] == [False, False, True, False, False]
    assert "1 frame could not be read or analysed (frame 3)." in history.notes
    assert history.frames["time"].tolist() == [0, 1, 2, 3, 4]
    assert history.tracks["n_frames"].max() == 4


def test_a_frame_of_another_shape_is_left_out(film, tmp_path):
    for number, frame in enumerate(film.frames()):
        cv2.imwrite(str(tmp_path / f"{number}.png"), frame.pixels[: 100 if number == 2 else None])
    with pytest.raises(UnreadableFileError, match=r"2\.png has"):
        open_film(tmp_path).frame(2)


def run_with(task, study, settled, folder, monkeypatch):
    """Run the film with another task in the place of the analysis, and return its history."""
    monkeypatch.setattr("nanotem.film.run.analyse_frames", task)
    for _ in run_film(study.place, settled, folder, Here(), n_frames=5):
        pass
    return gather(folder, study.part)


def test_frames_of_other_networks_are_analysed_again(study, settled, monkeypatch):
    asking = replace(settled, recipe=Recipe())
    before = asking.key
    assert asking.key == before
    monkeypatch.setattr("nanotem.study.software.network_identity", lambda folder, name: "another")
    assert asking.key != before
    assert settled.key == settle(study.place.open()).key


def test_a_worker_with_other_software_is_refused(study, settled, tmp_path):
    job = FilmJob(study.place, settled, tmp_path, "of another version")
    assert "other software" in analyse_frames(job, [0]).reason
    assert not list(tmp_path.iterdir())


def test_a_film_is_settled_by_the_frames_that_can_be_read(film, tmp_path):
    folder = tmp_path / "film"
    folder.mkdir()
    for number in range(3):
        tifffile.imwrite(folder / f"{number}.tif", film.frame(number).pixels)
    (folder / "1.tif").write_bytes(b"junk")
    opened = open_film(folder)
    assert settle(opened, BY_NECK).recipe.preprocess.background.polarity == "dark"
    for number in (0, 2):
        (folder / f"{number}.tif").write_bytes(b"junk")
    with pytest.raises(UnreadableFileError, match=r"2\.tif"):
        settle(opened, BY_NECK)


def test_a_film_is_not_analysed_without_the_network_that_was_asked_for(study, tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MODELS", tmp_path)
    assert any("had no say in whether particles are dark" in note for note in settle(study.place.open()).notes)
    with pytest.raises(NanotemError, match="Every frame would be analysed in another way"):
        settle(study.place.open(), as_given=True)


def test_a_worker_that_dies_costs_one_frame(study, settled, tmp_path, monkeypatch):
    def deadly(job, numbers):
        if 3 in numbers:
            raise MemoryError
        return analyse_frames(job, numbers)

    history = run_with(deadly, study, settled, tmp_path, monkeypatch)
    assert "more memory" in history.records[3].reason
    assert history.frames["flags"].iloc[3] == "failed"
    assert any("could not be read" in note for note in history.notes)
    assert history.tracks["n_frames"].max() == 4


def test_an_unexpected_error_surfaces(study, settled, tmp_path, monkeypatch):
    def wrong(job, numbers):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_with(wrong, study, settled, tmp_path, monkeypatch)


class Lost(Here):
    """Workers of a scheduler that is gone: what it had is cancelled."""

    def submit(self, task, whole, part):
        future = Future()
        future.cancel()
        return future


def test_a_scheduler_that_is_lost_is_said(study, settled, tmp_path):
    with pytest.raises(NanotemError, match=r"scheduler was lost.*where it stopped"):
        list(run_film(study.place, settled, tmp_path, Lost(), n_frames=5))


def test_a_film_that_vanishes_stops_the_run(study, settled, tmp_path, monkeypatch):
    with pytest.raises(NanotemError, match="the film is gone"):
        run_with(lambda job, numbers: Outcome(reason="the film is gone"), study, settled, tmp_path, monkeypatch)


def test_a_blank_film_is_a_result(tmp_path):
    rng = np.random.default_rng(2)
    path = tmp_path / "film.tif"
    tifffile.imwrite(path, rng.normal(120, 6, (4, 64, 64)).astype(np.uint8), imagej=True, metadata={"axes": "TYX"})
    for _ in FilmStudy(tmp_path / "study", FilmPlace(path)).run(Here()):
        pass
    history = open_film_study(tmp_path / "study").history()
    assert history.unit == "px"
    assert curves_of(history).is_empty
    assert history.tracks.empty
    assert not history.events


def test_what_is_missing_or_damaged_is_said(study, tmp_path):
    with pytest.raises(UnreadableFileError, match="no analysed film"):
        open_film_study(tmp_path)
    (tmp_path / "film.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(UnreadableFileError, match="format is 99"):
        open_film_study(tmp_path)
    (tmp_path / "film.json").write_text(" " * 1_000_001)
    with pytest.raises(UnreadableFileError, match="more than 1,000,000 bytes"):
        open_film_study(tmp_path)
    (tmp_path / "film.json").write_text("[" * 500_000)
    with pytest.raises(UnreadableFileError, match="no analysed film"):
        open_film_study(tmp_path)
    with pytest.raises(NanotemError, match="Frame 1 was not analysed"):
        replace(study, folder=tmp_path).history()
    with pytest.raises(UnreadableFileError, match=r"outlines\.json cannot be read"):
        read_polygons(tmp_path, 0)
    with pytest.raises(UnreadableFileError):
        read_particles(tmp_path, 0)
    path = frame_files(tmp_path, 0)[2]
    path.parent.mkdir(exist_ok=True)
    for text in ("{}", "[" * 500_000):
        path.write_text(text)
        frame_files(tmp_path, 0)[1].write_text(text)
        assert read_record(tmp_path, 0) is None
    with pytest.raises(UnreadableFileError, match=r"outlines\.json cannot be read"):
        read_polygons(tmp_path, 0)


def test_polarity_and_scale_that_are_given_stay(film, tmp_path):
    film.write(tmp_path / "film.tif")
    recipe = Recipe(segment=SegmentParams.of("local_maxima"))
    background = replace(recipe.preprocess.background, polarity="bright")
    recipe = replace(recipe, preprocess=replace(recipe.preprocess, background=background))
    opened = open_film(tmp_path / "film.tif", reading=ReadingParams(last=2))
    settled = settle(opened, recipe)
    assert settled.recipe.preprocess.background.polarity == "bright"
    assert settled.recipe.segment.method == "local_maxima"


def test_the_polarity_is_that_of_what_the_network_finds(tmp_path):
    image, _ = draw((240, 270), disc_grid(8, 9, pitch_px=30, diameter_px=28))  # gaps look like particles
    frames = np.stack([with_noise(image, 3, seed=seed).round().astype(np.uint8) for seed in range(3)])
    tifffile.imwrite(tmp_path / "packed.tif", frames, photometric="minisblack")
    settled = settle(open_film(tmp_path / "packed.tif"))
    assert settled.recipe.preprocess.background.polarity == "dark"
    assert settled.recipe.segment.method == "neck_ratio"


def test_scores_count_what_is_wrong(film):
    found = film.truth.assign(track=film.truth["particle"] + 1, flags="")
    late = found["frame"] >= 3
    cut = found.assign(track=np.where(late & (found["particle"] == 0), 99, found["track"]))
    scores = score_tracks(cut, [], film.truth, film.merges)
    assert scores.links < 1
    assert scores.whole < 1
    assert scores.det == 1
    assert scores.tra < 1
    missed = score_tracks(found[found["particle"] > 0], [], film.truth, film.merges)
    n = int(film.truth["is_whole"].sum())
    n_missed = int((film.truth["is_whole"] & (film.truth["particle"] == 0)).sum())
    assert missed.det == pytest.approx(1 - n_missed / n)
    more = pd.concat([found, found.iloc[:1].assign(row_px=-50.0)], ignore_index=True)
    assert score_tracks(more, [], film.truth, film.merges).det == pytest.approx(1 - 0.1 / n)
    nothing = score_tracks(found.iloc[:0], [], film.truth, film.merges)
    assert (nothing.det, nothing.tra) == (0, 0)
    assert np.isnan(nothing.links)
