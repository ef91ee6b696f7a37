"""MRC, the format of electron tomography: a header of 1024 bytes, an extended header, sections.

References
----------
A. Cheng et al., J. Struct. Biol. 192, 146 (2015), doi 10.1016/j.jsb.2015.04.002 (MRC2014); IMOD's description of its
own fields: https://bio3d.colorado.edu/imod/doc/mrc_format.txt
"""

import math
import struct

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.readers.choice import StoredImage
from nanotem.readers.decoded import Decoded, PixelSize, check_size
from nanotem.readers.mapped import Data

HEADER_BYTES = 1024
TYPES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
"""Real pixels by mode; 3 and 4 are complex, 16 is RGB of IMOD, 101 two pixels in a byte."""

_COMPLEX = {3, 4}
_IMOD_STAMP, _IMOD_SIGNED_BYTES = 1146047817, 1
_FEI_EXTENDED_BYTES, _FEI_PIXEL_SIZE_AT = 131_072, 44
_DEFAULT_ANGSTROM = 1.0


def stored_mrc(data: Data) -> list[StoredImage]:
    """Describe the sections of an MRC file as the frames of one image.

    Raises
    ------
    UnreadableFileError
        If the pixels are complex or packed, or if there are fewer bytes than the header claims.
    """
    order = _byte_order(data)
    columns, rows, n_sections, mode = struct.unpack_from(f"{order}4i", data)
    check_size(rows, columns, bytes_per_pixel=4)
    if mode not in TYPES:
        contents = "complex numbers (a Fourier transform)" if mode in _COMPLEX else f"pixels of the mode {mode}"
        raise UnreadableFileError(f"The file holds {contents}, no grey image.", "Export the image as TIFF.")
    (extended_bytes,) = struct.unpack_from(f"{order}i", data, 92)
    if extended_bytes < 0:
        raise UnreadableFileError(
            f"Its header claims {extended_bytes:,} further bytes of header: it is damaged.",
            "Copy it again from where it was recorded.",
        )
    first_at = HEADER_BYTES + extended_bytes
    dtype = np.dtype(order + TYPES[mode])
    end = first_at + rows * columns * n_sections * dtype.itemsize
    if end > len(data) or n_sections < 1:
        raise UnreadableFileError(
            f"The file is cut short: it has {len(data):,} bytes, its {n_sections:,} sections of {rows} x {columns} "
            f"pixels end at byte {end:,}.",
            "Copy it again from where it was recorded.",
        )

    def decode(frame: int) -> Decoded:
        at = first_at + frame * rows * columns * dtype.itemsize
        pixels = np.frombuffer(data, dtype, rows * columns, at).reshape(rows, columns)
        notes: tuple[str, ...] = ()
        if mode == 0:
            pixels, notes = _bytes_as_meant(pixels, data, order)
        size, doubts = _pixel_size(data, order)
        return Decoded(pixels.copy(), size, notes, doubts)

    return [StoredImage((rows, columns), decode, n_frames=n_sections)]


def _byte_order(data: Data) -> str:
    """Return the order in which the mode is one of the known; of mode 0, which is so in both, the width is less."""
    orders = "<>"
    columns, modes = ([struct.unpack_from(f"{order}i", data, at)[0] for order in orders] for at in (0, 12))
    if any(modes):
        return "<" if modes[0] in {*TYPES, *_COMPLEX, 16, 101} else ">"
    return "<" if columns[0] <= columns[1] else ">"


def _bytes_as_meant(signed: Pixels, data: Data, order: str) -> tuple[Pixels, tuple[str, ...]]:
    """Tell signed bytes (the standard) from unsigned ones (older programs), by IMOD's flag or the header's extremes."""
    unsigned = signed.view(np.uint8)
    stamp, flags = struct.unpack_from(f"{order}2i", data, 152)
    if stamp == _IMOD_STAMP:
        return (signed if flags & _IMOD_SIGNED_BYTES else unsigned), ()
    low, high = struct.unpack_from(f"{order}2f", data, 76)
    fitting = [pixels for pixels in (signed, unsigned) if low - 0.5 < pixels.min() <= pixels.max() < high + 0.5]
    if len(fitting) == 1 or signed.min() >= 0:
        return (fitting or [unsigned])[0], ()
    doubt = "The file does not say whether its bytes have a sign; they were read with one, as MRC2014 says."
    return signed, (doubt,)


def _pixel_size(data: Data, order: str) -> tuple[PixelSize | None, tuple[str, ...]]:
    """Cell over sampling, in ångström, or FEI's own in metres; none without sampling, and a doubt of exactly 1 Å."""
    (extended_bytes,) = struct.unpack_from(f"{order}i", data, 92)
    if extended_bytes == _FEI_EXTENDED_BYTES and len(data) > HEADER_BYTES + extended_bytes:
        (metres,) = struct.unpack_from(f"{order}f", data, HEADER_BYTES + _FEI_PIXEL_SIZE_AT)
        if 0 < metres < 1:
            return PixelSize(metres, metres, "m", "m"), ()
    samples = struct.unpack_from(f"{order}2i", data, 28)
    cell = struct.unpack_from(f"{order}2f", data, 40)
    if not all(samples) or not all(cell):
        return None, ()
    width, height = (length / n for length, n in zip(cell, samples, strict=True))
    doubt = "The file says 1 Å per pixel, as MRC files do that nobody calibrated: check the scale."
    is_default = math.isclose(width, _DEFAULT_ANGSTROM, rel_tol=1e-6)
    return PixelSize(height, width, "Å", "Å"), (doubt,) if is_default else ()
