"""Where a batch runs: on this computer, or on a Dask cluster that is there."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from nanotem.batch.pool import Pool
from nanotem.batch.task import Task, outcome_of
from nanotem.errors import NanotemError
from nanotem.optional import BATCH, needs

_CONNECT_S = 20
"""A scheduler on a busy cluster has taken up to 5 s; a wrong address is said within the patience of a person."""


class Workers(Protocol):
    """Those who analyse images, here or elsewhere."""

    def n_threads(self) -> int:
        """Return how many images can be under way at once; it may change."""

    def submit(self, task: Task, whole: Any, part: Any) -> Any:
        """Have a worker do a task; return a future with `add_done_callback`, `cancelled`, `exception`, `result`."""

    def has_died(self, error: BaseException) -> bool:
        """Whether an error of a future says that its worker ended, again and again where tasks are tried again."""

    def give_up(self, futures: Iterable[Any]) -> None:
        """Let go of tasks whose results nobody will look at."""


class Cluster:
    """The workers of a Dask scheduler.

    Parameters
    ----------
    client
        A `distributed.Client`.
    """

    def __init__(self, client: Any) -> None:
        self.client = client

    def n_threads(self) -> int:
        """Return the threads of all workers that are there now."""
        try:
            return sum(self.client.nthreads().values())
        except (OSError, AttributeError) as error:  # a client that has lost its scheduler holds None in its place
            raise connection_lost() from error

    def submit(self, task: Task, whole: Any, part: Any) -> Any:
        """Have a worker do a task; Dask tries again where a worker dies."""
        return self.client.submit(outcome_of, task, whole, part, pure=False)

    def has_died(self, error: BaseException) -> bool:
        """Whether every worker that tried has died."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def give_up(self, futures: Iterable[Any]) -> None:
        """Drop the tasks that wait; a worker finishes the one it has, and nobody takes its draft in."""
        for future in futures:
            future.release()


def connection_lost() -> NanotemError:
    """Return the error of a scheduler that was there and is not any more."""
    return NanotemError("The connection to the scheduler was lost.", "Start again: it goes on where it stopped.")


@contextmanager
def connected(scheduler: str | None = None, *, n_workers: int | None = None) -> Iterator[Workers]:
    """Give workers.

    Parameters
    ----------
    scheduler
        Address of a running scheduler, as tls://host:8786, or of the file it wrote; without it, processes are started
        on this computer, which end with this one. The certificates of a scheduler with TLS are those that Dask's
        configuration names.
    n_workers
        Processes on this computer, one thread each; the number of its cores without it.

    Raises
    ------
    NanotemError
        If the scheduler does not answer, or Dask is not installed.
    ParameterError
        If the number of workers is below 1.
    """
    if scheduler is None:
        with Pool(n_workers) as pool:
            yield pool
        return
    with needs(BATCH):
        from distributed import Client

    place = {"scheduler_file" if Path(scheduler).is_file() else "address": scheduler}
    try:
        client = Client(**place, set_as_default=False, timeout=_CONNECT_S)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        raise NanotemError(
            f"No scheduler answers at {scheduler} ({error}).",
            "Start one with `dask scheduler`, and check its address and the certificates of both sides.",
        ) from error
    with client:
        yield Cluster(client)
