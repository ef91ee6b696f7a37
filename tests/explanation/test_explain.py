"""Every method against what is known: where the answer comes from, and what TensorFlow itself says."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from explanation.spot import SPOT, solid_explainer, solid_model, spot_explainer, spot_model, spotted_crop

from nanotem.errors import ParameterError
from nanotem.explanation.explain import explain
from nanotem.explanation.explainer import Explainer
from nanotem.explanation.methods import METHODS, method_named
from nanotem.explanation.questions import Question
from nanotem.morphology.layers import FEATURES

CROP = spotted_crop()


def gradient_of(model, score, crop=CROP) -> np.ndarray:
    import tensorflow as tf

    inputs = tf.constant(crop[None])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = score(model(inputs, training=False))
    return tape.gradient(value, inputs)[0].numpy()


@pytest.mark.parametrize("name", METHODS)
def test_every_method_finds_the_spot_and_leaves_the_model_as_it_was(name: str) -> None:
    before = spot_model().get_weights()
    (found,) = explain(spot_explainer(), CROP[None], target="spot", method=name).maps()
    for now, then in zip(spot_model().get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    there = np.zeros(found.shape, bool)
    there[SPOT] = True
    near = np.zeros(found.shape, bool)
    near[SPOT[0].start - 4 : SPOT[0].stop + 4, SPOT[1].start - 4 : SPOT[1].stop + 4] = True
    assert near.ravel()[found.argmax()]
    assert found[there].mean() > 5 * np.abs(found[~near]).mean()


def test_the_same_question_gets_the_same_map_whatever_was_asked_before() -> None:
    of_chance = ("smoothgrad", "rise", "lime", "kernel-shap")
    first = {name: explain(spot_explainer(), CROP[None], target="spot", method=name).values for name in of_chance}
    for name in reversed(of_chance):
        again = explain(spot_explainer(), CROP[None], target="spot", method=name).values
        np.testing.assert_array_equal(again, first[name])


def test_two_threads_get_what_each_would_get_alone() -> None:
    jobs = [("rise", "spot"), ("smoothgrad", "no spot"), ("rise", "no spot"), ("lime", "spot")] * 2

    def map_of(job: tuple[str, str]) -> np.ndarray:
        return explain(spot_explainer(), CROP[None], target=job[1], method=job[0]).values

    alone = [map_of(job) for job in jobs]
    with ThreadPoolExecutor(2) as threads:
        at_once = list(threads.map(map_of, jobs))
    for one, other in zip(alone, at_once, strict=True):
        np.testing.assert_array_equal(one, other)


def test_gradients_are_those_of_tensorflow() -> None:
    expected = gradient_of(solid_model(), lambda logits: logits[0, 1])
    saliency = explain(solid_explainer(), CROP[None], target="anything", method="saliency")
    product = explain(solid_explainer(), CROP[None], target="anything", method="gradient-input")
    largest = np.abs(expected).max()
    np.testing.assert_allclose(saliency.values[0], np.abs(expected), atol=1e-4 * largest)
    np.testing.assert_allclose(product.values[0], expected * CROP, atol=1e-4 * largest)
    np.testing.assert_allclose(saliency.maps()[0], np.abs(expected).max(axis=-1), atol=1e-4 * largest)
    np.testing.assert_allclose(product.maps()[0], (expected * CROP).sum(axis=-1), atol=1e-4 * largest)
    np.testing.assert_array_equal(product.maps("mask"), product.values[..., 1])


def test_a_contrast_explains_the_difference_of_two_logits() -> None:
    expected = gradient_of(solid_model(), lambda logits: logits[0, 0] - logits[0, 2])
    found = explain(solid_explainer(), CROP[None], target="spot", contrast="no spot", method="gradient-input")
    np.testing.assert_allclose(found.values[0], expected * CROP, atol=1e-4 * np.abs(expected).max())


def test_integrated_gradients_add_up_to_the_difference_of_scores() -> None:
    model = solid_model()
    with_it, without = (float(model(x[None], training=False)[0, 2]) for x in (CROP, np.zeros_like(CROP)))
    found = explain(solid_explainer(), CROP[None], target="no spot", method="integrated-gradients")
    assert found.values.sum() == pytest.approx(with_it - without, rel=0.02)


def test_grad_cam_is_the_weighted_sum_of_the_maps_that_are_pooled() -> None:
    import keras
    import tensorflow as tf

    model = solid_model()
    inner = keras.Model(model.input, [model.get_layer(FEATURES).input, model.output])
    with tf.GradientTape() as tape:
        maps, logits = inner(CROP[None], training=False)
        score = logits[0, 1]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2))
    coarse = tf.nn.relu(tf.einsum("nijk,nk->nij", maps, weights))
    expected = tf.image.resize(coarse[..., None], CROP.shape[:2], "bicubic")[0].numpy()
    found = explain(solid_explainer(), CROP[None], target="anything", method="grad-cam").values[0]
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_rise_is_zero_where_covering_changes_nothing() -> None:
    (found,) = explain(spot_explainer(), CROP[None], target="spot", method="rise").maps()
    assert np.median(found[~CROP.any(axis=-1)]) == pytest.approx(0, abs=1e-6)


def test_a_method_that_covers_whole_pixels_has_one_map_for_all_channels() -> None:
    found = explain(spot_explainer(), CROP[None], target="spot", method="occlusion")
    assert found.values.shape == (1, 64, 64, 1)
    np.testing.assert_array_equal(found.maps("contrast"), found.maps())


def test_several_crops_are_explained_one_by_one() -> None:
    empty = np.zeros_like(CROP)
    both = explain(spot_explainer(), np.array([CROP, empty]), target="spot", method="gradient-input")
    single = [explain(spot_explainer(), one[None], target="spot", method="gradient-input") for one in (CROP, empty)]
    np.testing.assert_array_equal(both.values, single[0].then(single[1]).values)


@pytest.mark.parametrize("name", ["grad-cam", "integrated-gradients"])
def test_no_crops_give_no_maps(name: str) -> None:
    assert explain(spot_explainer(), CROP[None][:0], target="spot", method=name).maps().shape == (0, 64, 64)


def test_a_softmax_at_the_end_does_not_silence_the_gradient() -> None:
    import keras

    model = spot_model()
    sure = Explainer(keras.Model(model.input, keras.ops.softmax(model.output)), spot_explainer().classes, lambda x: x)
    found, expected = (
        explain(one, CROP[None], target="spot", method="saliency").values for one in (sure, spot_explainer())
    )
    np.testing.assert_array_equal(found, expected)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"no method 'gradcam'.*grad-cam"):
        method_named("gradcam")
    with pytest.raises(ParameterError, match=r"no class 'ICO'.*spot, anything, no spot"):
        explain(spot_explainer(), CROP[None], target="ICO")
    with pytest.raises(ParameterError, match="held against itself"):
        Question("spot", "spot")


def test_a_question_reads_as_one() -> None:
    assert str(Question("ICO")) == "Why ICO?"
    assert str(Question("ICO", "DEC")) == "Why ICO and not DEC?"


def test_methods_say_what_they_show_and_cost() -> None:
    assert len(METHODS) == 15
    assert all(method.shows.count(". ") >= 1 and method.shows.endswith(".") for method in METHODS.values())
