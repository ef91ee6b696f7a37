"""TIFF of every depth: one frame, decoded once, and nothing before its tags are known to be in the budget."""

import math
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.readers.choice import StoredImage, what_it_shows
from nanotem.readers.decoded import Decoded, check_size
from nanotem.readers.grey import to_grey
from nanotem.readers.jpeg import jpeg_sides
from nanotem.readers.mapped import Data, as_file
from nanotem.readers.text import printable
from nanotem.readers.tiff_scale import has_own_scale, tiff_pixel_size
from nanotem.readers.tiff_time import tiff_frame_time_s

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage, TiffPageSeries

_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _MASK, _YCBCR = 0, 1, 2, 3, 4, 6
_READABLE_COLOURS = {_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB, _PALETTE, _MASK, _YCBCR}
_MAX_CHANNELS = 4
_SEPARATE = 2
_NO_COMPRESSION, _JPEG = 1, 7
_COMPRESSIONS = {_NO_COMPRESSION: "none", 5: "LZW", _JPEG: "JPEG", 8: "zlib", 32946: "deflate", 32773: "PackBits",
                 34925: "LZMA", 34926: "Zstandard", 50000: "Zstandard"}  # fmt: skip
"""Those whose decoders stop at the size that the tags state (JPEG: after its own header was looked at)."""

_MOST_PAGES, _MOST_TAGS = 20_000, 300_000
"""To list more takes longer than some seconds."""

_REDUCED_IMAGE = 1

_PADDING_BYTES = 16
"""Some programs fill up a strip to whole words."""


def stored_tiff(data: Data) -> list[StoredImage]:
    """Describe the images of a TIFF.

    Size, channels, colours and completeness of a frame are checked from its tags before a pixel of it is decoded.

    Raises
    ------
    UnreadableFileError
        If there are too many pages or tags to list, or a page without pixels.
    """
    from tifffile import TiffFile

    data, chain_note = _with_sound_chain(data)
    # Without `_multifile` the library would open other files that the metadata name.
    tiff = TiffFile(as_file(data), _multifile=False)
    notes = chain_note + _missing_note(tiff)
    return [_stored(tiff, number, data, notes) for number in range(len(tiff.series))]


