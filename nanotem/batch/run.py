"""Run a study on Dask: a few images at a time, every result kept as it comes."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nanotem.batch.task import Outcome, analyse_image
from nanotem.errors import NanotemError
from nanotem.study.folder import open_study, save_study, writing
from nanotem.study.origin import is_analysed
from nanotem.study.study import Status, Study, StudyImage
from nanotem.study.summary import combine
from nanotem.versions import versions

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
    image with it. An image whose worker dies again and again has that as its reason, as an unexpected error is the
    reason of the image that met it, and a result that does not count for this study that of its image; none of them
    stops the rest. Stop by closing the iterator: what is done stays, and the next run goes on from there.

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
        study = save_study(replace(open_study(folder), versions=versions()))
        waiting = iter(study.images)
        under_way: dict[Any, StudyImage] = {}
        futures = as_completed(loop=client.loop)  # type: ignore[no-untyped-call]
        start, n_analysed = time.monotonic(), 0
        try:
            _submit(client, study, waiting, under_way, futures)
            for n_finished, future in enumerate(futures, start=1):
                outcome = _outcome(future)
                image = _finished(study, under_way.pop(future), outcome)
                study = save_study(study.with_image(image))
                _submit(client, study, waiting, under_way, futures)
                n_analysed += not outcome.reused
                seconds_each = (time.monotonic() - start) / n_analysed if n_analysed else float("nan")
                n_images = len(study.images)
                yield Progress(study, image, n_finished, n_images, seconds_each * (n_images - n_finished))
        finally:
            for future in under_way:
                future.release()
        combine(study)


def _submit(
    client: Any, study: Study, waiting: Iterator[StudyImage], under_way: dict[Any, StudyImage], futures: Any
) -> None:
    """Send out images until every thread of the cluster has one; there may be more threads than a moment ago."""
    header = replace(study, images=())
    while len(under_way) < max(sum(client.nthreads().values()), 1):
        image = next(waiting, None)
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
        return Outcome(reason="Its worker died every time; most likely the image needs more memory than a worker has.")
    return Outcome(reason=f"Unexpected {type(error).__name__}: {error}. Please report this.")


def _finished(study: Study, image: StudyImage, outcome: Outcome) -> StudyImage:
    """Return an image with what became of it; a result that the study would not count is none."""
    image = replace(image, id=outcome.image_id or image.id)
    reason = outcome.reason or ("" if is_analysed(study, image) else _DOES_NOT_COUNT)
    status: Status = "failed" if reason else "done"
    return replace(image, status=status, reason=reason)
