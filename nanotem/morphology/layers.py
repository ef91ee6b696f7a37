"""The two layers of a network of shapes that others ask for."""

from typing import Any

FEATURES = "features"
"""Name of the layer whose output places a particle among others."""

LOGITS = "logits"
"""Name of the last layer."""


def with_features(model: Any) -> Any:
    """Return a network with two outputs: where each particle lies among others, and its logits."""
    from keras import Model

    return Model(model.inputs, [model.get_layer(FEATURES).output, model.output])
