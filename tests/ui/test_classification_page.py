"""The page Classification: with models, while they load, and without them."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from app_runner import AppTest
from drawing import Particle
from random_models import save_random_models
from ui.visitor import SEGMENTATION, SIZES, Visitor, png, to_8_bits

from nanotem.edits.edits import EditLog, Name
from nanotem.figures.classes import class_title
from nanotem.measurement.class_columns import BY_HAND, CUT, UNKNOWN
from nanotem.morphology.classifier import Classifier
from nanotem.networks import folders
from nanotem.networks.params import NetworkParams
from nanotem.recipe import Recipe
from nanotem.ui.classification import classified
from nanotem.ui.kit import models
from nanotem.ui.kit.frame import PAGES
from nanotem.ui.kit.selection import selected_numbers

(CLASSIFICATION,) = (page.path for page in PAGES if page.title == "Classification")
TABS = ("Image", "Classes", "Gallery", "Feature map", "Labelled crops")
RODS = [Particle(30 + 50 * k, 40 + 60 * n, 16 + 2 * k, 16 + 6 * n) for k in range(4) for n in range(5)]
FILE = png(to_8_bits(*RODS, side_px=60))
N = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_random_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The models are there, and loaded before the page is opened."""
    yield from _with_models(folder, monkeypatch)


@pytest.fixture
def absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from _with_models(tmp_path, monkeypatch)


