"""The proof that a network on disk is the one that was saved: hashes, and golden answers."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.networks.errors import ModelError

_GOLDEN_TOLERANCE = 1e-3
"""Other processors and library versions change logits by up to 1e-5; a wrong weight or layer changes them by more."""


def hash_of_arrays(named: Iterable[tuple[str, npt.NDArray[Any]]]) -> str:
    """Return SHA-256 over name, shape, type and bytes of every array, in their order."""
    digest = hashlib.sha256()
    for name, array in named:
        values = np.ascontiguousarray(array)
        digest.update(f"{name}|{values.shape}|{values.dtype}|".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def check_golden(name: str, answers: npt.NDArray[np.float32], golden: npt.NDArray[np.float32]) -> None:
    """Make sure that a network answers its golden inputs as when it was saved.

    Raises
    ------
    ModelError
        If the answers differ from the golden ones, in shape or by more than 0.001.
    """
    if answers.shape != golden.shape or not np.allclose(answers, golden, atol=_GOLDEN_TOLERANCE):
        raise ModelError(
            f"{name} answers its golden inputs differently than when it was saved.",
            "Install the versions of the libraries that requirements.txt names.",
        )
