from dataclasses import replace

from films import drawn, history_of

from nanotem import __version__
from nanotem.edits.edits import CutTrack, Target
from nanotem.film.report import film_report
from nanotem.film.task import FilmPlace
from nanotem.recipe import Recipe


def test_a_report_holds_pictures_curves_events_and_methods(study):
    page = film_report(study, study.history())
    for words in ("film.tif", "Frame 1", "Frame 5", "Mean diameter, first frame", "Methods, to quote", "trackpy"):
        assert words in page
    assert page.count("data:image/jpeg") == 2
    assert page.count("data:image/svg") >= 4
    assert "<script" not in page


def test_a_film_is_reported_with_the_software_that_analysed_it(study):
    assert study.versions["nanotem"] == __version__
    page = film_report(replace(study, versions={"nanotem": "0.0.9", "numpy": "1.2.3"}), study.history())
    assert "with nanotem 0.0.9 (numpy 1.2.3)" in page
    assert f"nanotem {__version__}" not in page
    assert f"nanotem {__version__}" in film_report(replace(study, versions={}), study.history())


def test_methods_name_what_every_frame_was_analysed_with(study):
    history, automatic = study.history(), replace(study, recipe=Recipe(), as_given=False)
    page = film_report(automatic, history)
    assert "the neck between them was narrower" in page
    assert "a judge" not in page
    assert "a judge" in film_report(replace(automatic, as_given=True), history)


def test_a_report_names_events_corrections_and_odd_frames(study):
    film = drawn(n_frames=45, n_particles=60, side_px=512, process="coalescence", merging_share=0.8, seed=12)
    history = history_of(film)
    blank = [replace(record, n_particles=0) if record.frame == 7 else record for record in history.records]
    found = history.found[history.found["frame"] != 7].reset_index(drop=True)
    edits = (CutTrack(3, Target(0, 0, 9)),)
    absent = replace(study, place=FilmPlace(study.folder / "moved-away.tif"))
    page = film_report(absent, replace(history, records=tuple(blank), found=found, edits=edits))
    assert "data:image/jpeg" not in page
    assert "Tracks before" in page
    assert "Frames out of the ordinary" in page
    assert "could not be made" in page
    assert "cut or joined by hand" not in page
    assert "Mean squared displacement" in page


def test_nothing_found_has_a_report_too(study):
    history = study.history()
    page = film_report(study, replace(history, found=history.found.iloc[:0]))
    assert "No particle was found in any frame" in page
    assert "No particle was followed whose size counts" in page
