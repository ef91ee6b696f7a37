"""Analyse all frames of a film, several at once; a run that was stopped goes on where it was."""

from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path

from nanotem.batch import UnderWay, Workers
from nanotem.errors import NanotemError
from nanotem.film.frame_result import FrameRecord, read_record, write_frame
from nanotem.film.settle import Settled
from nanotem.film.task import FilmJob, FilmPlace, analyse_frames

_AT_ONCE = 8
"""Frames of one task: the one before the first is looked at twice, for an eighth of some of its steps."""

_DIED = "Its worker died every time; most likely the frame needs more memory than a worker has."


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
        If a file cannot be written, the film not be opened, or the scheduler is lost.
    """
    job = FilmJob(place, settled, folder, settled.key)
    missing = [number for number in range(n_frames) if not _is_kept(job, number)]
    waiting, n_done = deque(_in_runs(missing)), n_frames - len(missing)
    under_way = UnderWay[tuple[int, ...]](workers, analyse_frames, job, _DIED)
    yield n_done
    try:
        while waiting or under_way:
            while waiting and under_way.has_room():
                under_way.send(waiting.popleft())
            numbers, outcome = under_way.receive()
            if outcome.died and len(numbers) > 1:
                waiting.extend((number,) for number in numbers)
            elif outcome.died:
                write_frame(folder, FrameRecord(numbers[0], job.key, reason=outcome.reason), None)
                n_done += 1
            elif outcome.reason:
                raise NanotemError(outcome.reason, "Start again: the film goes on where it stopped.")
            else:
                n_done += len(numbers)
            yield n_done
    finally:
        under_way.give_up()


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
