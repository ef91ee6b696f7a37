"""A model prepared for questions: copied once, asked by many, never changed."""

from collections.abc import Callable, Sequence
from functools import cached_property
from math import ceil
from threading import Lock
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from nanotem.explanation.methods import Method
from nanotem.explanation.xplique_methods import build
from nanotem.morphology.classifier import Classifier
from nanotem.morphology.crops import Crops
from nanotem.morphology.layers import LOGITS

Values = npt.NDArray[np.float32]

_CHANNELS = {1: ("mask",), 2: ("contrast", "mask")}
_BATCH = 64
_SEED = 0

_ONE_AT_A_TIME = Lock()
"""TensorFlow has one random state per process, which is reset before every map so that the map can be repeated."""


class Explainer:
    """A copy of a model together with the methods that were asked of it.

    Parameters
    ----------
    model
        Functional Keras model with a layer named `LOGITS`; it is copied, not kept.
    classes
        Names of its classes, in order.
    to_input
        Turns crops, shape (n, CROP_PX, CROP_PX, 2), into its input.
    """

    def __init__(self, model: Any, classes: Sequence[str], to_input: Callable[[Crops], Crops]) -> None:
        self.classes = tuple(classes)
        self.to_input = to_input
        self.model = _copied(model)
        self.channels = _CHANNELS.get(self.model.input_shape[-1], ())
        self._answer = _compiled(self.model)
        self._methods: dict[str, Any] = {}

    @classmethod
    def of(cls, classifier: Classifier) -> Self:
        """Prepare a classifier's model."""
        with classifier.lock:
            return cls(classifier.model, classifier.card.classes, classifier.inputs)

    @cached_property
    def shuffled(self) -> "Explainer":
        """The same network without knowledge: the values of each weight have changed places."""
        rng = np.random.default_rng(_SEED)
        other = Explainer(self.model, self.classes, self.to_input)
        other.model.set_weights([rng.permuted(w, axis=None) for w in self.model.get_weights()])
        return other

    def probabilities(self, inputs: Values, weights: Values) -> Values:
        """Return the probability of the target among the classes that are compared, shape (n,).

        Parameters
        ----------
        inputs
            Of the network, shape (n, rows, columns, channels).
        weights
            What each logit counts in the score: where one is negative, only two classes are compared.
        """
        logits = self.logits(inputs)
        compared = logits[:, weights != 0] if (weights < 0).any() else logits
        return np.asarray(np.exp(logits[:, weights > 0][:, 0] - logsumexp(compared, axis=1)))

    def logits(self, inputs: Values) -> Values:
        """Return what the network answers, shape (n, classes), in batches of one size."""
        padded = np.zeros((ceil(len(inputs) / _BATCH) * _BATCH, *inputs.shape[1:]), np.float32)
        padded[: len(inputs)] = inputs
        batches = [self._answer(padded[start : start + _BATCH]) for start in range(0, len(padded), _BATCH)]
        return np.concatenate(batches)[: len(inputs)]

    def ask(self, method: Method, crop: Crops, weights: Values) -> Values:
        """Return the map of one crop, shape (rows, columns, channels or 1).

        One crop at a time keeps the shapes that TensorFlow compiles for.

        Parameters
        ----------
        method
            How to ask.
        crop
            Shape (CROP_PX, CROP_PX, 2).
        weights
            What each logit counts in the score, shape (classes,).
        """
        import tensorflow as tf

        inputs = self.to_input(crop[None])
        with _ONE_AT_A_TIME:
            tf.random.set_seed(_SEED)
            if method.name not in self._methods:
                self._methods[method.name] = build(method, self.model)
            return np.asarray(self._methods[method.name].explain(inputs, weights[None])[0], np.float32)


def _copied(model: Any) -> Any:
    """Return a model with layers of its own that ends in the logits: gradients of a softmax vanish where it is sure."""
    import keras

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return keras.Model(copy.input, copy.get_layer(LOGITS).output)


def _compiled(model: Any) -> Callable[[Values], Values]:
    import tensorflow as tf

    call = tf.function(model)
    return lambda inputs: np.asarray(call(tf.constant(inputs)))
