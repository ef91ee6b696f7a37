"""The micrograph: pixels that nobody changes, where they came from, and their scale."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from nanotem.errors import ScaleError

Pixels = npt.NDArray[Any]
"""A two-dimensional grey image of any real type, axes (row, column)."""

GreyImage = npt.NDArray[np.float32]
"""A two-dimensional grey image on the scale 0 to 255, fractions kept."""

Mask = npt.NDArray[np.bool_]
"""True where there is a particle (or whatever the name says)."""

Labels = npt.NDArray[np.int32]
"""0 background, each particle one positive number that stays its own."""

ScaleSource = Literal["file", "scale bar", "typed", "example"]

_SMALLEST_NM_PER_PX = 1e-4
_LARGEST_NM_PER_PX = 1e5


@dataclass(frozen=True)
class Scale:
    """How many nanometres one pixel spans, and who says so.

    Parameters
    ----------
    nm_per_px
        Nanometres per pixel, the same along rows and columns.
    source
        Where the number comes from.
    relative_uncertainty
        Standard uncertainty of `nm_per_px` divided by `nm_per_px`; 0 where it is not known.

    Raises
    ------
    ScaleError
        If `nm_per_px` is not a plausible size of a pixel.
    """

    nm_per_px: float
    source: ScaleSource
    relative_uncertainty: float = 0.0

    def __post_init__(self) -> None:
        for name in ("nm_per_px", "relative_uncertainty"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not _SMALLEST_NM_PER_PX <= self.nm_per_px <= _LARGEST_NM_PER_PX:
            raise ScaleError(
                f"A scale of {self.nm_per_px:g} nm per pixel is outside "
                f"{_SMALLEST_NM_PER_PX:g} to {_LARGEST_NM_PER_PX:g}.",
                "Check the length of the scale bar and its unit.",
            )
        if self.source not in get_args(ScaleSource):
            raise ScaleError(
                f"The scale has an unknown source, {self.source!r}.",
                f"Use one of {', '.join(get_args(ScaleSource))}.",
            )


@dataclass(frozen=True, eq=False)
class Micrograph:
    """One micrograph as it was read.

    Parameters
    ----------
    pixels
        Shape (rows, columns), real numbers of any depth, made read-only.
    id
        SHA-256 of the file's bytes, hexadecimal: the key of every cache and recipe.
    name
        File name, for people.
    scale
        From the file's metadata; None if it holds none.
    notes
        What a person should know about the reading ("frame 1 of 12 was taken").
    """

    pixels: Pixels
    id: str
    name: str
    scale: Scale | None = None
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.pixels.shape
        return rows, columns

    def with_scale(self, scale: Scale | None) -> "Micrograph":
        """Return the same micrograph with another scale."""
        return replace(self, scale=scale)
