"""A particle with one bright spot, and a network by hand that answers to nothing else."""

from functools import cache
from typing import Any

import numpy as np

from nanotem.explanation.explainer import Explainer
from nanotem.morphology.crops import CROP_PX
from nanotem.morphology.layers import FEATURES, LOGITS
from nanotem.training.shapes.networks import NETWORKS

CLASSES = ("spot", "anything", "no spot")
SPOT = slice(16, 24), slice(32, 40)
_THRESHOLD = 0.7


def spotted_crop() -> np.ndarray:
    """Return a disc of contrast 0.4 in which a square, not on its diagonal, has contrast 0.8."""
    rows, columns = np.indices((CROP_PX, CROP_PX)) - (CROP_PX - 1) / 2
    disc = rows**2 + columns**2 < 26**2
    crop = np.dstack([0.4 * disc, disc]).astype(np.float32)
    crop[(*SPOT, 0)] = 0.8
    return crop


@cache
def spot_model() -> Any:
    """Return a network whose logits are 20, 0 and -20 for the spotted crop: its softmax is saturated."""
    from keras import Input, Model, layers

    inputs = Input((CROP_PX, CROP_PX, 2))
    x = layers.ReLU()(layers.Conv2D(1, 1, name="convolution")(inputs))
    x = layers.GlobalAveragePooling2D(name=FEATURES)(x)
    model = Model(inputs, layers.Dense(3, name=LOGITS)(x))
    strength = CROP_PX**2 * 20 / (64 * (0.8 - _THRESHOLD))
    weights = [[[[[1.0], [0.0]]]], [-_THRESHOLD], [[strength, 0, -strength]], [0.0, 0, 0]]
    model.set_weights([np.array(one, np.float32) for one in weights])
    return model


@cache
def spot_explainer() -> Explainer:
    return Explainer(spot_model(), CLASSES, lambda crops: crops)


@cache
def solid_model() -> Any:
    """Return the network of solids with three classes and random weights."""
    import keras

    keras.utils.set_random_seed(5)
    return NETWORKS["solid"](3)


@cache
def solid_explainer() -> Explainer:
    return Explainer(solid_model(), CLASSES, lambda crops: crops)
