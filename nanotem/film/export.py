"""Tracks for other programs: tables, TrackMate, ImageJ, and the film with its outlines.

Tables count the frames that were analysed, from 1, and have that of the file beside each: of a mean of several, the
first one of these. Regions and TrackMate are for the file itself: its frames, its own pixels. See `nanotem.film.part`.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import roifile

from nanotem.errors import NanotemError
from nanotem.export.tables import csv_bytes
from nanotem.figures.pictures import LABEL_COLOURS, PREVIEW_PX, Picture, micrograph_picture
from nanotem.files.replacing import replacing
from nanotem.film.curves import SizeCurves, curves_of
from nanotem.film.film import Film
from nanotem.film.frame_result import read_polygons
from nanotem.film.history import FilmHistory
from nanotem.film.part import FilmPart

Polygons = Mapping[int, list[float]]
"""Label to its outline, x0, y0, x1, y1 and so on."""

_OLDEST_STAMP = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP file can hold: the same regions are the same file whenever they are written."""


_FRAMES_PER_SECOND = 10.0
"""Slow enough to follow a particle from frame to frame; players can change it."""

_LINE_PX = 1
_EVEN = 2
"""The codec of MP4 takes even sides only."""


def track_table(history: FilmHistory) -> pd.DataFrame:
    """Return every particle of every frame: time, track, place in the picture and on the support, size.

    The track is 0 where a particle belongs to none: in frames that were left out.
    """
    table = history.particles
    lengths = {f"diameter_{history.unit}": table["diameter_px"] * history.per_px} if history.nm_per_px else {}
    table = table.assign(
        frame=table["frame"] + 1, time=history.times[table["frame"]], time_unit=history.time_unit, **lengths
    ).sort_values(["track", "frame"], ignore_index=True)
    return _with_frames_in_file(table, history)


def tracks_table(history: FilmHistory) -> pd.DataFrame:
    """Return one row per track: its first and last frame, diameters with their unit, how it begins and ends."""
    tracks, ends = history.tracks, ("first_frame", "last_frame")
    counted = {name: tracks[name] + 1 for name in ends}
    return _with_frames_in_file(tracks.assign(**counted, unit=history.unit), history, *ends)


def event_table(history: FilmHistory) -> pd.DataFrame:
    """Return one row per event: frame, time and its unit, what, tracks before and after, place."""
    rows = [
        {
            "frame": event.frame + 1,
            "time": float(history.times[event.frame]),
            "time_unit": history.time_unit,
            "event": event.kind,
            "before": " ".join(map(str, event.before)),
            "after": " ".join(map(str, event.after)),
            "row_px": event.row_px,
            "column_px": event.column_px,
        }
        for event in history.events
    ]
    columns = ["frame", "time", "time_unit", "event", "before", "after", "row_px", "column_px"]
    return _with_frames_in_file(pd.DataFrame(rows, columns=columns), history)


def curve_table(history: FilmHistory, curves: SizeCurves) -> pd.DataFrame:
    """Return one row per frame that counts, see `SizeCurves.table`."""
    return _with_frames_in_file(curves.table, history)


def _with_frames_in_file(table: pd.DataFrame, history: FilmHistory, *names: str) -> pd.DataFrame:
    """Return a table with a column of frames of the file, from 1, beside each of some columns of frames, from 1."""
    in_file = {number: start + 1 for number, start in enumerate(history.part.starts, 1)}
    table = table.copy()
    for name in names or ("frame",):
        table.insert(list(table).index(name) + 1, f"{name}_in_file", table[name].map(in_file))
    return table


def tables(history: FilmHistory) -> dict[str, bytes]:
    """Return the tables of a film as CSV files by their names."""
    frames = history.frames.assign(frame=history.frames["frame"] + 1)
    return {
        "particles.csv": csv_bytes(track_table(history)),
        "tracks.csv": csv_bytes(tracks_table(history)),
        "events.csv": csv_bytes(event_table(history)),
        "curves.csv": csv_bytes(curve_table(history, curves_of(history))),
        "frames.csv": csv_bytes(_with_frames_in_file(frames, history)),
    }


