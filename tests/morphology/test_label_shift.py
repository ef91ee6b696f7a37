"""What the others of an image say about a particle."""

import dataclasses

import numpy as np
import pytest

from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.label_shift import among_others

CLASSES = ("circle", "hexagon", "square")
DOUBTFUL = [0.6, 0.4, 0.0]
EVEN = np.full(3, 1 / 3)


def said_of(*probabilities: list[float], shares: np.ndarray | None = EVEN) -> ClassPrediction:
    chances = np.array(probabilities)
    n = len(chances)
    return ClassPrediction(CLASSES, chances, chances > 0.7, np.zeros((n, 2)), np.zeros(n), shares=shares)


def answers(said: ClassPrediction, counted: np.ndarray | None = None) -> list[str]:
    shown = among_others(said, np.ones(len(said.probabilities), bool) if counted is None else counted)
    return [CLASSES[k] for k in shown.probabilities.argmax(axis=1)]


def test_a_doubtful_one_is_as_its_neighbours():
    hexagons = [[0.02, 0.98, 0.0]] * 40
    assert answers(said_of(DOUBTFUL, *hexagons))[0] == "hexagon"
    assert answers(said_of(DOUBTFUL, *[[0.98, 0.02, 0.0]] * 40))[0] == "circle"
    assert answers(said_of(DOUBTFUL)) == ["circle"]


def test_a_clear_one_stays_what_it_is():
    assert answers(said_of([0.98, 0.02, 0.0], *[[0.02, 0.98, 0.0]] * 200))[0] == "circle"


def test_few_particles_say_less_than_many():
    few, many = (
        among_others(said_of(DOUBTFUL, *[[0.02, 0.98, 0.0]] * n), np.ones(n + 1, bool)).probabilities[0, 1]
        for n in (3, 300)
    )
    assert 0.4 < few < 0.5 < 0.6 < many


def test_what_is_as_it_was_learned_from_does_not_change():
    said = said_of(*[list(row) for row in np.eye(3)] * 7, [0.5, 0.3, 0.2])
    shown = among_others(said, np.arange(22) < 21)
    assert shown.probabilities == pytest.approx(said.probabilities)


def test_common_classes_are_not_made_commoner():
    """Where nine in ten were circles among what was learned from, nine in ten in the image say nothing new."""
    learned = np.array([0.9, 0.1, 0.0])
    image = [[0.98, 0.02, 0.0]] * 36 + [[0.02, 0.98, 0.0]] * 4
    assert answers(said_of([0.45, 0.55, 0.0], *image, shares=learned))[0] == "hexagon"


def test_a_trace_of_what_was_never_learned_does_not_grow():
    image = [[0.6, 0.38, 0.02]] * 200
    assert answers(said_of(*image, shares=np.array([0.5, 0.5, 0.0])))[0] == "circle"


def test_cut_ones_say_nothing_of_the_others():
    said = said_of(DOUBTFUL, *[[0.02, 0.98, 0.0]] * 40)
    assert answers(said, np.arange(41) < 1)[0] == "circle"
    nobody = np.zeros(41, bool)
    assert among_others(said, nobody) is said


def test_without_shares_nothing_changes():
    said = said_of(DOUBTFUL, *[[0.02, 0.98, 0.0]] * 40, shares=None)
    assert among_others(said, np.ones(41, bool)) is said


def test_the_answer_is_always_plausible():
    said = said_of(DOUBTFUL, *[[0.02, 0.98, 0.0]] * 40)
    said = dataclasses.replace(said, plausible=said.probabilities > 0.5)
    shown = among_others(said, np.ones(41, bool))
    assert shown.plausible[0].tolist() == [True, True, False]
    assert not said.plausible[0, 1]
