import zipfile
from io import BytesIO
from xml.etree import ElementTree

import cv2
import numpy as np
import pandas as pd
import pytest
import roifile
from films import drawn, history_of, still_particles

from nanotem.errors import NanotemError
from nanotem.film import figures
from nanotem.film.curves import curves_of
from nanotem.film.displacement import displacement_of
from nanotem.film.export import (
    event_table,
    frame_picture,
    rois_by_frame,
    tables,
    track_colour,
    track_table,
    trackmate_xml,
    tracks_in_frame,
    write_outlined_film,
)
from nanotem.film.frame_result import FrameRecord
from nanotem.film.history import FilmHistory
from nanotem.film.part import FilmPart


@pytest.fixture(scope="module")
def merging():
    return history_of(drawn(n_frames=24, n_particles=30, side_px=384, process="coalescence", seed=42))


def test_tables_hold_every_particle_and_event(merging):
    files = {name: pd.read_csv(BytesIO(data)) for name, data in tables(merging).items()}
    assert set(files) == {"particles.csv", "tracks.csv", "events.csv", "curves.csv", "frames.csv"}
    assert len(files["particles.csv"]) == len(merging.particles)
    assert files["particles.csv"]["frame"].min() == 1
    assert len(files["events.csv"]) == len(merging.events) > 0
    assert len(files["frames.csv"]) == 24
    assert (files["tracks.csv"]["first_frame"].min(), files["tracks.csv"]["last_frame"].max()) == (1, 24)
    assert {unit for name in ("tracks", "curves") for unit in files[f"{name}.csv"]["unit"]} == {"nm"}
    assert {unit for name in ("curves", "events", "particles") for unit in files[f"{name}.csv"]["time_unit"]} == {"s"}
    assert "diameter_nm" in track_table(merging)
    merges = event_table(merging).query("event == 'merges'")
    assert (merges["before"].str.split().str.len() == 2).all()


def test_diameters_of_tracks_are_those_of_frames_that_do_not_cut_them():
    sizes, cut = [16.0, 18.0, 19.0, 20.0, 17.0], ["touches_frame", "touches_frame", "", "", "touches_frame"]
    table = still_particles(5)
    table.loc[table["particle"] == 0, ["diameter_px"]] = sizes
    table.loc[table["particle"] == 0, ["flags"]] = cut
    table.loc[table["particle"] == 1, ["flags"]] = "touches_frame"
    records = tuple(FrameRecord(k, "", 4, 3, 1.0, 100.0, 10.0 + k, 0.0, 0.0) for k in range(5))
    tracks = FilmHistory(records, table, FilmPart(5, (200, 200))).tracks
    lengths = tracks[["first_diameter", "last_diameter", "mean_diameter"]].to_numpy().tolist()
    assert lengths[0] == [19.0, 20.0, 19.5]
    assert np.isnan(lengths[1]).all()
    assert lengths[2:] == 2 * [3 * [20.0]]
    assert tracks["n_frames"].tolist() == 4 * [5]


def test_trackmate_file_has_all_spots_and_edges(merging):
    root = ElementTree.fromstring(trackmate_xml(merging, "film.tif"))
    spots = {spot.get("ID"): spot for spot in root.iter("Spot")}
    counted = merging.particles[merging.particles["track"] > 0]
    assert len(spots) == len(counted) == int(root.find("Model/AllSpots").get("nspots"))
    edges = list(root.iter("Edge"))
    n_joints = sum(len(event.before) * len(event.after) for event in merging.events)
    assert len(edges) == len(counted) - counted["track"].nunique() + n_joints
    for edge in edges:
        ends = [int(spots[edge.get(name)].get("FRAME")) for name in ("SPOT_SOURCE_ID", "SPOT_TARGET_ID")]
        assert ends[0] < ends[1]
    merge = next(event for event in merging.events if event.kind == "merges")
    numbers = [int(track.get("TRACK_ID")) for track in root.iter("Track")]
    assert sum(number in (*merge.before, *merge.after) for number in numbers) == 1
    assert root.find("Settings/ImageData").get("nframes") == "24"
    assert root.find("Model").get("spatialunits") == "nm"


def test_regions_are_at_their_frames(study):
    history = study.history()
    with zipfile.ZipFile(BytesIO(rois_by_frame(history, study.folder))) as archive:
        rois = [roifile.ImagejRoi.frombytes(archive.read(name)) for name in archive.namelist()]
    assert len(rois) == (history.particles["track"] > 0).sum()
    assert {roi.position for roi in rois} == {1, 2, 3, 4, 5}
    first = history.particles[history.particles["frame"] == 0].iloc[0]
    own = next(roi for roi in rois if roi.name == f"00001-{int(first['track']):05d}")
    moments = cv2.moments(own.coordinates().astype(np.float32))
    middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"] - 0.5
    assert middle == pytest.approx([first["column_px"], first["row_px"]], abs=1)


def test_outlined_film_has_every_frame_and_colours(study, tmp_path):
    path = tmp_path / "outlines.mp4"
    write_outlined_film(study.history(), study.place.open(), study.folder, path)
    capture = cv2.VideoCapture(str(path))
    assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == 5
    picture = capture.read()[1].astype(int)
    assert (np.ptp(picture, axis=2) > 60).any()
    assert [entry.name for entry in tmp_path.iterdir()] == ["outlines.mp4"]


def test_a_film_that_cannot_be_written_is_said(study, tmp_path, monkeypatch):
    monkeypatch.setattr(cv2.VideoWriter, "isOpened", lambda self: False, raising=False)
    with pytest.raises(NanotemError, match="No MP4 can be written"):
        write_outlined_film(study.history(), study.place.open(), study.folder, tmp_path / "outlines.mp4")


def test_the_picture_marks_one_track():
    pixels = np.full((60, 60), 90, np.uint8)
    polygons = {1: [10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0]}
    plain, marked, without = (
        frame_picture(pixels, polygons, tracks, marked=mark) for tracks, mark in (({1: 5}, 0), ({1: 5}, 5), ({}, 0))
    )
    assert np.abs(plain[10, 25].astype(int) - track_colour(5)).max() < 40  # lines are smoothed
    assert (np.ptp(marked.astype(int), axis=2) > 0).sum() > (np.ptp(plain.astype(int), axis=2) > 0).sum()
    assert (np.ptp(without.astype(int), axis=2) == 0).all()


def test_tracks_of_a_frame(study):
    history = study.history()
    own = history.particles[history.particles["frame"] == 1]
    assert tracks_in_frame(history, 1) == dict(zip(own["label"], own["track"], strict=True))


def test_every_figure_is_drawn_and_has_its_units(merging):
    made = curves_of(merging)
    drawn_figures = {
        "Diameter (nm)": [figures.mean_figure(made), figures.kymograph(made), figures.particle_figure(merging, 1)],
        "Particles": [figures.count_figure(made)],
        "Mean squared displacement (nm²)": [figures.displacement_figure(displacement_of(merging), merging)],
        "Drift (px)": [figures.drift_figure(merging)],
    }
    for title, each in drawn_figures.items():
        for figure in each:
            assert figure.layout.yaxis.title.text == title
            assert figure.data
