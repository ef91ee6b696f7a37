"""TIFF of every depth: the first frame, decoded once."""

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.readers.decoded import Decoded, check_size, first_of
from nanotem.readers.grey import to_grey
from nanotem.readers.tiff_scale import tiff_pixel_size

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _MASK, _YCBCR = 0, 1, 2, 3, 4, 6
_READABLE_COLOURS = {_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _MASK, _YCBCR}
_MAX_CHANNELS = 4


def read_tiff(data: bytes) -> Decoded:
    """Decode the first frame of a TIFF and its vendor's calibration.

    Size, channels and completeness are checked from the tags before a pixel is decoded.

    Raises
    ------
    UnreadableFileError
        If the image is too large or too small, cut short, or in colours other than grey, palette and RGB.
    """
    from tifffile import TiffFile

    with TiffFile(BytesIO(data)) as tiff:
        page, notes = _choose_page(tiff)
        _check_page(page, n_bytes=len(data))
        return Decoded(_decode_page(page), tiff_pixel_size(tiff, page), notes)


def _choose_page(tiff: "TiffFile") -> tuple["TiffPage", tuple[str, ...]]:
    """Take the first page, or the raw data where Olympus software put a preview before them."""
    series = tiff.series
    for number, one in enumerate(series):
        if number > 0 and one.keyframe.is_sis:
            which = f"Image {number + 1} of {len(series)} was taken"
            return one.keyframe, (f"{which}: the calibrated one; the first is a preview.",)
    page = tiff.pages.first
    n_frames = series[0].size // page.size if page.size else 1
    return page, first_of("Frame", n_frames) or first_of("Image", len(series))


def _check_page(page: "TiffPage", *, n_bytes: int) -> None:
    """Refuse by the tags alone."""
    check_size(page.imagelength, page.imagewidth)
    if page.is_tiled:
        check_size(page.tilelength, page.tilewidth)
    if page.photometric not in _READABLE_COLOURS or page.samplesperpixel * page.imagedepth > _MAX_CHANNELS:
        raise UnreadableFileError(
            f"Its colours cannot be read: {page.samplesperpixel * page.imagedepth} channels, "
            f"photometric interpretation {int(page.photometric)}.",
            "Save it as greyscale or RGB.",
        )
    end = max((at + size for at, size in zip(page.dataoffsets, page.databytecounts, strict=False)), default=0)
    if end > n_bytes:
        raise UnreadableFileError(
            f"The file is cut short: it has {n_bytes:,} bytes, its image ends at byte {end:,}.",
            "Copy it again from where it was recorded.",
        )


def _decode_page(page: "TiffPage") -> Pixels:
    """Pixels of one page, shape (rows, columns) or (rows, columns, channels)."""
    pixels = page.asarray()
    if page.axes == "SYX":
        pixels = np.moveaxis(pixels, 0, -1)
    elif page.axes.startswith("Z"):
        pixels = pixels[0]
    if page.photometric == _PALETTE:
        return np.asarray(_grey_palette(page)[pixels])
    if page.photometric == _MIN_IS_WHITE:
        return _inverted(pixels, bits=page.bitspersample)
    return _without_unnamed_channel(pixels, page)


def _grey_palette(page: "TiffPage") -> Pixels:
    """Grey value of each index; a palette has 16 bits per colour, of which 8 are used."""
    colours = np.right_shift(np.asarray(page.colormap), 8).astype(np.uint8)
    grey, _ = to_grey(colours.T[np.newaxis])
    return np.asarray(grey[0])


def _inverted(pixels: Pixels, *, bits: int) -> Pixels:
    """Make 0 black where the file says that 0 is white."""
    if pixels.dtype.kind == "b":
        return ~pixels
    if pixels.dtype.kind == "u":
        return np.asarray(pixels.dtype.type(2**bits - 1) - pixels)
    return pixels


def _without_unnamed_channel(pixels: Pixels, page: "TiffPage") -> Pixels:
    """Drop a second or fourth channel that the file does not call alpha."""
    has_extra = pixels.ndim == 3 and pixels.shape[-1] in (2, 4)
    is_alpha = any(int(extra) in (1, 2) for extra in page.extrasamples)
    return pixels[..., :-1] if has_extra and not is_alpha else pixels
