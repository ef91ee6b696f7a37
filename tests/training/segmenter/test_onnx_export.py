import numpy as np
import pytest

from nanotem.errors import NanotemError
from nanotem.training.segmenter.export import INPUT, as_onnx


def test_file_answers_as_the_keras_network_does() -> None:
    import keras
    import onnxruntime

    from nanotem.training.segmenter.network import segmentation_network

    keras.utils.set_random_seed(3)
    model = segmentation_network((4, 6, 8))
    rng = np.random.default_rng(3)
    model.set_weights([rng.uniform(0.2, 1.2, w.shape) - 0.5 * (w.ndim == 4) for w in model.get_weights()])
    image = rng.normal(0, 1, (2, 48, 64, 1)).astype(np.float32)
    logits = np.asarray(model(image, training=False), np.float64)
    assert np.ptp(logits) > 1
    model.layers[-1].set_weights([w / np.ptp(logits) for w in model.layers[-1].get_weights()])
    expected = 1 / (1 + np.exp(-np.asarray(model(image, training=False))))

    session = onnxruntime.InferenceSession(as_onnx(model))
    answers = session.run(None, {INPUT: image.transpose(0, 3, 1, 2)})[0].transpose(0, 2, 3, 1)

    assert answers.shape == (2, 24, 32, 3)
    assert np.ptp(answers) > 0.1
    np.testing.assert_allclose(answers, expected, atol=1e-4)


def test_unknown_layer_is_named() -> None:
    import keras

    inputs = keras.Input((None, None, 1))
    model = keras.Model(inputs, keras.layers.GlobalMaxPooling2D(name="pool")(inputs))
    with pytest.raises(NanotemError, match=r"pool is of the kind GlobalMaxPooling2D.*without it"):
        as_onnx(model)
