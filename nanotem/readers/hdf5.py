"""HDF5: EMD of Velox and of Berkeley, HyperSpy files, and plain data sets with a scale.

Read with h5py alone: one frame only, without a temporary file, never through a link, and nothing before its size is
known to be in the budget.
"""

import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.readers.choice import Choice, StoredImage, take, what_it_shows
from nanotem.readers.decoded import MAX_METADATA_BYTES, Decoded, PixelSize, check_size
from nanotem.readers.hdf5_heap import check_heaps
from nanotem.readers.mapped import Data, as_file
from nanotem.readers.text import printable
from nanotem.readers.times import counted_by, to_seconds
from nanotem.readers.units import is_reciprocal

Dataset = Any
"""An h5py.Dataset; h5py has no types and is imported where it is used."""

_DEEPEST = 32
"""Groups in each other; HyperSpy, which writes its metadata as groups, reaches 12."""

_MOST_MEMBERS = 20_000
"""Groups and data sets of a file; Velox writes some hundreds. More take longer than a second to list."""

_MAX_BLOCK_BYTES = 268_435_456
"""HDF5 holds a block twice, as it is stored and unpacked; a frame of 8192 x 8192 pixels of 32 bits just fits."""

_DISPLAYS = ("Presentation/Displays/ImageDisplay", "Displays/ImageDisplay")


@dataclass(frozen=True)
class _Place:
    """An image inside a data set: which axes are its rows, columns and channels, its pixel size, what counts frames."""

    dataset: Dataset
    row_axis: int
    column_axis: int
    pixel_size: PixelSize | None = None
    channel_axis: int | None = None
    name: str = ""
    what: str = ""
    counted_by: tuple[str, ...] = ()
    frame_time_s: float | None = None

    @property
    def n_frames(self) -> int:
        """How many images the remaining axes count."""
        return math.prod(self.dataset.shape[axis] for axis in self.frame_axes)

    @property
    def frame_axes(self) -> list[int]:
        """The axes that count frames."""
        kept = (self.row_axis, self.column_axis, self.channel_axis)
        return [axis for axis in range(self.dataset.ndim) if axis not in kept]

    @property
    def n_channels(self) -> int:
        """Colours, stored as an axis or as the fields of each value."""
        return 1 if self.channel_axis is None else self.dataset.shape[self.channel_axis]


def read_hdf5(data: bytes, choice: Choice) -> Decoded:
    """Decode one image of an HDF5 file.

    Raises
    ------
    UnreadableFileError
        If there is no image of real numbers, if it is too large or too small, if parts of it were never written, or
        if its pixels are in another file.
    """
    return take(stored_hdf5(data), choice)


def stored_hdf5(data: Data) -> list[StoredImage]:
    """Describe the images of an HDF5 file, which stays open as long as one of them is there.

    Raises
    ------
    UnreadableFileError
        If there is no image of real numbers.
    """
    import h5py  # type: ignore[import-untyped]

    check_heaps(data)
    file = h5py.File(as_file(data), "r")
    places = _places(list(_datasets(file)), _velox_labels(file))
    if not places:
        raise UnreadableFileError(
            "The file holds no image, only spectra or tables.",
            "Open the image that was taken with it, or export it as TIFF.",
        )
    real = [place for place in places if place.dataset.dtype.kind in "buif" or _is_colour(place.dataset)]
    if not real:
        raise UnreadableFileError(
            "The file holds complex numbers (a Fourier transform), no image.",
            "Open the image that was taken with it.",
        )
    return [_stored(place) for place in real]


def _datasets(file: Any) -> Iterator[Dataset]:
    """Every data set that is stored in the file itself; links are not followed."""
    waiting = [(file, 0)]
    n_members = 0
    while waiting:
        group, depth = waiting.pop()
        inner = []
        for name in group:
            n_members += 1
            if n_members > _MOST_MEMBERS or depth > _DEEPEST:
                raise UnreadableFileError(
                    f"The file holds more than {_MOST_MEMBERS:,} groups, or groups more than {_DEEPEST} deep.",
                    "Export one image as TIFF.",
                )
            if hasattr(group.get(name, getlink=True), "path"):
                continue
            item = group[name]
            if hasattr(item, "shape"):
                yield item
            elif hasattr(item, "keys"):
                inner.append((item, depth + 1))
        waiting.extend(reversed(inner))


def _places(datasets: list[Dataset], labels: Mapping[str, str]) -> list[_Place]:
    """All images of the first layout that fits any data set."""
    layouts: tuple[Callable[[Dataset], _Place | None], ...] = (
        lambda dataset: _velox(dataset, labels),
        _berkeley,
        _hyperspy,
        _plain,
    )
    for layout in layouts:
        if places := [place for dataset in datasets if (place := layout(dataset)) is not None]:
            return places
    return []


