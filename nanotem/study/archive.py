"""A study as one file, and back."""

import shutil
import stat
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from nanotem.errors import UnreadableFileError
from nanotem.files.replacing import replacing
from nanotem.study.folder import open_study, save_study, writing
from nanotem.study.study import SUFFIXES, UPLOADS, Study
from nanotem.study.summary import combine
from nanotem.study.table_file import check_table

LARGEST_STUDY_BYTES = 3 * 1024**3
"""The largest uploads and half as much again for what was found in them."""

MOST_FILES = 50_000
"""A name in the directory of a ZIP file takes 1 kB of memory, and a study has six files per image."""

_FOLDERS = {*SUFFIXES, UPLOADS}
_FILES = {"study.toml", "particles.parquet", "summary.csv", "shares.csv", "fringes.csv"}


def pack_study(study: Study, target: BinaryIO) -> None:
    """Write a study with its combined tables as a ZIP file; images that lie elsewhere stay there.

    Raises
    ------
    NanotemError
        If the combined tables cannot be written.
    """
    combine(study)
    with ZipFile(target, "w") as archive:
        for path in sorted(study.folder.glob("**/*")):
            place = path.relative_to(study.folder).as_posix()
            if path.is_file() and _belongs(PurePosixPath(place)):
                archive.write(path, place)


def unpack_study(source: BinaryIO, folder: Path) -> Study:
    """Unpack a study from a ZIP file that nobody has checked, check its tables, and open it.

    Nothing is written outside the folder, and images are sought only in it: a path to another place on this computer
    is not followed.

    Parameters
    ----------
    source
        A ZIP file made by `pack_study`, or of the folder of a study.
    folder
        Empty or absent.

    Raises
    ------
    UnreadableFileError
        If it is no ZIP file, is damaged, too large, holds no study or a table that is none, or names files outside.
    ParameterError
        If the study in it is damaged.
    NanotemError
        If a file cannot be written.
    """
    try:
        with ZipFile(source) as archive:
            _extract(archive, folder)
    except (BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error) as error:
        raise UnreadableFileError(f"This is no ZIP file that can be read ({error}).", "Download it again.") from error
    for table in (folder / "particles").glob("*.parquet"):
        check_table(table)
    study = open_study(folder)
    inside = folder.resolve()
    images = (
        image
        if study.path_of(image).resolve().is_relative_to(inside)
        else replace(image, path=f"{UPLOADS}/{image.name}")
        for image in study.images
    )
    with writing(folder):
        return save_study(replace(study, images=tuple(images)))


def _extract(archive: ZipFile, folder: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    _check_amount(members)
    root = _root(members)
    for member in members:
        path = PurePosixPath(member.filename)
        _check_path(member, path)
        if path.is_relative_to(root) and _belongs(path.relative_to(root)):
            with (
                archive.open(member) as packed,
                replacing(folder / path.relative_to(root)) as unfinished,
                unfinished.open("wb") as file,
            ):
                shutil.copyfileobj(packed, file)


def _root(members: list[ZipInfo]) -> PurePosixPath:
    """Return the folder of the study in the archive."""
    paths = (PurePosixPath(member.filename) for member in members)
    roots = [path.parent for path in paths if path.name == "study.toml"]
    if not roots:
        raise UnreadableFileError("This ZIP file holds no study.toml.", "Upload a study that was downloaded here.")
    return min(roots, key=lambda path: len(path.parts))


def _belongs(path: PurePosixPath) -> bool:
    """Whether a path, relative to the study, is that of one of its files."""
    if len(path.parts) == 1:
        return path.name in _FILES
    return len(path.parts) == 2 and path.parts[0] in _FOLDERS and not path.name.startswith(".")


def _check_amount(members: list[ZipInfo]) -> None:
    """Refuse bombs; the sizes that members declare are those that reading them is held to."""
    size = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or size > LARGEST_STUDY_BYTES:
        raise UnreadableFileError(
            f"This ZIP file holds {len(members)} files of {size / 1024**3:.3g} GB, more than {MOST_FILES} files or "
            f"{LARGEST_STUDY_BYTES / 1024**3:g} GB.",
            "Divide the study.",
        )


def _check_path(member: ZipInfo, path: PurePosixPath) -> None:
    outside = path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableFileError(
            f"This ZIP file names a file outside of it, {member.filename[:80]!r}.", "Use a study that you trust."
        )
