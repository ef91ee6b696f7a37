"""Kinds of image files for `benchmarks.fuzz`, each judged beside a reader that is not ours."""

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py  # type: ignore[import-untyped]
import imagecodecs
import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image

from benchmarks.drawn_files import CALIBRATED, UNCALIBRATED, Builder, picture
from benchmarks.fuzz import Case, Kind
from nanotem.micrograph import Micrograph
from nanotem.readers import read_micrograph

_LARGEST = 1_000_000
"""Values of an array that is read: the drawn images have 20,000, and a damaged file may claim any number."""

Pixels = npt.NDArray[Any]
StrictReader = Callable[[Case], list[Pixels]]
"""All images that another reader finds; it raises whatever it raises at a damaged file."""


def _judge(strict: StrictReader) -> Callable[[Case, Case], str]:
    def judge(bad: Case, good: Case) -> str:
        found = _read(bad)
        expected = _read(good)
        if _equal(found.pixels, expected.pixels):
            return "the same"
        if set(found.notes) - set(expected.notes):
            return "noted"
        try:
            others = strict(bad)
        except Exception:  # noqa: BLE001 - whatever it raises, it refuses
            return "silent"
        return "changed" if any(_equal(found.pixels, other) for other in others) else "silent"

    return judge


def _read(case: Case) -> Micrograph:
    return read_micrograph(case.data, case.name, companions=case.companions)


def _equal(one: Pixels, other: Pixels) -> bool:
    """Return whether two images are equal; colours are compared by their luminance (ITU-R BT.601)."""
    if other.dtype == bool:
        other = other * np.uint8(255)
    if other.ndim == 3 and other.shape[2] >= 3 and one.dtype == np.float32:
        other = other[..., :3] @ np.array([0.299, 0.587, 0.114])
    elif other.ndim == 3:
        other = other[..., 0]
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-6, atol=1e-2, equal_nan=True))


def _codec(decode: Callable[[bytes], Any]) -> StrictReader:
    return lambda case: [np.asarray(decode(case.data))]


def _pillow(case: Case) -> list[Pixels]:
    with Image.open(BytesIO(case.data)) as image:
        return [np.asarray(image), np.asarray(image.convert("RGB"))]


def _tifffile(case: Case) -> list[Pixels]:
    """All pages that are whole: strips that are missing are no zeros here."""
    with tifffile.TiffFile(BytesIO(case.data), _multifile=False) as tiff:
        pages = [page for page in (page.aspage() for page in tiff.pages) if _is_whole(page)]
        found = [page.asarray() for page in pages]
        if any(page.photometric == 0 for page in pages):
            found += [np.iinfo(pixels.dtype).max - pixels for pixels in found if pixels.dtype.kind == "u"]
        return found


def _is_whole(page: tifffile.TiffPage) -> bool:
    n_pieces = math.prod(page.chunked)
    return len(page.dataoffsets) >= n_pieces and all(page.databytecounts[:n_pieces])


def _rsciio(plugin: str, suffix: str) -> StrictReader:
    def read(case: Case) -> list[Pixels]:
        from importlib import import_module

        with TemporaryDirectory() as folder:
            path = Path(folder, f"image{suffix}")
            path.write_bytes(case.data)
            for name, content in case.companions.items():
                Path(folder, name).write_bytes(content)
            signals = import_module(f"rsciio.{plugin}").file_reader(str(path))
        found = []
        for signal in signals:
            data = signal["data"]
            found += [data] if data.ndim == 2 else list(data.reshape(-1, *data.shape[-2:]))
        return found + [pixels.view(np.int8) for pixels in found if pixels.dtype == np.uint8]

    return read


def _h5py(case: Case) -> list[Pixels]:
    """All arrays that can be read, whatever is damaged elsewhere, the names of their groups included."""
    found: list[Pixels] = []
    with h5py.File(BytesIO(case.data), "r") as file:
        for values in _arrays(file):
            if values.ndim == 2:
                found += [values, values.T]
            elif values.ndim == 3:
                found += [values[..., 0], values[0]]
    return found


def _arrays(group: h5py.Group, depth: int = 4) -> Iterator[Pixels]:
    for name in group:
        with suppress(Exception):  # of a damaged file: what can be read is looked for
            item = group[name]
            if isinstance(item, h5py.Dataset) and item.size <= _LARGEST:
                yield np.asarray(item)
            elif isinstance(item, h5py.Group) and depth:
                yield from _arrays(item, depth - 1)


def _kind(build: Builder, strict: StrictReader) -> Kind:
    def draw(rng: np.random.Generator) -> Case:
        return Case(*build(picture(rng), float(rng.uniform(0.05, 5))))

    return Kind(draw, _judge(strict))


_CODECS: dict[str, StrictReader] = {
    "PNG": _codec(imagecodecs.png_decode),
    "JPEG": _codec(imagecodecs.jpeg8_decode),
    "BMP": _pillow,
    "WebP": _codec(imagecodecs.webp_decode),
    "JPEG 2000": _codec(imagecodecs.jpeg2k_decode),
}
_OTHERS: dict[str, StrictReader] = {
    "DM3 nm": _rsciio("digitalmicrograph", ".dm3"),
    "SER": _rsciio("tia", ".ser"),
    "EMI with SER": _rsciio("tia", ".emi"),
    "MRC": _rsciio("mrc", ".mrc"),
    "MRC of FEI": _rsciio("mrc", ".mrc"),
    "Velox": _h5py,
    "Berkeley EMD": _h5py,
    "HyperSpy": _h5py,
    "HDF5 with a scale": _h5py,
}
_TIFFS = [name for name in UNCALIBRATED if name.startswith("TIFF")]
_VENDORS = ("FEI 34682 [Scan]", "Thermo 34683 XML, prefix 1", "Zeiss µm", "TVIPS", "Olympus SIS", "JEOL SightX, inch")

KINDS: dict[str, Kind] = {
    **{name: _kind(UNCALIBRATED[name], strict) for name, strict in _CODECS.items()},
    **{name: _kind(UNCALIBRATED[name], _tifffile) for name in _TIFFS},
    **{name: _kind(CALIBRATED[name], _tifffile) for name in _VENDORS},
    **{name: _kind(CALIBRATED[name], strict) for name, strict in _OTHERS.items()},
}
