"""Make a study in a folder, open it again, and keep its `study.toml`."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any

import locket  # type: ignore[import-untyped]

from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.files.replacing import remove_unfinished, write_file
from nanotem.readers import SUPPORTED_SUFFIXES
from nanotem.recipe import Recipe
from nanotem.study.origin import is_analysed
from nanotem.study.rebuild import has_records, rebuilt
from nanotem.study.settings import OPTIONS, Settings, differences, given_options
from nanotem.study.study import Status, Study, StudyImage, as_file_name
from nanotem.study.study_file import DamagedStudyError, read_study_file, write_study_file

_STUDY, _LOCK = "study.toml", ".lock"
_HEADS = {_STUDY: "the study of a batch", "film.json": "an analysed film"}
"""The file that says what a folder holds, and what that is."""

_LONGEST_STEM = 90
"""Of the 100 characters that `safe_stem` allows: room for a number."""

_LISTED = 3
"""Names in a message."""

_LOST = "Start the batch again in a new folder."


def find_images(paths: Iterable[Path], *, sample: str | None = None) -> list[tuple[Path, str]]:
    """List the images of folders (not of the folders in them), and images named one by one, with their sample.

    Parameters
    ----------
    paths
        Folders and files.
    sample
        Sample of all of them; without it the name of the folder that an image lies in, with as many of the folders
        around it as tell it from others of the same name.

    Raises
    ------
    UnreadableFileError
        If there is no image, or a folder cannot be read.
    """
    paths = list(paths)
    files = dict.fromkeys(_own_path(file) for path in paths for file in (images_in(path) if path.is_dir() else [path]))
    if not files:
        raise UnreadableFileError(
            f"There is no image in {', '.join(str(path) for path in paths)}.", "Name folders that hold micrographs."
        )
    samples = _told_apart({file.parent for file in files})
    return [(file, samples[file.parent] if sample is None else sample) for file in files]


def _told_apart(folders: Iterable[Path], n_parts: int = 1) -> dict[Path, str]:
    """Return the names of folders, each with the last parts of its path that no other has."""
    alike: dict[str, list[Path]] = {}
    for folder in folders:
        alike.setdefault("/".join(folder.parts[-n_parts:]), []).append(folder)
    names: dict[Path, str] = {}
    for name, several in alike.items():
        names |= _told_apart(several, n_parts + 1) if len(several) > 1 else {several[0]: name}
    return names


def images_in(folder: Path) -> list[Path]:
    """Return the images of a folder, by name; EMI files are left out, their SER files hold the pixels.

    Raises
    ------
    UnreadableFileError
        If it cannot be read.
    """
    try:
        files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(".")]
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {folder} cannot be opened ({error.strerror}).", "Check your right to read it."
        ) from error
    return sorted(file for file in files if file.suffix.lower() in SUPPORTED_SUFFIXES and file.suffix.lower() != ".emi")


def prepare_study(
    folder: Path,
    images: Iterable[tuple[Path, str]],
    *,
    recipe: Recipe | None = None,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
    may_replace: bool = False,
    keep_samples: bool = False,
) -> Study:
    """Make a study, or add images to the one in the folder; what it was told before and what is analysed stays.

    Parameters
    ----------
    folder
        Of the study; made if it is absent.
    images
        Each with the name of its sample.
    recipe, nm_per_px, bar_length_nm
        As for `Settings`, a length of 0 for none. What is not given stays as it is for an image that the study has,
        and is for a new one what all its images have.
    may_replace
        Whether images that the study has may get other settings, and so be analysed anew; images that are not named
        never do.
    keep_samples
        Whether images that the study has keep their samples.

    Raises
    ------
    NanotemError
        If the folder cannot be written, or another run writes to it.
    ParameterError
        If the folder holds a film, or a damaged study; if images have other settings than those given and may not get
        them; if it has to be said what new images have, as those of the study differ in it.
    """
    given = given_options(recipe, nm_per_px, bar_length_nm)
    check_is_for(folder, _STUDY)
    with writing(folder):
        before = study = open_study(folder) if has_study(folder) else Study(folder)
        for path, sample in images:
            known = _known(study, path)
            if known is None:
                name, settings = free_name(study, path.name), _settings_of_new(before, given)
                study = study.with_image(StudyImage(name, _place(study, path), sample, settings=settings))
                continue
            new = replace(known.settings, **given)
            status: Status = known.status if new == known.settings else "waiting"
            sample = known.sample if keep_samples else sample
            study = study.with_image(replace(known, sample=sample, settings=new, status=status))
        changes = settings_changes(before, study)
        if changes and not may_replace:
            raise ParameterError(
                f"The study {folder} was told otherwise: {'; '.join(changes)}.",
                "Leave these options out to keep what it has, or analyse these images anew with --replace.",
            )
        return save_study(study)


def settings_changes(before: Study, after: Study) -> tuple[str, ...]:
    """Say what differs in the settings of the images that both studies have, and in which images.

    Examples
    --------
    >>> settings_changes(Study(Path("a")), Study(Path("a")))
    ()
    """
    names: dict[str, list[str]] = {}
    old = {image.name: image.settings for image in before.images}
    for image in after.images:
        for change in differences(old.get(image.name, image.settings), image.settings):
            names.setdefault(change, []).append(image.name)
    return tuple(f"{change} in {_listed(images)}" for change, images in names.items())


def has_study(folder: Path) -> bool:
    """Whether there is a study in a folder, or what is left of one."""
    return (folder / _STUDY).exists() or has_records(folder)


def open_study(folder: Path) -> Study:
    """Open the study of a folder, also while another process writes to it.

    An image whose result is not there, was damaged, or follows from other settings, is waiting again; a `study.toml`
    that is damaged is made again from the results. The notes of the study say so.

    Raises
    ------
    UnreadableFileError
        If there is no study in the folder.
    DamagedStudyError
        If it is damaged and there is no result to make it from.
    ParameterError
        If a later version wrote it.
    """
    if not has_study(folder):
        raise UnreadableFileError(f"There is no study in {folder}.", "Name the folder of a batch.")
    study = _read(folder)
    checked = tuple(_checked(study, image) for image in study.images)
    n_lost = sum(old.status == "done" != new.status for old, new in zip(study.images, checked, strict=True))
    lost = (
        f"{n_lost} of {len(checked)} results are missing, damaged, or of an earlier version: these images are "
        "analysed again by the next run.",
    )
    return replace(study, images=checked, notes=study.notes + (lost if n_lost else ()))


def save_study(study: Study) -> Study:
    """Write `study.toml` and return the study; only for the holder of `writing`.

    Raises
    ------
    NanotemError
        If it cannot be written.
    """
    write_file(study.folder / _STUDY, write_study_file(study).encode())
    return study


def check_is_for(folder: Path, head: str) -> None:
    """Refuse a folder that holds something else: files of both would lie side by side, and be taken for one result.

    Parameters
    ----------
    folder
        It may be absent.
    head
        Name of the file that says what the folder is to hold; once it is there, the folder is for that.

    Raises
    ------
    ParameterError
        If it holds something else.
    """
    held = next((what for name, what in _HEADS.items() if (folder / name).exists()), None)
    if held and not (folder / head).exists():
        raise ParameterError(f"{folder} holds {held}.", f"Choose another folder for {_HEADS[head]}.")


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
        raise NanotemError(
            f"{folder} cannot be written ({error.strerror or error}).", "Choose another folder."
        ) from error
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


def _own_path(path: Path) -> Path:
    """Return the whole path; a link keeps its own name and folder, which say what it shows."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` follows links, `absolute` keeps ".."


