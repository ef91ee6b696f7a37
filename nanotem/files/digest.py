"""By what a file is known wherever it lies."""

import hashlib
from pathlib import Path

from nanotem.errors import UnreadableFileError


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file, which is never whole in memory.

    Raises
    ------
    UnreadableFileError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFileError(
            f"{path}: the file cannot be opened ({error.strerror}).", "Check its name and your right to read it."
        ) from error
