"""DM3 and DM4 of Gatan DigitalMicrograph, through RosettaSciIO."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.readers.choice import Choice, StoredImage, take, what_it_shows
from nanotem.readers.decoded import Decoded, PixelSize, check_size
from nanotem.readers.text import printable
from nanotem.readers.times import counted_by, to_seconds
from nanotem.readers.units import is_energy, is_reciprocal


def read_digital_micrograph(data: bytes, choice: Choice) -> Decoded:
    """Decode one image of a DM3 or DM4 file.

    Raises
    ------
    UnreadableFileError
        If the image is too large or too small, or if the file holds spectra or Fourier transforms only.
    """
    with TemporaryDirectory(prefix="nanotem-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "image.dm")
        path.write_bytes(data)
        return take(stored_digital_micrograph(path), choice)


def stored_digital_micrograph(path: Path, *, lazy: bool = False) -> list[StoredImage]:
    """Describe the images of a DM3 or DM4 file; their pixels stay on disk if `lazy`.

    Raises
    ------
    UnreadableFileError
        If it holds no image.
    """
    from rsciio.digitalmicrograph import file_reader

    signals: list[dict[str, Any]] = file_reader(str(path), lazy=lazy)
    images = [signal for signal in signals if _is_image(signal)]
    if not images:
        is_complex = any(signal["data"].dtype.kind == "c" for signal in signals)
        contents = "complex numbers (a Fourier transform)" if is_complex else "spectra"
        raise UnreadableFileError(
            f"The file holds {contents}, no image.",
            "Open the image that was taken with it.",
        )
    return [_stored(signal) for signal in images]


def _is_image(signal: dict[str, Any]) -> bool:
    """Return whether the signal has rows and columns of real numbers and no axis of energy."""
    has_energy = any(is_energy(str(axis["units"])) for axis in signal["axes"])
    return signal["data"].ndim >= 2 and signal["data"].dtype.kind != "c" and not has_energy


def _stored(signal: dict[str, Any]) -> StoredImage:
    """Describe a signal; the axes before its last two count the frames."""
    data = signal["data"]
    *frames, rows, columns = data.shape
    title = printable(str(signal["metadata"]["General"].get("title", "")))
    size = _pixel_size(signal["axes"])
    what = "diffraction" if is_reciprocal(size.width_unit) else what_it_shows(title)

    def decode(frame: int) -> Decoded:
        check_size(rows, columns, bytes_per_pixel=data.dtype.itemsize)
        return Decoded(_plain_channels(data[np.unravel_index(frame, frames)] if frames else data), size)

    counting = signal["axes"][:-2]
    return StoredImage(
        (rows, columns), decode, title, math.prod(frames), what, _frame_axes(counting), _frame_time_s(counting)
    )


def _frame_axes(axes: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
    """Return what the frames are counted by; see `StoredImage`."""
    return tuple((counted_by(str(axis.get("name", "")), str(axis["units"] or "")), int(axis["size"])) for axis in axes)


def _frame_time_s(axes: list[dict[str, Any]]) -> float | None:
    """Return the time between frames that are counted by one axis, None where it is no time."""
    return to_seconds(float(axes[0]["scale"]), str(axes[0]["units"] or "")) if len(axes) == 1 else None


def _plain_channels(image: Pixels) -> Pixels:
    """Copy an image; fields R, G, B, A become channels (DigitalMicrograph leaves A unused, at 0)."""
    if image.dtype.names is None:
        return np.array(image)
    return np.stack([image[colour] for colour in "RGB"], axis=-1)


def _pixel_size(axes: list[dict[str, Any]]) -> PixelSize:
    """Scales and units of the last two axes, a missing unit as blank."""
    rows, columns = axes[-2:]
    height_unit, width_unit = (str(axis["units"] or "") for axis in (rows, columns))
    return PixelSize(float(rows["scale"]), float(columns["scale"]), height_unit, width_unit)
