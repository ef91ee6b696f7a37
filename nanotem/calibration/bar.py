"""A scale bar in an image, and the scale that follows from it."""

from dataclasses import dataclass, replace
from typing import Literal

from nanotem.calibration.box import Box, moved
from nanotem.errors import ScaleError
from nanotem.micrograph import Scale
from nanotem.readers.units import to_nm

Polarity = Literal["light", "dark"]

END_UNCERTAINTY_PX = 0.5
"""Standard uncertainty of a sharp end."""


@dataclass(frozen=True)
class ScaleBar:
    """A horizontal scale bar, burnt into the image.

    Parameters
    ----------
    row
        Row of its centre line.
    left, right
        Its two ends in columns, to a fraction of a pixel. Pixel centres are whole numbers, so a bar that
        fills the columns 43 to 92 ends at 42.5 and 92.5 and is 50 px long.
    thickness_px
        Its height in rows.
    polarity
        "light" if it is lighter than what lies around it, "dark" if darker.
    confidence
        From 0 to 1: how much it looks like a scale bar.
    box
        (top, left, bottom, right) in whole pixels, half open, end ticks included.
    end_uncertainty_px
        Standard uncertainty of either end: more than half a pixel where it lies in an outline.

    Raises
    ------
    ScaleError
        If the right end is not to the right of the left end.
    """

    row: float
    left: float
    right: float
    thickness_px: float
    polarity: Polarity
    confidence: float
    box: Box
    end_uncertainty_px: float = END_UNCERTAINTY_PX

    def __post_init__(self) -> None:
        if not self.right > self.left:
            raise ScaleError(
                f"A scale bar from column {self.left:g} to column {self.right:g} has no length.",
                "Give its left end first, then its right end.",
            )

    @property
    def length_px(self) -> float:
        """Length between the two ends."""
        return self.right - self.left

    def shifted(self, rows: int, columns: int) -> "ScaleBar":
        """Return a bar that was found in a part of an image in the coordinates of the image."""
        return replace(
            self,
            row=self.row + rows,
            left=self.left + columns,
            right=self.right + columns,
            box=moved(self.box, rows, columns),
        )


def scale_from_bar(bar: ScaleBar, length: float, unit: str) -> Scale:
    """Return the scale of an image whose bar stands for `length`.

    Parameters
    ----------
    bar
        The bar, found or drawn.
    length, unit
        What its label says, for example 50 and "nm".

    Returns
    -------
    Scale
        With source "scale bar". Its relative uncertainty supposes that the ends are known independently of each other:
        √2 · `bar.end_uncertainty_px` / `bar.length_px`.

    Raises
    ------
    ScaleError
        If `length` is not positive, the unit is unknown, or the scale is impossible.
    UnreadableFileError
        If the unit is that of a diffraction pattern or a spectrum (1/nm, mrad, eV).
    """
    if not length > 0:
        raise ScaleError(f"A scale bar of {length:g} {unit} is not longer than 0.", "Type the number on its label.")
    length_nm = to_nm(length, unit)
    if length_nm is None:
        raise ScaleError(f"{unit!r} is no unit of length that is known here.", "Use pm, Å, nm, µm or mm.")
    uncertainty = 2**0.5 * bar.end_uncertainty_px / bar.length_px
    return Scale(length_nm / bar.length_px, "scale bar", relative_uncertainty=uncertainty)
