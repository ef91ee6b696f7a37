"""Files that are either whole or not there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from nanotem.errors import NanotemError

_UNFINISHED = ".part"

DRAFTS = ".drafts-"
"""Begins the name of the folder of the drafts of a run."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place beside a file to write to, which becomes the file if nothing goes wrong.

    Raises
    ------
    NanotemError
        If the file cannot be written.
    """
    unfinished = path.with_name(f".{uuid4().hex}{_UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise NanotemError(
            f"{path} cannot be written ({error.strerror or error}).", "Choose another folder, or make room."
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def write_file(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all, and the folders around it.

    Raises
    ------
    NanotemError
        If that is not possible.
    """
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def remove_unfinished(folder: Path) -> None:
    """Remove what a writer that was killed left behind."""
    for path in (*folder.glob(f".*{_UNFINISHED}"), *folder.glob(f"*/.*{_UNFINISHED}")):
        path.unlink(missing_ok=True)
    for path in folder.glob(f"{DRAFTS}*"):
        shutil.rmtree(path, ignore_errors=True)
