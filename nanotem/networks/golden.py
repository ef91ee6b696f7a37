"""Golden answers: what a network gave for some inputs when it was saved, and must give again."""

import numpy as np
import numpy.typing as npt

from nanotem.networks.errors import ModelError

_GOLDEN_TOLERANCE = 1e-3
"""Other processors and versions of libraries change logits by up to 1e-5; a wrong weight or layer by far more."""


def check_golden(name: str, answers: npt.NDArray[np.float32], golden: npt.NDArray[np.float32]) -> None:
    """Make sure that a network answers its golden inputs as when it was saved.

    Parameters
    ----------
    name
        Of the network, for the message.
    answers, golden
        What it gives now, and what it gave, one row per input.

    Raises
    ------
    ModelError
        If there is no golden answer, one is not finite, or the answers differ in shape or by more than 0.001.
    """
    is_usable = golden.size > 0 and bool(np.isfinite(golden).all())
    if not is_usable or answers.shape != golden.shape or not np.allclose(answers, golden, atol=_GOLDEN_TOLERANCE):
        raise ModelError(
            f"{name} answers its golden inputs differently than when it was saved.",
            "Install the versions of the libraries that requirements.txt names.",
        )
