"""The proof that a model on disk is the model that was saved."""

import dataclasses
import json
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from nanotem.morphology.card import read_card, read_model
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_VERSION
from nanotem.morphology.layers import with_features
from nanotem.morphology.tasks import task_named
from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity, read_unproven, write_card
from nanotem.networks.folders import MODELS
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.export import as_onnx
from nanotem.training.shapes.networks import NETWORKS
from nanotem.training.shapes.saving import save_model


@pytest.fixture
def copy(models: Path, tmp_path: Path) -> Path:
    """A folder with a model that a test may spoil."""
    for suffix in ("keras", "onnx", "json", "npz"):
        shutil.copy(models / f"outline.{suffix}", tmp_path)
    return tmp_path


def change_card(folder: Path, **changes: object) -> None:
    path = folder / "outline.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def seal(folder: Path) -> None:
    """Make whatever lies there look whole: what is refused after it is refused for what it is."""
    write_card(read_unproven(folder, "outline"))


def test_what_was_saved_comes_back(copy):
    stored = read_model(copy, "outline", crop_version=CROP_VERSION)
    golden = stored.arrays.golden_inputs
    assert stored.card.sha256 == Classifier.load("outline", copy).sha256 == network_identity(copy, "outline")
    assert np.asarray(stored.keras_model()(golden)) == pytest.approx(stored.arrays.golden_logits, abs=1e-4)
    assert stored.network()(golden)[1] == pytest.approx(stored.arrays.golden_logits, abs=1e-4)


def test_both_runtimes_give_the_same_features_and_logits(models):
    crops, _ = draw_crops("solid", 5, seed=6)
    for name in ("outline", "solid"):
        stored = read_model(models, name, crop_version=CROP_VERSION)
        by_keras = with_features(stored.keras_model())(task_named(name).to_input(crops))
        by_onnx = stored.network()(task_named(name).to_input(crops))
        for ours, theirs in zip(by_onnx, by_keras, strict=True):
            assert ours == pytest.approx(theirs, abs=1e-4)


def test_a_model_without_the_onnx_file_is_answered_for_by_keras(copy):
    crops, _ = draw_crops("outline", 3, seed=5)
    expected = Classifier.load("outline", copy).predict(crops).probabilities
    (copy / "outline.onnx").unlink()
    seal(copy)
    assert Classifier.load("outline", copy).predict(crops).probabilities == pytest.approx(expected, abs=1e-4)


def test_a_broken_onnx_file_is_named_even_if_it_is_sealed(copy):
    (copy / "outline.onnx").write_bytes(b"broken")
    seal(copy)
    with pytest.raises(ModelError, match="cannot be read"):
        Classifier.load("outline", copy)


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


