"""Where images lie in HDF5 files: EMD of Velox and of Berkeley, HyperSpy files, and plain data sets with a scale."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from nanotem.readers.choice import what_it_shows
from nanotem.readers.decoded import MAX_METADATA_BYTES, PixelSize
from nanotem.readers.hdf5_parts import (
    Dataset,
    at_path,
    json_of,
    member,
    members,
    number_of,
    read_part,
    step_of,
    text_of,
)
from nanotem.readers.times import counted_by, to_seconds
from nanotem.readers.units import is_reciprocal

_DISPLAYS = ("Presentation/Displays/ImageDisplay", "Displays/ImageDisplay")


@dataclass(frozen=True)
class Place:
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


def places_of(datasets: list[Dataset], labels: Mapping[str, str]) -> list[Place]:
    """Return all images of the first layout that fits any data set.

    Parameters
    ----------
    datasets
        Of a file, in its order.
    labels
        Titles of Velox, from `velox_labels`.
    """
    layouts: tuple[Callable[[Dataset], Place | None], ...] = (
        lambda dataset: _velox(dataset, labels),
        _berkeley,
        _hyperspy,
        _plain,
    )
    for layout in layouts:
        if places := [place for dataset in datasets if (place := layout(dataset)) is not None]:
            return places
    return []


def _velox(dataset: Dataset, labels: Mapping[str, str]) -> Place | None:
    """Thermo Fisher Velox: axes (rows, columns, frames), metadata as JSON beside the data."""
    if dataset.ndim != 3 or not re.fullmatch("/Data/Image/[^/]+/Data", dataset.name):
        return None
    metadata = member(dataset.parent, "Metadata")
    column = read_part(metadata, (slice(MAX_METADATA_BYTES), 0), MAX_METADATA_BYTES)
    stated = json.loads(column.tobytes().split(b"\0", 1)[0])
    result, seconds = stated["BinaryResult"], _scan_time_s(stated)
    detector = str(result.get("Detector", ""))
    name = labels.get(dataset.parent.name, "") or detector
    what = what_it_shows(name, detector)
    if "PixelSize" not in result:
        return Place(dataset, 0, 1, name=name, what=what, counted_by=("T",), frame_time_s=seconds)
    height, width = (float(result["PixelSize"][side]) for side in ("height", "width"))
    units = (str(result.get(f"PixelUnit{axis}", result.get("PixelUnitX", ""))) for axis in "YX")
    size = PixelSize(height, width, *units)
    what = what or _diffraction(size)
    return Place(dataset, 0, 1, size, name=name, what=what, counted_by=("T",), frame_time_s=seconds)


def _scan_time_s(stated: Mapping[str, Any]) -> float | None:
    """Return how long a frame of a scan takes; cameras state an exposure, which is not the time between frames."""
    try:
        return to_seconds(float(stated.get("Scan", {})["FrameTime"]), "s")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def velox_labels(file: Any) -> dict[str, str]:
    """Return the title under which Velox shows each image, by the path of its group."""
    labels: dict[str, str] = {}
    for where in _DISPLAYS:
        for item in members(file, where):
            display = json_of(item)
            data = display
            if "data" in display:
                data = json_of(at_path(file, str(display["data"])))
            shown = display.get("display", display)
            title = str(shown.get("label") or shown.get("id", "")) if isinstance(shown, dict) else ""
            labels.setdefault(str(data.get("dataPath", "")), unquote(title))
    return labels


def _berkeley(dataset: Dataset) -> Place | None:
    """Berkeley EMD: one vector of coordinates per axis, named and with a unit.

    Rows are the axis named y and columns the axis named x. Where no name tells, columns come first, which is
    how HyperSpy writes; files whose axes count from 0 (py4DSTEM) have rows first.
    """
    group = dataset.parent
    leaf = dataset.name.rsplit("/", 1)[-1]
    if dataset.ndim < 2 or "emd_group_type" not in group.attrs or not leaf.startswith(("data", "realslice")):
        return None
    first = 0 if "dim0" in group else 1
    axes = [member(group, f"dim{first + axis}") for axis in range(dataset.ndim)]
    names = [text_of(axis.attrs.get("name", "")).lower() for axis in axes]
    if {"x", "y"} <= set(names):
        rows, columns = names.index("y"), names.index("x")
    else:
        rows, columns = (dataset.ndim - 2, dataset.ndim - 1) if first == 0 else (1, 0)
    units = [text_of(axes[axis].attrs.get("units", "")) for axis in (rows, columns)]
    size = PixelSize(step_of(axes[rows]), step_of(axes[columns]), *units)
    name = group.name.rsplit("/", 1)[-1]
    counting = [k for k in range(dataset.ndim) if k not in (rows, columns)]
    every = [text_of(axes[k].attrs.get("units", "")) for k in counting]
    return Place(
        dataset,
        rows,
        columns,
        size,
        name=name,
        what=what_it_shows(name) or _diffraction(size),
        counted_by=tuple(counted_by(names[k], unit) for k, unit in zip(counting, every, strict=True)),
        frame_time_s=to_seconds(step_of(axes[counting[0]]), every[0]) if len(counting) == 1 else None,
    )


def _hyperspy(dataset: Dataset) -> Place | None:
    """HyperSpy: one group of attributes per axis; two signal axes make an image, one a spectrum."""
    if dataset.ndim < 2 or not re.fullmatch("/Experiments/[^/]+/data", dataset.name):
        return None
    axes = [member(dataset.parent, f"axis-{axis}").attrs for axis in range(dataset.ndim)]
    if sum(not axis["navigate"] for axis in axes) != 2:
        return None
    rows, columns = axes[-2:]
    units = (text_of(axis.get("units", "")) for axis in (rows, columns))
    size = PixelSize(number_of(rows["scale"]), number_of(columns["scale"]), *units)
    name = dataset.parent.name.rsplit("/", 1)[-1]
    counting = [(text_of(axis.get("name", "")), text_of(axis.get("units", ""))) for axis in axes[:-2]]
    return Place(
        dataset,
        dataset.ndim - 2,
        dataset.ndim - 1,
        size,
        name=name,
        what=what_it_shows(name) or _diffraction(size),
        counted_by=tuple(counted_by(*one) for one in counting),
        frame_time_s=to_seconds(number_of(axes[0]["scale"]), counting[0][1]) if len(counting) == 1 else None,
    )


def _plain(dataset: Dataset) -> Place | None:
    """Any array of two or three axes, with the attributes `scale` and `scale_unit` if it has them.

    What the other layouts left in the places of HyperSpy and Velox are spectra.
    """
    is_spectrum = dataset.name.startswith(("/Experiments/", "/Data/Spectrum"))
    if is_spectrum or dataset.ndim not in (2, 3) or dataset.dtype.kind not in "buifc":
        return None
    size = None
    if "scale" in dataset.attrs:
        step, unit = number_of(dataset.attrs["scale"]), text_of(dataset.attrs.get("scale_unit", ""))
        size = PixelSize(step, step, unit, unit)
    name = dataset.name.strip("/")
    if dataset.ndim == 3 and dataset.shape[2] in (3, 4):
        return Place(dataset, 0, 1, size, channel_axis=2, name=name, what=what_it_shows(name))
    rows, columns = dataset.ndim - 2, dataset.ndim - 1
    is_image = min(dataset.shape[rows], dataset.shape[columns]) > 1
    return Place(dataset, rows, columns, size, name=name, what=what_it_shows(name)) if is_image else None


def _diffraction(size: PixelSize) -> str:
    """Return "diffraction" for a pixel that is no length but one over a length, or an angle."""
    return "diffraction" if is_reciprocal(size.width_unit) else ""
