"""By what a file is known wherever it lies, and an image in whatever format."""

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

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


def sha256_of_pixels(pixels: npt.NDArray[np.generic]) -> str:
    """Return the SHA-256 of the shape and the values of an image, whatever their type.

    Examples
    --------
    >>> image = np.array([[1, 2], [3, 4]], np.uint8)
    >>> sha256_of_pixels(image) == sha256_of_pixels(image.astype(np.float32))
    True
    >>> sha256_of_pixels(image) == sha256_of_pixels(image.reshape(1, 4))
    False
    """
    digest = hashlib.sha256(str(pixels.shape).encode())
    for row in pixels:
        digest.update(row.astype("<f8").tobytes())
    return digest.hexdigest()
