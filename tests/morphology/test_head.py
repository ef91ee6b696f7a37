"""What is seen together: the head of a model, and when it has a say."""

import dataclasses

import numpy as np
import pytest

from nanotem.morphology.card import read_model
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import CROP_VERSION
from nanotem.morphology.evidence import evidence_of
from nanotem.morphology.head import Head, beside
from nanotem.morphology.shape_numbers import SHAPE_NUMBERS
from nanotem.networks.errors import ModelError
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.saving import save_head, save_model


def test_a_head_weighs_what_is_seen():
    head = Head(np.array([[1.0, 0], [0, 1], [0, 2]]), temperature=2, plausible_threshold=0.9)
    seen = beside(np.array([[4.0], [0]]), np.array([[0.0], [0]]))
    assert head.probabilities(seen)[:, 0] == pytest.approx(1 / (1 + np.exp([-1.0, 1])))


def with_head(models, folder, *, sees: dict[str, str] | None = None, table: np.ndarray | None = None) -> Classifier:
    """Give the random model of outlines a head that says "square" of everything."""
    stored = read_model(models, "outline", crop_version=CROP_VERSION)
    save_model(folder, stored.keras_model(), stored.card, stored.arrays)
    if table is None:
        table = np.zeros((stored.arrays.means.shape[1] + len(SHAPE_NUMBERS) + 1, len(stored.card.classes)))
        table[-1, stored.card.classes.index("square")] = 9
    how = {"temperature": 1.0, "plausible_threshold": 0.9}
    card = dataclasses.replace(stored.card, head=how, head_sees=sees or {})
    save_head(folder, card, dataclasses.replace(stored.arrays, head=table))
    return Classifier.load("outline", folder)


def test_a_head_decides_where_there_is_one_for_these_networks(models, tmp_path):
    crops, _ = draw_crops("outline", 3, seed=4)
    solid = Classifier.load("solid", models)
    seen = evidence_of(crops, with_head(models, tmp_path), solid)
    assert seen.outline.probabilities.argmax(axis=1).tolist() == [seen.outline.classes.index("square")] * 3
    assert (seen.outline.features == seen.outline_alone.features).all()
    assert seen.solid is seen.solid_alone
    other = with_head(models, tmp_path, sees={"solid": "of another network"})
    assert evidence_of(crops, other, solid).outline.probabilities.argmax(axis=1).tolist() != [3] * 3


def test_a_head_that_is_not_of_these_classes_is_refused(models, tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        with_head(models, tmp_path, table=np.zeros((4, 2)))
    with pytest.raises(ModelError, match="cannot be read"):
        with_head(models, tmp_path, table=np.zeros(9))


def test_no_particles_have_no_classes(models, tmp_path):
    none = draw_crops("outline", 0, seed=1)[0]
    seen = evidence_of(none, with_head(models, tmp_path), Classifier.load("solid", models))
    assert len(seen.outline.probabilities) == len(seen.solid.probabilities) == len(seen.geometry) == 0
