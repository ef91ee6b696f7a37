from collections.abc import Iterator
from typing import Any

import dask
import pytest

dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})  # a worker that died is back at once

from distributed import LocalCluster  # noqa: E402

from nanotem.batch import Cluster, Pool  # noqa: E402


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """Two workers that every test of this folder shares."""
    with Pool(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """Two Dask workers that every test of this folder shares; an image may kill one only once."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):  # noqa: SIM117
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
            with cluster.get_client() as client:
                yield client


@pytest.fixture(scope="session", params=["pool", "cluster"])
def workers(request: pytest.FixtureRequest) -> Any:
    """Workers of either kind."""
    return request.getfixturevalue("pool") if request.param == "pool" else Cluster(request.getfixturevalue("client"))
