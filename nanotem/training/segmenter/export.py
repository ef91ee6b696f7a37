"""A Keras network as an ONNX file, so that using it does not take TensorFlow."""

from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.errors import NanotemError
from nanotem.training.segmenter.onnx_file import Node, onnx_bytes

INPUT, OUTPUT = "image", "maps"


def as_onnx(model: Any) -> bytes:
    """Return the ONNX file of a network, batch normalisation folded into the convolutions, outputs 0 to 1.

    Parameters
    ----------
    model
        Keras model of convolutions ("same" padding), batch normalisation, ReLU, nearest upsampling and concatenation,
        axes (n, rows, columns, channels), that gives logits. In the file, channels come before rows.

    Raises
    ------
    NanotemError
        If it has a layer of another kind.
    """
    nodes: list[Node] = []
    weights: dict[str, npt.NDArray[np.generic]] = {"scales": np.array([1, 1, 2, 2], np.float32)}
    folded = {id(layer.input): layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"}
    names = {id(model.inputs[0]): INPUT}
    for layer in model.layers:
        kind, output = type(layer).__name__, layer.output
        if kind == "InputLayer":
            continue
        inputs = [names[id(tensor)] for tensor in (layer.input if isinstance(layer.input, list) else [layer.input])]
        names[id(output)] = layer.name
        if kind == "Conv2D":
            kernel, bias = _convolution(layer, folded.get(id(output)))
            weights |= {f"{layer.name}/kernel": kernel, f"{layer.name}/bias": bias}
            inputs += [f"{layer.name}/kernel", f"{layer.name}/bias"]
            nodes.append(Node("Conv", inputs, layer.name, {"auto_pad": "SAME_UPPER", "strides": list(layer.strides)}))
        elif kind == "BatchNormalization":
            names[id(output)] = inputs[0]
        elif kind == "ReLU":
            nodes.append(Node("Relu", inputs, layer.name))
        elif kind == "UpSampling2D":
            how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            nodes.append(Node("Resize", [*inputs, "", "scales"], layer.name, how))
        elif kind == "Concatenate":
            nodes.append(Node("Concat", inputs, layer.name, {"axis": 1}))
        else:
            raise NanotemError(f"The layer {layer.name} is of the kind {kind}.", "Build the network without it.")
    nodes.append(Node("Sigmoid", [names[id(model.outputs[0])]], OUTPUT))
    return onnx_bytes(nodes, weights, image=(INPUT, model.input_shape[-1]), maps=(OUTPUT, model.output_shape[-1]))


def _convolution(layer: Any, normalisation: Any) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return kernel, shape (to, from, rows, columns), and bias of a convolution and what normalises it."""
    kernel, *biases = (values.astype(np.float64) for values in layer.get_weights())
    bias = biases[0] if biases else np.zeros(layer.filters)
    if normalisation is not None:
        gamma, beta, mean, variance = (values.astype(np.float64) for values in normalisation.get_weights())
        gain = gamma / np.sqrt(variance + normalisation.epsilon)
        kernel, bias = kernel * gain, (bias - mean) * gain + beta
    return kernel.transpose(3, 2, 0, 1).astype(np.float32), bias.astype(np.float32)
