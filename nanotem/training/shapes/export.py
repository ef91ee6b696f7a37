"""A classifier as an ONNX file."""

from typing import Any

from nanotem.morphology.layers import FEATURES, LOGITS
from nanotem.training.onnx_export import graph_of
from nanotem.training.onnx_file import onnx_bytes

_INPUT = "crops"


def as_onnx(model: Any) -> bytes:
    """Return the ONNX file of a classifier: it takes what the Keras model takes, and gives features and logits.

    Raises
    ------
    NanotemError
        If it has a layer of a kind that cannot be written.
    """
    graph = graph_of(model, _INPUT, channels_last=True)
    outputs = {name: ["n", model.get_layer(name).output.shape[-1]] for name in (FEATURES, LOGITS)}
    return onnx_bytes(graph.nodes, graph.weights, inputs={_INPUT: ["n", *model.input_shape[1:]]}, outputs=outputs)
