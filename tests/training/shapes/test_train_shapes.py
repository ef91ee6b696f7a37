"""Training in seconds: it learns, goes on where it was stopped, takes own pictures, and describes itself."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.morphology.card import read_card
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.layers import FEATURES
from nanotem.morphology.tasks import task_named
from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.networks import NETWORKS
from nanotem.training.shapes.train import _batches, train

TINY = TrainingConfig(n_train=60, n_check=45, epochs=1, batch_size=20)


class StoppedError(Exception):
    """Whatever ends a training early."""


def own_pictures(folder: Path) -> Path:
    for name, corners in (("circle", 40), ("triangle", 3)):
        (folder / name).mkdir(parents=True)
        towards = 2 * np.pi * np.arange(corners) / corners
        for k in range(10):
            picture = np.full((60, 60), 200, np.uint8)
            points = 30 + (15 + k) * np.column_stack([np.cos(towards + k), np.sin(towards + k)])
            cv2.fillPoly(picture, [points.astype(np.int32)], 80)
            (folder / name / f"{k}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return folder


def test_it_learns(tmp_path):
    config = TrainingConfig(n_train=900, n_check=90, epochs=4, batch_size=30)
    card = train("origin-small", config, tmp_path, processes=1)
    assert card.figures["accuracy"] > 0.8
    assert Classifier.load("origin-small", tmp_path).predict(draw_crops("origin-small", 3, seed=9)[0]).classes == (
        "circle",
        "triangle",
        "square",
    )


def test_the_card_says_what_was_measured(tiny_outline):
    card = read_card(tiny_outline, "outline")
    assert card.figures["n_test"] == np.sum(card.confusion) == 60
    assert card.figures["accuracy"] == pytest.approx(np.trace(card.confusion) / 60)
    assert len(card.curves["loss"]) == card.training["epochs"] == 2
    assert card.versions["backend"] == "tensorflow"


@pytest.mark.parametrize("name", NETWORKS)
def test_features_are_few_enough_for_their_covariance(name):
    assert NETWORKS[name](3).get_layer(FEATURES).output.shape[-1] <= 512


def test_only_solids_know_outlines(tmp_path, tiny_outline, in_few_steps):
    assert read_card(tiny_outline, "outline").outlines == {}
    train("solid", TINY, tmp_path, processes=1)
    assert set(read_card(tmp_path, "solid").outlines) == set(read_card(tmp_path, "solid").classes)


def test_a_stopped_training_goes_on_where_it_was(tmp_path, in_few_steps):
    config = dataclasses.replace(TINY, epochs=3)

    def stop(said: str) -> None:
        if said.startswith("Epoch 2"):
            raise StoppedError

    with pytest.raises(StoppedError):
        train("outline", config, tmp_path, processes=1, report=stop)
    said: list[str] = []
    train("outline", config, tmp_path, processes=1, report=said.append)
    assert not any(text.startswith(("Drawing", "Epoch 1", "Epoch 2")) for text in said)
    assert pd.read_csv(tmp_path / "epochs.csv")["epoch"].tolist() == [0, 1, 2]


def test_a_later_start_sees_what_the_earlier_one_would_have_seen_next():
    drawn = draw_crops("outline", TINY.n_train, seed=1)
    earlier, later = (_batches(task_named("outline"), TINY, drawn, None, first_epoch=epoch) for epoch in (0, 1))
    assert not np.array_equal(earlier[0][0], later[0][0])
    earlier.on_epoch_end()
    for ours, theirs in zip(earlier[0], later[0], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_another_training_in_the_same_folder_is_refused(tmp_path, in_few_steps):
    train("outline", TINY, tmp_path, processes=1)
    with pytest.raises(NanotemError, match="other settings"):
        train("outline", dataclasses.replace(TINY, seed=2), tmp_path, processes=1)


@pytest.mark.parametrize("n_train", [0, 60])
def test_own_pictures_are_learned_from(tmp_path, n_train, in_few_steps):
    own = own_pictures(tmp_path / "own")
    config = dataclasses.replace(TINY, n_train=n_train)
    train("outline", config, tmp_path / "run", own=own, processes=1)
    assert Classifier.load("outline", tmp_path / "run").card.training["n_train"] == n_train


def test_nothing_to_learn_from_is_refused(tmp_path):
    with pytest.raises(NanotemError, match="nothing to learn from"):
        train("outline", dataclasses.replace(TINY, n_train=0), tmp_path, processes=1)


def test_own_pictures_that_are_absent_are_named(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        train("outline", TINY, tmp_path / "run", own=tmp_path / "absent", processes=1)


def test_fine_tuning_starts_from_the_weights_of_another(tmp_path, tiny_outline, in_few_steps):
    gentle = dataclasses.replace(TINY, learning_rate=1e-6)
    train("outline", gentle, tmp_path, start_from=tiny_outline, processes=1)
    before, after = (Classifier.load("outline", folder).model.get_weights() for folder in (tiny_outline, tmp_path))
    trained = [abs(a - b).max() for a, b in zip(before, after, strict=True) if a.ndim == 4]
    assert 0 < max(trained) < 1e-4
