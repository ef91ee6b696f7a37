"""A network that needs no training: it passes the brightness of its input on."""

from pathlib import Path

import numpy as np
import pytest

from nanotem.segmentation.network.card import Golden, SegmenterCard, save_files
from nanotem.training.segmenter.export import INPUT, OUTPUT
from nanotem.training.segmenter.onnx_file import Node, onnx_bytes


def _brightness_network() -> bytes:
    kernel = np.zeros((2, 1, 2, 2), np.float32)
    kernel[:] = 0.25
    nodes = [
        Node("Conv", [INPUT, "kernel"], "mean", {"strides": [2, 2]}),
        Node("Mul", ["mean", "gain"], "logits"),
        Node("Sigmoid", ["logits"], OUTPUT),
    ]
    weights = {"kernel": kernel, "gain": np.array([8], np.float32)}
    return onnx_bytes(nodes, weights, image=(INPUT, 1), maps=(OUTPUT, 2))


@pytest.fixture
def brightness(tmp_path: Path) -> Path:
    """Return the folder of a network that takes for a particle what is brighter than the mean."""
    network = _brightness_network()
    image = np.random.default_rng(0).normal(0, 1, (1, 1, 32, 32)).astype(np.float32)
    mean = image.reshape(16, 2, 16, 2).mean(axis=(1, 3))
    maps = np.repeat(1 / (1 + np.exp(-8 * mean))[None, None], 2, axis=1).astype(np.float32)
    card = SegmenterCard(working_px=28.0, curves={"val_loss": [0.5]})
    save_files(tmp_path / "network", network, card, Golden(image, maps))
    return tmp_path / "network"
