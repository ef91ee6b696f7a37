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

ScaleSource = Literal["file", "scale bar", "typed", "example", "lattice"]

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


@dataclass(frozen=True)
class ImageInFile:
    """One of the images that a file holds.

    Parameters
    ----------
    number
        Its place in the file's list, from 1.
    name
        Detector or title as the file gives it; blank where it gives none.
    shape
        Rows and columns.
    n_frames
        How many frames it has: 1, or more for a stack.
    what
        What it shows instead of the specimen ("element map", "preview"); blank for an image of the specimen.
    """

    number: int
    name: str
    shape: tuple[int, int]
    n_frames: int = 1
    what: str = ""

    @property
    def shows_specimen(self) -> bool:
        """Whether nothing says that it is something else."""
        return not self.what

    def __str__(self) -> str:
        rows, columns = self.shape
        size = f"{rows} x {columns} px" + (f", {self.n_frames} frames" if self.n_frames > 1 else "")
        return " ".join(
            part for part in (str(self.number), self.name, f"({', '.join(filter(None, [self.what, size]))})") if part
        )


@dataclass(frozen=True, eq=False)
class Micrograph:
    """One micrograph as it was read.

    Parameters
    ----------
    pixels
        Shape (rows, columns), real numbers of any depth, made read-only.
    id
        Hexadecimal SHA-256: the key of every cache and recipe. Of the file's bytes where the image was taken that is
        taken by default; of these and the choice where another image or frame was asked for.
    name
        File name, for people.
    scale
        From the file's metadata; None if it holds none.
    notes
        What a person should know about the reading ("frame 1 of 12 was taken").
    images
        Every image that the file holds, in its order; empty where that is not known (an image that was drawn).
    image
        Number of the image that was taken, from 1.
    frame
        Number of the frame of it that was taken, from 1.
    repaired
        True where the file's own value is no image (hot pixels, no number) and `pixels` holds the median of the
        neighbours instead; None where nothing was repaired. Particles may lie over it: a reason for doubt, not to be
        cut out.
    blank
        True where the file has no image at all (a block of rows of one value, as an interrupted copy leaves); None
        where there is no such block. To be ignored by every estimate.
    """

    pixels: Pixels
    id: str
    name: str
    scale: Scale | None = None
    notes: tuple[str, ...] = field(default=())
    images: tuple[ImageInFile, ...] = ()
    image: int = 1
    frame: int = 1
    repaired: Mask | None = None
    blank: Mask | None = None

    def __post_init__(self) -> None:
        for array in (self.pixels, self.repaired, self.blank):
            if array is not None:
                array.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.pixels.shape
        return rows, columns

    def with_scale(self, scale: Scale | None) -> "Micrograph":
        """Return the same micrograph with another scale."""
        return replace(self, scale=scale)
