"""The way from frames and pixels that are analysed back to those of the file."""

import json
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import cv2
import numpy as np
import pandas as pd
import pytest
import roifile
from films import Here, drawn, history_of

from nanotem.errors import NanotemError
from nanotem.film import ReadingParams
from nanotem.film.export import event_table, rois_by_frame, tables, trackmate_xml
from nanotem.film.part import FilmPart
from nanotem.film.report import film_report
from nanotem.film.study import FilmStudy, open_film_study
from nanotem.film.task import FilmPlace

READ = ReadingParams(first=2, last=8, every=3, binning=2, top_px=20, left_px=36, height_px=300, width_px=290)
STARTS = {1: 2, 2: 5, 3: 8}


@pytest.fixture(scope="module")
def film():
    return drawn(n_frames=9, n_particles=14, side_px=384, diameter_nm=12.0, frame_time_s=0.5)


@pytest.fixture(scope="module")
def part_of_it(film, tmp_path_factory):
    """Three frames of nine, a crop of each, with two by two pixels taken together."""
    folder = tmp_path_factory.mktemp("part")
    film.write(folder / "film.tif")
    for _ in FilmStudy(folder / "study", FilmPlace(folder / "film.tif", None, READ)).run(Here()):
        pass
    return open_film_study(folder / "study")


def lies_on_truth(film, places):
    """Whether each place, with its frame of the file from 0 and the diameter, is that of a drawn particle."""
    truth = film.truth[film.truth["is_whole"]]
    whole = places[places["is_whole"]]
    assert len(whole) >= 9
    for row in whole.itertuples():
        own = truth[truth["frame"] == row.frame]
        away = np.hypot(own["row_px"] - row.row_px, own["column_px"] - row.column_px)
        assert away.min() < 1.0
        assert row.diameter_px == pytest.approx(own["diameter_px"].loc[away.idxmin()], rel=0.1)


def test_regions_lie_on_the_slices_and_particles_of_the_file(film, part_of_it):
    history = part_of_it.history()
    whole = {
        f"{history.part.starts[frame] + 1:05d}-{track:05d}"
        for frame, track in history.whole[["frame", "track"]].itertuples(index=False)
    }
    with zipfile.ZipFile(BytesIO(rois_by_frame(history, part_of_it.folder))) as archive:
        rois = [roifile.ImagejRoi.frombytes(archive.read(name)) for name in archive.namelist()]
    assert {roi.position for roi in rois} == set(STARTS.values())
    rows = []
    for roi in rois:
        moments = cv2.moments(roi.coordinates().astype(np.float32))
        column, row = (moments[name] / moments["m00"] - 0.5 for name in ("m10", "m01"))
        diameter = np.sqrt(4 * moments["m00"] / np.pi)
        rows.append((roi.position - 1, row, column, diameter, roi.name in whole))
    columns = ["frame", "row_px", "column_px", "diameter_px", "is_whole"]
    lies_on_truth(film, pd.DataFrame(rows, columns=columns))


def test_trackmate_describes_the_file_and_lies_on_its_particles(film, part_of_it):
    history = part_of_it.history()
    root = ElementTree.fromstring(trackmate_xml(history, "film.tif"))
    image = root.find("Settings/ImageData").attrib
    assert (image["width"], image["height"], image["nframes"]) == ("384", "384", "9")
    pixel = float(image["pixelwidth"])
    assert pixel == pytest.approx(film.nm_per_px)
    assert float(image["timeinterval"]) == pytest.approx(0.5)
    spots = [spot.attrib for spot in root.iter("Spot")]
    assert all(float(spot["POSITION_T"]) == int(spot["FRAME"]) * 0.5 for spot in spots)
    assert [part.get("frame") for part in root.iter("SpotsInFrame")] == ["1", "4", "7"]
    tracked = history.tracked
    names = {"frame": "FRAME", "row_px": "POSITION_Y", "column_px": "POSITION_X", "diameter_px": "RADIUS"}
    found = pd.DataFrame({name: [float(spot[key]) for spot in spots] for name, key in names.items()})
    found[["row_px", "column_px"]] /= pixel
    found["diameter_px"] *= 2 / pixel
    lies_on_truth(film, found.assign(is_whole=tracked.index.isin(history.whole.index)))


def test_without_scale_and_time_trackmate_counts_pixels_and_frames_of_the_file(film):
    history = history_of(film)
    history = type(history)(history.records[:3], history.found.query("frame < 3"), FilmPart(9, (384, 384), READ))
    root = ElementTree.fromstring(trackmate_xml(history, "film.tif"))
    image, spot = root.find("Settings/ImageData").attrib, next(root.iter("Spot")).attrib
    assert (image["pixelwidth"], image["timeinterval"]) == ("1.0", "1.0")
    first = history.tracked.iloc[0]
    assert float(spot["RADIUS"]) == pytest.approx(first["diameter_px"])
    assert float(spot["POSITION_X"]) == pytest.approx(36 + 2 * (first["column_px"] + 0.5) - 0.5)
    assert spot["POSITION_T"] == "1.0"


def test_every_table_leads_back_to_the_frame_of_the_file(part_of_it):
    read = {name: pd.read_csv(BytesIO(data)) for name, data in tables(part_of_it.history()).items()}
    for name, table in read.items():
        for frame in ("first_frame", "last_frame") if name == "tracks.csv" else ("frame",):
            assert list(table).index(f"{frame}_in_file") == list(table).index(frame) + 1
            assert (table[f"{frame}_in_file"] == table[frame].map(STARTS)).all()
    assert read["frames.csv"]["frame_in_file"].tolist() == [2, 5, 8]


def test_all_of_a_film_has_the_same_frames_and_no_notes(film):
    history = history_of(film)
    assert (event_table(history)["frame"] == event_table(history)["frame_in_file"]).all()
    assert not list(history.part.notes)
    assert history.part.named(3) == "Frame 4"
    places = history.found[["row_px", "column_px"]]
    np.testing.assert_allclose(history.part.in_file(places), places)


def test_a_mean_of_frames_is_named_by_its_first():
    part = FilmPart(12, (100, 80), ReadingParams(mean_of=4))
    assert list(part.starts) == [0, 4, 8]
    assert part.named(1) == "Frame 2 (5 of the file)"
    (note,) = part.notes
    assert "of the file, 1 to 9 in steps of 4 were analysed, each the mean with the 3 frames after it" in note


def test_notes_and_report_say_what_was_analysed(part_of_it):
    history = part_of_it.history()
    frames, places = part_of_it.notes[:2]
    assert "Of the 9 frames of the file, 2 to 8 in steps of 3 were analysed" in frames
    assert "begins 20 rows and 36 columns into" in places
    assert "mean of 2 × 2" in places
    page = film_report(part_of_it, history)
    assert frames in page
    assert "Frame 3 (8 of the file)" in page


def test_a_folder_that_does_not_know_its_file_keeps_what_was_given_and_asks_for_a_run(part_of_it, tmp_path):
    kept = json.loads((part_of_it.folder / "film.json").read_text())
    del kept["n_stored"], kept["stored_shape"]
    (tmp_path / "film.json").write_text(json.dumps(kept))
    study = open_film_study(tmp_path)
    assert study.place.reading == READ
    assert not study.is_complete
    with pytest.raises(NanotemError, match="how many frames"):
        study.history()
