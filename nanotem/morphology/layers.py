"""The two layers of a network of shapes that others ask for, and how a network is asked for both."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

FEATURES = "features"
"""Name of the layer whose output places a particle among others."""

LOGITS = "logits"
"""Name of the last layer."""

Network = Callable[[npt.NDArray[np.float32]], list[npt.NDArray[np.float32]]]
"""Takes inputs, shape (n, rows, columns, channels), and returns features and logits, shape (n, values) each."""

_BATCH_SIZE = 256


def with_features(model: Any) -> Network:
    """Return a Keras model as a function that gives features and logits."""
    from keras import Model

    both = Model(model.inputs, [model.get_layer(FEATURES).output, model.output])

    def answer(inputs: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
        features, logits = both.predict(inputs, batch_size=_BATCH_SIZE, verbose=0)
        return [features, logits]

    return answer