def trackmate_xml(history: FilmHistory, name: str) -> bytes:
    """Return the tracks as a file that TrackMate opens (Fiji: Plugins > Tracking > Load a TrackMate file).

    Spots are the particles of tracks; edges lead from frame to frame, and from what merges or splits to what it
    becomes. All is as in the file: its frames, and positions and radii in the unit of length from its own first pixel.
    """
    table = history.tracked.reset_index(drop=True)
    part = history.part
    pixel = history.nm_per_px / part.reading.binning if history.nm_per_px else 1.0
    interval = history.frame_time_s / part.starts.step if history.frame_time_s else 1.0
    root = ElementTree.Element("TrackMate", version="7.11.1")
    model = ElementTree.SubElement(
        root, "Model", spatialunits=history.unit.replace("px", "pixel"), timeunits=history.time_unit
    )
    _features(model)
    _spots(model, table, part, pixel=pixel, interval=interval)
    _tracks(model, table, history)
    settings = ElementTree.SubElement(root, "Settings")
    rows, columns = part.stored_shape
    ElementTree.SubElement(
        settings,
        "ImageData",
        filename=name,
        folder="",
        width=str(columns),
        height=str(rows),
        nslices="1",
        nframes=str(part.n_stored),
        pixelwidth=str(pixel),
        pixelheight=str(pixel),
        voxeldepth="1.0",
        timeinterval=str(interval),
    )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _features(model: ElementTree.Element) -> None:
    """Declare the numbers that spots, edges and tracks have: TrackMate reads no others."""
    declared = {
        "Spot": (
            ("QUALITY", "QUALITY", False),
            ("POSITION_X", "POSITION", False),
            ("POSITION_Y", "POSITION", False),
            ("POSITION_Z", "POSITION", False),
            ("POSITION_T", "TIME", False),
            ("FRAME", "NONE", True),
            ("RADIUS", "LENGTH", False),
            ("VISIBILITY", "NONE", True),
        ),
        "Edge": (("SPOT_SOURCE_ID", "NONE", True), ("SPOT_TARGET_ID", "NONE", True)),
        "Track": (("TRACK_INDEX", "NONE", True), ("TRACK_ID", "NONE", True)),
    }
    features = ElementTree.SubElement(model, "FeatureDeclarations")
    for kind, names in declared.items():
        group = ElementTree.SubElement(features, f"{kind}Features")
        for feature, dimension, is_whole in names:
            ElementTree.SubElement(
                group,
                "Feature",
                feature=feature,
                name=feature.capitalize().replace("_", " "),
                shortname=feature,
                dimension=dimension,
                isint=str(is_whole).lower(),
            )


def _spots(model: ElementTree.Element, table: pd.DataFrame, part: FilmPart, *, pixel: float, interval: float) -> None:
    """Write the particles of tracks, with the length of a pixel of the file and the time between its frames."""
    starts = part.starts
    places = part.in_file(table[["row_px", "column_px"]]) * pixel
    radii = table["diameter_px"].to_numpy(np.float64) / 2 * part.reading.binning * pixel
    spots = ElementTree.SubElement(model, "AllSpots", nspots=str(len(table)))
    in_frames: dict[int, ElementTree.Element] = {}
    columns = table["frame"].tolist(), table["track"].tolist(), places.tolist(), radii.tolist()
    for number, (analysed, track, (y, x), radius) in enumerate(zip(*columns, strict=True)):
        frame = starts[analysed]
        if frame not in in_frames:
            in_frames[frame] = ElementTree.SubElement(spots, "SpotsInFrame", frame=str(frame))
        values = {
            "ID": number,
            "name": f"track {track}",
            "QUALITY": 1.0,
            "POSITION_X": x,
            "POSITION_Y": y,
            "POSITION_Z": 0.0,
            "POSITION_T": frame * interval,
            "FRAME": frame,
            "RADIUS": radius,
            "VISIBILITY": 1,
        }
        ElementTree.SubElement(in_frames[frame], "Spot", {name: str(value) for name, value in values.items()})


def _tracks(model: ElementTree.Element, table: pd.DataFrame, history: FilmHistory) -> None:
    """Write edges, those that mergings and splittings connect in one track of TrackMate."""
    spots: dict[int, list[int]] = {}
    in_time = table.sort_values(["track", "frame"])
    for place, track in zip(in_time.index.tolist(), in_time["track"].tolist(), strict=True):
        spots.setdefault(track, []).append(place)
    edges = [(track, a, b) for track, own in spots.items() for a, b in pairwise(own)]
    for event in history.events:
        edges += [
            (before, spots[before][-1], spots[after][0])
            for before in event.before
            for after in event.after
            if before in spots and after in spots
        ]
    family = _families(list(spots), history)
    tracks, filtered = ElementTree.SubElement(model, "AllTracks"), ElementTree.SubElement(model, "FilteredTracks")
    elements: dict[int, ElementTree.Element] = {}
    for track, source, target in edges:
        number = family[track]
        if number not in elements:
            attributes = {"name": f"Track_{number}", "TRACK_ID": str(number), "TRACK_INDEX": str(len(elements))}
            elements[number] = ElementTree.SubElement(tracks, "Track", attributes)
            ElementTree.SubElement(filtered, "TrackID", TRACK_ID=str(number))
        ElementTree.SubElement(elements[number], "Edge", SPOT_SOURCE_ID=str(source), SPOT_TARGET_ID=str(target))


