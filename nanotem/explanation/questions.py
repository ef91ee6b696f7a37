"""What is asked: why this class, or why this class and not that one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nanotem.errors import ParameterError


@dataclass(frozen=True)
class Question:
    """Why a class, or why a class and not another.

    Parameters
    ----------
    target
        The class that is explained.
    contrast
        The class that it is held against; None for none.

    Raises
    ------
    ParameterError
        If both are the same.
    """

    target: str
    contrast: str | None = None

    def __post_init__(self) -> None:
        if self.target == self.contrast:
            raise ParameterError(
                f"{self.target} cannot be held against itself.", "Choose another class to hold it against."
            )

    def __str__(self) -> str:
        return f"Why {self.target}" + (f" and not {self.contrast}?" if self.contrast else "?")

    def weights(self, classes: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return what each logit counts in the score: 1 for the target, -1 for the contrast, shape (classes,).

        Raises
        ------
        ParameterError
            If a class is not one of the model's.
        """
        for name in filter(None, (self.target, self.contrast)):
            if name not in classes:
                raise ParameterError(f"The model has no class {name!r}.", f"It has {', '.join(classes)}.")
        signs = {self.target: 1, self.contrast: -1}
        return np.array([signs.get(name, 0) for name in classes], np.float32)