def test_other_weights_are_refused(copy):
    card = read_card(copy, "outline")
    arrays = read_model(copy, "outline", crop_version=CROP_VERSION).arrays
    untrained = NETWORKS["outline"](len(card.classes))
    assert np.abs(np.asarray(untrained(arrays.golden_inputs)) - arrays.golden_logits).max() > 0.001
    untrained.save(copy / "outline.keras")
    with pytest.raises(ModelError, match=r"network outline .* is not the one that its card describes"):
        Classifier.load("outline", copy)
    seal(copy)
    with pytest.raises(ModelError, match="golden inputs differently"):
        _ = Classifier.load("outline", copy).model
    (copy / "outline.onnx").write_bytes(as_onnx(untrained))
    seal(copy)
    with pytest.raises(ModelError, match="golden inputs differently"):
        Classifier.load("outline", copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ["ellipse", "circle", *read_card(MODELS, "outline").classes[2:]]},
        {"temperature": 0.5},
        {"plausible_threshold": 0.1},
        {"largest_distance": 1.0},
        {"crop_version": CROP_VERSION + 1},
        {"outlines": {"ICO": {"circle": 1.0}}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_card_that_was_changed_is_refused(copy, changes):
    change_card(copy, **changes)
    for load in (lambda: Classifier.load("outline", copy), lambda: read_card(copy, "outline")):
        with pytest.raises(ModelError, match="is not the one that its card describes"):
            load()


def test_names_of_classes_in_another_order_are_refused_even_if_sealed(copy):
    change_card(copy, classes=list(reversed(read_card(copy, "outline").classes)))
    seal(copy)
    with pytest.raises(ModelError, match="was trained for other classes"):
        Classifier.load("outline", copy)


def test_a_model_that_answers_no_question_is_refused(copy):
    for suffix in ("keras", "onnx", "json", "npz"):
        (copy / f"outline.{suffix}").rename(copy / f"sponge.{suffix}")
    stored = json.loads((copy / "sponge.json").read_text())
    (copy / "sponge.json").write_text(json.dumps({**stored, "name": "sponge"}))
    write_card(read_unproven(copy, "sponge"))
    with pytest.raises(ModelError, match="was trained for other classes"):
        read_card(copy, "sponge")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("temperature", 0, "temperature = 0.0 is not between"),
        ("temperature", float("nan"), "nan is no float"),
        ("coverage", 1.5, "coverage = 1.5"),
        ("least_probability", -0.1, "least_probability = -0.1"),
        ("largest_distance", -1, "largest_distance = -1.0"),
        ("crop_version", "1", "'1' is no int"),
        ("crop_version", 10**400, "is no int"),
        ("classes", "circle", "'circle' is no tuple"),
        ("classes", [1, 2], "1 is no str"),
        ("outlines", {"ICO": {"circle": 2}}, "share of ICO seen as circle = 2.0"),
        ("figures", {"accuracy": "high"}, "'high' is no float"),
        ("confusion", [[1, 2]], "confusion is not 9 x 9"),
        ("head_confusion", [[-1] * 9] * 9, "head_confusion has a count below 0"),
        ("head_shares", [0.5, 0.5], "head_shares are not 9"),
        ("head_shares", [2.0] * 9, "share in head_shares = 2.0"),
        ("head_concentration", -1, "head_concentration = -1.0"),
    ],
)
def test_fields_of_another_type_or_out_of_range_are_named(copy, field, value, said):
    path = copy / "outline.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    files = read_unproven(copy, "outline")
    if value == value:
        write_card(files)
    else:
        said = "cannot|not the one"  # JSON has no such number, so that it cannot be sealed
    with pytest.raises(ModelError, match=said):
        read_card(copy, "outline")


def test_other_crops_are_refused(copy):
    change_card(copy, crop_version=CROP_VERSION + 1)
    seal(copy)
    with pytest.raises(ModelError, match=f"version {CROP_VERSION + 1} of the crops"):
        Classifier.load("outline", copy)


@pytest.mark.parametrize("suffix", ["keras", "npz"])
@pytest.mark.parametrize("content", [None, b"", b"broken"])
def test_absent_and_broken_files_are_named(copy, suffix, content):
    path = copy / f"outline.{suffix}"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ModelError, match=r"network outline .*(cannot be read|not the one that its card describes)"):
        Classifier.load("outline", copy)


def rewritten(archive: bytes, name: str, content: bytes | None) -> bytes:
    """Return a ZIP archive with another content of one of its files, or without it."""
    stream = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(stream, "w") as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        if content is not None:
            new.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[" * 50_000, b'{"class_name": "Lambda", "config": 3}'])
def test_archives_that_hold_no_model_are_refused(copy, name, content):
    path = copy / "outline.keras"
    path.write_bytes(rewritten(path.read_bytes(), name, content))
    seal(copy)
    with pytest.raises(ModelError, match="cannot be read"):
        _ = Classifier.load("outline", copy).model


def test_an_archive_with_a_damaged_end_is_refused(copy):
    path = copy / "outline.keras"
    path.write_bytes(path.read_bytes()[:-200] + bytes(200))
    with pytest.raises(ModelError, match="cannot be read"):
        network_identity(copy, "outline")


@pytest.mark.parametrize(
    "changes",
    [
        {"golden_logits": np.zeros((2, 4), np.float32)},
        {"golden_inputs": np.zeros((2, 3), np.float32)},
        {"means": np.zeros((9, 5))},
        {"whitening": np.eye(5)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_arrays_that_do_not_fit_the_network_are_refused(copy, changes):
    stored = read_model(copy, "outline", crop_version=CROP_VERSION)
    save_model(copy, stored.keras_model(), stored.card, dataclasses.replace(stored.arrays, **changes))
    with pytest.raises(ModelError, match="cannot be read"):
        Classifier.load("outline", copy)


@pytest.mark.parametrize("name", ["solid", "outline"])
def test_the_models_that_come_along_are_what_their_cards_say(name):
    classifier = Classifier.load(name)
    assert classifier.card.figures["accuracy"] > 0.9
    assert sum(path.stat().st_size for path in MODELS.iterdir()) < 20e6
