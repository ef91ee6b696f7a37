"""Stored values to one grey value per pixel."""

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Mask, Pixels

_LUMINANCE = (0.299, 0.587, 0.114)
_MAX_CHANNELS = 4

_LARGEST = 1e18
"""Programs mark missing pixels by 3.4e38 and the like; the square of more than 1.8e19 is beyond single precision."""


def to_grey(image: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    """Return one grey value per pixel, in the file's own type where that is possible.

    Parameters
    ----------
    image
        Shape (rows, columns) or (rows, columns, channels) with 1 to 4 channels: grey, grey and alpha,
        RGB, RGBA. RGB with equal channels keeps its type; other colours become their luminance
        (ITU-R BT.601) as float32 on the same range. Transparent pixels are laid on white, unless all are: then nobody
        wrote the channel that says so.

    Returns
    -------
    pixels : array, shape (rows, columns)
        Contiguous, native byte order. 1-bit becomes uint8 with 0 and 255, half precision float32.
    notes : tuple of str
        What was changed.

    Raises
    ------
    UnreadableFileError
        If the values are complex or no numbers, or if the shape is another.
    """
    if image.dtype.kind not in "buif":
        described = "complex numbers (a Fourier transform)" if image.dtype.kind == "c" else "no grey values"
        raise UnreadableFileError(
            f"Its pixels are {described}.",
            "Save the real image, or its modulus, as TIFF.",
        )
    if image.ndim not in (2, 3) or image.shape[2:] > (_MAX_CHANNELS,):
        raise UnreadableFileError(
            f"Its pixels have the shape {image.shape}, not rows and columns with at most {_MAX_CHANNELS} channels.",
            "Save one greyscale image as TIFF.",
        )
    if image.ndim == 3:
        image, notes = _merge_channels(_plain_type(image))
    else:
        image, notes = _plain_type(image), ()
    return np.ascontiguousarray(image), notes


def _plain_type(image: Pixels) -> Pixels:
    """Native byte order; no booleans and no half precision, which OpenCV cannot take."""
    if image.dtype.kind == "b":
        return image.astype(np.uint8) * np.uint8(255)
    if image.dtype.kind == "f" and image.dtype.itemsize == 2:
        return image.astype(np.float32)
    return image.astype(image.dtype.newbyteorder("="), copy=False)


def _merge_channels(image: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    """Grey from (rows, columns, 1 to 4)."""
    n_channels = image.shape[2]
    colours = image[..., :3] if n_channels >= 3 else image[..., :1]
    grey = _luminance(colours)
    if n_channels in (2, 4):
        return _lay_on_white(grey, image[..., -1])
    return grey, ()


def _luminance(colours: Pixels) -> Pixels:
    """One channel if all are equal, else their weighted sum."""
    first = colours[..., 0]
    if all(np.array_equal(first, colours[..., i]) for i in range(1, colours.shape[2])):
        return first
    grey = np.zeros(first.shape, np.float32)
    for i, weight in enumerate(_LUMINANCE):
        grey += np.float32(weight) * colours[..., i].astype(np.float32)
    return grey


def _lay_on_white(grey: Pixels, alpha: Pixels) -> tuple[Pixels, tuple[str, ...]]:
    """Composite on white where `alpha` is below its maximum; the type of `grey` is kept."""
    opaque = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1.0
    transparent = alpha < opaque
    if not transparent.any():
        return grey, ()
    if not alpha.any():
        return grey, ("All of it is marked as transparent, which was left out.",)
    cover = alpha[transparent] / opaque
    laid = opaque - (opaque - grey[transparent].astype(np.float64)) * cover
    grey = grey.copy()
    grey[transparent] = np.rint(laid) if grey.dtype.kind in "ui" else laid
    return grey, ("Transparent pixels were laid on white.",)


def without_missing(image: Pixels) -> tuple[Pixels, Mask | None]:
    """Replace what is no grey value by the median of the rest, and tell where that was; None if nowhere.

    Raises
    ------
    UnreadableFileError
        If that is all of them.
    """
    if image.dtype.kind != "f":
        return image, None
    with np.errstate(invalid="ignore"):
        usable = np.abs(image) < _LARGEST
    if usable.all():
        return image, None
    if not usable.any():
        raise UnreadableFileError(
            f"None of its pixels holds a usable number: all are NaN, infinite or beyond {_LARGEST:g}.",
            "Export the image again.",
        )
    median = np.median(image[usable])
    return np.where(usable, image, median.astype(image.dtype)), ~usable
