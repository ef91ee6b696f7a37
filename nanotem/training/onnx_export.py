"""Keras networks as ONNX files, so that using them does not take TensorFlow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.errors import NanotemError
from nanotem.training.onnx_file import Attribute, Node

_TO_CHANNELS_FIRST, _TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)


@dataclass(eq=False)
class Graph:
    """The layers of a Keras model as ONNX operations, while they are being written.

    Attributes
    ----------
    nodes
        In the order in which they are carried out.
    weights
        Constants by name.
    names
        Name of what holds each Keras tensor, by the tensor's id; channels come before rows and columns.
    """

    nodes: list[Node] = field(default_factory=list)
    weights: dict[str, npt.NDArray[np.generic]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    normalised: Mapping[int, Any] = field(default_factory=dict)

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Attribute) -> str:
        """Write an operation, and return the name of its output."""
        self.nodes.append(Node(operator, inputs, output, attributes))
        return output

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Keep a constant, and return its name."""
        self.weights[name] = values
        return name


def graph_of(model: Any, image: str, *, channels_last: bool = False) -> Graph:
    """Return the graph of a network, batch normalisation folded into the convolutions.

    Parameters
    ----------
    model
        Functional Keras model, axes (n, rows, columns, channels), of the kinds of layers in `_LAYERS`; batch
        normalisation follows a convolution.
    image
        Name of what goes in.
    channels_last
        Whether the graph takes what the Keras model takes; else channels come before rows and columns.

    Returns
    -------
    Graph
        The output of every layer bears the layer's name.

    Raises
    ------
    NanotemError
        If the model has a layer of another kind.
    """
    folded = {id(layer.input): layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"}
    graph = Graph(normalised=MappingProxyType(folded))
    first = "channels_first"
    graph.names[id(model.inputs[0])] = (
        graph.add("Transpose", [image], first, perm=_TO_CHANNELS_FIRST) if channels_last else image
    )
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "InputLayer":
            continue
        if kind not in _LAYERS:
            raise NanotemError(f"The layer {layer.name} is of the kind {kind}.", "Build the network without it.")
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        graph.names[id(layer.output)] = _LAYERS[kind](graph, layer, [graph.names[id(tensor)] for tensor in tensors])
    return graph


def _convolution(graph: Graph, layer: Any, inputs: list[str]) -> str:
    kernel, *biases = (values.astype(np.float64) for values in layer.get_weights())
    bias = biases[0] if biases else np.zeros(layer.filters)
    if (normalisation := graph.normalised.get(id(layer.output))) is not None:
        gamma, beta, mean, variance = (values.astype(np.float64) for values in normalisation.get_weights())
        gain = gamma / np.sqrt(variance + normalisation.epsilon)
        kernel, bias = kernel * gain, (bias - mean) * gain + beta
    constants = [
        graph.constant(f"{layer.name}/kernel", kernel.transpose(3, 2, 0, 1).astype(np.float32)),
        graph.constant(f"{layer.name}/bias", bias.astype(np.float32)),
    ]
    how = {"auto_pad": _padding(layer), "strides": list(layer.strides)}
    return _activated(graph, layer, "Conv", [*inputs, *constants], how)


def _dense(graph: Graph, layer: Any, inputs: list[str]) -> str:
    kernel, bias = layer.get_weights()
    constants = [graph.constant(f"{layer.name}/kernel", kernel), graph.constant(f"{layer.name}/bias", bias)]
    return _activated(graph, layer, "Gemm", [*inputs, *constants], {})


def _activated(graph: Graph, layer: Any, operator: str, inputs: list[str], how: Mapping[str, Attribute]) -> str:
    """Write an operation with the ReLU that its layer may hold."""
    if layer.activation.__name__ == "relu":
        return graph.add("Relu", [graph.add(operator, inputs, f"{layer.name}/linear", **how)], layer.name)
    return graph.add(operator, inputs, layer.name, **how)


def _pooling(operator: str) -> Callable[[Graph, Any, list[str]], str]:
    def write(graph: Graph, layer: Any, inputs: list[str]) -> str:
        sides = {"kernel_shape": list(layer.pool_size), "strides": list(layer.strides)}
        return graph.add(operator, inputs, layer.name, auto_pad=_padding(layer), **sides)

    return write


def _flatten(graph: Graph, layer: Any, inputs: list[str]) -> str:
    last = graph.add("Transpose", inputs, f"{layer.name}/channels_last", perm=_TO_CHANNELS_LAST)
    return graph.add("Flatten", [last], layer.name, axis=1)


def _upsampling(graph: Graph, layer: Any, inputs: list[str]) -> str:
    scales = graph.constant("scales", np.array([1, 1, 2, 2], np.float32))
    how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return graph.add("Resize", [*inputs, "", scales], layer.name, **how)


def _padding(layer: Any) -> str:
    return "SAME_UPPER" if layer.padding == "same" else "VALID"


_LAYERS: Mapping[str, Callable[[Graph, Any, list[str]], str]] = MappingProxyType(
    {
        "Conv2D": _convolution,
        "Dense": _dense,
        "BatchNormalization": lambda graph, layer, inputs: inputs[0],
        "Dropout": lambda graph, layer, inputs: inputs[0],
        "ReLU": lambda graph, layer, inputs: graph.add("Relu", inputs, layer.name),
        "Add": lambda graph, layer, inputs: graph.add("Add", inputs, layer.name),
        "Concatenate": lambda graph, layer, inputs: graph.add("Concat", inputs, layer.name, axis=1),
        "UpSampling2D": _upsampling,
        "MaxPooling2D": _pooling("MaxPool"),
        "AveragePooling2D": _pooling("AveragePool"),
        "Flatten": _flatten,
        "GlobalAveragePooling2D": lambda graph, layer, inputs: graph.add(
            "ReduceMean", inputs, layer.name, axes=(2, 3), keepdims=0
        ),
    }
)
"""What writes each kind of layer, and returns the name of its output."""
