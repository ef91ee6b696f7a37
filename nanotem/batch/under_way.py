"""What workers have under way, and what becomes of each part of it."""

from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from nanotem.batch.cluster import Workers, connection_lost
from nanotem.batch.task import Outcome, Task

Part = TypeVar("Part")


@dataclass(frozen=True)
class UnderWay(Generic[Part]):
    """Parts of something, as the images of a study or frames of a film, on their way to workers and back.

    Parameters
    ----------
    workers
        See `nanotem.batch.connected`.
    task
        What they do.
    whole
        What all parts share.
    died
        The reason of a part whose worker died.
    """

    workers: Workers
    task: Task
    whole: Any
    died: str
    _parts: dict[Any, Part] = field(default_factory=dict)
    _done: "SimpleQueue[Any]" = field(default_factory=SimpleQueue)

    def __len__(self) -> int:
        """Return how many parts are out."""
        return len(self._parts)

    def has_room(self) -> bool:
        """Whether a thread is idle; there may be more of them than a moment ago."""
        return len(self) < max(self.workers.n_threads(), 1)

    def send(self, part: Part) -> None:
        """Have a worker do the task with a part."""
        future = self.workers.submit(self.task, self.whole, part)
        self._parts[future] = part
        future.add_done_callback(self._done.put)

    def receive(self) -> tuple[Part, Outcome]:
        """Wait for one of the parts; return it with what became of it.

        Raises
        ------
        NanotemError
            If the scheduler is lost.
        Exception
            Whatever else went wrong, but for the death of a worker.
        """
        future = self._done.get()
        part = self._parts.pop(future)
        if future.cancelled():
            raise connection_lost()
        error = future.exception()
        if error is None:
            return part, future.result()
        if self.workers.has_died(error):
            return part, Outcome(reason=self.died, died=True)
        raise error

    def give_up(self) -> None:
        """Let go of what is still out."""
        self.workers.give_up(self._parts)
