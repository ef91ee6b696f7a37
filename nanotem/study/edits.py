"""Corrections by hand as a study keeps them: in a file with a checksum, and in the record of the result."""

from collections.abc import Iterable
from contextlib import suppress

from nanotem.edits.edits import Edit
from nanotem.edits.file import read_edits, write_edits
from nanotem.errors import ParameterError
from nanotem.files.replacing import write_file
from nanotem.study.record import read_record
from nanotem.study.seal import BrokenSealError, sealed, unsealed
from nanotem.study.study import Study, StudyImage


def keep_edits(study: Study, image: StudyImage, edits: Iterable[Edit], *, image_id: str) -> None:
    """Keep the corrections of an image; none is kept as none.

    Raises
    ------
    NanotemError
        If the file cannot be written.
    """
    write_file(study.file(image, "edits"), sealed(write_edits(edits, image_id=image_id)).encode())


def edits_text(study: Study, image: StudyImage) -> str:
    """Return the file of corrections of an image, without its checksum; empty if there is none.

    If the file is lost or damaged, the corrections that the last result follows from are returned.
    """
    path = study.file(image, "edits")
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    with suppress(BrokenSealError):
        if text:
            return unsealed(text)
    record = read_record(study, image)
    kept = record.origin.get("edits") if record else None
    return kept if isinstance(kept, str) else text


def edits_of(study: Study, image: StudyImage, *, image_id: str) -> tuple[Edit, ...]:
    """Return the corrections of an image.

    Raises
    ------
    ParameterError
        If their file is damaged, or they were made in another image than the one of this id.
    """
    try:
        text = unsealed(edits_text(study, image))
    except BrokenSealError as error:
        raise ParameterError(
            f"The corrections of {image.name} are damaged: {error}.", "Remove their file, and correct the image again."
        ) from error
    return read_edits(text, image_id=image_id) if text else ()
