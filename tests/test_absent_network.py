"""A segmentation network whose file is gone: said wherever its answer would have counted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from saved import saved_text
from studies import image_png
from typer.testing import CliRunner
from ui.visitor import SEGMENTATION, Visitor

from nanotem.__main__ import app
from nanotem.batch import analyse_image
from nanotem.micrograph import Scale
from nanotem.networks import folders
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams
from nanotem.segmentation.network.segmenter import own_segmenter
from nanotem.study import prepare_study, read_summary

SAID = "The neural network, which should have checked the particles, had no say: "


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "discs.png"
    path.write_bytes(image_png())
    return path


@pytest.fixture
def absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of networks is empty; that they could not be loaded is not kept for another test's visitors."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(folders, "MODELS", tmp_path / "empty")
    yield
    st.cache_resource.clear()


def analysed(*arguments: object) -> dict:
    done = CliRunner().invoke(app, ["analyse", *map(str, arguments), "--nm-per-px", "0.5", "--json"])
    assert done.exit_code == 0, done.output
    (result,) = json.loads(done.stdout)["images"]
    return result


def test_the_command_line_says_it_and_counts_all_the_same(image: Path, absent: None) -> None:
    result = analysed(image)
    (note,) = result["notes"]
    assert note.startswith(SAID)
    assert "cannot be read" in note
    assert (result["n_particles"], result["method"]) == (6, "neck_ratio")
    assert result["provenance"]["networks"] == {"segmenter": ""}
    assert "onnxruntime" not in result["provenance"]["versions"]


def test_a_method_that_needs_none_says_nothing(image: Path, absent: None, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text("[segment]\nmethod = 'neck_ratio'\n")
    result = analysed(image, "--recipe", recipe)
    assert (result["notes"], result["provenance"]["networks"]) == ([], {})


def test_the_page_warns_of_it(image: Path, absent: None) -> None:
    visitor = Visitor().upload("discs.png", image.read_bytes()).visit(SEGMENTATION)
    assert [message for message in visitor.messages if message.startswith(SAID)]
    assert visitor.metrics["Found"] == "6"


def test_a_batch_fails_rather_than_analyse_some_images_in_another_way(
    image: Path, absent: None, tmp_path: Path
) -> None:
    study = prepare_study(tmp_path / "study", [(image, "")])
    outcome = analyse_image(study, study.images[0])
    assert "cannot be read" in outcome.reason
    assert "Other images would be analysed in another way." in outcome.reason
    assert read_summary(study, study.images[0]) is None
    by_neck = prepare_study(
        tmp_path / "other", [(image, "")], recipe=Recipe(segment=SegmentParams(method="neck_ratio"))
    )
    assert analyse_image(by_neck, by_neck.images[0]).reason == ""


def test_a_replay_says_that_the_network_of_the_saved_analysis_is_absent(
    image: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    saved = tmp_path / "saved.toml"
    saved.write_text(saved_text(read_file(image).with_scale(Scale(0.5, "typed")), Recipe()))
    assert analysed(image, "--recipe", saved)["notes"] == []
    own_hash = own_segmenter().sha256
    request.getfixturevalue("absent")
    notes = analysed(image, "--recipe", saved)["notes"]
    assert f"another network segmenter ({own_hash[:8]}, here absent)" in notes[0]
    assert notes[1].startswith(SAID)


def test_a_replay_without_a_network_then_says_that_there_is_one_now(
    image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "saved.toml"
    (tmp_path / "empty").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(folders, "MODELS", tmp_path / "empty")
        saved.write_text(saved_text(read_file(image).with_scale(Scale(0.5, "typed")), Recipe()))
    (note,) = analysed(image, "--recipe", saved)["notes"]
    assert f"another network segmenter (absent, here {own_segmenter().sha256[:8]})" in note
