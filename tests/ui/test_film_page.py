"""The page Film: open, run, look at a particle, jump to an event, change the linking."""

import shutil
from collections.abc import Mapping
from io import BytesIO

import numpy as np
import pytest
import tifffile
from films import Here, drawn
from ui.visitor import Visitor

from nanotem.edits.edits import CutTrack, JoinTracks
from nanotem.film.study import open_film_study
from nanotem.ui.film import opening
from nanotem.ui.kit import visits

FILM = "pages/10_film.py"


class FilmVisitor(Visitor):
    """A visitor of the page Film."""

    def __init__(self, *, address: Mapping[str, str] = {}) -> None:
        super().__init__(address=address)
        self.visit(FILM)

    def click(self, label: str) -> "FilmVisitor":
        next(button for button in self.app.button if button.label == label).click()
        self.run()
        return self

    @property
    def words(self) -> str:
        kinds = (self.app.markdown, self.app.info, self.app.caption, self.app.subheader, self.app.error)
        return " ".join(element.value for kind in kinds for element in kind)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> FilmVisitor:
    """A visitor whose example is a film of five frames, and whose workers are here."""
    film = drawn(n_frames=5, n_particles=8)
    monkeypatch.setattr(opening, "workers", Here)
    monkeypatch.setattr(opening, "simulate_film", lambda params: film)
    return FilmVisitor()


def test_a_film_is_opened_analysed_and_looked_at(visitor: FilmVisitor) -> None:
    visitor.click("Draw an example film").click("Run")
    metrics = {metric.label: metric.value for metric in visitor.app.metric}
    assert metrics["Frames"] == "5"
    assert int(metrics["Tracks"]) >= 6
    assert "neck ratio" in visitor.words
    assert "Click a particle" in visitor.words
    visitor.app.session_state["film.track"] = 1
    visitor.run()
    assert "Track 1" in visitor.words
    visitor.app.session_state["film.jump"] = 4
    visitor.run()
    assert visitor.app.slider(key="film.frame").value == 4
    visitor.set("film.link.farthest_px.0", 30.0)
    assert {metric.label: metric.value for metric in visitor.app.metric}["Frames"] == "5"


def test_links_are_cut_joined_and_undone(visitor: FilmVisitor) -> None:
    visitor.click("Draw an example film").click("Run")
    results = visitor.app.session_state["film.open"].results
    visitor.app.session_state["film.track"] = 1
    visitor.app.session_state["film.frame"] = 3
    visitor.run()
    visitor.click("Cut here")
    assert [type(edit) for edit in open_film_study(results).edits()] == [CutTrack]
    assert "Frames 1 (disappears) to 2" in visitor.words or "Frames 1 to 2" in visitor.words
    visitor.click("Join")
    assert [type(edit) for edit in open_film_study(results).edits()] == [CutTrack, JoinTracks]
    assert "Frames 1 to 5" in visitor.words
    visitor.click("Undo (2)").click("Undo (1)")
    assert not open_film_study(results).edits()
    visitor.click("Redo (2)")
    assert len(open_film_study(results).edits()) == 1


def test_one_frame_is_refused_when_it_is_opened(visitor: FilmVisitor) -> None:
    stream = BytesIO()
    tifffile.imwrite(stream, drawn(n_frames=2).frame(0).pixels)
    visitor.app.file_uploader(key="film.files").upload("one.tif", stream.getvalue())
    visitor.click("Open")
    assert "holds one frame" in visitor.words
    assert not [button for button in visitor.app.button if button.label == "Run"]


def test_what_is_no_film_is_said(visitor: FilmVisitor) -> None:
    visitor.app.file_uploader(key="film.files").upload("../a [b].tif", b"no film")
    visitor.click("Open")
    assert "no image" in visitor.words
    assert not [button for button in visitor.app.button if button.label == "Run"]


def test_numbered_pictures_are_a_film(visitor: FilmVisitor) -> None:
    import cv2

    film = drawn(n_frames=2, n_particles=4)
    for number in range(2):
        data = cv2.imencode(".png", film.frame(number).pixels)[1].tobytes()
        visitor.app.file_uploader(key="film.files").upload(f"f{number}.png", data)
    visitor.click("Open").click("Run")
    assert {metric.label: metric.value for metric in visitor.app.metric}["Frames"] == "2"
    assert open_film_study(visitor.app.session_state["film.open"].results).n_frames == 2


def test_a_reload_finds_the_film_its_settings_and_what_was_found_again(visitor: FilmVisitor) -> None:
    visitor.click("Draw an example film")
    next(field for field in visitor.app.number_input if field.label == "Seconds per frame").set_value(0.5)
    visitor.click("Run").set("film.link.farthest_px.0", 30.0)
    tracks = {metric.label: metric.value for metric in visitor.app.metric}
    again = FilmVisitor(address=dict(visitor.app.query_params))
    assert {metric.label: metric.value for metric in again.app.metric} == tracks
    assert next(field for field in again.app.number_input if field.label == "Seconds per frame").value == 0.5
    assert again.app.get_by_key(f"film.link.farthest_px.{again.work.revision}").value == 30.0


def test_a_film_that_was_not_run_is_there_again_too(visitor: FilmVisitor) -> None:
    visitor.click("Draw an example film")
    again = FilmVisitor(address=visitor.address)
    assert "5 frames" in again.words
    assert again.click("Run").app.metric


def test_a_film_that_was_forgotten_meanwhile_is_said(visitor: FilmVisitor) -> None:
    visitor.click("Draw an example film")
    shutil.rmtree(visitor.app.session_state["film.open"].folder)
    visitor.run()
    assert "no longer kept" in visitor.words
    assert "5 frames" not in visitor.words


def test_a_film_that_is_too_large_to_be_kept_is_said(visitor: FilmVisitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_BYTES", 100)
    stream = BytesIO()
    film = drawn(n_frames=2, n_particles=4)
    tifffile.imwrite(stream, np.stack([film.frame(number).pixels for number in range(2)]))
    visitor.app.file_uploader(key="film.files").upload("two.tif", stream.getvalue())
    visitor.click("Open")
    assert any("is not kept" in warning.value for warning in visitor.app.warning)
    assert "2 frames" in visitor.words
    assert "2 frames" not in FilmVisitor(address=visitor.address).words
