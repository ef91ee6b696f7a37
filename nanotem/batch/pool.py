"""A pool of workers in a process of its own: `python -m nanotem.batch.pool N`.

It prints the address of its scheduler and ends with its standard input, and so with the process that started it.
Streamlit puts the script of its page in the place of the main module, which every new worker would run.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import nanotem
from nanotem.batch.cluster import local_cluster
from nanotem.errors import NanotemError


@dataclass(frozen=True)
class Pool:
    """Workers that run on their own."""

    process: "Popen[str]"
    address: str
    """Of their scheduler."""

    @property
    def is_running(self) -> bool:
        """Whether the pool is there."""
        return self.process.poll() is None

    def close(self) -> None:
        """End the pool; a pool that is only forgotten runs on, as `subprocess` keeps it and its standard input."""
        self.process.communicate()


def start_pool(n_workers: int) -> Pool:
    """Start a pool on this computer.

    Raises
    ------
    NanotemError
        If it does not start.
    """
    command = [sys.executable, "-m", "nanotem.batch.pool", str(n_workers)]
    process = Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=Path(nanotem.__file__).parents[1])
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        raise NanotemError(f"{n_workers} workers could not be started.", "Look at what the server has printed.")
    return Pool(process, address)


def main() -> None:
    """Keep workers until standard input ends."""
    with local_cluster(int(sys.argv[1])) as cluster:
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
