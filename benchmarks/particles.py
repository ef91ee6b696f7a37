"""Time to draw and write pictures of single particles, and whole micrographs.

    python -m benchmarks.particles [--pictures N] [--micrographs N] [--processes N]

CPU seconds are those of all processes together: on a busy machine they mean more than the time on the wall.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nanotem.synthetic.micrograph_files import write_micrographs
from nanotem.synthetic.pictures import write_pictures
from nanotem.synthetic.scene_params import SceneParams

_EVERYTHING = SceneParams.of(shape="everything", diameter_nm=8.0)


def timed(task: Callable[[int], Any], n: int) -> tuple[float, float]:
    """Return seconds on the wall and CPU seconds, ended child processes included."""
    before, start = os.times(), time.perf_counter()
    task(n)
    wall, after = time.perf_counter() - start, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def main() -> None:
    """Print one line per kind."""
    parser = argparse.ArgumentParser(description="Time to draw particles and micrographs.")
    parser.add_argument("--pictures", type=int, default=10_000, help="pictures of single particles, 64 x 64 px")
    parser.add_argument("--micrographs", type=int, default=20, help="micrographs of 100 particles, 512 x 512 px")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(f"{'kind':12} {'number':>7} {'s':>7} {'CPU s':>7} {'CPU ms each':>12}")
    with tempfile.TemporaryDirectory() as folder:
        out, processes = Path(folder), options.processes
        tasks: dict[str, Callable[[int], Any]] = {
            "particles": lambda n: write_pictures(out, "particles", _EVERYTHING, count=n, processes=processes),
            "micrographs": lambda n: list(write_micrographs(out, _EVERYTHING, count=n, processes=processes)),
        }
        for kind, n in (("particles", options.pictures), ("micrographs", options.micrographs)):
            wall, cpu = timed(tasks[kind], n)
            print(f"{kind:12} {n:7} {wall:7.1f} {cpu:7.1f} {1000 * cpu / n:12.1f}")


if __name__ == "__main__":
    main()
