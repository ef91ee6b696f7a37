"""Just enough of the ONNX format to write a network of convolutions: plain Protocol Buffers, no package needed.

Field numbers are those of `onnx.proto` (https://github.com/onnx/onnx, IR version 8, operator set 13).
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_IR_VERSION, _OPERATORS = 8, 13
_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7}
_FLOAT, _INT, _STRING, _INTS = 1, 2, 3, 7

Attribute = float | int | str | Sequence[int]

Shape = Sequence[int | str]
"""Sides of an array; a name stands for any length."""


@dataclass(frozen=True)
class Node:
    """One operation: its ONNX name, the names of what goes in and comes out, and its attributes."""

    operator: str
    inputs: Sequence[str]
    output: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def onnx_bytes(
    nodes: Iterable[Node],
    weights: Mapping[str, npt.NDArray[np.generic]],
    *,
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
) -> bytes:
    """Return an ONNX file.

    Parameters
    ----------
    nodes
        In the order in which they are carried out.
    weights
        Constants by name: float32 or int64.
    inputs, outputs
        Shape of what goes in and comes out, float32, by name.
    """
    graph = b"".join(
        [
            *(_field(1, _node(node)) for node in nodes),
            _field(2, "network"),
            *(_field(5, _tensor(name, values)) for name, values in weights.items()),
            *(_field(11, _value_info(name, shape)) for name, shape in inputs.items()),
            *(_field(12, _value_info(name, shape)) for name, shape in outputs.items()),
        ]
    )
    operators = _field(1, "") + _field(2, _OPERATORS)
    return _field(1, _IR_VERSION) + _field(2, "nanotem") + _field(7, graph) + _field(8, operators)


def _node(node: Node) -> bytes:
    return b"".join(
        [
            *(_field(1, name) for name in node.inputs),
            _field(2, node.output),
            _field(3, node.output),
            _field(4, node.operator),
            *(_field(5, _field(1, name) + _value(value)) for name, value in node.attributes.items()),
        ]
    )


def _value(value: Attribute) -> bytes:
    """Return the value of an attribute with its type."""
    if isinstance(value, float):
        return _field(2, value) + _field(20, _FLOAT)
    if isinstance(value, int):
        return _field(3, value) + _field(20, _INT)
    if isinstance(value, str):
        return _field(4, value) + _field(20, _STRING)
    return b"".join(_field(8, number) for number in value) + _field(20, _INTS)


def _tensor(name: str, values: npt.NDArray[np.generic]) -> bytes:
    shape = b"".join(_field(1, side) for side in values.shape)
    return shape + _field(2, _TYPES[values.dtype]) + _field(8, name) + _field(9, np.ascontiguousarray(values).tobytes())


def _value_info(name: str, shape: Shape) -> bytes:
    sides = b"".join(_field(1, _field(2 if isinstance(side, str) else 1, side)) for side in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, sides)))


def _field(number: int, value: float | str | bytes) -> bytes:
    """Return one field of a message: whole numbers as varint, others as 32-bit float, the rest with its length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    """Return a whole number from 0, seven bits per byte, the lowest first."""
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
