"""Time and peak memory from the bytes of a PNG to a table of particles, beside two baselines.

    python -m benchmarks.speed [--quick]

Every run has a fresh process, so that its peak memory (all of it, libraries included) is its own; the clock starts
when the libraries are loaded. "times faster" is the time of a baseline divided by that of the method: on a busy
machine, only these ratios mean anything. "found" is to be compared with the number of particles drawn, which is beside
the image.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from skimage import io

from benchmarks.baselines import origin_areas, origin_labels, plain_labels, plain_table
from benchmarks.scenes import draw_scene
from nanotem.analysis import analyse
from nanotem.readers import read_micrograph

IMAGES = ((2048, 400), (4096, 1200))
QUICK = ((1024, 120),)
"""Side in px and number of particles."""

_MAXRSS_PER_GB = 1e9 if sys.platform == "darwin" else 1e6


def with_origin(path: Path) -> int:
    """Count particles with the origin project's recipe."""
    grey = np.asarray(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    return len(origin_areas(origin_labels(grey, polarity="dark")))


def with_scikit_image(path: Path) -> int:
    """Count particles with plain scikit-image."""
    grey = io.imread(path)
    return len(plain_table(plain_labels(grey, polarity="dark"), grey))


def with_nanotem(path: Path) -> int:
    """Count particles with nanotem's defaults, which also find polarity, scale bar and text."""
    return len(analyse(read_micrograph(path.read_bytes(), path.name)).particles)


METHODS = {"origin": with_origin, "scikit-image": with_scikit_image, "nanotem": with_nanotem}


def write_scene(path: Path, side_px: int, n_particles: int) -> int:
    """Draw a micrograph into a PNG file and return how many particles found room."""
    scene = draw_scene(side_px, n_particles)
    cv2.imwrite(str(path), scene.pixels)
    return len(scene.truth)


def measure(method: str, path: Path) -> dict[str, Any]:
    """Run one method on one file and return seconds, peak memory and the number of particles."""
    start = time.perf_counter()
    n_found = METHODS[method](path)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_PER_GB
    return {"method": method, "seconds": seconds, "peak GB": peak, "found": n_found}


def in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        return executor.submit(function, *arguments).result()


def compare(side_px: int, n_particles: int, folder: Path) -> pd.DataFrame:
    """Return one row per method for one image."""
    path = folder / f"{side_px}.png"
    n_drawn = in_new_process(write_scene, path, side_px, n_particles)
    table = pd.DataFrame([in_new_process(measure, method, path) for method in METHODS])
    seconds = table.set_index("method")["seconds"]
    for baseline in ("origin", "scikit-image"):
        table[f"times faster than {baseline}"] = seconds[baseline] / table["seconds"]
    table.insert(0, "image", f"{side_px}² px, {n_drawn} particles")
    return table


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small image")
    images = QUICK if parser.parse_args().quick else IMAGES
    with tempfile.TemporaryDirectory() as folder:
        tables = [compare(*image, Path(folder)) for image in images]
    print(pd.concat(tables).to_string(index=False, float_format="{:.2f}".format))


if __name__ == "__main__":
    main()