def _with_models(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(folders, "MODELS", folder)
    models.load_again(NetworkParams())
    for load in models._loads("nanotem").values():
        load.exception()
    yield
    models._loads.clear()


@pytest.fixture
def visitor(loaded: None) -> Visitor:
    return Visitor().upload("rods.png", FILE).visit(CLASSIFICATION)


def open_tab(visitor: Visitor, name: str) -> Visitor:
    visitor.app.session_state["classify.tab"] = name
    return visitor.run()


def classes_of(visitor: Visitor) -> Any:
    """Return the table of classes that the page shows."""
    return open_tab(visitor, "Classes").app.dataframe[2].value.set_index("label")


def choose(visitor: Visitor, label: int) -> Visitor:
    return visitor.set(f"classify.chosen.{visitor.work.micrograph.id}", label)


def name_it(visitor: Visitor, class_name: str, *, key: str = "classify.naming") -> Visitor:
    next(box for box in visitor.app.selectbox if box.key.startswith(f"{key}.solid.")).set_value(class_name)
    visitor.run()
    visitor.app.button(key=f"{key}.name").click()
    return visitor.run()


def test_every_tab_shows_every_particle(visitor: Visitor) -> None:
    assert visitor.metrics["Found"] == f"{N}"
    for tab in TABS:
        open_tab(visitor, tab)
        assert not visitor.messages
    table = classes_of(visitor)
    assert len(table) == N
    summary = visitor.app.dataframe[1].value
    assert summary["Particles"].sum() == N
    assert visitor.metrics["Known"].startswith(f"{table['known'].sum()} ")


def test_solid_or_outline_is_shown(visitor: Visitor) -> None:
    solids = set(open_tab(visitor, "Classes").app.dataframe[1].value["Class"])
    outlines = set(visitor.set("classify.task", "outline").app.dataframe[1].value["Class"])
    table = classes_of(visitor)
    groups = (table["group"] + " (group)").where(table["group"] != "", UNKNOWN)
    assert {name.partition(",")[0] for name in solids} == set(table["solid"].where(table["known"], groups))
    sure = table["outline_probability"] >= 50
    assert outlines == set(table["outline"].where(sure, UNKNOWN))


def test_a_threshold_only_combines_anew(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    before = classes_of(visitor)
    monkeypatch.setattr(Classifier, "predict", None)
    visitor.turn("classify.least_probability", 1.0)
    table = classes_of(visitor)
    assert (table["known"] == (table["probability"] == 100)).all()
    assert (table["solid"] == before["solid"]).all()
    visitor.back_to_the_defaults()
    assert classes_of(visitor).equals(before)


def test_a_particle_is_explained(visitor: Visitor) -> None:
    table = classes_of(visitor)
    label = int(table.index[7])
    words = " ".join(text.value for text in choose(visitor, label).app.markdown)
    assert f"**Outline: {table.loc[label, 'outline']}**" in words
    assert table.loc[label, "outline_by_geometry"] in words
    assert table.loc[label, "solid"] in words


def test_a_name_given_by_hand_is_kept_counted_and_undone(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    label = int(classes_of(visitor).index[3])
    monkeypatch.setattr(Classifier, "predict", None)
    name_it(choose(visitor, label), "TPT")
    (edit,) = visitor.work.log.done
    assert isinstance(edit, Name)
    assert visitor.metrics["Named by hand"] == "1"
    row = classes_of(visitor).loc[label]
    assert (row["solid"], row["plausible"], row["reason"]) == (class_title("TPT"), "TPT", BY_HAND)
    assert "by hand" in " ".join(text.value for text in visitor.app.markdown)
    name_it(visitor, "DEC")
    assert visitor.metrics["Named by hand"] == "1"
    visitor.work.log = visitor.work.log.undo()
    assert classes_of(visitor.run()).loc[label, "solid"] == class_title("TPT")
    visitor.work.log = EditLog()
    assert visitor.run().metrics["Named by hand"] == "0"


def test_particles_selected_on_the_map_are_named_at_once(visitor: Visitor) -> None:
    labels = [int(label) for label in classes_of(visitor).index[:3]]
    open_tab(visitor, "Feature map")
    points = [{"curve_number": 0, "point_index": k, "customdata": [label]} for k, label in enumerate(labels)]
    visitor.app.session_state["classify.map"] = {
        "selection": {"points": points, "point_indices": [0, 1, 2], "box": [], "lasso": []}
    }
    name_it(visitor.run(), "sphere", key="classify.map.naming")
    assert visitor.metrics["Named by hand"] == "3"
    assert (classes_of(visitor).loc[labels, "solid"] == "sphere").all()


@pytest.mark.parametrize("source", ["Network", "Descriptors"])
def test_every_map_can_be_shown(visitor: Visitor, source: str) -> None:
    open_tab(visitor, "Feature map").set("classify.map.source", source)
    for method in ("lda", "pca"):
        visitor.set("classify.map.method", method)
        assert not visitor.app.error


def test_named_particles_are_offered_for_training(visitor: Visitor) -> None:
    def button() -> Any:
        return open_tab(visitor, "Labelled crops").app.download_button(key="classify.crops")

    assert button().disabled
    label = int(classes_of(visitor).index[0])
    name_it(choose(visitor, label), "OH")
    assert button().label == "Labelled crops as ZIP (1)"
    visitor.set("classify.export", "All with an answer")
    assert button().label == f"Labelled crops as ZIP ({visitor.metrics['Known'].split()[0]})"


def test_a_particle_that_is_gone_is_chosen_no_more(visitor: Visitor) -> None:
    label = int(classes_of(visitor).index[0])
    choose(visitor, label).visit(SEGMENTATION).turn("segment.min_diameter_px", 60.0)
    visitor.visit(CLASSIFICATION)
    assert visitor.metrics["Found"] == "0"
    for tab in TABS:
        open_tab(visitor, tab)


def test_the_card_is_shown(visitor: Visitor) -> None:
    facts = visitor.app.dataframe[-1].value.set_index("Fact")["Value"]
    assert facts["SHA-256 of weights, classes and calibration"] == models.card_of("solid").sha256
    assert visitor.metrics["Right answers"] == "7.1\u00a0%"


def test_the_models_of_a_group_are_waited_for_and_their_card_is_shown(
    visitor: Visitor, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = save_random_models(tmp_path / "theirs", seed=2)
    monkeypatch.setenv(folders.VARIABLE, str(theirs))
    visitor.work.use_recipe(Recipe(networks=NetworkParams(solid="theirs")))
    visitor.run()
    models.classifier("solid", "theirs")
    visitor.run()
    facts = visitor.app.dataframe[-1].value.set_index("Fact")["Value"]
    assert facts["SHA-256 of weights, classes and calibration"] == models.card_of("solid", "theirs").sha256
    visitor.work.use_recipe(Recipe(networks=NetworkParams(solid="absent")))
    visitor.run()
    models._loads("absent")["solid"].exception()
    assert any("no models called" in message for message in visitor.run().messages)


def test_without_models_there_is_a_message_and_the_other_pages_work(absent: None, folder: Path) -> None:
    visitor = Visitor().upload("rods.png", FILE).visit(CLASSIFICATION)
    assert "cannot be read" in visitor.messages[0]
    assert "Restore its files" in visitor.messages[0]
    assert visitor.visit(SIZES).metrics["Found"] == f"{N}"
    folders.MODELS = folder  # put back by the fixture
    visitor.visit(CLASSIFICATION).app.button(key="classify.load_again").click()
    visitor.run()
    models.classifier("solid")
    assert visitor.run().metrics["Found"] == f"{N}"


def test_the_page_appears_while_the_models_load(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, load = Event(), models._load
    monkeypatch.setattr(models, "_load", lambda name, folder: (go_on.wait(30), load(name, folder))[1])
    models.load_again(NetworkParams())
    visitor = Visitor().upload("rods.png", FILE).visit(CLASSIFICATION)
    assert "Loading the models" in visitor.app.status[0].label
    assert "Particles" not in visitor.metrics
    assert visitor.metrics["Right answers"] == "7.1\u00a0%"
    go_on.set()
    models.classifier("solid")
    assert visitor.run().metrics["Found"] == f"{N}"


def test_models_that_are_loaded_while_the_page_is_drawn_end_in_no_traceback(
    loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, load, draw_outlines = Event(), models._load, classified.outlined_picture

    def draws(*arguments: Any, **options: Any) -> Any:
        go_on.set()
        for one in models.NAMES:
            models.classifier(one)
        return draw_outlines(*arguments, **options)

    monkeypatch.setattr(models, "_load", lambda name, folder: (go_on.wait(30), load(name, folder))[1])
    monkeypatch.setattr(classified, "outlined_picture", draws)
    models.load_again(NetworkParams())
    assert Visitor().upload("rods.png", FILE).visit(CLASSIFICATION).metrics["Known"].endswith(f"of {N}")


def test_a_particle_that_the_frame_cuts_has_no_class_but_its_reason(loaded: None) -> None:
    """No answer of a network about what is left of it, and not "unknown" beside "all are known"."""
    cut = png(to_8_bits(*RODS, Particle(130, 0, 30), side_px=60))
    visitor = Visitor().upload("cut.png", cut).visit(CLASSIFICATION)
    (row,) = (row for _, row in classes_of(visitor).iterrows() if row["reason"] == CUT)
    assert (row["outline"], row["solid"], row["outline_by_geometry"], row["reason"]) == ("", "", "", CUT)
    assert row[["outline_probability", "probability"]].isna().all()
    assert visitor.metrics["Known"].endswith(f"of {N}")
    for task in ("solid", "outline"):
        visitor.set("classify.task", task)
        open_tab(visitor, "Gallery")
        shown = visitor.app.get_by_key(f"classify.gallery.{task}").options
        assert f"{CUT} (1)" in shown


def test_a_click_chooses_the_particle_under_it_and_a_lasso_does_not() -> None:
    def page() -> None:
        import streamlit as st

        from nanotem.ui.kit.selection import choose_clicked

        for points in ([{"customdata": [7, 3.5, "ICO"]}], [], [{"customdata": 1}, {"customdata": 2}]):
            st.session_state["chart"] = {"selection": {"points": points}}
            choose_clicked("chart", "chosen")
        choose_clicked("a chart that was never shown", "chosen")
        st.write(st.session_state["chosen"])

    assert AppTest.from_function(page).run().markdown[0].value == "`7`"


def test_labels_of_a_selection() -> None:
    points = [{"customdata": 4}, {"customdata": [9, "ICO"]}, {"x": 1}, {"customdata": np.array([2])}]
    assert selected_numbers({"selection": {"points": points}}) == [4, 9, 2]
    assert selected_numbers(None) == []
