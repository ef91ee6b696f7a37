"""Take an uploaded image into a study."""

import hashlib

from nanotem.files.replacing import replacing
from nanotem.study.folder import free_name, save_study
from nanotem.study.study import UPLOADS, Study, StudyImage


def add_upload(study: Study, data: bytes, name: str, *, sample: str) -> Study:
    """Store an image in a study; one that it has already is not stored again.

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
    NanotemError
        If it cannot be written.
    """
    image_id = hashlib.sha256(data).hexdigest()
    if any(image.id == image_id for image in study.images):
        return study
    name = free_name(study, name)
    path = f"{UPLOADS}/{name}"
    with replacing(study.folder / path) as file:
        file.write_bytes(data)
    return save_study(study.with_image(StudyImage(name, path, sample, image_id)))
