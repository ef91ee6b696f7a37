"""The segmentation network as an ONNX file."""

from typing import Any

from nanotem.training.onnx_export import graph_of
from nanotem.training.onnx_file import Shape, onnx_bytes

INPUT, OUTPUT = "image", "maps"


def as_onnx(model: Any) -> bytes:
    """Return the ONNX file of a network that gives logits of maps: 0 to 1 in the file, and channels come first.

    Raises
    ------
    NanotemError
        If it has a layer of a kind that cannot be written.
    """
    graph = graph_of(model, INPUT)
    graph.add("Sigmoid", [graph.names[id(model.outputs[0])]], OUTPUT)
    inputs, outputs = picture(INPUT, model.input_shape[-1]), picture(OUTPUT, model.output_shape[-1])
    return onnx_bytes(graph.nodes, graph.weights, inputs=inputs, outputs=outputs)


def picture(name: str, n_channels: int) -> dict[str, Shape]:
    """Return the shape of pictures of any number and size."""
    return {name: ["n", n_channels, f"{name} rows", f"{name} columns"]}
