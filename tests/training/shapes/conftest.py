"""A model that was trained for seconds, once for all tests."""

from pathlib import Path

import pytest

from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.train import train

TINY = TrainingConfig(n_train=180, n_check=60, epochs=2, batch_size=32)


@pytest.fixture(scope="session")
def tiny_outline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a trained model of outlines."""
    folder = tmp_path_factory.mktemp("outline")
    train("outline", TINY, folder, processes=1)
    return folder
