"""What visitors work on is theirs alone, limited in size and age, and there again after a reload."""

import os
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from ui.visitor import IMAGE, SEGMENTATION, SIZES, Visitor, discs, png, tiff

from nanotem.analysis import analyse
from nanotem.edits.edits import Remove, target_of
from nanotem.errors import NanotemError
from nanotem.ui.image import answer
from nanotem.ui.kit import keeping
from nanotem.ui.kit import visits as kept_visits
from nanotem.ui.kit.visits import KEPT_FOR_S, Source, Visits

SOURCE = Source(b"image", "gold.tif", {"gold.txt": b"text", "other/näme.hdr": b""})


@pytest.fixture
def visits():
    made = Visits()
    yield made
    made.close()


def test_what_is_kept_comes_back(visits) -> None:
    token = visits.new_token()
    visits.keep_image(token, SOURCE)
    assert visits.kept(token) == (SOURCE, "")
    visits.keep_state(token, "state")
    assert visits.kept(token) == (SOURCE, "state")


def test_another_image_takes_the_place_of_the_first_with_its_state(visits) -> None:
    token = visits.new_token()
    visits.keep_image(token, SOURCE)
    visits.keep_state(token, "state")
    visits.keep_image(token, Source(b"other", "b.png", {}))
    assert visits.kept(token) == (Source(b"other", "b.png", {}), "")