def _missing_note(tiff: "TiffFile") -> tuple[str, ...]:
    """Say that ImageJ, which lists the first image only, stored more of them than the file still holds."""
    claimed = (tiff.imagej_metadata or {}).get("images", 1)
    there = sum(series.size // series.keyframe.size for series in tiff.series if series.keyframe.size)
    if not isinstance(claimed, int) or claimed <= there:
        return ()
    return (f"ImageJ stored {claimed:,} images in this file, of which {there:,} can be read: it was cut short.",)


def _with_sound_chain(data: Data) -> tuple[Data, tuple[str, ...]]:
    """Return the file with the chain of its pages ended where it leads out of the file or in a circle, and a note.

    The library follows a circle for ever.

    Raises
    ------
    UnreadableFileError
        If there are too many pages or tags to list.
    """
    order = "<" if data[:2] == b"II" else ">"
    is_big = data[2:4] in (b"+\0", b"\0+")
    pointer, count, entry_bytes = ("Q", "Q", 20) if is_big else ("I", "H", 12)
    head, link = struct.Struct(order + count), struct.Struct(order + pointer)
    seen: set[int] = set()
    n_tags = 0
    link_at = 8 if is_big else 4
    while (at := link.unpack_from(data, link_at)[0]) and len(seen) <= _MOST_PAGES and n_tags <= _MOST_TAGS:
        n_here = head.unpack_from(data, at)[0] if at + head.size <= len(data) else 0
        next_link_at = at + head.size + n_here * entry_bytes
        if at in seen or at + head.size > len(data) or next_link_at + link.size > len(data):
            if not seen:
                break
            note = "The list of the file's images is damaged: there may have been more of them."
            return data[:link_at] + bytes(link.size) + data[link_at + link.size :], (note,)
        seen.add(at)
        n_tags += n_here
        link_at = next_link_at
    if len(seen) > _MOST_PAGES or n_tags > _MOST_TAGS:
        raise UnreadableFileError(
            f"The file has more than {_MOST_PAGES:,} pages or {_MOST_TAGS:,} tags.", "Save the frames that you need."
        )
    return data, ()


def _stored(tiff: "TiffFile", number: int, data: Data, chain_note: tuple[str, ...]) -> StoredImage:
    """Describe one series of frames of equal shape."""
    series = tiff.series[number]
    page = series.keyframe
    if not page.size:
        raise UnreadableFileError("The file has a page without pixels.", "Copy it again from where it was recorded.")
    n_frames = max(series.size // page.size, 1)
    title = _title(page)
    what = what_it_shows(title)
    if (number == 0 and _is_sis_preview(tiff)) or page.subfiletype & _REDUCED_IMAGE:
        what = "preview"

    def decode(frame: int) -> Decoded:
        chosen = _page(series, frame, n_frames, data)
        doubts = _check_page(chosen, data)
        size, scale_notes = tiff_pixel_size(tiff, chosen if has_own_scale(chosen) else page)
        pixels = _decode_page(chosen, _pixels_at(series, chosen, frame, data))
        return Decoded(pixels, size, chain_note + doubts, scale_notes, may_have_companion=True)

    shape = page.imagelength, page.imagewidth
    return StoredImage(shape, decode, title, n_frames, what, _frame_axes(series), tiff_frame_time_s(tiff, page))


def _frame_axes(series: "TiffPageSeries") -> tuple[tuple[str, int], ...]:
    """Return the axes that count pages, as far as they have names and count all of them."""
    counted = list(zip(series.axes, series.shape, strict=True))[: series.ndim - series.keyframe.ndim]
    axes = tuple((axis, n) for axis, n in counted if n > 1)
    return axes if all(axis in "TZC" for axis, _ in axes) else ()


def _title(page: "TiffPage") -> str:
    """Return the name of a page, which programs with several detectors write."""
    tag = page.tags.get("PageName")
    return printable(str(tag.value).strip()) if tag is not None else ""


def _is_sis_preview(tiff: "TiffFile") -> bool:
    """Return whether Olympus software put a preview first: its calibration belongs to the raw data after it."""
    first = tiff.pages.first
    is_of_olympus = str(first.tags.valueof("Make", default="")).startswith("Olympus Soft Imaging")
    behind = any(series.keyframe.is_sis for series in tiff.series[1:])
    return not first.is_sis and first.photometric in (_RGB, _YCBCR) and (behind or is_of_olympus)


def _page(series: "TiffPageSeries", frame: int, n_frames: int, data: Data) -> "TiffPage":
    """Return the page of a frame; where one directory stands for all frames, that one."""
    page = series.keyframe
    own = series.pages[frame] if len(series.pages) > 1 else None
    if own is not None:
        return own.aspage()
    end = (series.dataoffset or len(data)) + n_frames * page.nbytes
    if n_frames > 1 and end > len(data):
        raise UnreadableFileError(
            f"The file claims {n_frames:,} frames of {page.nbytes:,} bytes; it has {len(data):,} bytes.",
            "Copy it again from where it was recorded.",
        )
    return page


def _pixels_at(series: "TiffPageSeries", page: "TiffPage", frame: int, data: Data) -> Pixels | None:
    """Return the pixels of a frame that has no directory of its own; None for all others."""
    has_own = len(series.pages) > 1 and series.pages[frame] is not None
    if frame == 0 or has_own or page.dtype is None or series.dataoffset is None:
        return None
    dtype = np.dtype(page.parent.byteorder + page.dtype.char)
    flat = np.frombuffer(data, dtype, page.size, series.dataoffset + frame * page.nbytes)
    return flat.reshape(page.shape)


def _check_page(page: "TiffPage", data: Data) -> tuple[str, ...]:
    """Refuse by the tags alone, or note where they contradict each other."""
    n_channels = page.samplesperpixel * page.imagedepth
    itemsize = page.dtype.itemsize if page.dtype is not None else 1
    check_size(page.imagelength, page.imagewidth, bytes_per_pixel=itemsize * n_channels)
    if page.is_tiled:
        check_size(page.tilelength, page.tilewidth, bytes_per_pixel=itemsize * n_channels)
    if page.photometric not in _READABLE_COLOURS or n_channels > _MAX_CHANNELS:
        raise UnreadableFileError(
            f"Its colours cannot be read: {n_channels} channels, photometric interpretation {int(page.photometric)}.",
            "Save it as greyscale or RGB.",
        )
    if page.compression not in _COMPRESSIONS:
        raise UnreadableFileError(
            f"Its pixels are compressed by a method that is not read here (number {int(page.compression)}).",
            "Save it without compression, or with LZW or deflate.",
        )
    return _check_segments(page, data)


def _check_segments(page: "TiffPage", data: Data) -> tuple[str, ...]:
    """Refuse an image of which strips or tiles are missing: the library would fill them with zeros.

    Where the pixels are not compressed, a strip with more bytes than its rows need is noted: width, height or depth are
    wrong then.
    """
    rows, columns = (page.tilelength, page.tilewidth) if page.is_tiled else (page.rowsperstrip, page.imagewidth)
    rows = min(rows, page.imagelength) if not page.is_tiled else rows
    down, across = math.ceil(page.imagelength / rows), math.ceil(page.imagewidth / columns)
    planes = page.imagedepth * (page.samplesperpixel if page.planarconfig == _SEPARATE else 1)
    n_needed = down * across * planes
    segments = list(zip(page.dataoffsets, page.databytecounts, strict=False))[:n_needed]
    n_missing = n_needed - sum(at > 0 and size > 0 for at, size in segments)
    if n_missing:
        raise UnreadableFileError(
            f"The image is not whole: {n_missing} of the {n_needed} pieces that its height needs have no bytes.",
            "Copy it again from where it was recorded.",
        )
    end = max(at + size for at, size in segments)
    if end > len(data):
        raise UnreadableFileError(
            f"The file is cut short: it has {len(data):,} bytes, its image ends at byte {end:,}.",
            "Copy it again from where it was recorded.",
        )
    if page.compression == _JPEG:
        _check_jpegs((data[at : at + size] for at, size in segments), rows, columns)
    if page.compression != _NO_COMPRESSION:
        return ()
    heights = [rows if page.is_tiled else min(rows, page.imagelength - rows * (i % down)) for i in range(n_needed)]
    samples = 1 if page.planarconfig == _SEPARATE else page.samplesperpixel
    return _check_bytes([size for _, size in segments], heights, math.ceil(columns * samples * page.bitspersample / 8))


def _check_bytes(sizes: Sequence[int], heights: Sequence[int], row_bytes: int) -> tuple[str, ...]:
    """Refuse pieces with fewer bytes than their rows need; a first one with more is noted."""
    n_short = sum(size < height * row_bytes for size, height in zip(sizes, heights, strict=True))
    if n_short:
        raise UnreadableFileError(
            f"The image is not whole: {n_short} of its {len(sizes)} pieces have fewer bytes than their rows need.",
            "Copy it again from where it was recorded.",
        )
    if sizes[0] > heights[0] * row_bytes + _PADDING_BYTES:
        return ("The file has more bytes for the image than its width, height and depth need: check them.",)
    return ()


def _check_jpegs(pieces: Iterable[bytes], rows: int, columns: int) -> None:
    """Refuse pieces whose own header claims more pixels than the tags do."""
    for piece in pieces:
        jpeg_rows, jpeg_columns = jpeg_sides(piece)
        if jpeg_rows > rows or jpeg_columns > columns:
            raise UnreadableFileError(
                f"A piece of {rows} x {columns} pixels holds a JPEG of {jpeg_rows} x {jpeg_columns}.",
                "Copy it again from where it was recorded.",
            )


def _decode_page(page: "TiffPage", pixels: Pixels | None) -> Pixels:
    """Pixels of one page, shape (rows, columns) or (rows, columns, channels)."""
    if pixels is None:
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
    """Grey value of each index; a palette has 16 bits per colour, of which 8 are used. Old programs wrote 8."""
    colours = np.asarray(page.colormap)
    colours = (colours if colours.max() < 256 else np.right_shift(colours, 8)).astype(np.uint8)
    grey, _ = to_grey(colours.T[np.newaxis])
    return np.asarray(grey[0])


def _inverted(pixels: Pixels, *, bits: int) -> Pixels:
    """Make 0 black where the file says that 0 is white; of numbers without a largest one, the higher the darker."""
    if pixels.dtype.kind in "bi":
        return ~pixels
    if pixels.dtype.kind == "u":
        return np.asarray(pixels.dtype.type(2**bits - 1) - pixels)
    return -pixels


def _without_unnamed_channel(pixels: Pixels, page: "TiffPage") -> Pixels:
    """Drop a second or fourth channel that the file does not call alpha."""
    has_extra = pixels.ndim == 3 and pixels.shape[-1] in (2, 4)
    is_alpha = any(int(extra) in (1, 2) for extra in page.extrasamples)
    return pixels[..., :-1] if has_extra and not is_alpha else pixels
