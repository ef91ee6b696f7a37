"""PNG, JPEG and BMP: pictures without a scale (their dots per inch belong to the printer)."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from PIL import BmpImagePlugin, JpegImagePlugin, PngImagePlugin
from PIL.ImageFile import ImageFile

from nanotem.micrograph import Pixels
from nanotem.readers.content import RasterKind
from nanotem.readers.decoded import Decoded, check_size, first_of

_DECODERS: dict[RasterKind, Callable[[BytesIO], ImageFile]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
}
_STORED_AS_THEY_ARE = {"1", "L", "LA", "I", "I;16", "F", "RGB", "RGBA"}


def read_raster(data: bytes, kind: RasterKind) -> Decoded:
    """Decode a PNG, JPEG or BMP; the size is checked from the header first.

    Raises
    ------
    UnreadableFileError
        If the image is too large or too small.
    """
    with _DECODERS[kind](BytesIO(data)) as picture:
        columns, rows = picture.size
        check_size(rows, columns)
        notes = first_of("Frame", getattr(picture, "n_frames", 1))
        if kind == "png" and _is_deep_colour(data):
            # Pillow checks every chunk but would cut 16-bit colour to 8 bits; OpenCV keeps the bits
            # but silently fills a file that was cut short.
            picture.verify()
            return Decoded(_decode_deep_colour(data), notes=notes)
        has_transparent_colour = "transparency" in picture.info and picture.mode != "I;16"
        if picture.mode in _STORED_AS_THEY_ARE and not has_transparent_colour:
            return Decoded(np.asarray(picture), notes=notes)
        return Decoded(np.asarray(picture.convert("RGBA" if has_transparent_colour else "RGB")), notes=notes)


def _is_deep_colour(png: bytes) -> bool:
    """Return whether the header says 16 bits per channel and more than one channel."""
    bit_depth, colour_type = png[24], png[25]
    return bit_depth == 16 and colour_type != 0


def _decode_deep_colour(png: bytes) -> Pixels:
    """RGB or RGBA with 16 bits per channel."""
    bgr = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGRA2RGBA if bgr.shape[2] == 4 else cv2.COLOR_BGR2RGB))
