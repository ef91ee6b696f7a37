"""What a worker does with some frames of a film that follow each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2

from nanotem.analysis import Analysis
from nanotem.batch import Outcome
from nanotem.errors import NanotemError
from nanotem.film.film import Film, open_film
from nanotem.film.frame_result import FrameRecord, record_of, write_frame
from nanotem.film.reading_params import ReadingParams
from nanotem.film.settle import Settled
from nanotem.film.support import Step, support_of, support_step
from nanotem.micrograph import GreyImage


@dataclass(frozen=True)
class FilmPlace:
    """Where a film is and how it is read: what travels to a worker in its place."""

    path: Path
    image: int | None = None
    reading: ReadingParams = field(default_factory=ReadingParams)
    nm_per_px: float | None = None
    frame_time_s: float | None = None

    def open(self) -> Film:
        """Open the film.

        Raises
        ------
        NanotemError
            As `nanotem.film.open_film`.
        """
        return open_film(
            self.path,
            image=self.image,
            reading=self.reading,
            nm_per_px=self.nm_per_px,
            frame_time_s=self.frame_time_s,
        )


@dataclass(frozen=True, eq=False)
class FilmJob:
    """A film that is being analysed: where it is, how it is analysed, where results are kept, and their key."""

    place: FilmPlace
    settled: Settled
    folder: Path
    key: str


def analyse_frames(job: FilmJob, numbers: Sequence[int]) -> Outcome:
    """Analyse frames that follow each other and keep each in the folder of the film.

    A frame that cannot be read or analysed is kept with the reason, and stops no other.

    Parameters
    ----------
    job
        The film; its folder must be the same for all workers.
    numbers
        Of the frames, from 0.
    """
    cv2.setNumThreads(1)  # one worker per core: more threads would fight for it
    if job.settled.key != job.key:
        return Outcome(reason="A worker has other software or other networks than the one that started the run.")
    try:
        film = _opened(job.place)
        before = _support(film, job.settled, numbers[0] - 1) if numbers[0] > 0 else None
        for number in numbers:
            before = _analyse(film, job, number, before)
    except NanotemError as error:
        return Outcome(reason=str(error))
    return Outcome()


@lru_cache(maxsize=1)
def _opened(place: FilmPlace) -> Film:
    """Open the film once for all tasks of a worker, so that a video is read forwards."""
    return place.open()


def _support(film: Film, settled: Settled, number: int) -> GreyImage | None:
    """Return the support of a frame, None if it cannot be read or analysed."""
    try:
        return _support_in(settled.analysis(film.frame(number)))
    except NanotemError:
        return None


def _support_in(analysis: Analysis) -> GreyImage:
    stages = analysis.preprocessed
    return support_of(stages.levelled, stages.mask, stages.ignored)


def _analyse(film: Film, job: FilmJob, number: int, before: GreyImage | None) -> GreyImage | None:
    """Analyse and keep a frame; return its support, None if it cannot be read or analysed."""
    try:
        analysis = job.settled.analysis(film.frame(number))
        support = _support_in(analysis)
        step = Step() if before is None else support_step(before, support)
        record = record_of(analysis, number, job.key, step)
    except NanotemError as error:
        write_frame(job.folder, FrameRecord(number, job.key, reason=str(error)), None)
        return None
    write_frame(job.folder, record, analysis)
    return support
