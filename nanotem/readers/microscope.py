"""DM3, DM4, SER with EMI, and MRC, through RosettaSciIO."""

import math
import struct
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.micrograph import Pixels
from nanotem.readers.content import MicroscopeKind
from nanotem.readers.decoded import Decoded, PixelSize, check_size, first_of
from nanotem.readers.units import is_energy

_PLUGINS = {"dm3": "digitalmicrograph", "dm4": "digitalmicrograph", "ser": "tia", "emi": "tia", "mrc": "mrc"}
_MRC_SAMPLING_AT = 28
_MRC_DEFAULT_NM = 0.1


def read_microscope(data: bytes, kind: MicroscopeKind, *, series: Mapping[int, bytes]) -> Decoded:
    """Decode the first image in a file of a microscope's own software.

    Parameters
    ----------
    data
        The whole file.
    kind
        What it is.
    series
        The numbered SER files that hold the pixels of an EMI file; empty for the others.

    Raises
    ------
    UnreadableFileError
        If the image is too large or too small, or if the file holds spectra or Fourier transforms only.
    """
    if kind == "mrc":
        columns, rows = struct.unpack_from("<2i", data)
        check_size(rows, columns)
    with TemporaryDirectory(prefix="nanotem-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, f"image.{kind}")
        path.write_bytes(data)
        for number, content in series.items():
            Path(folder, f"image_{number}.ser").write_bytes(content)
        decoded = _decode(path, _PLUGINS[kind])
    return _without_default_scale(decoded, data) if kind == "mrc" else decoded


def _decode(path: Path, plugin: str) -> Decoded:
    """Let RosettaSciIO read a file that nobody else named, and copy the first frame of its first image."""
    signals: list[dict[str, Any]] = import_module(f"rsciio.{plugin}").file_reader(str(path))
    images = [signal for signal in signals if _is_image(signal)]
    if not images:
        is_complex = any(signal["data"].dtype.kind == "c" for signal in signals)
        contents = "complex numbers (a Fourier transform)" if is_complex else "spectra"
        raise UnreadableFileError(
            f"The file holds {contents}, no image.",
            "Open the image that was taken with it.",
        )
    data = images[0]["data"]
    *frames, rows, columns = data.shape
    check_size(rows, columns)
    image = _plain_channels(data[(0,) * len(frames)])
    notes = first_of("Image", len(images)) + first_of("Frame", math.prod(frames))
    return Decoded(image, _pixel_size(images[0]["axes"]), notes)


def _is_image(signal: dict[str, Any]) -> bool:
    """Return whether the signal has rows and columns of real numbers and no axis of energy."""
    has_energy = any(is_energy(str(axis["units"])) for axis in signal["axes"])
    return signal["data"].ndim >= 2 and signal["data"].dtype.kind != "c" and not has_energy


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


def _without_default_scale(decoded: Decoded, mrc: bytes) -> Decoded:
    """Drop the 1 nm that RosettaSciIO answers for an MRC file without sampling, and doubt exactly 1 Å."""
    if not all(struct.unpack_from("<2i", mrc, _MRC_SAMPLING_AT)):
        return replace(decoded, pixel_size=None)
    if decoded.pixel_size and decoded.pixel_size.width == _MRC_DEFAULT_NM:
        doubt = "The file says 1 Å per pixel, as MRC files do that nobody calibrated: check the scale."
        return replace(decoded, notes=(*decoded.notes, doubt))
    return decoded
