"""What a decoder hands on, and the limits that every image keeps."""

from dataclasses import dataclass

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import ImageInFile, Pixels

MAX_PIXELS = 100_000_000
"""The largest cameras have 64 million pixels (8192 x 8192)."""

MAX_IMAGE_BYTES = 400_000_000
"""Of one image as it is decoded, channels and depth counted: the largest image in single precision."""

MAX_METADATA_BYTES = 16_000_000
"""Of one text of metadata; the largest seen (Velox, one per image) has 14 kB, those of stacks 1 MB."""

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
    scale_notes
        What a person should know about its scale.
    may_have_companion
        Whether programs that write this kind of file leave the scale in a text file beside it.
    images
        All images of the file.
    number, frame
        Which of them was taken, and which of its frames, from 1.
    is_default
        Whether this is what is taken if nobody chooses.
    """

    image: Pixels
    pixel_size: PixelSize | None = None
    notes: tuple[str, ...] = ()
    scale_notes: tuple[str, ...] = ()
    may_have_companion: bool = False
    images: tuple[ImageInFile, ...] = ()
    number: int = 1
    frame: int = 1
    is_default: bool = True


def check_size(rows: int, columns: int, *, bytes_per_pixel: int = 1) -> None:
    """Refuse an image that is too large or too small, from the numbers in its header.

    Parameters
    ----------
    rows, columns
        As the header claims.
    bytes_per_pixel
        What a decoder holds for one pixel, channels and depth counted.

    Raises
    ------
    UnreadableFileError
        If it has more than `MAX_PIXELS` pixels or `MAX_IMAGE_BYTES` bytes, or a side shorter than `MIN_SIDE_PX`.
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
    if rows * columns * bytes_per_pixel > MAX_IMAGE_BYTES:
        raise UnreadableFileError(
            f"{size} of {bytes_per_pixel} bytes, more than the limit of {MAX_IMAGE_BYTES:,} bytes in all.",
            "Save it as 8-bit or 16-bit greyscale, crop it or bin it 2 x 2.",
        )
