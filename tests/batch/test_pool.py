import os
import sys
from concurrent.futures import Future
from pathlib import Path

import psutil
import pytest
from batch import doomed
from studies import small_study

from nanotem.batch import Outcome, Pool, analyse_image
from nanotem.batch.pool import WorkerDiedError, _end, _started
from nanotem.errors import NanotemError, ParameterError
from nanotem.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_study(tmp_path_factory.mktemp("pool"), (40, 42, 44))


def test_no_workers_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"0 workers are fewer than 1.*leave it out"):
        Pool(0)
    with Pool() as pool:
        assert pool.n_threads() == os.cpu_count()


def test_a_worker_does_what_this_process_would_and_is_used_again(study: Study) -> None:
    with Pool(1) as pool:
        for image in study.images:
            assert pool.submit(analyse_image, study, image).result(60) == Outcome(image.id, reused=True)
        assert len(psutil.Process().children()) >= 1


def test_nobody_else_can_talk_to_a_worker(study: Study) -> None:
    with Pool(1) as pool:
        pool.submit(analyse_image, study, study.images[0]).result(60)
        processes = [psutil.Process(process.pid) for process in pool.processes()]
        assert processes
        assert not [
            connection for one in processes for connection in one.net_connections() if connection.status == "LISTEN"
        ]


def test_a_worker_that_dies_is_said_and_another_takes_its_place(study: Study) -> None:
    with Pool(1) as pool:
        killed = pool.submit(doomed.killed, study, study.images[2])
        assert pool.has_died(killed.exception(60))
        assert isinstance(killed.exception(), WorkerDiedError)
        assert pool.submit(analyse_image, study, study.images[0]).result(60).reused


def test_what_is_given_up_ends_at_once_and_the_rest_goes_on(study: Study) -> None:
    for path in ("begun", "go on"):
        (study.folder / path).unlink(missing_ok=True)
    with Pool(1) as pool:
        futures: list[Future[Outcome]] = [pool.submit(doomed.slow, study, study.images[2]) for _ in range(2)]
        while not (study.folder / "begun").exists():
            pass
        last = pool.submit(analyse_image, study, study.images[0])
        pool.give_up(futures)
        assert last.result(60).reused
        assert isinstance(futures[0].exception(), WorkerDiedError)
        assert futures[1].cancelled()


def test_a_pool_that_is_closed_has_no_workers(study: Study) -> None:
    pool = Pool(1)
    (study.folder / "begun").unlink(missing_ok=True)
    future = pool.submit(doomed.slow, study, study.images[2])
    while not (study.folder / "begun").exists():
        pass
    (process,) = pool.processes()
    assert pool.is_open
    pool.close()
    assert not pool.is_open
    assert future.exception() is not None
    assert process.poll() is not None


@pytest.mark.parametrize(
    ("program", "said"), [("/usr/bin/false", "ended while it started"), ("/absent", "could not be")]
)
def test_a_worker_that_does_not_start_is_said(
    study: Study, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr("sys.executable", program)
    with Pool(1) as pool, pytest.raises(NanotemError, match=rf"{said}.*Free some memory"):
        pool.submit(analyse_image, study, study.images[0]).result(60)


def test_what_a_task_prints_disturbs_nobody(study: Study, tmp_path: Path) -> None:
    with Pool(1) as pool:
        outcome = pool.submit(doomed.talking, study, study.images[0]).result(60)
    assert outcome.reused


def test_a_worker_that_is_ended_while_it_starts_is_started_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    starting = tmp_path / "python"
    starting.write_text(f'#!/bin/sh\ncd "{tmp_path}"\nif mkdir once; then kill -9 $$; fi\nexec {sys.executable} "$@"\n')
    starting.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(starting))
        process = _started()
    assert process.poll() is None
    _end(process)
