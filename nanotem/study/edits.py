"""Corrections by hand as a study keeps them."""

from nanotem.edits.edits import Edit
from nanotem.edits.file import read_edits
from nanotem.study.study import Study, StudyImage


def edits_text(study: Study, image: StudyImage) -> str:
    """Return the file of corrections of an image; empty if there is none."""
    path = study.file(image, "edits")
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def edits_of(study: Study, image: StudyImage, *, image_id: str) -> tuple[Edit, ...]:
    """Return the corrections of an image.

    Raises
    ------
    ParameterError
        If their file is damaged, or they were made in another image than the one of this id.
    """
    text = edits_text(study, image)
    return read_edits(text, image_id=image_id) if text else ()
