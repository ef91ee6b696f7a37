"""Make a study in a folder, open it again, and keep its `study.toml`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import locket  # type: ignore[import-untyped]

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.files.replacing import remove_unfinished, replacing
from nanotem.readers import SUPPORTED_SUFFIXES
from nanotem.recipe import Recipe
from nanotem.study.origin import is_analysed
from nanotem.study.study import Study, StudyImage, as_file_name
from nanotem.study.study_file import read_study_file, write_study_file

_STUDY, _LOCK = "study.toml", ".lock"
_LONGEST_STEM = 90


def find_images(paths: Iterable[Path], *, sample: str | None = None) -> list[tuple[Path, str]]:
    """List the images of folders (not of the folders in them), and images named one by one, with their sample.

    Parameters
    ----------
    paths
        Folders and files.
    sample
        Sample of all of them; without it the name of the folder that an image lies in.

    Raises
    ------
    UnreadableFileError
        If there is no image, or a folder cannot be read.
    """
    paths = list(paths)
    files = dict.fromkeys(file.resolve() for path in paths for file in _files_in(path))
    if not files:
        raise UnreadableFileError(
            f"There is no image in {', '.join(str(path) for path in paths)}.", "Name folders that hold micrographs."
        )
    return [(file, file.parent.name if sample is None else sample) for file in files]


def prepare_study(
    folder: Path,
    images: Iterable[tuple[Path, str]],
    *,
    recipe: Recipe | None = None,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
) -> Study:
    """Make a study, or add images to the one in the folder; what is already analysed stays.

    Parameters
    ----------
    folder
        Of the study; made if it is absent.
    images
        Each with the name of its sample; one that the study has already gets the new sample.
    recipe, nm_per_px, bar_length_nm
        As for `Study`. Another value than before means that images are analysed anew.

    Raises
    ------
    NanotemError
        If the folder cannot be written, or another run writes to it.
    ParameterError
        If the folder holds a damaged study.
    """
    with writing(folder):
        study = open_study(folder) if (folder / _STUDY).exists() else Study(folder)
        study = replace(study, recipe=recipe or Recipe(), nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
        for path, sample in images:
            study = study.with_image(_image_of(study, path, sample))
        return save_study(study)


def open_study(folder: Path) -> Study:
    """Open the study of a folder, also while another process writes to it.

    An image whose result is not there, or follows from another recipe, is waiting again.

    Raises
    ------
    UnreadableFileError
        If there is no study in the folder.
    ParameterError
        If it is damaged.
    """
    try:
        text = (folder / _STUDY).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"There is no study in {folder}.", "Name the folder of a batch.") from error
    study = read_study_file(text, folder)
    return replace(study, images=tuple(_checked(study, image) for image in study.images))


def save_study(study: Study) -> Study:
    """Write `study.toml` and return the study; only for the holder of `writing`.

    Raises
    ------
    NanotemError
        If it cannot be written.
    """
    with replacing(study.folder / _STUDY) as path:
        path.write_text(write_study_file(study), encoding="utf-8")
    return study


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the only writer of a study; a killed one does not stand in the way.

    Raises
    ------
    NanotemError
        If there is another writer, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = locket.lock_file(str(folder.resolve() / _LOCK), timeout=0)
        lock.acquire()
    except locket.LockError as error:
        raise NanotemError(
            f"Another run is writing to the study {folder}.", "Wait for its end, or choose another folder."
        ) from error
    except OSError as error:
        raise NanotemError(f"{folder} cannot be written ({error.strerror}).", "Choose another folder.") from error
    try:
        remove_unfinished(folder)
        yield
    finally:
        lock.release()


def free_name(study: Study, name: str) -> str:
    """Return a name for one more image: that of its file, with a number if it is taken (in upper or lower case)."""
    name, taken = as_file_name(name), {image.name.casefold() for image in study.images}
    stem, suffix = Path(name).stem, Path(name).suffix
    candidates = chain([name], (f"{stem[:_LONGEST_STEM]} ({number}){suffix}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate.casefold() not in taken)


def _files_in(path: Path) -> list[Path]:
    """Return the images of a folder, or the file itself; EMI files are left out, their SER files hold the pixels."""
    if not path.is_dir():
        return [path]
    try:
        files = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {path} cannot be opened ({error.strerror}).", "Check your right to read it."
        ) from error
    return sorted(file for file in files if file.suffix.lower() in SUPPORTED_SUFFIXES and file.suffix.lower() != ".emi")


def _image_of(study: Study, path: Path, sample: str) -> StudyImage:
    """Return the image of a path as the study has it, or a new one."""
    folder, path = study.folder.resolve(), path.resolve()
    place = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    known = (image for image in study.images if image.path == place)
    return replace(next(known, None) or StudyImage(free_name(study, path.name), place), sample=sample)


def _checked(study: Study, image: StudyImage) -> StudyImage:
    done = image.status == "done" and is_analysed(study, image)
    return image if done or image.status == "failed" else replace(image, status="waiting")
