"""Run a study on Dask: a few images at a time, every result kept as it comes."""

import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nanotem.batch.software import software
from nanotem.batch.task import Outcome, analyse_image
from nanotem.errors import NanotemError
from nanotem.study.folder import open_study, save_study, writing
from nanotem.study.origin import is_analysed
from nanotem.study.study import Status, Study, StudyImage
from nanotem.study.summary import combine

_DIED = "Its worker died every time; most likely the image needs more memory than a worker has."
_DOES_NOT_COUNT = (
    "Its result is not in the study, or other software wrote it. Give all workers this folder and this version."
)


@dataclass(frozen=True)
class Progress:
    """How far a batch has come.

    Parameters
    ----------
    study
        As it is saved now.
    image
        The one that was finished last.
    n_finished, n_images
        Of the study.
    seconds_left
        From the images that were analysed so far; NaN before the first of them.
    """

    study: Study
    image: StudyImage
    n_finished: int
    n_images: int
    seconds_left: float


def run_batch(folder: Path, client: Any) -> Generator[Progress]:
    """Analyse every image of a study that has no result yet, and write the combined tables at the end.

    As many images are under way as the cluster has threads: each worker has one, so that a worker that dies takes one
    image with it. An image whose worker dies again and again is tried once more at the end, when the others cannot be
    to blame; if that fails too, it is its reason, as an unexpected error is the reason of the image that met it, and a
    result that does not count for this study that of its image; none of them stops the rest. Stop by closing the
    iterator: what is done stays, and the next run goes on from there.

    Parameters
    ----------
    folder
        Of the study, the same for all workers.
    client
        A `distributed.Client`, see `nanotem.batch.connected`.

    Yields
    ------
    Progress
        After each image.

    Raises
    ------
    NanotemError
        If another run writes to the study, the folder cannot be written, or the scheduler is lost.
    """
    from distributed import as_completed

    with writing(folder):
        study = open_study(folder)
        study = save_study(replace(study, versions=software(study.recipe)))
        queue, under_way = _Queue(deque(study.images)), dict[Any, StudyImage]()
        futures = as_completed(loop=client.loop)  # type: ignore[no-untyped-call]
        start, n_finished, n_analysed = time.monotonic(), 0, 0
        try:
            _submit(client, study, queue, under_way, futures)
            for future in futures:
                outcome, image = _outcome(future), under_way.pop(future)
                if outcome.died and queue.put_back(image):
                    _submit(client, study, queue, under_way, futures)
                    continue
                image = _finished(study, image, outcome)
                study = save_study(study.with_image(image))
                _submit(client, study, queue, under_way, futures)
                n_finished += 1
                n_analysed += not outcome.reused
                seconds_each = (time.monotonic() - start) / n_analysed if n_analysed else float("nan")
                n_images = len(study.images)
                yield Progress(study, image, n_finished, n_images, seconds_each * (n_images - n_finished))
        finally:
            for future in under_way:
                future.release()
        combine(study)


@dataclass(frozen=True)
class _Queue:
    """The images that wait, and those whose worker died: each of these gets the cluster to itself, at the end."""

    waiting: deque[StudyImage]
    suspects: deque[StudyImage] = field(default_factory=deque)
    tried_alone: set[str] = field(default_factory=set)

    def put_back(self, image: StudyImage) -> bool:
        """Keep an image for the end; False if it has been tried alone."""
        if image.name in self.tried_alone:
            return False
        self.suspects.append(image)
        return True

    def next(self, *, is_idle: bool) -> StudyImage | None:
        """Return the next image, None if there is none for now."""
        if self.waiting:
            return self.waiting.popleft()
        if not self.suspects or not is_idle:
            return None
        image = self.suspects.popleft()
        self.tried_alone.add(image.name)
        return image


def _submit(client: Any, study: Study, queue: _Queue, under_way: dict[Any, StudyImage], futures: Any) -> None:
    """Send out images until every thread of the cluster has one; there may be more threads than a moment ago."""
    header = replace(study, images=())
    while len(under_way) < max(sum(client.nthreads().values()), 1):
        image = queue.next(is_idle=not under_way)
        if image is None:
            return
        future = client.submit(analyse_image, header, image, pure=False)
        under_way[future] = image
        futures.add(future)


def _outcome(future: Any) -> Outcome:
    """Return what became of an image, whatever happened to it."""
    from distributed import KilledWorker

    if future.cancelled():
        raise NanotemError(
            "The connection to the scheduler was lost.", "Start again: the batch goes on where it stopped."
        )
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, KilledWorker):
        return Outcome(reason=_DIED, died=True)
    return Outcome(reason=f"Unexpected {type(error).__name__}: {error}. Please report this.")


def _finished(study: Study, image: StudyImage, outcome: Outcome) -> StudyImage:
    """Return an image with what became of it; a result that the study would not count is none."""
    image = replace(image, id=outcome.image_id or image.id)
    reason = outcome.reason or ("" if is_analysed(study, image) else _DOES_NOT_COUNT)
    status: Status = "failed" if reason else "done"
    return replace(image, status=status, reason=reason)