@contextmanager
def full_disk(n_bytes: int) -> Iterator[None]:
    """No file can be longer than so many bytes, as on a disk without room."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_on_a_full_disk_nothing_is_kept_rather_than_a_part(visits) -> None:
    token = visits.new_token()
    visits.keep_image(token, SOURCE)
    with full_disk(100), pytest.raises(NanotemError, match="cannot be written"):
        visits.keep_image(token, Source(bytes(1000), "large.png", {"large.txt": b"text"}))
    assert visits.kept(token) is None
    visits.keep_image(token, SOURCE)
    visits.keep_state(token, "state")
    with full_disk(3), pytest.raises(NanotemError, match="cannot be written"):
        visits.keep_state(token, "longer")
    assert visits.kept(token) == (SOURCE, "state")


def test_visitors_work_on_and_are_told_where_the_disk_is_full() -> None:
    with full_disk(100):
        visitor = Visitor().upload("discs.png", png(discs(3, 4)))
        assert visitor.visit(SEGMENTATION).metrics["Found"] == "12"
        assert any("could not be kept" in warning.value for warning in visitor.app.warning)
    visitor.visit(IMAGE).upload("discs.png", png(discs(2, 3)))
    visitor.visit(SEGMENTATION)
    assert not any("could not be kept" in warning.value for warning in visitor.app.warning)


def test_what_cleans_temporary_folders_stops_nobody(visits) -> None:
    token = visits.new_token()
    root = Path(visits._root.name)
    shutil.rmtree(root)
    assert visits.kept(token) is None
    visits.keep_image(token, SOURCE)
    assert visits.kept(token) == (SOURCE, "")
    assert root.stat().st_mode & 0o077 == 0


def test_nobody_sees_what_is_anothers(visits) -> None:
    mine, other = visits.new_token(), visits.new_token()
    visits.keep_image(mine, SOURCE)
    assert mine != other
    assert visits.kept(other) is None


@pytest.mark.parametrize("token", ["", "..", "../" * 10 + "ab", "a" * 31, "a" * 33, "ä" * 32, "a" * 31 + "\n"])
def test_no_other_text_names_a_folder(visits, token: str) -> None:
    assert visits.kept(token) is None
    with pytest.raises(ValueError, match="names no visitor"):
        visits.keep_image(token, SOURCE)


def test_a_state_without_an_image_is_not_kept(visits) -> None:
    token = visits.new_token()
    visits.keep_state(token, "state")
    assert visits.kept(token) is None


def test_the_folder_is_the_servers_own_and_goes_with_it() -> None:
    made = Visits()
    folder = Path(made._root.name)
    made.keep_image(made.new_token(), SOURCE)
    assert folder.stat().st_mode & 0o077 == 0
    made.close()
    assert not folder.exists()


def test_after_its_time_it_is_gone(visits) -> None:
    old, young = visits.new_token(), visits.new_token()
    for token, age_s in ((old, KEPT_FOR_S + 60), (young, KEPT_FOR_S - 60)):
        visits.keep_image(token, SOURCE)
        visits.keep_state(token, "state")
        for path in (visits._folder(token), visits._folder(token) / "analysis.toml"):
            os.utime(path, (time.time() - age_s,) * 2)
    assert visits.kept(old) is None
    assert not visits._folder(old).exists()
    assert visits.kept(young) == (SOURCE, "state")


def test_what_is_too_large_is_not_kept_and_the_rest_makes_room(visits, monkeypatch) -> None:
    monkeypatch.setattr(kept_visits, "MOST_BYTES", 100)
    monkeypatch.setattr(kept_visits, "MOST_BYTES_IN_ALL", 250)
    tokens = [visits.new_token() for _ in range(4)]
    visits.keep_image(tokens[0], Source(bytes(101), "large.tif", {}))
    assert visits.kept(tokens[0]) is None
    for place, token in enumerate(tokens[1:]):
        visits.keep_image(token, Source(bytes(90), "a.tif", {}))
        os.utime(visits._folder(token), (time.time() - 60 + place,) * 2)
    assert [visits.kept(token) is not None for token in tokens] == [False, False, True, True]


def test_a_film_has_a_folder_beside_the_image_until_the_next_one(visits) -> None:
    token = visits.new_token()
    assert visits.film(token) is None
    first, second = (visits.new_film(token, 10) for _ in range(2))
    assert first != second
    visits.keep_film(token, second)
    visits.keep_image(token, SOURCE)
    assert visits.film(token) == second
    assert not first.exists()
    assert second.stat().st_mode & 0o077 == 0
    assert visits.film(visits.new_token()) is None
    visits.keep_film(token, None)
    assert visits.film(token) is None
    assert visits.kept(token) == (SOURCE, "")


@pytest.mark.parametrize("token", ["", "*" * 32, "../" * 10 + "ab"])
def test_no_other_text_names_a_film(visits, token: str) -> None:
    visits.new_film(visits.new_token(), 10)
    assert visits.film(token) is None
    with pytest.raises(ValueError, match="names no visitor"):
        visits.new_film(token, 10)


def test_films_are_limited_in_size_and_age_too(visits, monkeypatch) -> None:
    monkeypatch.setattr(kept_visits, "MOST_BYTES", 100)
    monkeypatch.setattr(kept_visits, "MOST_BYTES_IN_ALL", 250)
    tokens = [visits.new_token() for _ in range(3)]
    assert visits.new_film(tokens[0], 101) is None
    for place, token in enumerate(tokens):
        (visits.new_film(token, 90) / "a.tif").write_bytes(bytes(90))
        os.utime(visits._films(token)[0], (time.time() - 60 + place,) * 2)
    visits.keep_image(visits.new_token(), Source(bytes(1), "a.tif", {}))
    assert [visits.film(token) is not None for token in tokens] == [False, True, True]
    os.utime(visits.film(tokens[1]), (time.time() - KEPT_FOR_S - 60,) * 2)
    assert visits.film(tokens[1]) is None
    assert visits.film(tokens[2]) is not None


def test_on_a_full_disk_a_film_is_refused_with_the_reason(visits, monkeypatch) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_visits, "mkdtemp", full)
    with pytest.raises(NanotemError, match="No space left"):
        visits.new_film(visits.new_token(), 10)


def test_a_reload_finds_image_scale_recipe_and_corrections_again() -> None:
    visitor = Visitor().upload("discs.tif", tiff(discs(3, 4), nm_per_px=0.5)).visit(SEGMENTATION)
    visitor.turn("segment.min_diameter_px", 6.0)
    remove_two(visitor)
    before = visitor.particle_table()
    again = Visitor(address=visitor.address).visit(SIZES)
    assert again.work.micrograph.id == visitor.work.micrograph.id
    assert again.work.log.done == visitor.work.log.done
    assert again.work.recipe == visitor.work.recipe
    assert again.work.scale == visitor.work.scale
    assert again.particle_table().equals(before)
    assert len(before) == 10


def test_an_image_is_kept_before_it_is_analysed(monkeypatch) -> None:
    """A reload while the analysis runs does not lose it."""
    found = []

    def show_answer(work: object, micrograph: object) -> None:
        found.append(keeping.visits().kept(st.query_params["visit"]))

    monkeypatch.setattr(answer, "show_answer", show_answer)
    Visitor().upload("gold.png", png(discs(3, 4)))
    ((source, state),) = found
    assert (source.name, state) == ("gold.png", "")


def test_a_scale_that_was_taken_away_stays_away() -> None:
    visitor = Visitor().upload("discs.tif", tiff(discs(2, 2), nm_per_px=0.5)).type_scale(0.0)
    again = Visitor(address=visitor.address)
    assert (again.work.scale, again.work.is_settled) == (None, True)


def test_an_address_that_names_nothing_is_a_first_visit() -> None:
    assert Visitor(address={"visit": Visits.new_token()}).work.micrograph is None


def test_two_visitors_have_addresses_of_their_own() -> None:
    one, two = (Visitor().upload("discs.png", png(discs(2, n))) for n in (2, 3))
    assert one.address != two.address
    assert Visitor(address=one.address).visit(SEGMENTATION).metrics["Found"] == "4"
    assert Visitor(address=two.address).visit(SEGMENTATION).metrics["Found"] == "6"


def remove_two(visitor: Visitor) -> None:
    """Correct two particles as clicks in the editor do, and run the page."""
    work = visitor.work
    labels = analyse(work.micrograph, recipe=work.recipe).segmentation.labels
    for label in np.unique(labels)[1:3].tolist():
        work.log = work.log.record(Remove((target_of(labels, label),)))
    visitor.run()
