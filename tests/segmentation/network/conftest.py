"""A network that needs no training: it passes the brightness of its input on."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nanotem.segmentation.network.card import Golden, SegmenterCard, save_files
from nanotem.training.onnx_file import Node, onnx_bytes
from nanotem.training.segmenter.export import INPUT, OUTPUT, picture


def _brightness_network(n_maps: int = 2) -> bytes:
    kernel = np.zeros((n_maps, 1, 2, 2), np.float32)
    kernel[:] = 0.25
    nodes = [
        Node("Conv", [INPUT, "kernel"], "mean", {"strides": [2, 2]}),
        Node("Mul", ["mean", "gain"], "logits"),
        Node("Sigmoid", ["logits"], OUTPUT),
    ]
    weights = {"kernel": kernel, "gain": np.array([8], np.float32)}
    return onnx_bytes(nodes, weights, inputs=picture(INPUT, 1), outputs=picture(OUTPUT, n_maps))


def _save_brightness(folder: Path, *, n_maps: int) -> Path:
    """Write a network that takes for a particle what is brighter than the mean, with so many equal maps."""
    network = _brightness_network(n_maps)
    image = np.random.default_rng(0).normal(0, 1, (1, 1, 32, 32)).astype(np.float32)
    mean = image.reshape(16, 2, 16, 2).mean(axis=(1, 3))
    maps = np.repeat(1 / (1 + np.exp(-8 * mean))[None, None], n_maps, axis=1).astype(np.float32)
    card = SegmenterCard(working_px=28.0, curves={"val_loss": [0.5]})
    save_files(folder, network, card, Golden(image, maps))
    return folder


@pytest.fixture
def brightness(tmp_path: Path) -> Path:
    """Return the folder of a network that takes for a particle what is brighter than the mean."""
    return _save_brightness(tmp_path / "network", n_maps=2)


@pytest.fixture
def with_maps(tmp_path: Path) -> Callable[[int], Path]:
    """Return a function that gives the folder of such a network with so many maps."""
    return lambda n_maps: _save_brightness(tmp_path / f"{n_maps} maps", n_maps=n_maps)
