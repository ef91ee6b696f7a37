"""Calibrated probabilities, sets and distances against cases that can be worked out by hand."""

import numpy as np
import pytest

from nanotem.morphology.reliability import Familiarity, adaptive_scores, plausible_classes, probabilities_of


def test_a_high_temperature_makes_answers_less_sure():
    logits = np.log([[0.8, 0.2]])
    assert probabilities_of(logits, 1.0) == pytest.approx(np.array([[0.8, 0.2]]))
    assert probabilities_of(logits, 2.0) == pytest.approx(np.array([[2 / 3, 1 / 3]]))


def test_a_score_is_what_is_likelier_and_a_share_of_its_own():
    chances = np.array([[0.2, 0.5, 0.3]])
    scores = adaptive_scores(chances, np.random.default_rng(0))[0]
    assert (scores >= [0.8, 0.0, 0.5]).all()
    assert (scores <= [1.0, 0.5, 0.8]).all()


def test_the_most_likely_class_stays_unless_told_otherwise():
    chances = np.array([[0.1, 0.9], [0.5, 0.5]])
    kept = plausible_classes(chances, -1.0, rng=np.random.default_rng(0))
    assert kept.tolist() == [[False, True], [True, False]]
    assert not plausible_classes(chances, -1.0, rng=np.random.default_rng(0), keep_best=False).any()


def test_the_distance_is_that_to_the_nearest_class_in_its_spread():
    familiarity = Familiarity(np.array([[0.0, 0.0], [10.0, 0.0]]), np.diag([1.0, 0.5]))
    assert familiarity.distances(np.array([[1.0, 0.0], [10.0, 4.0]])).tolist() == [1.0, 2.0]
