"""Run a study: a few images at a time, every result kept as it comes."""

import time
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nanotem.batch.cluster import Workers
from nanotem.batch.task import Outcome, analyse_image
from nanotem.batch.under_way import UnderWay
from nanotem.study.drafts import drafting, take_in
from nanotem.study.folder import open_study, save_study, writing
from nanotem.study.origin import is_analysed
from nanotem.study.profile import to_look_at, with_profiles_settled
from nanotem.study.software import software
from nanotem.study.study import Status, Study, StudyImage
from nanotem.study.summary import combine
from nanotem.study.upload import damage_of

_DIED = "Its worker died every time; most likely the image needs more memory than a worker has."
_DOES_NOT_COUNT = (
    "Its result is not in the study, or other software wrote it. Give all workers this folder and this version."
)
_GONE = "The image is not there any more."


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
        Of what the run does: images of a sample whose profile it settles are analysed twice, and counted so.
    seconds_left
        From the images that were analysed so far; NaN before the first of them.
    """

    study: Study
    image: StudyImage
    n_finished: int
    n_images: int
    seconds_left: float


def run_batch(folder: Path, workers: Workers) -> Generator[Progress]:
    """Analyse every image of a study that has no result yet, and write the combined tables at the end.

    Some images of each sample come first, and settle the profile of its edges, with which all of them are measured (see
    `nanotem.study.profile`). As many images are under way as there are threads: each worker has one, so that a worker
    that dies takes one image with it. An image whose worker dies is tried once more at the end, when the others cannot
    be to blame; if that fails too, it is its reason, as an unexpected error is the reason of the image that met it, and
    a result that does not count for this study that of its image; none of them stops the rest. An image that is not
    there any more keeps its result. Stop by closing the iterator: what is done stays, a worker that goes on changes
    nothing, and the next run goes on from there.

    Parameters
    ----------
    folder
        Of the study, the same for all workers.
    workers
        See `nanotem.batch.connected`.

    Yields
    ------
    Progress
        After each image.

    Raises
    ------
    NanotemError
        If another run writes to the study, the folder cannot be written, a worker cannot be started, or the scheduler
        is lost.
    """
    with writing(folder):
        study = open_study(folder)
        study = save_study(replace(study, versions=software(study.values("recipe"))))
        with drafting(study) as header:
            yield from _both_passes(study, workers, header)
        combine(open_study(folder))


def _both_passes(study: Study, workers: Workers, header: Study) -> Generator[Progress]:
    """Analyse some images of each sample to settle the profile of its edges, and then every image with it."""
    first = to_look_at(study)
    names = {image.name for image in first}
    study = yield from _steps(study, workers, header, first, n_more=len(study.images))
    study = save_study(with_profiles_settled(study))
    images = [image for image in study.images if image.name not in names or image.status != "failed"]
    yield from _steps(study, workers, header, images, n_before=len(first))


def _steps(
    study: Study,
    workers: Workers,
    header: Study,
    images: Sequence[StudyImage],
    *,
    n_before: int = 0,
    n_more: int = 0,
) -> Generator[Progress, None, Study]:
    """Analyse images; so many are done before them, and so many are left after them."""
    start, n_finished, n_analysed = time.monotonic(), n_before, 0
    n_images = n_before + len(images) + n_more
    queue, under_way = _Queue(deque(images)), UnderWay[StudyImage](workers, analyse_image, header, _DIED)
    try:
        while _send(queue, under_way):
            image, outcome = under_way.receive()
            if outcome.died and queue.put_back(image):
                continue
            image = _settled(header, image, outcome)
            study = save_study(study.with_image(image))
            n_finished += 1
            n_analysed += not outcome.reused
            _send(queue, under_way)
            seconds_each = (time.monotonic() - start) / n_analysed if n_analysed else float("nan")
            yield Progress(study, image, n_finished, n_images, seconds_each * (n_images - n_finished))
    finally:
        under_way.give_up()
    return study


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


def _send(queue: _Queue, under_way: UnderWay[StudyImage]) -> bool:
    """Send out images until every thread has one; False if none is out."""
    while under_way.has_room() and (image := queue.next(is_idle=not under_way)):
        under_way.send(image)
    return len(under_way) > 0


def _settled(header: Study, image: StudyImage, outcome: Outcome) -> StudyImage:
    """Take the result of an image in; return it with what became of it. A result that would not count is none."""
    damage = damage_of(header, image)
    is_lost = damage or (outcome.reason and not header.path_of(image).exists())
    if is_lost and is_analysed(header, image):
        return replace(image, status="done", reason=f"{damage or _GONE} Its result is that of an earlier run.")
    reason = damage or outcome.reason
    if not reason:
        take_in(header, image)
        image = replace(image, id=outcome.image_id or image.id, pixels=outcome.pixels or image.pixels)
        reason = "" if is_analysed(header, image) else _DOES_NOT_COUNT
    status: Status = "failed" if reason else "done"
    return replace(image, status=status, reason=reason)
