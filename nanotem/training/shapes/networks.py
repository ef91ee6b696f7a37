"""The networks: small, functional, flat, so that they can be saved, explained and trained on two cores.

Resolution falls by averages, not by strides: a map of gradients then shows facets, not a checkerboard.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from nanotem.morphology.crops import CROP_PX
from nanotem.morphology.layers import FEATURES, LOGITS


def solid_network(n_classes: int) -> Any:
    """Return a residual network on contrast and mask: 0.2 million parameters, pooled instead of flattened."""
    from keras import Input, Model, layers

    inputs = Input((CROP_PX, CROP_PX, 2), name="crop")
    x = _convolve(inputs, 16, 5)
    for width in (24, 48, 96):
        x = _residual(layers.AveragePooling2D(2)(x), width)
    x = layers.GlobalAveragePooling2D(name=FEATURES)(x)
    x = layers.Dropout(0.2)(x)
    return Model(inputs, layers.Dense(n_classes, name=LOGITS)(x), name="solid")


def outline_network(n_classes: int) -> Any:
    """Return a small network that sees the mask alone: what is inside does not change an outline."""
    from keras import Input, Model, layers

    inputs = Input((CROP_PX, CROP_PX, 1), name="mask")
    x = _convolve(inputs, 12, 5)
    for width in (24, 32, 48, 64):
        x = _convolve(layers.AveragePooling2D(2)(x), width, 3)
    x = layers.GlobalAveragePooling2D(name=FEATURES)(x)
    x = layers.Dropout(0.1)(x)
    return Model(inputs, layers.Dense(n_classes, name=LOGITS)(x), name="outline")


def origin_small_network(n_classes: int) -> Any:
    """Return the origin project's first kind of network: 64 x 64 x 3, two convolutions, one dense layer."""
    from keras import Input, Model, layers

    inputs = Input((64, 64, 3), name="picture")
    x = inputs
    for width in (16, 32):
        x = layers.Conv2D(width, 3, activation="relu")(x)
        x = layers.MaxPooling2D(4)(x)
    x = layers.Flatten(name=FEATURES)(x)
    x = layers.Dense(64, activation="relu")(x)
    return Model(inputs, layers.Dense(n_classes, name=LOGITS)(x), name="origin_small")


def origin_functional_network(n_classes: int) -> Any:
    """Return the origin project's second kind: 256 x 256 x 1, three convolutions, one dense layer of 512."""
    from keras import Input, Model, layers

    inputs = Input((256, 256, 1), name="picture")
    x = inputs
    for width in (16, 32, 64):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu", name=FEATURES)(x)  # of the 65,536 before it no covariance can be kept
    return Model(inputs, layers.Dense(n_classes, name=LOGITS)(x), name="origin_functional")


NETWORKS: Mapping[str, Callable[[int], Any]] = MappingProxyType(
    {
        "solid": solid_network,
        "outline": outline_network,
        "silhouette": outline_network,
        "origin-small": origin_small_network,
        "origin-functional": origin_functional_network,
    }
)
"""Networks that can be trained by name; each takes the number of classes."""


def _convolve(x: Any, width: int, size: int) -> Any:
    from keras import layers

    x = layers.Conv2D(width, size, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _residual(x: Any, width: int) -> Any:
    """Return two convolutions beside a shortcut."""
    from keras import layers

    y = _convolve(x, width, 3)
    y = layers.Conv2D(width, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    x = layers.Conv2D(width, 1, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(layers.Add()([x, y]))
