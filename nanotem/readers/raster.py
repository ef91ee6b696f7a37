"""PNG, JPEG, BMP, WebP and JPEG 2000: pictures without a scale (their dots per inch belong to the printer)."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from PIL import BmpImagePlugin, Jpeg2KImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ImageFile import ImageFile

from nanotem.micrograph import Pixels
from nanotem.readers.choice import Choice, StoredImage, take
from nanotem.readers.content import RasterKind
from nanotem.readers.decoded import Decoded, check_size
from nanotem.readers.raster_check import check_whole, webp_sides

_DECODERS: dict[RasterKind, Callable[[BytesIO], ImageFile]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "jpeg2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
}
_STORED_AS_THEY_ARE = {"1", "L", "LA", "I", "I;16", "F", "RGB", "RGBA"}

_WORKING_BYTES: dict[RasterKind, int] = {"png": 4, "jpeg": 4, "bmp": 4, "webp": 16, "jpeg2000": 20}
"""What a decoder holds for a pixel: WebP four canvases of RGBA, JPEG 2000 four channels of 32 bits and the result."""


def read_raster(data: bytes, kind: RasterKind, choice: Choice) -> Decoded:
    """Decode a picture; its size and its completeness are checked first.

    Raises
    ------
    UnreadableFileError
        If the image is too large or too small, or not whole.
    """
    check_whole(data, kind)
    if kind == "webp":
        check_size(*webp_sides(data), bytes_per_pixel=_WORKING_BYTES[kind])
    with _DECODERS[kind](BytesIO(data)) as picture:
        columns, rows = picture.size
        check_size(rows, columns, bytes_per_pixel=_WORKING_BYTES[kind])

        def decode(frame: int) -> Decoded:
            if frame:
                picture.seek(frame)
            return Decoded(_pixels(picture, data, kind))

        return take([StoredImage((rows, columns), decode, n_frames=getattr(picture, "n_frames", 1))], choice)


def _pixels(picture: ImageFile, data: bytes, kind: RasterKind) -> Pixels:
    """Grey, RGB or RGBA of the frame that the picture stands at."""
    if kind == "png" and _is_deep_colour(data):
        # Pillow would cut 16-bit colour to 8 bits; OpenCV keeps the bits.
        return _decode_deep_colour(data)
    has_transparent_colour = "transparency" in picture.info and picture.mode != "I;16"
    if picture.mode in _STORED_AS_THEY_ARE and not has_transparent_colour:
        return np.asarray(picture)
    return np.asarray(picture.convert("RGBA" if has_transparent_colour else "RGB"))


def _is_deep_colour(png: bytes) -> bool:
    """Return whether the header says 16 bits per channel and more than one channel."""
    bit_depth, colour_type = png[24], png[25]
    return bit_depth == 16 and colour_type != 0


def _decode_deep_colour(png: bytes) -> Pixels:
    """RGB or RGBA with 16 bits per channel."""
    bgr = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGRA2RGBA if bgr.shape[2] == 4 else cv2.COLOR_BGR2RGB))
