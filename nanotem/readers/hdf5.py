"""HDF5: EMD of Velox and of Berkeley, HyperSpy files, and plain data sets with a scale.

Read with h5py alone: the first frame only, without a temporary file, and never through a link.
"""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.readers.decoded import MAX_PIXELS, Decoded, PixelSize, check_size, first_of
from nanotem.readers.hdf5_heap import check_heaps

Dataset = Any
"""An h5py.Dataset; h5py has no types and is imported where it is used."""


@dataclass(frozen=True)
class _StoredImage:
    """An image inside a data set: which axes are its rows and columns (and channels), and its pixel size."""

    dataset: Dataset
    row_axis: int
    column_axis: int
    pixel_size: PixelSize | None = None
    channel_axis: int | None = None

    @property
    def n_frames(self) -> int:
        """How many images the remaining axes count."""
        kept = (self.row_axis, self.column_axis, self.channel_axis)
        return math.prod(size for axis, size in enumerate(self.dataset.shape) if axis not in kept)


def read_hdf5(data: bytes) -> Decoded:
    """Decode the first image in an HDF5 file.

    Raises
    ------
    UnreadableFileError
        If there is no image of real numbers, if it is too large or too small, or if its pixels are in
        another file.
    """
    import h5py  # type: ignore[import-untyped]

    check_heaps(data)
    with h5py.File(BytesIO(data), "r") as file:
        images = _stored_images(_datasets(file))
        if not images:
            raise UnreadableFileError(
                "The file holds no image, only spectra or tables.",
                "Open the image that was taken with it, or export it as TIFF.",
            )
        real = [image for image in images if image.dataset.dtype.kind in "buif"]
        if not real:
            raise UnreadableFileError(
                "The file holds complex numbers (a Fourier transform), no image.",
                "Open the image that was taken with it.",
            )
        return _decode(real[0], first_of("Image", len(real)))


def _datasets(file: Any) -> list[Dataset]:
    """Every data set that is stored in the file itself; links are not followed."""
    found: list[Dataset] = []
    file.visititems(lambda _, item: found.append(item) if hasattr(item, "shape") else None)
    return found


def _stored_images(datasets: list[Dataset]) -> list[_StoredImage]:
    """All images of the first layout that fits any data set."""
    layouts: tuple[Callable[[Dataset], _StoredImage | None], ...] = (_velox, _berkeley, _hyperspy, _plain)
    for layout in layouts:
        if images := [image for dataset in datasets if (image := layout(dataset)) is not None]:
            return images
    return []


def _decode(image: _StoredImage, notes: tuple[str, ...]) -> Decoded:
    """Read one frame after its size has been checked."""
    dataset = image.dataset
    check_size(dataset.shape[image.row_axis], dataset.shape[image.column_axis])
    if image.n_frames == 0 or math.prod(dataset.chunks or (1,)) > MAX_PIXELS:
        raise UnreadableFileError(
            f"Its data have the shape {dataset.shape} in blocks of {dataset.chunks}: no usual image.",
            "Export one image as TIFF.",
        )
    _check_stored_here(dataset)
    kept = [axis for axis in (image.row_axis, image.column_axis, image.channel_axis) if axis is not None]
    frame = dataset[tuple(slice(None) if axis in kept else 0 for axis in range(dataset.ndim))]
    pixels = np.transpose(frame, [sorted(kept).index(axis) for axis in kept])
    return Decoded(pixels, image.pixel_size, notes + first_of("Frame", image.n_frames))


def _velox(dataset: Dataset) -> _StoredImage | None:
    """Thermo Fisher Velox: axes (rows, columns, frames), metadata as JSON beside the data."""
    if dataset.ndim != 3 or not re.fullmatch("/Data/Image/[^/]+/Data", dataset.name):
        return None
    text = _member(dataset.parent, "Metadata")[:, 0].tobytes().split(b"\0", 1)[0]
    result = json.loads(text)["BinaryResult"]
    if "PixelSize" not in result:
        return _StoredImage(dataset, 0, 1)
    height, width = (float(result["PixelSize"][side]) for side in ("height", "width"))
    unit = result.get("PixelUnitX", "")
    return _StoredImage(dataset, 0, 1, PixelSize(height, width, unit, unit))


