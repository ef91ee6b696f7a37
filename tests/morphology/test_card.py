"""The proof that a model on disk is the model that was saved."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nanotem.morphology.card import load_model, read_card, save_model, weights_hash
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_VERSION
from nanotem.networks.errors import ModelError
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.networks import NETWORKS


@pytest.fixture
def copy(models: Path, tmp_path: Path) -> Path:
    """A folder with a model that a test may spoil."""
    for suffix in ("keras", "json", "npz"):
        shutil.copy(models / f"outline.{suffix}", tmp_path)
    return tmp_path


def change_card(folder: Path, **changes: object) -> None:
    path = folder / "outline.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_what_was_saved_comes_back(copy):
    model, card, arrays = load_model(copy, "outline", crop_version=CROP_VERSION)
    assert weights_hash(model) == card.weights_hash
    assert np.asarray(model(arrays.golden_inputs)) == pytest.approx(arrays.golden_logits, abs=1e-4)


def test_a_fresh_process_gives_the_same_answers(copy, tmp_path):
    crops, _ = draw_crops("outline", 9, seed=5)
    here = Classifier.load("outline", copy).predict(crops).probabilities
    np.save(tmp_path / "crops.npy", crops)
    script = (
        "import sys, numpy as np; from pathlib import Path; from nanotem.morphology.classifier import Classifier;"
        "folder = Path(sys.argv[1]); crops = np.load(folder / 'crops.npy');"
        "np.save(folder / 'there.npy', Classifier.load('outline', folder).predict(crops).probabilities)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True)
    assert np.load(tmp_path / "there.npy") == pytest.approx(here, abs=1e-4)


def test_an_untrained_model_is_refused(copy):
    card = read_card(copy / "outline.json")
    _, _, arrays = load_model(copy, "outline", crop_version=CROP_VERSION)
    untrained = NETWORKS["outline"](len(card.classes))
    assert np.abs(np.asarray(untrained(arrays.golden_inputs)) - arrays.golden_logits).max() > 0.05
    save_model(copy, untrained, card, arrays)
    with pytest.raises(ModelError, match="weights of outline are not those"):
        Classifier.load("outline", copy)


def test_other_crops_are_refused(copy):
    change_card(copy, crop_version=CROP_VERSION + 1)
    with pytest.raises(ModelError, match=f"version {CROP_VERSION + 1} of the crops"):
        Classifier.load("outline", copy)


def test_other_golden_answers_are_refused(copy):
    from nanotem.morphology.card import arrays_hash

    model, card, arrays = load_model(copy, "outline", crop_version=CROP_VERSION)
    other = dataclasses.replace(arrays, golden_logits=arrays.golden_logits + 1)
    save_model(copy, model, dataclasses.replace(card, arrays_hash=arrays_hash(other)), other)
    with pytest.raises(ModelError, match="golden inputs differently"):
        Classifier.load("outline", copy)


@pytest.mark.parametrize("suffix", ["keras", "npz"])
@pytest.mark.parametrize("content", [None, b"", b"broken"])
def test_absent_and_broken_files_are_named(copy, suffix, content):
    path = copy / f"outline.{suffix}"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ModelError, match="files of the model outline cannot be read"):
        Classifier.load("outline", copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"classes": 3}'])
def test_a_broken_card_is_named(tmp_path, text):
    (tmp_path / "outline.json").write_text(text)
    with pytest.raises(ModelError, match=r"outline\.json is no model card"):
        read_card(tmp_path / "outline.json")


@pytest.mark.parametrize("name", ["solid", "outline"])
def test_the_models_that_come_along_are_what_their_cards_say(name):
    classifier = Classifier.load(name)
    assert classifier.card.figures["accuracy"] > 0.9
    assert sum(path.stat().st_size for path in MODELS.iterdir()) < 20e6
