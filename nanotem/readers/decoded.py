"""What a decoder hands on, and the limits that every image keeps."""

from dataclasses import dataclass

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels

MAX_PIXELS = 100_000_000
MIN_SIDE_PX = 16


@dataclass(frozen=True)
class PixelSize:
    """Height and width of a pixel as the file states them, each with its own unit."""

    height: float
    width: float
    height_unit: str
    width_unit: str


@dataclass(frozen=True, eq=False)
class Decoded:
    """An image as it was stored.

    Parameters
    ----------
    image
        Shape (rows, columns) or (rows, columns, channels); grey, grey and alpha, RGB or RGBA.
    pixel_size
        As the file states it; None if it does not.
    notes
        What a person should know about the reading.
    """

    image: Pixels
    pixel_size: PixelSize | None = None
    notes: tuple[str, ...] = ()


def check_size(rows: int, columns: int) -> None:
    """Refuse an image that is too large or too small, from the numbers in its header.

    Raises
    ------
    UnreadableFileError
        If it has more than `MAX_PIXELS` pixels, or a side shorter than `MIN_SIDE_PX`.
    """
    size = f"The image is {rows} x {columns} pixels"
    if rows * columns > MAX_PIXELS:
        raise UnreadableFileError(
            f"{size}, more than the limit of {MAX_PIXELS:,} in all.",
            "Crop it or bin it 2 x 2 first.",
        )
    if min(rows, columns) < MIN_SIDE_PX:
        raise UnreadableFileError(
            f"{size}; each side needs at least {MIN_SIDE_PX}.",
            "Open the full image, not a thumbnail or a spectrum.",
        )


def first_of(what: str, n_stored: int) -> tuple[str, ...]:
    """Return the note that only the first was taken, if there are more."""
    return (f"{what} 1 of {n_stored} was taken.",) if n_stored > 1 else ()
