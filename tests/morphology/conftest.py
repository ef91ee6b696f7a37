"""Models with random weights, made once for all tests."""

from pathlib import Path

import pytest
from random_models import save_random_models


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model of outlines and one of solids."""
    return save_random_models(tmp_path_factory.mktemp("models"))
