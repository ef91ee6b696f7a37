"""Temperature, calibration error, sets and familiarity against cases with a known answer."""

import numpy as np
import pytest
from scipy.special import softmax

from nanotem.morphology.reliability import plausible_classes, probabilities_of
from nanotem.training.shapes.calibration import (
    conformal_threshold,
    expected_calibration_error,
    fit_temperature,
    learn_familiarity,
)


@pytest.fixture
def honest() -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax is the true chance of each class, and classes drawn from it."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 5))
    chances = softmax(logits, axis=1)
    classes = (chances.cumsum(axis=1) > rng.random((len(chances), 1))).argmax(axis=1)
    return logits, classes


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_a_factor(honest, factor):
    logits, classes = honest
    assert fit_temperature(factor * logits, classes) == pytest.approx(factor, rel=0.05)


def test_an_honest_model_has_no_calibration_error(honest):
    logits, classes = honest
    assert expected_calibration_error(softmax(logits, axis=1), classes) < 0.015


def test_an_overconfident_model_has_the_error_that_it_makes():
    probabilities = np.tile([0.99, 0.01], (1000, 1))
    classes = np.arange(1000) % 2
    assert expected_calibration_error(probabilities, classes) == pytest.approx(0.49)


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 6.0])
@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_sets_hold_the_truth_as_often_as_they_say(honest, sharpness, coverage):
    logits, classes = honest
    probabilities, rng = probabilities_of(logits, 1 / sharpness), np.random.default_rng(1)
    threshold = conformal_threshold(probabilities[::2], classes[::2], coverage=coverage, rng=rng)
    chances, truth = probabilities[1::2], classes[1::2]
    exact = plausible_classes(chances, threshold, rng=rng, keep_best=False)
    assert exact[np.arange(len(exact)), truth].mean() == pytest.approx(coverage, abs=0.015)
    shown = plausible_classes(chances, threshold, rng=rng)
    assert shown[np.arange(len(shown)), truth].mean() > coverage - 0.015
    assert shown.any(axis=1).all()


def test_known_particles_are_near_and_strange_ones_far():
    rng = np.random.default_rng(2)
    centres = rng.normal(0, 5, (3, 8))
    classes = np.arange(3000) % 3
    stretch = np.diag(rng.uniform(0.2, 3, 8))
    features = centres[classes] + rng.standard_normal((3000, 8)) @ stretch
    familiarity = learn_familiarity(features, classes, 3)
    distances = familiarity.distances(centres[classes] + rng.standard_normal((3000, 8)) @ stretch)
    assert np.median(distances) == pytest.approx(np.sqrt(8 - 2 / 3), rel=0.05)
    assert familiarity.distances(centres.mean(axis=0, keepdims=True) + 50)[0] > 5 * distances.max()
