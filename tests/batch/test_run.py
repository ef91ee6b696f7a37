import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster
from studies import NM_PER_PX, save_images, small_study

from nanotem.batch import Outcome, run, run_batch
from nanotem.errors import NanotemError
from nanotem.provenance import versions
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import Study, StudyImage, combined_particles, open_study, prepare_study, save_study, writing

DIAMETERS_PX = (36, 38, 40, 42)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return prepare_study(tmp_path / "study", save_images(tmp_path / "images", DIAMETERS_PX), nm_per_px=NM_PER_PX).folder


def test_a_run_gives_what_one_process_gives(client: Any, folder: Path, tmp_path: Path) -> None:
    steps = list(run_batch(folder, client))
    assert [(step.n_finished, step.n_images) for step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(step.seconds_left > 0 for step in steps[:3])
    assert steps[-1].seconds_left == 0
    assert {image.status for image in steps[-1].study.images} == {"done"}
    assert open_study(folder) == steps[-1].study
    alone = small_study(tmp_path / "alone", DIAMETERS_PX)
    assert combined_particles(open_study(folder)).equals(combined_particles(alone))
    assert (folder / "summary.csv").is_file()
    again = list(run_batch(folder, client))
    assert len(again) == 4
    assert all(np.isnan(step.seconds_left) for step in again)


def doomed(name: str, end: Any) -> Any:
    """Return a task that comes to a bad end with one image."""

    def analyse_image(study: Study, image: StudyImage) -> Outcome:
        from nanotem.batch import task

        if image.name == name:
            end()
        return task.analyse_image(study, image)

    return analyse_image


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def divide_by_zero() -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("end", "reason"), [(kill_this_process, "Its worker died every time"), (divide_by_zero, "Unexpected ZeroDivision")]
)
def test_a_bad_end_is_the_reason_of_its_image_and_stops_no_other(
    client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, end: Any, reason: str
) -> None:
    monkeypatch.setattr(run, "analyse_image", doomed("2.png", end))
    *_, last = run_batch(folder, client)
    assert [image.status for image in last.study.images] == ["done", "done", "failed", "done"]
    assert last.study.image("2.png").reason.startswith(reason)
    assert set(combined_particles(last.study)["image"]) == {"0.png", "1.png", "3.png"}
    monkeypatch.undo()
    *_, last = run_batch(folder, client)
    assert {image.status for image in last.study.images} == {"done"}
    assert {image.reason for image in last.study.images} == {""}


def mistaken(change: Callable[[Study], Study]) -> Any:
    """Return a task that takes the study for another one."""

    def analyse_image(study: Study, image: StudyImage) -> Outcome:
        from nanotem.batch import task

        return task.analyse_image(change(study), image)

    return analyse_image


@pytest.mark.parametrize(
    "change",
    [
        lambda study: replace(study, folder=study.folder.with_name("elsewhere")),
        lambda study: replace(study, recipe=Recipe(segment=SegmentParams.of(neck_ratio=0.5))),
    ],
    ids=["folder", "recipe"],
)
def test_a_result_that_does_not_count_here_is_no_result(
    client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Study], Study]
) -> None:
    monkeypatch.setattr(run, "analyse_image", mistaken(change))
    *_, last = run_batch(folder, client)
    assert {image.status for image in last.study.images} == {"failed"}
    assert all("not in the study, or other software wrote it" in image.reason for image in last.study.images)
    assert open_study(folder) == last.study
    monkeypatch.undo()
    *_, last = run_batch(folder, client)
    assert {image.status for image in last.study.images} == {"done"}


def test_a_run_that_is_stopped_keeps_what_is_done_and_lets_go_of_the_study(client: Any, folder: Path) -> None:
    steps = run_batch(folder, client)
    first = next(steps)
    with pytest.raises(NanotemError, match="Another run"), writing(folder):
        pass
    steps.close()
    assert open_study(folder).image(first.image.name).status == "done"
    assert len(list(run_batch(folder, client))) == 4


def test_an_empty_study_is_done_at_once(client: Any, tmp_path: Path) -> None:
    assert list(run_batch(prepare_study(tmp_path, []).folder, client)) == []
    assert (tmp_path / "summary.csv").is_file()


def test_the_versions_of_the_run_are_kept(client: Any, folder: Path) -> None:
    save_study(replace(open_study(folder), versions={"nanotem": "0.0.1"}))
    *_, last = run_batch(folder, client)
    assert open_study(folder).versions == last.study.versions == versions()


def test_a_scheduler_that_is_lost_is_said(folder: Path) -> None:
    with LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as cluster, cluster.get_client() as client:
        steps = run_batch(folder, client)
        next(steps)
        cluster.close()
        with pytest.raises(NanotemError, match=r"scheduler was lost.*where it stopped"):
            list(steps)


def deadly(name: str, while_there_is: Path) -> Any:
    """Return a task whose worker dies of an image for some time."""

    def analyse_image(study: Study, image: StudyImage) -> Outcome:
        from nanotem.batch import task

        if image.name == name and while_there_is.exists():
            kill_this_process()
        return task.analyse_image(study, image)

    return analyse_image


def test_an_image_whose_worker_died_is_tried_once_more_at_the_end(
    client: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = tmp_path / "cause"
    cause.touch()
    monkeypatch.setattr(run, "analyse_image", deadly("1.png", cause))
    shown = []
    for progress in run_batch(folder, client):
        shown.append((progress.image.name, progress.n_finished))
        if len(shown) == 3:
            cause.unlink()
    assert {image.status for image in progress.study.images} == {"done"}
    assert shown[-1] == ("1.png", 4)
