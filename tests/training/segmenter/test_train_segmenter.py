from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest
from drawing import disc_grid, draw
from typer.testing import CliRunner

from nanotem.commands import app
from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.networks.files import network_identity
from nanotem.networks.folders import folder_named
from nanotem.segmentation.network.card import read_files
from nanotem.segmentation.network.segmenter import segmenter_of
from nanotem.training.segmenter import train as whole_training
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.drawn.kinds import KINDS
from nanotem.training.segmenter.example import make_example
from nanotem.training.segmenter.labelled import labelled_example, labelled_pairs, purpose_of
from nanotem.training.segmenter.train import train_segmenter

TINY = SegmenterConfig(n_drawn=30, epochs=2, steps=2, n_validation=2, batch_size=2, patch_px=64)
SETTINGS = "n_drawn = 30\nepochs = 1\nsteps = 2\nn_validation = 2\nbatch_size = 2\npatch_px = 64\n"


def discs(seed):
    diameter_px = 20 + seed % 7
    return draw((128, 128), disc_grid(3, 3, pitch_px=40, diameter_px=diameter_px))


@pytest.fixture
def quickly_drawn(monkeypatch):
    """Draw discs instead of scenes, which take seconds."""
    monkeypatch.setattr(whole_training, "draw_example", lambda seed, kind=None: make_example(*discs(seed)))


@pytest.fixture
def own(tmp_path):
    """Return a folder with labelled micrographs."""
    for name in ("images", "labels"):
        (tmp_path / "own" / name).mkdir(parents=True)
    for number in range(3):
        image, labels = discs(number)
        cv2.imwrite(str(tmp_path / "own" / "images" / f"{number}.png"), image.astype(np.uint8))
        cv2.imwrite(str(tmp_path / "own" / "labels" / f"{number}.png"), labels.astype(np.uint16))
    (tmp_path / "own" / "images" / "without labels.png").write_bytes(b"")
    return tmp_path / "own"


def test_a_training_goes_on_and_its_network_can_be_used(tmp_path, quickly_drawn, narrow_network, own, monkeypatch):
    out = tmp_path / "out"
    said = []
    train_segmenter(TINY, out, real=[own], report=said.append)
    n_real = sum(purpose_of(image) != "validation" for image, _ in labelled_pairs(own))
    assert said[0].startswith(f"To learn from: {n_real} real, {TINY.n_drawn} drawn; to decide")
    first = read_files(out)
    card = train_segmenter(SegmenterConfig(**{**TINY.__dict__, "epochs": 3}), out, real=[own], report=said.append)
    assert len(pd.read_csv(out / "epochs.csv")) == len(card.curves["loss"]) == card.training["epochs_done"] == 3
    assert card.curves["loss"][:2] == first[1].curves["loss"]
    assert set(card.curves) == {"loss", "val_loss", *KINDS} | ({"real"} if "real" in card.curves else set())
    assert card.training["patches"] == 3 * TINY.steps * TINY.batch_size
    assert [text.split(":")[0] for text in said if text.startswith("Epoch")] == [
        "Epoch 1 of 2",
        "Epoch 2 of 2",
        "Epoch 3 of 3",
    ]
    monkeypatch.setenv("NANOTEM_MODELS", str(out))
    segmenter = segmenter_of(folder_named("out"))
    assert segmenter.predict(np.zeros((64, 96), np.float32)).shape == (32, 48, 3)
    assert segmenter.sha256 == card.sha256 == network_identity(out, "segmenter")

    runner = CliRunner()
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS)
    command = ["train", "segmenter", "--out", str(tmp_path / "tuned"), "--config", str(settings), "--processes", "1"]
    result = runner.invoke(app, [*command, "--real", str(own), "--start-from", str(out)], catch_exceptions=False)
    assert "lowest loss on others" in result.output
    fresh, tuned = first[1].curves["loss"][0], read_files(tmp_path / "tuned")[1].curves["loss"][0]
    assert tuned != fresh
    assert len(read_files(tmp_path / "tuned")[1].training["started_from"]) == 64


def test_weights_to_start_from_must_be_there(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"segmenter.weights.h5 is absent.*trained before"):
        train_segmenter(TINY, tmp_path, start_from=tmp_path / "nowhere")


def test_own_micrographs_are_read_with_their_labels(own):
    pairs = labelled_pairs(own)
    assert [(image.name, label.name) for image, label in pairs] == [(f"{k}.png", f"{k}.png") for k in range(3)]
    example = labelled_example(*pairs[1], correct_outlines=False)
    assert np.array_equal(example.maps[..., 0] > 0, discs(1)[1] > 0)
    assert example.diameter_px == pytest.approx(21, rel=0.03)


def test_images_of_one_name_in_two_folders_are_two_examples(tmp_path):
    pairs = [(tmp_path / folder / "a.png", tmp_path / folder / "a.tif") for folder in ("one", "two")]
    jobs, validation = whole_training._jobs(TINY, tmp_path, pairs)
    files = [path for some in (*jobs.values(), *validation.values()) for path, _ in some]
    assert len(set(files)) == len(files) == TINY.n_drawn + 4 * len(KINDS) + 2


def test_folds_leave_out_every_image_once(tmp_path):
    pairs = [(tmp_path / f"{number}.png", tmp_path / f"{number}.tif") for number in range(60)]
    trained_on = []
    for fold in (0, 1, 2, 3):
        config = replace(TINY, fold=fold, n_folds=3) if fold else TINY
        jobs, _ = whole_training._jobs(config, tmp_path, pairs)
        trained_on.append({path.name for path, _ in jobs["real"]})
    whole, *folds = trained_on
    left_out = [whole - fold for fold in folds]
    assert set.union(*left_out) == whole
    assert sum(len(some) for some in left_out) == len(whole)
    assert min(len(some) for some in left_out) > 8


def test_there_is_no_fold_beyond_the_last(tmp_path):
    with pytest.raises(ParameterError, match=r"no fold 3 of 2.*from 1"):
        train_segmenter(replace(TINY, fold=3, n_folds=2), tmp_path)
    result = CliRunner().invoke(app, ["train", "segmenter", "--out", str(tmp_path), "--fold", "first"])
    assert "'first' is no fold" in str(result.exception)


@pytest.mark.parametrize(
    ("model", "option"), [("segmenter", "--own"), ("judge", "--fold"), ("solid", "--real"), ("outline", "--fold")]
)
def test_what_a_training_does_not_look_at_is_refused(tmp_path, model, option):
    result = CliRunner().invoke(app, ["train", model, "--out", str(tmp_path / "out"), option, "1/3"])
    assert f"The training of {model} does not look at {option}." in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_folders_must_hold_pairs(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"images cannot be opened.*images and labels"):
        labelled_pairs(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    with pytest.raises(UnreadableFileError, match=r"No image in .*images has a label image.*same names"):
        labelled_pairs(tmp_path)


def test_what_an_image_is_for_depends_on_its_name_alone(tmp_path):
    purposes = [purpose_of(tmp_path / f"{number}.png") for number in range(1200)]
    assert purposes == [purpose_of(tmp_path / "elsewhere" / f"{number}.tif") for number in range(1200)]
    assert purposes.count("validation") == pytest.approx(100, abs=40)
    assert purposes.count("test") == pytest.approx(200, abs=50)
