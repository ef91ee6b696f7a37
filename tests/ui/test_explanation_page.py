"""The page Explanation."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from app_runner import AppTest
from ui.visitor import Visitor, discs, png

from nanotem.analysis import analyse
from nanotem.edits.edits import EditLog, Name, target_of
from nanotem.figures.classes import class_title
from nanotem.micrograph import Labels
from nanotem.morphology.card import ModelCard
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import crop_particles
from nanotem.morphology.layers import FEATURES, with_features
from nanotem.morphology.reliability import Familiarity
from nanotem.morphology.tasks import task_named
from nanotem.networks.params import NetworkParams
from nanotem.readers import read_micrograph
from nanotem.recipe import Recipe
from nanotem.training.shapes.networks import NETWORKS
from nanotem.ui.kit import models
from nanotem.ui.kit.frame import PAGES

(EXPLANATION,) = (page.path for page in PAGES if page.title == "Explanation")
PNG = png(discs(2, 3, diameter_px=24))
MICROGRAPH = read_micrograph(PNG, "discs.png")
CHOSEN = f"classify.chosen.{MICROGRAPH.id}"


@cache
def labels() -> Labels:
    return analyse(MICROGRAPH).segmentation.labels


def first() -> int:
    return int(labels()[labels() > 0][0])


@cache
def classifier(name: str) -> Classifier:
    """Return a network with random weights as a classifier."""
    import keras

    keras.utils.set_random_seed(1)
    task = task_named(name)
    model = NETWORKS[name](len(task.classes))
    n_features = model.get_layer(FEATURES).output.shape[-1]
    familiarity = Familiarity(np.zeros((len(task.classes), n_features)), np.eye(n_features))
    card = ModelCard(
        name=name,
        sha256=f"hash of {name}",
        classes=task.classes,
        crop_version=1,
        temperature=1.0,
        plausible_threshold=0.9,
        coverage=0.9,
        least_probability=0.0,
        largest_distance=1e9,
    )
    return Classifier(with_features(model), card, familiarity, lambda: model)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """Return a visitor with six particles on the page, the first one chosen."""
    monkeypatch.setattr(models, "_load", lambda name, folder: classifier(name))
    models._loads.clear()
    for name in models.NAMES:
        models.classifier(name)
    visitor = Visitor().upload("discs.png", PNG).visit(EXPLANATION)
    assert not visitor.messages
    yield visitor.set(CHOSEN, first())
    models._loads.clear()


def charts(visitor: Visitor) -> dict[str, list[Any]]:
    """Return the values of the maps that are shown, by method."""
    keyed = {chart.proto.id.split("-", 2)[-1]: chart for chart in visitor.app.get("plotly_chart")}
    return {
        key.removeprefix("explain.map."): json.loads(chart.proto.spec)["data"][1]["z"]
        for key, chart in keyed.items()
        if key.startswith("explain.map.")
    }


def test_a_chosen_particle_is_explained_at_once(visitor: Visitor) -> None:
    assert set(charts(visitor)) == {"grad-cam", "integrated-gradients", "occlusion"}
    assert visitor.app.subheader[-1].value.startswith("Why ")
    assert not visitor.messages
    assert {"explain.npz", "explain.png.grad-cam"} <= {button.key for button in visitor.app.download_button}


def test_the_network_that_answered_is_the_one_that_is_explained(visitor: Visitor, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(models, "_load", lambda name, folder: (asked.append((name, folder)), classifier(name))[1])
    visitor.work.use_recipe(Recipe(networks=NetworkParams(solid="theirs")))
    visitor.run()
    explained, load = [], models.classifier
    monkeypatch.setattr(models, "classifier", lambda *names: (explained.append(names), load(*names))[1])
    visitor.run()
    assert ("solid", "theirs") in asked
    assert explained[-1] == ("solid", "theirs")


def test_another_question_gives_another_map_and_the_display_does_not(visitor: Visitor) -> None:
    visitor.set("explain.quick", ["gradient-input"])
    before = charts(visitor)
    assert charts(visitor.set("explain.opacity", 0.3)) == before
    assert charts(visitor.set("explain.channel", "mask")) != before
    visitor.set("explain.channel", "both")
    contrast = next(box for box in visitor.app.selectbox if (box.key or "").startswith("explain.contrast."))
    contrast.set_value("ICO" if visitor.app.subheader[-1].value != "Why ICO?" else "DEC")
    visitor.run()
    assert " and not " in visitor.app.subheader[-1].value
    assert charts(visitor) != before


def test_the_question_is_why_it_is_what_it_is_said_to_be(visitor: Visitor) -> None:
    asked = next(box.value for box in visitor.app.selectbox if (box.key or "").startswith("explain.target."))
    words = "".join(markdown.value for markdown in visitor.app.markdown)
    assert f"Closest: {class_title(asked)}" in words or f"Solid: {class_title(asked)}" in words
    told = [
        caption.value for caption in visitor.app.caption if caption.value.startswith("The maps explain the network.")
    ]
    assert all(one.endswith(f"it is likeliest {class_title(asked)}.") for one in told)
    assert len(told) <= 1


def test_several_particles_are_averaged(visitor: Visitor) -> None:
    alone = charts(visitor)
    together = visitor.app.slider(key="explain.together")
    together.set_value(together.max)
    visitor.run()
    assert charts(visitor).keys() == alone.keys()
    assert charts(visitor) != alone
    assert not visitor.messages


def test_maps_are_tested_on_demand(visitor: Visitor) -> None:
    n_tables = len(visitor.app.dataframe)
    visitor.set("explain.quick", ["gradient-input"]).set("explain.faithful", True)
    assert len(visitor.app.dataframe) == n_tables + 1
    table = visitor.app.dataframe[-1].value
    assert list(table.index) == ["Gradient × Input"]
    assert np.isfinite(table.to_numpy(float)).all()
    assert any((button.key or "").endswith(".tests.csv") for button in visitor.app.download_button)


def test_thorough_methods_and_the_other_model(visitor: Visitor) -> None:
    visitor.set("explain.quick", []).set("explain.thorough", ["hsic"])
    assert set(charts(visitor)) == {"hsic"}
    visitor.set("classify.task", "outline")
    assert set(charts(visitor)) == {"hsic"}
    assert not visitor.messages


def test_particles_named_otherwise_by_hand_are_offered(visitor: Visitor) -> None:
    visitor.app.session_state["explain.tab"] = "Named otherwise by hand"
    assert "No particle was named by hand" in " ".join(caption.value for caption in visitor.run().app.caption)
    probabilities = classifier("solid").predict(crop_particles(MICROGRAPH.pixels, labels(), [first()])).probabilities
    name = classifier("solid").card.classes[int(probabilities.argmin())]
    visitor.work.log = EditLog((Name((target_of(labels(), first()),), "solid", name),))
    visitor.run()
    assert any(chart.proto.id.endswith("explain.corrected") for chart in visitor.app.get("plotly_chart"))


def test_without_a_choice_nothing_is_asked(visitor: Visitor) -> None:
    assert not charts(visitor.set(CHOSEN, None))


def test_long_work_can_be_stopped_and_then_asks_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nanotem.ui.explanation.sections._PATIENCE_S", -1.0)

    def interrupted() -> None:
        import streamlit as st

        from nanotem.ui.explanation.sections import _progress

        for title in _progress(["Sobol", "HSIC"], key="maps"):
            if title == "HSIC":
                st.stop()

    app = AppTest.from_function(interrupted)
    app.session_state["explain.thorough"] = ["sobol", "hsic"]
    app.session_state["explain.together"] = 24
    app.run().button(key="explain.stop.maps").click().run()
    assert not app.exception
    assert app.session_state["explain.thorough"] == []
    assert app.session_state["explain.together"] == 1
