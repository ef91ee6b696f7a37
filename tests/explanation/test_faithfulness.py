"""Tests of maps against a map that is known to be right, and against Xplique's own metrics."""

import numpy as np
import pytest
from explanation.spot import CLASSES, SPOT, solid_explainer, spot_explainer, spotted_crop

from nanotem.explanation.explain import explain
from nanotem.explanation.faithfulness import (
    causal_curve,
    likeness_without_knowledge,
    mu_fidelity,
    rank_correlation,
    stability,
)
from nanotem.explanation.questions import Question

CROP = spotted_crop()
WHY_SPOT = Question("spot")
RIGHT = np.zeros(CROP.shape[:2], np.float32)
RIGHT[SPOT] = 1
RANDOM = np.random.default_rng(3).random(CROP.shape[:2]).astype(np.float32)


def test_the_right_map_deletes_and_inserts_the_spot_at_once() -> None:
    deletion = causal_curve(spot_explainer(), CROP, RIGHT, WHY_SPOT, mode="deletion")
    insertion = causal_curve(spot_explainer(), CROP, RIGHT, WHY_SPOT, mode="insertion")
    assert deletion.probabilities[0] == pytest.approx(1, abs=1e-3)
    assert deletion.probabilities[1] == pytest.approx(1 / 3, abs=1e-3)
    assert deletion.area < 0.35
    assert insertion.area > 0.95
    wrong = causal_curve(spot_explainer(), CROP, -RIGHT, WHY_SPOT, mode="deletion")
    assert wrong.area > 0.95


def test_held_against_another_class_only_the_two_count() -> None:
    curve = causal_curve(spot_explainer(), CROP, RIGHT, Question("spot", "no spot"), mode="deletion")
    assert curve.probabilities[[0, -1]] == pytest.approx([1, 0.5], abs=1e-3)


@pytest.mark.parametrize("mode", ["deletion", "insertion"])
def test_curves_are_those_of_xplique(mode: str) -> None:
    from xplique.metrics import Deletion, Insertion

    explainer = solid_explainer()
    metric = {"deletion": Deletion, "insertion": Insertion}[mode](
        explainer.model, CROP[None], Question("anything").weights(CLASSES)[None], steps=63, activation="softmax"
    )
    curve = causal_curve(explainer, CROP, RANDOM, Question("anything"), mode=mode)
    expected = metric.detailed_evaluate(RANDOM[None])
    np.testing.assert_allclose(curve.shares * RANDOM.size, list(expected))
    np.testing.assert_allclose(curve.probabilities, list(expected.values()), atol=1e-5)
    assert curve.area == pytest.approx(metric.evaluate(RANDOM[None]), abs=1e-4)


def test_mu_fidelity_is_that_of_xplique_but_for_chance() -> None:
    from xplique.metrics import MuFidelity

    explainer, question = solid_explainer(), Question("anything")
    (values,) = explain(explainer, CROP[None], target="anything", method="gradient-input").maps()
    expected = MuFidelity(explainer.model, CROP[None], question.weights(CLASSES)[None], nb_samples=1000)
    assert mu_fidelity(explainer, CROP, values, question) == pytest.approx(expected(values[None]), abs=0.15)


def test_mu_fidelity_tells_the_right_map_from_its_opposite_and_from_nothing() -> None:
    assert mu_fidelity(spot_explainer(), CROP, RIGHT, WHY_SPOT) > 0.8
    assert mu_fidelity(spot_explainer(), CROP, -RIGHT, WHY_SPOT) < -0.8
    assert mu_fidelity(spot_explainer(), CROP, 0 * RIGHT, WHY_SPOT) == 0


def test_noise_leaves_coarse_maps_alone_and_changes_grainy_ones() -> None:
    explainer = solid_explainer()
    question = Question(CLASSES[int(explainer.logits(CROP[None]).argmax())])
    scores = []
    for method in ("grad-cam", "saliency"):
        (values,) = explain(explainer, CROP[None], target=question.target, method=method).maps()
        scores.append(stability(explainer, CROP, values, question, method=method))
    assert 1 >= scores[0] > scores[1] > 0
    assert stability(explainer, CROP, RANDOM, question, method="saliency") == pytest.approx(0, abs=0.1)


def test_a_map_that_needs_no_knowledge_is_found_out() -> None:
    explainer, question = solid_explainer(), Question("anything")
    (ignorant,) = explain(explainer.shuffled, CROP[None], target="anything", method="saliency").maps()
    found = likeness_without_knowledge(explainer, CROP, ignorant, question, method="saliency")
    assert found == pytest.approx(1)
    assert likeness_without_knowledge(explainer, CROP, RANDOM, question, method="saliency") < 0.1


def test_shuffling_keeps_the_values_and_the_original() -> None:
    explainer = solid_explainer()
    before = explainer.model.get_weights()
    for one, other, now in zip(
        before, explainer.shuffled.model.get_weights(), explainer.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(np.sort(one.ravel()), np.sort(other.ravel()))
        np.testing.assert_array_equal(one, now)
    assert not np.array_equal(before[0], explainer.shuffled.model.get_weights()[0])


def test_rank_correlation_is_over_the_particle_alone() -> None:
    outside = ~CROP.any(axis=-1)
    outside[np.hypot(*(np.indices(outside.shape) - 31.5)) < 31] = False
    assert rank_correlation(RANDOM, np.where(outside, 9, RANDOM), CROP) == pytest.approx(1)
    assert rank_correlation(RANDOM, np.ones_like(RANDOM), CROP) == 0
