import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from batch import doomed
from distributed import LocalCluster
from recipes import BY_NECK
from studies import NM_PER_PX, image_png, save_images, small_study

from nanotem.batch import Cluster, Pool, Workers, run, run_batch
from nanotem.batch.task import Task
from nanotem.errors import NanotemError
from nanotem.outlines.params import OutlineParams
from nanotem.study import add_upload, combined_particles, open_study, prepare_study, save_study, writing
from nanotem.study.software import software

DIAMETERS_PX = (36, 38, 40, 42)
FLAT = replace(BY_NECK, outlines=OutlineParams("flat"))
"""With a profile that was chosen every image is analysed once."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = save_images(tmp_path / "images", DIAMETERS_PX)
    return prepare_study(tmp_path / "study", images, recipe=FLAT, nm_per_px=NM_PER_PX).folder


def test_a_run_gives_what_one_process_gives(workers: Workers, folder: Path, tmp_path: Path) -> None:
    steps = list(run_batch(folder, workers))
    assert [(step.n_finished, step.n_images) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(step.seconds_left > 0 for step in steps[:3])
    assert steps[-1].seconds_left == 0
    assert {image.status for image in steps[-1].study.images} == {"done"}
    assert open_study(folder) == steps[-1].study
    alone = small_study(tmp_path / "alone", DIAMETERS_PX, recipe=FLAT)
    assert combined_particles(open_study(folder)).equals(combined_particles(alone))
    assert (folder / "summary.csv").is_file()
    again = list(run_batch(folder, workers))
    assert len(again) == 4
    assert all(np.isnan(step.seconds_left) for step in again)


@pytest.mark.parametrize(
    ("task", "reason"),
    [(doomed.killed, "Its worker died every time"), (doomed.failing, "Unexpected ZeroDivision")],
)
def test_a_bad_end_is_the_reason_of_its_image_and_stops_no_other(
    workers: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch, task: Task, reason: str
) -> None:
    monkeypatch.setattr(run, "analyse_image", task)
    *_, last = run_batch(folder, workers)
    assert [image.status for image in last.study.images] == ["done", "done", "failed", "done"]
    assert last.study.image("2.png").reason.startswith(reason)
    assert set(combined_particles(last.study)["image"]) == {"0.png", "1.png", "3.png"}
    monkeypatch.undo()
    *_, last = run_batch(folder, workers)
    assert {image.status for image in last.study.images} == {"done"}
    assert {image.reason for image in last.study.images} == {""}


@pytest.mark.parametrize("task", [doomed.elsewhere, doomed.with_another_recipe])
def test_a_result_that_does_not_count_here_is_no_result(
    workers: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    monkeypatch.setattr(run, "analyse_image", task)
    *_, last = run_batch(folder, workers)
    assert {image.status for image in last.study.images} == {"failed"}
    assert all("not in the study, or other software wrote it" in image.reason for image in last.study.images)
    assert open_study(folder) == last.study
    monkeypatch.undo()
    *_, last = run_batch(folder, workers)
    assert {image.status for image in last.study.images} == {"done"}


def test_a_worker_of_a_run_that_was_stopped_never_writes_last(
    workers: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "analyse_image", doomed.slow)
    steps = run_batch(folder, workers)
    next(steps)
    wait_for(folder / "begun")
    steps.close()
    monkeypatch.undo()
    with Pool(1) as others:
        *_, last = run_batch(folder, others)
    whole = combined_particles(last.study)
    (folder / "go on").touch()
    if isinstance(workers, Cluster):
        wait_for(folder / "written")
    assert open_study(folder) == last.study
    assert combined_particles(last.study).equals(whole)
    assert last.study.values("nm_per_px") == (NM_PER_PX,)
    with writing(folder):
        assert not list(folder.glob(".drafts*"))


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_image_that_goes_while_it_waits_is_said(pool: Pool, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "analyse_image", doomed.removing)
    *_, last = run_batch(folder, pool)
    assert "cannot be opened (No such file" in last.study.image("2.png").reason
    assert [image.status for image in last.study.images] == ["done", "done", "failed", "done"]


def test_an_image_that_is_gone_keeps_its_result(pool: Pool, folder: Path) -> None:
    *_, before = run_batch(folder, pool)
    before.study.path_of(before.study.images[1]).unlink()
    *_, last = run_batch(folder, pool)
    assert [image.status for image in last.study.images] == 4 * ["done"]
    assert last.study.images[1].reason.startswith("The image is not there any more. Its result is that of an earlier")
    assert combined_particles(last.study).equals(combined_particles(before.study))


def test_an_upload_that_was_damaged_is_not_analysed(pool: Pool, tmp_path: Path) -> None:
    study = prepare_study(tmp_path, [])
    for name, diameter_px in (("a.png", 40), ("b.png", 44)):
        study = add_upload(study, image_png(diameter_px), name, sample="")
    a, b = study.images
    study.path_of(a).write_bytes(image_png(60))
    *_, last = run_batch(tmp_path, pool)
    assert [(image.id, image.status) for image in last.study.images] == [(a.id, "failed"), (b.id, "done")]
    assert "not the one that was uploaded" in last.study.images[0].reason
    study.path_of(b).write_bytes(image_png(60))
    *_, again = run_batch(tmp_path, pool)
    assert (again.study.images[1].id, again.study.images[1].status) == (b.id, "done")
    assert "earlier run" in again.study.images[1].reason
    assert combined_particles(again.study).equals(combined_particles(last.study))


def test_a_full_disk_is_the_reason_and_nothing_is_lost(
    pool: Pool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, whole = run_batch(folder, pool)
    expected = combined_particles(whole.study)
    for image in whole.study.images[:2]:
        whole.study.file(image, "particles").unlink()
    monkeypatch.setattr(run, "analyse_image", doomed.filling)
    *_, last = run_batch(folder, pool)
    assert [image.status for image in last.study.images] == ["failed", "failed", "done", "done"]
    assert all(
        re.search(r"cannot be written \(File too large\).*make room", one.reason) for one in last.study.images[:2]
    )
    monkeypatch.undo()
    *_, last = run_batch(folder, pool)
    assert combined_particles(last.study).equals(expected)


def test_a_run_that_is_stopped_keeps_what_is_done_and_lets_go_of_the_study(workers: Workers, folder: Path) -> None:
    steps = run_batch(folder, workers)
    first = next(steps)
    with pytest.raises(NanotemError, match="Another run"), writing(folder):
        pass
    steps.close()
    assert open_study(folder).image(first.image.name).status == "done"
    assert len(list(run_batch(folder, workers))) == 4


def test_an_empty_study_is_done_at_once(workers: Workers, tmp_path: Path) -> None:
    assert list(run_batch(prepare_study(tmp_path, []).folder, workers)) == []
    assert (tmp_path / "summary.csv").is_file()


def test_the_versions_of_the_run_are_kept(workers: Workers, folder: Path) -> None:
    save_study(replace(open_study(folder), versions={"nanotem": "0.0.1"}))
    *_, last = run_batch(folder, workers)
    assert open_study(folder).versions == last.study.versions == software(last.study.values("recipe"))


def test_a_scheduler_that_is_lost_is_said(folder: Path) -> None:
    here = {
        "protocol": "tcp",
        "host": "127.0.0.1",
        "dashboard_address": ":0",
    }  # else it asks 8.8.8.8 for its own address
    with LocalCluster(n_workers=1, processes=False, **here) as cluster, cluster.get_client() as client:
        steps = run_batch(folder, Cluster(client))
        next(steps)
        cluster.close()
        with pytest.raises(NanotemError, match=r"scheduler was lost.*where it stopped"):
            list(steps)


def test_an_image_whose_worker_died_is_tried_once_more_at_the_end(
    workers: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = folder / "cause"
    cause.touch()
    monkeypatch.setattr(run, "analyse_image", doomed.killed_while_there_is_a_cause)
    shown = []
    for progress in run_batch(folder, workers):
        shown.append((progress.image.name, progress.n_finished))
        if len(shown) == 3:
            cause.unlink()
    assert {image.status for image in progress.study.images} == {"done"}
    assert shown[-1] == ("2.png", 4)