def _read(folder: Path) -> Study:
    try:
        text = (folder / _STUDY).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        return rebuilt(folder, DamagedStudyError(f"The study.toml of {folder.name} cannot be read ({error}).", _LOST))
    try:
        return read_study_file(text, folder)
    except DamagedStudyError as error:
        return rebuilt(folder, error)


def _place(study: Study, path: Path) -> str:
    """Return the path of an image as a study keeps it; a link is not followed, it has a name of its own."""
    folder, path = study.folder.resolve(), path.parent.resolve() / path.name
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _known(study: Study, path: Path) -> StudyImage | None:
    place = _place(study, path)
    return next((image for image in study.images if image.path == place), None)


def _settings_of_new(study: Study, given: Mapping[str, Any]) -> Settings:
    """Return what is given, and for the rest what all images of the study have."""
    values = {name: study.values(name) for name in OPTIONS if name not in given}
    for name, different in values.items():
        if len(different) > 1:
            raise ParameterError(
                f"The images of the study {study.folder} have {len(different)} different values of {name}: it is not "
                "known which the new ones have.",
                f"Give --{name.replace('_', '-')}{'' if name == 'recipe' else ', 0 for none'}.",
            )
    shared = {name: different[0] for name, different in values.items() if different}
    return Settings(**shared, **given)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _checked(study: Study, image: StudyImage) -> StudyImage:
    done = image.status == "done" and is_analysed(study, image)
    return image if done or image.status == "failed" else replace(image, status="waiting")
