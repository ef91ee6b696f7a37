from collections.abc import Iterator
from typing import Any

import dask
import pytest

from nanotem.batch import connected


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """Two workers that every test of this folder shares; an image may kill one only once."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), connected(n_workers=2) as client:
        yield client