def _stored(place: _Place) -> StoredImage:
    rows, columns = (place.dataset.shape[axis] for axis in (place.row_axis, place.column_axis))
    lengths = [place.dataset.shape[axis] for axis in place.frame_axes]
    return StoredImage(
        (rows, columns),
        lambda frame: _decode(place, frame),
        printable(place.name),
        place.n_frames,
        place.what,
        tuple(zip(place.counted_by, lengths, strict=False)),
        place.frame_time_s,
    )


def _decode(place: _Place, frame: int) -> Decoded:
    """Read one frame after its size has been checked."""
    dataset = place.dataset
    check_size(
        dataset.shape[place.row_axis],
        dataset.shape[place.column_axis],
        bytes_per_pixel=dataset.dtype.itemsize * place.n_channels,
    )
    kept = [axis for axis in (place.row_axis, place.column_axis, place.channel_axis) if axis is not None]
    index = dict(
        zip(place.frame_axes, np.unravel_index(frame, [dataset.shape[a] for a in place.frame_axes]), strict=True)
    )
    where = tuple(int(index[axis]) if axis in index else slice(None) for axis in range(dataset.ndim))
    _check_blocks(dataset, _MAX_BLOCK_BYTES)
    _check_written(dataset, where)
    image = np.transpose(_read(dataset, where, _MAX_BLOCK_BYTES), [sorted(kept).index(axis) for axis in kept])
    if _is_colour(dataset):
        image = np.stack([image[colour] for colour in dataset.dtype.names[:3]], axis=-1)
    return Decoded(image, place.pixel_size)


def _read(dataset: Dataset, where: Any, most_bytes: int) -> Any:
    """Read a part of a data set that is stored here, within a budget."""
    _check_blocks(dataset, most_bytes)
    return dataset[where]


def _check_blocks(dataset: Dataset, most_bytes: int) -> None:
    """Refuse a data set of which a block is beyond the budget: HDF5 unpacks whole blocks, however little is read."""
    _check_stored_here(dataset)
    block_bytes = math.prod(dataset.chunks or (1,)) * dataset.dtype.itemsize
    if block_bytes > most_bytes:
        raise UnreadableFileError(
            f"{printable(dataset.name)} is stored in blocks of {dataset.chunks}, {block_bytes:,} bytes each; the "
            f"limit is {most_bytes:,}.",
            "Export one image as TIFF.",
        )


def _check_written(dataset: Dataset, where: tuple[Any, ...]) -> None:
    """Refuse an image of which nothing, or not every block, was ever written: HDF5 reads zeros there."""
    missing = dataset.id.get_storage_size() == 0
    if not missing and dataset.chunks and dataset.id.get_num_chunks() < math.prod(_grid(dataset)):
        missing = any(
            dataset.id.get_chunk_info_by_coord(at).byte_offset is None for at in _block_corners(dataset, where)
        )
    if missing:
        raise UnreadableFileError(
            f"{printable(dataset.name)} was not written to its end: parts of the image are missing.",
            "Copy it again, or from where it was recorded.",
        )


