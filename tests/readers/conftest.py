"""One drawn picture for all readers: a dark disk on a light field, wider than high."""

import numpy as np
import pytest


@pytest.fixture
def disk() -> np.ndarray:
    """Grey 200 with a disk of grey 50, 48 rows and 64 columns, uint8; the disk is left of the centre."""
    rows, columns = np.mgrid[:48, :64]
    return np.where((rows - 24) ** 2 + (columns - 20) ** 2 < 100, 50, 200).astype(np.uint8)
