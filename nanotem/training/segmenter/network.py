"""The network: a small U-Net that works at half the resolution of its input."""

from typing import Any

_WIDTHS = (16, 48, 96, 192)


_N_MAPS = 3
_RARELY = -3.0
"""First bias of the border, which a twentieth of all pixels have."""


def segmentation_network(widths: tuple[int, ...] = _WIDTHS) -> Any:
    """Return a U-Net: 0.5 million parameters, logits of foreground, distance and border at half resolution.

    Parameters
    ----------
    widths
        Channels per level; every level has half the resolution of the one before, the first half that of the input.
    """
    from keras import Input, Model, layers

    inputs = Input((None, None, 1), name="image")
    x = _convolve(_convolve(inputs, widths[0], 5, stride=2), widths[0], 3)
    passed = []
    for width in widths[1:]:
        passed.append(x)
        x = _convolve(_convolve(x, width, 3, stride=2), width, 3)
    for width in widths[-2::-1]:
        x = layers.Concatenate()([layers.UpSampling2D(2)(x), passed.pop()])
        x = _convolve(_convolve(x, width, 3), width, 3)
    head = layers.Conv2D(_N_MAPS, 1, name="logits")
    model = Model(inputs, head(x), name="segmenter")
    head.bias.assign([0.0, 0.0, _RARELY])
    return model


def _convolve(x: Any, width: int, size: int, *, stride: int = 1) -> Any:
    from keras import layers

    x = layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
