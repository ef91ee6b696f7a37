"""Speed-up, peak memory and resistance to kill -9 of a batch, on drawn micrographs.

    python -m benchmarks.batch [--images 24] [--side 2048] [--kills 5] [--full-disks 5]

Times begin before the workers are started; the scale is given, so that no label of a scale bar is read. In the part
about kills a worker, then the whole run, is killed at random moments and started again, at first on this computer,
then on a `dask scheduler` with two `dask worker` on loopback; what is printed is whether the tables at the end are
those of an undisturbed run, byte for byte. An image whose worker is killed twice has failed: the run is
started again, and tries it again. In between no file can be longer than a random length, as on a full disk, and the run
is started again with room.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import Pool as Processes
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import psutil  # type: ignore[import-untyped]

from benchmarks.scenes import draw_scene
from nanotem.batch import Pool, run_batch
from nanotem.study import find_images, prepare_study

TABLES = ("particles.parquet", "summary.csv")
PARTICLES_PER_MPX = 60
NM_PER_PX = 0.25
Run: TypeAlias = "subprocess.Popen[bytes]"
_FULL_BYTES = (1_000, 60_000)
"""Limits of the random length of a file that still fits a full disk: study.toml, tables and previews lie between."""

_PAUSE_S = (1.0, 6.0)
"""Limits of the random time between two kills."""


def write_images(folder: Path, n_images: int, side_px: int) -> None:
    """Draw micrographs that all differ."""
    folder.mkdir()
    with Processes(2) as pool:
        pool.starmap(_write_image, [(folder / f"{seed:03}.png", side_px, seed) for seed in range(n_images)])


def _write_image(path: Path, side_px: int, seed: int) -> None:
    n_particles = round(PARTICLES_PER_MPX * side_px**2 / 1e6)
    cv2.imwrite(str(path), draw_scene(side_px, n_particles, seed=seed).pixels)


def seconds_and_peaks(images: Path, study: Path, n_workers: int) -> tuple[float, list[float]]:
    """Run a batch; return its time and the peak memory of each worker in GB."""
    prepare_study(study, find_images([images]), nm_per_px=NM_PER_PX)
    with Pool(n_workers) as pool:
        start = time.perf_counter()
        for _ in run_batch(study, pool):
            pass
        seconds = time.perf_counter() - start
        return seconds, [_peak_gb(process.pid) for process in pool.processes()]


def _peak_gb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e6 for line in lines if line.startswith("VmHWM"))


def started(images: Path, study: Path, *options: str, longest_file: int | None = None) -> Run:
    """Start a batch in a process of its own, which says nothing and can write files of a limited length."""
    command = [sys.executable, "-m", "nanotem", "batch", str(images), "--out", str(study), *options]
    command += ["--nm-per-px", str(NM_PER_PX)]
    silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if longest_file is None:
        return subprocess.Popen(command, **silent)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (longest_file, longest_file))
    return subprocess.Popen(command, **silent, preexec_fn=limit)


def itself(run: Run) -> list[psutil.Process]:
    """Return a process as a list of one."""
    return [psutil.Process(run.pid)]


_WORKERS = ("nanotem.batch.worker", "spawn_main")
"""What the command lines of worker processes hold, here and below a Dask worker."""


def workers_of(run: Run) -> list[psutil.Process]:
    """Return the worker processes that a process has started."""
    return [child for child in psutil.Process(run.pid).children(recursive=True) if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any(name in " ".join(process.cmdline()) for name in _WORKERS)
    except psutil.Error:  # it has just ended
        return False


def kill_while_running(
    run: Run, study: Path, victims: Callable[[Run], list[psutil.Process]], n_kills: int, rng: np.random.Generator
) -> int:
    """Kill random victims at random moments after the first result; return at the end of the run how many were."""
    while not list(study.glob("particles/*.parquet")) and run.poll() is None:
        time.sleep(0.1)
    n_killed = 0
    while n_killed < n_kills:
        time.sleep(rng.uniform(*_PAUSE_S))
        if run.poll() is not None:
            break
        if alive := victims(run):
            alive[rng.integers(len(alive))].kill()
            n_killed += 1
    run.wait()
    return n_killed


def kill_runs(images: Path, study: Path, n_kills: int, rng: np.random.Generator, *options: str) -> int:
    """Kill a batch at random moments, start it again each time, and let it end; return how often it was killed."""
    n_killed = sum(kill_while_running(started(images, study, *options), study, itself, 1, rng) for _ in range(n_kills))
    started(images, study, *options).wait()
    return n_killed


def fill_disks(images: Path, study: Path, n_times: int, rng: np.random.Generator, *options: str) -> list[int]:
    """Run a batch with random limits on the length of a file, then without one; return the exit codes."""
    limits = [int(length) for length in rng.integers(*_FULL_BYTES, size=n_times)]
    runs = [*(started(images, study, *options, longest_file=length).wait() for length in limits)]
    return [*runs, started(images, study, *options).wait()]


@contextmanager
def dask_processes(folder: Path) -> Iterator[tuple[str, list[Run]]]:
    """Run a scheduler and two workers on loopback; yield the file with the address, and the workers."""
    file = str(folder / "scheduler.json")
    scheduler = _dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    workers = [_dask("worker", "--scheduler-file", file, "--nthreads", "1", "--no-dashboard") for _ in range(2)]
    try:
        while not Path(file).exists():
            time.sleep(0.1)
        yield file, workers
    finally:
        for process in (*workers, scheduler):
            process.terminate()
            process.wait()


def _dask(*arguments: str) -> Run:
    command = [sys.executable, "-m", "dask", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def same_tables(one: Path, other: Path) -> bool:
    """Whether two studies end in the same tables, byte for byte."""
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in TABLES)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--side", type=int, default=2048, help="of the images, in px")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--full-disks", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images, undisturbed = folder / "images", folder / "2 workers"
        write_images(images, options.images, options.side)
        print(f"{options.images} images of {options.side}² px")
        seconds = {}
        for n_workers in (1, 2):
            seconds[n_workers], peaks = seconds_and_peaks(images, folder / f"{n_workers} workers", n_workers)
            print(f"{n_workers} workers: {seconds[n_workers]:.1f} s, peak {max(peaks):.2f} GB per worker")
        print(f"speed-up {seconds[1] / seconds[2]:.2f}, same tables: {same_tables(folder / '1 workers', undisturbed)}")
        study = folder / "workers killed"
        run = started(images, study, "--workers", "2")
        n_killed = kill_while_running(run, study, workers_of, options.kills, rng)
        again = bool(run.returncode) and started(images, study, "--workers", "2").wait() == 0
        print(f"{n_killed} workers killed, started again: {again}, same tables: {same_tables(study, undisturbed)}")
        study = folder / "run killed"
        n_killed = kill_runs(images, study, options.kills, rng, "--workers", "2")
        print(f"{n_killed} times killed, same tables: {same_tables(study, undisturbed)}")
        study = folder / "disk full"
        codes = fill_disks(images, study, options.full_disks, rng, "--workers", "2")
        print(
            f"disk full {options.full_disks} times, exit codes {codes}, same tables: {same_tables(study, undisturbed)}"
        )
        with dask_processes(folder) as (file, workers):
            study = folder / "scheduler, run killed"
            n_killed = kill_runs(images, study, options.kills, rng, "--scheduler", file)
            print(f"scheduler: {n_killed} times killed, same tables: {same_tables(study, undisturbed)}")
            study = folder / "scheduler, workers killed"
            run = started(images, study, "--scheduler", file)
            n_killed = kill_while_running(run, study, lambda _: workers_of(workers[0]), options.kills, rng)
            again = bool(run.returncode) and started(images, study, "--scheduler", file).wait() == 0
            same = same_tables(study, undisturbed)
            print(f"scheduler: {n_killed} workers killed, started again: {again}, same tables: {same}")


if __name__ == "__main__":
    main()
