"""Workers on this computer: processes that only the one that started them can talk to.

A pool has no port, as that of a Dask cluster would run code for every user of the computer. It does not use
`multiprocessing`, whose new processes run the main module again: Streamlit puts the script of its page there.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import LifoQueue
from threading import Lock
from types import TracebackType
from typing import Any, Self

from nanotem.batch.task import Outcome, Task
from nanotem.batch.worker import READY
from nanotem.errors import NanotemError, ParameterError

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One worker per core: more threads would fight for it."""

_STARTS = 3
"""A worker that ends while it starts was ended from outside, for want of memory or by somebody; if the fault is here,
it ends each time."""

Process = subprocess.Popen[bytes]


class WorkerDiedError(Exception):
    """A worker ended in the middle of a task."""


class Pool:
    """Workers of one thread each, started when they are needed, which several runs can share.

    Parameters
    ----------
    n_workers
        The number of cores without it.

    Raises
    ------
    ParameterError
        If there are fewer than 1.
    """

    def __init__(self, n_workers: int | None = None) -> None:
        if n_workers is not None and n_workers < 1:
            raise ParameterError(f"{n_workers} workers are fewer than 1.", "Give their number, or leave it out.")
        self.n_workers = n_workers or os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self.n_workers, thread_name_prefix="nanotem-worker")
        self._places: LifoQueue[Process | None] = LifoQueue()
        self._busy: dict[Future[Outcome], Process] = {}
        self._lock = Lock()
        self._is_open = True
        for _ in range(self.n_workers):
            self._places.put(None)

    def n_threads(self) -> int:
        """Return how many images can be under way at once."""
        return self.n_workers

    def submit(self, task: Task, whole: Any, part: Any) -> "Future[Outcome]":
        """Have a worker do a task; the future raises `WorkerDiedError` if the worker ends."""
        future: Future[Outcome] = Future()
        self._threads.submit(self._do, future, pickle.dumps((task, whole, part)))
        return future

    def has_died(self, error: BaseException) -> bool:
        """Whether an error of a future says that its worker ended."""
        return isinstance(error, WorkerDiedError)

    def give_up(self, futures: Iterable[Any]) -> None:
        """End the workers of these tasks at once, and drop those that wait."""
        for future in futures:
            if not future.cancel():
                with self._lock:
                    process = self._busy.get(future)
                    if process is not None:
                        process.kill()

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._is_open = False
            for process in self._busy.values():
                process.kill()
        self._threads.shutdown(cancel_futures=True)
        while not self._places.empty():
            if (idle := self._places.get()) is not None:
                _end(idle)

    def processes(self) -> list[Process]:
        """Return the processes that are there: those with a task, and those that wait for one."""
        with self._lock:
            return [*self._busy.values(), *(process for process in self._places.queue if process is not None)]

    @property
    def is_open(self) -> bool:
        """Whether the pool takes tasks."""
        return self._is_open

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _do(self, future: "Future[Outcome]", request: bytes) -> None:
        if not future.set_running_or_notify_cancel():
            return
        process: Process | None = self._places.get()
        try:
            if process is None or process.poll() is not None:
                process = _started()
            with self._lock:
                self._busy[future] = process
                if not self._is_open:
                    process.kill()
            result = _answer(process, request)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run waits for its future
            if process is not None:
                _end(process)
            process = None
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            with self._lock:
                self._busy.pop(future, None)
            self._places.put(process)


def _started() -> Process:
    """Start a worker that imports what this process would, and wait until it has.

    Raises
    ------
    NanotemError
        If it does not start, several times.
    """
    for _ in range(_STARTS):
        process = _tried()
        assert process.stdout is not None
        if process.stdout.readline() == READY:
            return process
        _end(process)
    raise NanotemError(
        f"A worker ended while it started (exit status {process.returncode}).",
        "Free some memory and start again, or look at what it has printed.",
    )


def _tried() -> Process:
    environment = os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", "from nanotem.batch.worker import main; main()"]
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    except OSError as error:
        raise NanotemError(f"A worker could not be started ({error}).", "Free some memory and start again.") from error


def _answer(process: Process, request: bytes) -> Outcome:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(request)
        process.stdin.flush()
        answer = process.stdout.readline()
        return Outcome(**json.loads(answer))
    except (OSError, ValueError, TypeError) as error:
        raise WorkerDiedError(f"exit status {process.poll()}") from error


def _end(process: Process) -> None:
    process.kill()
    with suppress(OSError):
        process.communicate()