def _berkeley(dataset: Dataset) -> _StoredImage | None:
    """Berkeley EMD: one vector of coordinates per axis, named and with a unit.

    Rows are the axis named y and columns the axis named x. Where no name tells, columns come first, which is
    how HyperSpy writes; files whose axes count from 0 (py4DSTEM) have rows first.
    """
    group = dataset.parent
    leaf = dataset.name.rsplit("/", 1)[-1]
    if dataset.ndim < 2 or "emd_group_type" not in group.attrs or not leaf.startswith(("data", "realslice")):
        return None
    first = 0 if "dim0" in group else 1
    axes = [_member(group, f"dim{first + axis}") for axis in range(dataset.ndim)]
    names = [_text(axis.attrs.get("name", "")).lower() for axis in axes]
    if {"x", "y"} <= set(names):
        rows, columns = names.index("y"), names.index("x")
    else:
        rows, columns = (dataset.ndim - 2, dataset.ndim - 1) if first == 0 else (1, 0)
    units = [_text(axes[axis].attrs.get("units", "")) for axis in (rows, columns)]
    size = PixelSize(_step(axes[rows]), _step(axes[columns]), *units)
    return _StoredImage(dataset, rows, columns, size)


def _hyperspy(dataset: Dataset) -> _StoredImage | None:
    """HyperSpy: one group of attributes per axis; two signal axes make an image, one a spectrum."""
    if dataset.ndim < 2 or not re.fullmatch("/Experiments/[^/]+/data", dataset.name):
        return None
    axes = [_member(dataset.parent, f"axis-{axis}").attrs for axis in range(dataset.ndim)]
    if sum(not axis["navigate"] for axis in axes) != 2:
        return None
    rows, columns = axes[-2:]
    units = (_text(axis.get("units", "")) for axis in (rows, columns))
    size = PixelSize(_number(rows["scale"]), _number(columns["scale"]), *units)
    return _StoredImage(dataset, dataset.ndim - 2, dataset.ndim - 1, size)


def _plain(dataset: Dataset) -> _StoredImage | None:
    """Any array of two or three axes, with the attributes `scale` and `scale_unit` if it has them.

    What the other layouts left in the places of HyperSpy and Velox are spectra.
    """
    is_spectrum = dataset.name.startswith(("/Experiments/", "/Data/Spectrum"))
    if is_spectrum or dataset.ndim not in (2, 3) or dataset.dtype.kind not in "buifc":
        return None
    size = None
    if "scale" in dataset.attrs:
        step, unit = _number(dataset.attrs["scale"]), _text(dataset.attrs.get("scale_unit", ""))
        size = PixelSize(step, step, unit, unit)
    if dataset.ndim == 3 and dataset.shape[2] in (3, 4):
        return _StoredImage(dataset, 0, 1, size, channel_axis=2)
    rows, columns = dataset.ndim - 2, dataset.ndim - 1
    is_image = min(dataset.shape[rows], dataset.shape[columns]) > 1
    return _StoredImage(dataset, rows, columns, size) if is_image else None


def _member(group: Any, name: str) -> Any:
    """Return a member that is stored in the group: a link, or a data set elsewhere, could open any file here."""
    if hasattr(group.get(name, getlink=True), "path"):
        raise UnreadableFileError(f"{group.name}/{name} is a link.", "Save the image in one file, as TIFF.")
    return _check_stored_here(group[name])


def _check_stored_here(item: Any) -> Any:
    """Return a group or data set, refused if its values are in another file."""
    if getattr(item, "external", None) or getattr(item, "is_virtual", False):
        raise UnreadableFileError(f"The values of {item.name} are in another file.", "Save it in one file, as TIFF.")
    return item


def _step(coordinates: Dataset) -> float:
    """Distance of the first two coordinates; NaN, which makes no scale, if there is only one."""
    values = coordinates[:2]
    return float(values[1] - values[0]) if len(values) == 2 else math.nan


def _text(attribute: Any) -> str:
    """Return an attribute as text, whichever way HDF5 stored it."""
    value = next(iter(np.ravel(attribute)), "")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _number(attribute: Any) -> float:
    """Return an attribute as one number; NaN, which makes no scale, if it is none."""
    try:
        return float(_text(attribute)) if np.size(attribute) == 1 else math.nan
    except ValueError:
        return math.nan
