"""One analysed film for all tests that only look at it."""

import pytest
from films import analysed_film, drawn


@pytest.fixture(scope="session")
def film():
    return drawn(n_frames=5, drift_px=1.0, texture=0.04)


@pytest.fixture(scope="session")
def study(film, tmp_path_factory):
    return analysed_film(tmp_path_factory.mktemp("film"), film)
