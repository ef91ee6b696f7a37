"""Where a batch runs: on this computer, or on a cluster that is there."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nanotem.errors import NanotemError, ParameterError
from nanotem.optional import BATCH, needs

_CONNECT_S = 20
_LOOPBACK = "127.0.0.1:0"
"""Any free port: a fixed one is taken if two batches run."""


@contextmanager
def connected(scheduler: str | None = None, *, n_workers: int | None = None) -> Iterator[Any]:
    """Give a `distributed.Client`.

    Parameters
    ----------
    scheduler
        Address of a running scheduler, as tcp://host:8786, or of the file it wrote; without it, processes are started
        on this computer, which end with this one.
    n_workers
        Processes on this computer, one thread each; the number of its cores without it.

    Raises
    ------
    NanotemError
        If the scheduler does not answer, or a worker ends while it starts.
    ParameterError
        If the number of workers is below 1.
    """
    with needs(BATCH):
        from distributed import Client

    if scheduler is None:
        with local_cluster(n_workers) as cluster, cluster.get_client() as client:
            yield client
        return
    place = {"scheduler_file" if Path(scheduler).is_file() else "address": scheduler}
    try:
        client = Client(**place, set_as_default=False, timeout=_CONNECT_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise NanotemError(
            f"No scheduler answers at {scheduler} ({error}).", "Start one with `dask scheduler`, and check its address."
        ) from error
    with client:
        yield client


def local_cluster(n_workers: int | None = None) -> Any:
    """Start processes of one thread each on this computer.

    Raises
    ------
    ParameterError
        If the number of workers is below 1.
    NanotemError
        If one of them ends while it starts.
    """
    from distributed import LocalCluster

    if n_workers is not None and n_workers < 1:
        raise ParameterError(f"{n_workers} workers are fewer than 1.", "Give their number, or leave it out.")
    try:
        return LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=n_workers or os.cpu_count(),
            threads_per_worker=1,
            processes=True,
            dashboard_address=_LOOPBACK,
            silence_logs=logging.CRITICAL,
        )
    except RuntimeError as error:
        raise NanotemError(
            f"The workers could not be started ({error}).", "Free some memory and start again."
        ) from error
