"""Take an uploaded image into a study."""

import hashlib

from nanotem.errors import ParameterError
from nanotem.files.replacing import write_file
from nanotem.study.folder import free_name, save_study
from nanotem.study.record import digest_of
from nanotem.study.settings import Settings
from nanotem.study.study import UPLOADS, Study, StudyImage

MOST_UPLOADS = 1_000
"""Ten times the images of a usual session at the microscope; the page lists them all at every visit."""

LARGEST_UPLOADS_BYTES = 2 * 1024**3
"""A few dozen raw frames of 4096 x 4096 px, or a thousand of 1024 x 1024 px: what one visitor can hold on the disk of a
server. A longer batch is one for the command line, where the images stay where they are."""


def add_upload(study: Study, data: bytes, name: str, *, sample: str) -> Study:
    """Store an image in a study, with the settings that its images share; one that it has is not stored again.

    Parameters
    ----------
    study
        Its writer is the caller, see `nanotem.study.writing`.
    data
        The whole file.
    name
        As the visitor calls it: a folder is cut off, and what cannot stand in a file name is replaced.
    sample
        Name of the sample.

    Raises
    ------
    ParameterError
        If the study holds as much as one visitor may upload.
    NanotemError
        If it cannot be written.
    """
    image_id = hashlib.sha256(data).hexdigest()
    if any(image.id == image_id for image in study.images):
        return study
    _check_room(study, len(data))
    name = free_name(study, name)
    path = f"{UPLOADS}/{name}"
    write_file(study.folder / path, data)
    settings = {image.settings for image in study.images}
    shared = settings.pop() if len(settings) == 1 else Settings()
    return save_study(study.with_image(StudyImage(name, path, sample, image_id, settings=shared)))


def damage_of(study: Study, image: StudyImage) -> str:
    """Say that an uploaded image is not the one that was uploaded; empty where it is, or where it lies elsewhere."""
    is_upload = image.path == f"{UPLOADS}/{image.name}" and image.id and study.path_of(image).exists()
    if not is_upload or digest_of(study.path_of(image)) == image.id:
        return ""
    return "The stored file is not the one that was uploaded: it was damaged. Add the image again."


def _check_room(study: Study, n_bytes: int) -> None:
    held = sum(path.stat().st_size for path in (study.folder / UPLOADS).glob("*"))
    if len(study.images) >= MOST_UPLOADS or held + n_bytes > LARGEST_UPLOADS_BYTES:
        raise ParameterError(
            f"The study holds {len(study.images)} images and {held / 1e9:.3g} GB; with this one of {n_bytes / 1e9:.3g} "
            f"GB it would exceed {MOST_UPLOADS} images or {LARGEST_UPLOADS_BYTES / 1e9:.3g} GB.",
            "Run larger studies with `python -m nanotem batch`, which leaves images where they are.",
        )
