"""Results on their way into a study.

A worker writes among the drafts of the run that sent it, and the run, which holds the lock of the study, puts them in
their places. So a worker of a run that was stopped, or that everybody took for dead, never changes a result.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from nanotem.errors import NanotemError
from nanotem.files.replacing import DRAFTS
from nanotem.study.study import Kind, Study, StudyImage

_ORDER: tuple[Kind, ...] = ("labels", "previews", "particles", "records")
"""The record comes last: it vouches for the others."""


@contextmanager
def drafting(study: Study) -> Iterator[Study]:
    """Give a study without its images as workers need it, with a folder for drafts that is gone afterwards."""
    header = replace(study, images=(), drafts=f"{DRAFTS}{uuid4().hex}")
    try:
        yield header
    finally:
        shutil.rmtree(header.folder / header.drafts, ignore_errors=True)


def take_in(study: Study, image: StudyImage) -> None:
    """Put the drafts of an image in their places, if there is a whole result among them.

    Raises
    ------
    NanotemError
        If they cannot be moved.
    """
    if not study.draft(image, "records").is_file():
        return
    try:
        for kind in _ORDER:
            place = study.file(image, kind)
            place.parent.mkdir(exist_ok=True)
            study.draft(image, kind).replace(place)
    except OSError as error:
        raise NanotemError(
            f"The result of {image.name} cannot be put in its place ({error.strerror}).",
            "Make room, and start again: the batch goes on where it stopped.",
        ) from error