def _families(tracks: list[int], history: FilmHistory) -> dict[int, int]:
    """Return for every track the smallest number of those that mergings and splittings connect with it."""
    family = {track: track for track in tracks}

    def root(track: int) -> int:
        while family[track] != track:
            track = family[track]
        return track

    for event in history.events:
        connected = [track for track in (*event.before, *event.after) if track in family]
        for track in connected[1:]:
            one, other = sorted((root(connected[0]), root(track)))
            family[other] = one
    return {track: root(track) for track in tracks}


def rois_by_frame(history: FilmHistory, folder: Path) -> bytes:
    """Return one region per particle and frame for the ROI manager of ImageJ, named by frame and track.

    Each lies at its slice of the file, in pixels of the file; the frame in its name is that of the file too.

    Raises
    ------
    UnreadableFileError
        If the outlines of a frame are not there.
    """
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in np.unique(history.tracked["frame"]).tolist():
            tracks, slice_ = tracks_in_frame(history, number), history.part.starts[number]
            for label, corners in read_polygons(folder, number).items():
                if label in tracks:
                    name = f"{slice_ + 1:05d}-{tracks[label]:05d}"
                    places = history.part.in_file(np.reshape(corners, (-1, 2))[:, ::-1])
                    points = places[:, ::-1] + 0.5  # ImageJ's origin is the corner of the first pixel
                    roi = roifile.ImagejRoi.frompoints(points, name=name, position=slice_)  # counts from 0 here
                    archive.writestr(zipfile.ZipInfo(f"{name}.roi", _OLDEST_STAMP), roi.tobytes())
    return stream.getvalue()


def tracks_in_frame(history: FilmHistory, number: int) -> dict[int, int]:
    """Return the track of each label of a frame; labels without one are absent."""
    own = history.tracked[history.tracked["frame"] == number]
    return dict(zip(own["label"].tolist(), own["track"].tolist(), strict=True))


def track_colour(track: int) -> tuple[int, int, int]:
    """Return the colour of a track: the same in all frames."""
    return LABEL_COLOURS[track % len(LABEL_COLOURS)]


def frame_picture(
    pixels: npt.NDArray[np.generic],
    polygons: Polygons,
    tracks: Mapping[int, int],
    *,
    longest_px: int = PREVIEW_PX,
    marked: int = 0,
) -> Picture:
    """Show a frame with the outlines of its particles, coloured by track.

    Parameters
    ----------
    pixels
        Of the frame.
    polygons, tracks
        Outline and track of each label; particles without a track are grey.
    longest_px
        Longest side of the picture.
    marked
        A track that is drawn thicker.
    """
    picture = micrograph_picture(pixels, longest_px=longest_px).copy()
    scale = picture.shape[0] / pixels.shape[0]
    for label, corners in polygons.items():
        track = tracks.get(label, 0)
        points = np.rint((np.reshape(corners, (-1, 1, 2)) + 0.5) * scale - 0.5).astype(np.int32)
        colour = track_colour(track) if track else (128, 128, 128)
        cv2.polylines(picture, [points], True, colour, _LINE_PX + 2 * (track == marked and marked > 0), cv2.LINE_AA)
    return picture


def write_outlined_film(history: FilmHistory, film: Film, folder: Path, path: Path) -> None:
    """Write the film with outlines coloured by track, as MP4.

    Parameters
    ----------
    history, film
        What was found, and the frames.
    folder
        Where the outlines are kept.
    path
        File to write.

    Raises
    ------
    NanotemError
        If the file cannot be written.
    """
    with replacing(path) as unfinished:
        target = unfinished.with_suffix(".mp4")
        writer: cv2.VideoWriter | None = None
        try:
            for number in range(film.n_frames):
                polygons = {} if history.records[number].reason else read_polygons(folder, number)
                picture = frame_picture(_pixels(film, number), polygons, tracks_in_frame(history, number))
                rows, columns = (side // _EVEN * _EVEN for side in picture.shape[:2])
                if writer is None:
                    writer = _writer(target, (columns, rows))
                writer.write(cv2.cvtColor(picture[:rows, :columns], cv2.COLOR_RGB2BGR))
        finally:
            if writer is not None:
                writer.release()
            if target.exists():
                target.replace(unfinished)


def _pixels(film: Film, number: int) -> npt.NDArray[np.generic]:
    """Return a frame, black where it cannot be read."""
    try:
        return film.frame(number).pixels
    except NanotemError:
        return np.zeros(film.shape, np.uint8)


def _writer(path: Path, size: tuple[int, int]) -> cv2.VideoWriter:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), _FRAMES_PER_SECOND, size)
    if not writer.isOpened():
        raise NanotemError(f"No MP4 can be written to {path.parent}.", "Choose another folder.")
    return writer
