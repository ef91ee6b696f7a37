"""Analyse all frames of a film, several at once; a run that was stopped goes on where it was."""

import hashlib
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from nanotem.batch import Outcome, Workers
from nanotem.errors import NanotemError
from nanotem.film.frame_result import FrameRecord, read_record, write_frame
from nanotem.film.settle import Settled
from nanotem.film.task import FilmJob, FilmPlace, analyse_frames
from nanotem.provenance import versions

_AT_ONCE = 8
"""Frames of one task: the one before the first is looked at twice, for an eighth of some of its steps."""

_DIED = "Its worker died every time; most likely the frame needs more memory than a worker has."


def key_of(settled: Settled) -> str:
    """Return what decides the result of a frame: film, recipe and the software."""
    parts = settled.shared.id, settled.recipe, settled.scale, sorted(versions().items())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def run_film(place: FilmPlace, settled: Settled, folder: Path, workers: Workers, *, n_frames: int) -> Generator[int]:
    """Analyse every frame that has no result yet.

    A task whose worker dies is tried again frame by frame; a frame with which a worker dies once more is kept with that
    reason. Stop by closing the iterator.

    Parameters
    ----------
    place
        The film.
    settled
        How it is analysed.
    folder
        Where results are kept, the same for all workers.
    workers
        See `nanotem.batch.connected`.
    n_frames
        Of the film.

    Yields
    ------
    int
        How many frames are done.

    Raises
    ------
    NanotemError
        If a file cannot be written or the film not be opened.
    """
    job = FilmJob(place, settled, folder, key_of(settled))
    missing = [number for number in range(n_frames) if not _is_kept(job, number)]
    waiting, n_done = deque(_in_runs(missing)), n_frames - len(missing)
    under_way: dict[Any, tuple[int, ...]] = {}
    done: SimpleQueue[Any] = SimpleQueue()
    yield n_done
    try:
        while waiting or under_way:
            while waiting and len(under_way) < max(workers.n_threads(), 1):
                numbers = waiting.popleft()
                future = workers.submit(analyse_frames, job, numbers)
                under_way[future] = numbers
                future.add_done_callback(done.put)
            future = done.get()
            numbers = under_way.pop(future)
            if _has_died(future, workers):
                waiting.extend(_after_death(job, numbers))
                n_done += len(numbers) == 1
            else:
                _check(future.result())
                n_done += len(numbers)
            yield n_done
    finally:
        workers.give_up(under_way)


def _is_kept(job: FilmJob, number: int) -> bool:
    record = read_record(job.folder, number)
    return record is not None and record.key == job.key and not record.reason


def _in_runs(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the numbers in tasks of frames that follow each other."""
    runs: list[tuple[int, ...]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1 and len(runs[-1]) < _AT_ONCE:
            runs[-1] = (*runs[-1], number)
        else:
            runs.append((number,))
    return runs


def _has_died(future: Any, workers: Workers) -> bool:
    """Whether the worker of a task ended.

    Raises
    ------
    Exception
        Whatever else went wrong with it.
    """
    error = future.exception()
    if error is None:
        return False
    if workers.has_died(error):
        return True
    raise error


def _after_death(job: FilmJob, numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the frames of a task one by one; a single one that was tried again is given up, with the reason."""
    if len(numbers) > 1:
        return [(number,) for number in numbers]
    write_frame(job.folder, FrameRecord(numbers[0], job.key, reason=_DIED), None)
    return []


def _check(outcome: Outcome) -> None:
    if outcome.reason:
        raise NanotemError(outcome.reason, "Start again: the film goes on where it stopped.")