def _grid(dataset: Dataset) -> list[int]:
    return [-(-size // block) for size, block in zip(dataset.shape, dataset.chunks, strict=True)]


def _block_corners(dataset: Dataset, where: tuple[Any, ...]) -> Iterator[tuple[int, ...]]:
    """Yield the first place of every block that a frame needs."""
    ranges = (
        range(0, size, block) if isinstance(index, slice) else (index // block * block,)
        for index, size, block in zip(where, dataset.shape, dataset.chunks, strict=True)
    )
    return itertools.product(*ranges)


def _is_colour(dataset: Dataset) -> bool:
    """Return whether each value has the fields R, G, B, as HyperSpy writes colour."""
    return tuple((dataset.dtype.names or ())[:3]) == ("R", "G", "B")


def _velox(dataset: Dataset, labels: Mapping[str, str]) -> _Place | None:
    """Thermo Fisher Velox: axes (rows, columns, frames), metadata as JSON beside the data."""
    if dataset.ndim != 3 or not re.fullmatch("/Data/Image/[^/]+/Data", dataset.name):
        return None
    metadata = _member(dataset.parent, "Metadata")
    column = _read(metadata, (slice(MAX_METADATA_BYTES), 0), MAX_METADATA_BYTES)
    stated = json.loads(column.tobytes().split(b"\0", 1)[0])
    result, seconds = stated["BinaryResult"], _scan_time_s(stated)
    detector = str(result.get("Detector", ""))
    name = labels.get(dataset.parent.name, "") or detector
    what = what_it_shows(name, detector)
    if "PixelSize" not in result:
        return _Place(dataset, 0, 1, name=name, what=what, counted_by=("T",), frame_time_s=seconds)
    height, width = (float(result["PixelSize"][side]) for side in ("height", "width"))
    units = (str(result.get(f"PixelUnit{axis}", result.get("PixelUnitX", ""))) for axis in "YX")
    size = PixelSize(height, width, *units)
    what = what or _diffraction(size)
    return _Place(dataset, 0, 1, size, name=name, what=what, counted_by=("T",), frame_time_s=seconds)


def _scan_time_s(stated: Mapping[str, Any]) -> float | None:
    """Return how long a frame of a scan takes; cameras state an exposure, which is not the time between frames."""
    try:
        return to_seconds(float(stated.get("Scan", {})["FrameTime"]), "s")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _velox_labels(file: Any) -> dict[str, str]:
    """Return the title under which Velox shows each image, by the path of its group."""
    labels: dict[str, str] = {}
    for where in _DISPLAYS:
        for item in _members(file, where):
            display = _json(item)
            data = display
            if "data" in display:
                data = _json(_at(file, str(display["data"])))
            shown = display.get("display", display)
            title = str(shown.get("label") or shown.get("id", "")) if isinstance(shown, dict) else ""
            labels.setdefault(str(data.get("dataPath", "")), unquote(title))
    return labels


def _members(file: Any, path: str) -> list[Any]:
    group = _at(file, path)
    return [_at(group, name) for name in itertools.islice(group, _MOST_MEMBERS)] if hasattr(group, "keys") else []


def _at(group: Any, path: str) -> Any:
    """Return what lies at a path, step by step and never through a link; None where there is nothing."""
    item = group.file if path.startswith("/") else group
    for name in path.strip("/").split("/"):
        link = item.get(name, getlink=True) if hasattr(item, "keys") else None
        if link is None or hasattr(link, "path"):
            return None
        item = item[name]
    return item


def _json(item: Any) -> dict[str, Any]:
    """Return the object that a data set of one text holds; an empty one if it holds none."""
    if item is None or not hasattr(item, "shape") or item.size != 1:
        return {}
    try:
        value = json.loads(_text(_read(item, (), MAX_METADATA_BYTES)))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _berkeley(dataset: Dataset) -> _Place | None:
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
    name = group.name.rsplit("/", 1)[-1]
    counting = [k for k in range(dataset.ndim) if k not in (rows, columns)]
    every = [_text(axes[k].attrs.get("units", "")) for k in counting]
    return _Place(
        dataset,
        rows,
        columns,
        size,
        name=name,
        what=what_it_shows(name) or _diffraction(size),
        counted_by=tuple(counted_by(names[k], unit) for k, unit in zip(counting, every, strict=True)),
        frame_time_s=to_seconds(_step(axes[counting[0]]), every[0]) if len(counting) == 1 else None,
    )


def _hyperspy(dataset: Dataset) -> _Place | None:
    """HyperSpy: one group of attributes per axis; two signal axes make an image, one a spectrum."""
    if dataset.ndim < 2 or not re.fullmatch("/Experiments/[^/]+/data", dataset.name):
        return None
    axes = [_member(dataset.parent, f"axis-{axis}").attrs for axis in range(dataset.ndim)]
    if sum(not axis["navigate"] for axis in axes) != 2:
        return None
    rows, columns = axes[-2:]
    units = (_text(axis.get("units", "")) for axis in (rows, columns))
    size = PixelSize(_number(rows["scale"]), _number(columns["scale"]), *units)
    name = dataset.parent.name.rsplit("/", 1)[-1]
    counting = [(_text(axis.get("name", "")), _text(axis.get("units", ""))) for axis in axes[:-2]]
    return _Place(
        dataset,
        dataset.ndim - 2,
        dataset.ndim - 1,
        size,
        name=name,
        what=what_it_shows(name) or _diffraction(size),
        counted_by=tuple(counted_by(*one) for one in counting),
        frame_time_s=to_seconds(_number(axes[0]["scale"]), counting[0][1]) if len(counting) == 1 else None,
    )


def _plain(dataset: Dataset) -> _Place | None:
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
    name = dataset.name.strip("/")
    if dataset.ndim == 3 and dataset.shape[2] in (3, 4):
        return _Place(dataset, 0, 1, size, channel_axis=2, name=name, what=what_it_shows(name))
    rows, columns = dataset.ndim - 2, dataset.ndim - 1
    is_image = min(dataset.shape[rows], dataset.shape[columns]) > 1
    return _Place(dataset, rows, columns, size, name=name, what=what_it_shows(name)) if is_image else None


def _diffraction(size: PixelSize) -> str:
    """Return "diffraction" for a pixel that is no length but one over a length, or an angle."""
    return "diffraction" if is_reciprocal(size.width_unit) else ""


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
    first, *others = map(float, _read(coordinates, slice(2), MAX_METADATA_BYTES))
    return others[0] - first if others else math.nan


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
