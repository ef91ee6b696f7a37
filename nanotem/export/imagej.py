"""Outlines as regions of interest of ImageJ, written and read."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt
import roifile

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.spans import Places, Ring, places_inside

_MOVE_TO, _LINE_TO, _CLOSE = 0, 1, 4
_WITH_AREA = {roifile.ROI_TYPE[name] for name in ("POLYGON", "RECT", "OVAL", "FREEHAND", "TRACED")}
_OVAL_POINTS = 181
_MOST_ROIS = 100_000
_LARGEST_ROI_BYTES = 1_000_000
_LARGEST_ZIP_BYTES = 200_000_000
_OLDEST_STAMP = (1980, 1, 1, 0, 0, 0)


def roi_zip(outlines: Mapping[int, Sequence[Ring]]) -> bytes:
    """Return one region per particle, named by its label, for the ROI manager of ImageJ.

    A particle is a polygon with fractions of pixels; one with holes a composite.

    Parameters
    ----------
    outlines
        Label to its polygons, see `nanotem.export.boundaries`.
    """
    width = len(str(max(outlines, default=0)))
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for label, rings in outlines.items():
            name = f"{label:0{width}d}"
            archive.writestr(zipfile.ZipInfo(f"{name}.roi", _OLDEST_STAMP), _roi(rings, name).tobytes())
    return stream.getvalue()


def read_rois(data: bytes, *, shape: tuple[int, int]) -> Iterator[Places]:
    """Yield the pixels of every region of a .roi file or a ZIP archive of such files, in the order of the file.

    Parameters
    ----------
    data
        The whole file.
    shape
        Rows and columns of the image.

    Raises
    ------
    UnreadableFileError
        If the file is damaged, too large, holds no region, or one without an area.
    """
    for name, content in _files(data) if data.startswith(b"PK") else [("the region", data)]:
        yield _places(name, content, shape)


def _roi(rings: Sequence[Ring], name: str) -> roifile.ImagejRoi:
    corners = np.concatenate(rings)
    roi = roifile.ImagejRoi.frompoints(corners, name=name)
    roi.right, roi.bottom = map(int, np.ceil(corners.max(axis=0)))
    roi.roitype = roifile.ROI_TYPE.POLYGON
    if len(rings) > 1:
        roi.roitype = roifile.ROI_TYPE.RECT
        roi.integer_coordinates = roi.subpixel_coordinates = None
        roi.n_coordinates = 0
        roi.multi_coordinates = np.concatenate([_path(ring) for ring in rings])
        roi.shape_roi_size = roi.multi_coordinates.size
    return roi


def _path(ring: Ring) -> npt.NDArray[np.float32]:
    """Return a ring in the notation of ImageJ's composite shapes."""
    moves = np.column_stack([np.full(len(ring), _LINE_TO), ring]).astype(np.float32)
    moves[0, 0] = _MOVE_TO
    return np.append(moves.ravel(), np.float32(_CLOSE))


def _files(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and content of every region in an archive; the sizes it states are checked before it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".roi")]
            _check_sizes(entries)
            return [(entry.filename, archive.read(entry)) for entry in entries]
    except NanotemError:
        raise
    # As below: zipfile raises what it meets first, down to a ValueError from a negative place in the file.
    except Exception as error:
        raise UnreadableFileError(
            f"The ZIP archive cannot be unpacked ({error}).", "Save the regions again from ImageJ."
        ) from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise UnreadableFileError(
            "The ZIP archive holds no .roi file.", "Save the regions with More » Save… in ImageJ's ROI manager."
        )
    largest, total = max(entry.file_size for entry in entries), sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ROIS or largest > _LARGEST_ROI_BYTES or total > _LARGEST_ZIP_BYTES:
        raise UnreadableFileError(
            f"The ZIP archive unpacks to {len(entries):,} regions of up to {largest:,} bytes, {total:,} in all; the "
            f"limits are {_MOST_ROIS:,}, {_LARGEST_ROI_BYTES:,} and {_LARGEST_ZIP_BYTES:,}.",
            "Save a label image instead.",
        )


def _places(name: str, content: bytes, shape: tuple[int, int]) -> Places:
    try:
        roi = roifile.ImagejRoi.frombytes(content)
        has_area = roi.roitype in _WITH_AREA
        places = places_inside(_rings(roi), shape) if has_area else np.empty(0, np.int64)
    # The parser reads bytes that nobody has checked, and fails with whatever it meets first.
    except Exception as error:
        raise UnreadableFileError(
            f"{name} is no region of ImageJ, or a damaged one ({error}).", "Save the regions again from ImageJ."
        ) from error
    if not has_area:
        raise UnreadableFileError(
            f"{name} is a {roi.roitype.name.lower()}, which has no area.", "Delete such regions in the ROI manager."
        )
    return places


def _rings(roi: roifile.ImagejRoi) -> list[Ring]:
    if roi.roitype is roifile.ROI_TYPE.OVAL:
        half = np.array([roi.right - roi.left, roi.bottom - roi.top]) / 2
        angles = np.linspace(0, 2 * np.pi, _OVAL_POINTS)
        return [(roi.left, roi.top) + half + half * np.column_stack([np.cos(angles), np.sin(angles)])]
    return [np.asarray(ring, np.float64) for ring in roi.coordinates(multi=True)]
