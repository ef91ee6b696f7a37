"""Time and peak memory from the bytes of a PNG to a table of particles, beside two baselines.

    python -m benchmarks.speed [--quick] [--stages | --growth]

Every run has a fresh process, so that its peak memory (all of it, libraries included) is its own; the clock starts
when the libraries are loaded. "times faster" is the time of a baseline divided by that of the method: on a busy
machine, only these ratios mean anything. "found" is to be compared with the number of particles drawn, which is beside
the image.

With `--stages`, where the time of nanotem goes; with `--growth`, how it grows from 512² px with 10 particles to 8192²
px with 10,000: an exponent of 1 means in proportion to the pixels, or to the particles on as many pixels.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from skimage import io

from benchmarks.baselines import origin_areas, origin_labels, plain_labels, plain_table
from benchmarks.scenes import draw_scene
from nanotem.analysis import Analysis, analyse
from nanotem.readers import read_micrograph

IMAGES = ((2048, 400), (4096, 1200))
QUICK = ((1024, 120),)
"""Side in px and number of particles."""

STAGES = (
    "bars",
    "scale_reading",
    "annotations",
    "denoised",
    "preprocessed",
    "prepared",
    "found",
    "outlines_of_found",
    "labels",
    "measured",
    "particles",
)
"""Of an analysis, in the order in which each rests on those before; reading the scale goes on beside the others when
an image is analysed."""

GROWING_PIXELS = ((512, 10), (1024, 100), (2048, 600), (4096, 2500), (8192, 10_000))
GROWING_PARTICLES = ((4096, 10), (4096, 100), (4096, 1000), (4096, 2500))

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


def seconds_of_stages(path: Path) -> dict[str, float]:
    """Return how long reading the file and each stage takes, those before being known."""
    start = time.perf_counter()
    analysis = Analysis(read_micrograph(path.read_bytes(), path.name))
    seconds = {"read": time.perf_counter() - start}
    for name in STAGES:
        start = time.perf_counter()
        getattr(analysis, name)
        seconds[name] = time.perf_counter() - start
    return seconds


def stages_of(side_px: int, n_particles: int, folder: Path) -> pd.DataFrame:
    """Return one row per stage for one image."""
    path = folder / f"{side_px}.png"
    in_new_process(write_scene, path, side_px, n_particles)
    seconds = pd.Series(in_new_process(seconds_of_stages, path), name="seconds")
    table = seconds.rename_axis("stage").reset_index()
    table["share"] = seconds.to_numpy() / seconds.sum()
    table.insert(0, "image", f"{side_px}² px")
    return table


def growth(images: Sequence[tuple[int, int]], folder: Path) -> pd.DataFrame:
    """Return one row per image, with the exponents of growth since the one before in pixels and in particles."""
    rows = []
    for side_px, n_particles in images:
        path = folder / f"{side_px}_{n_particles}.png"
        n_drawn = in_new_process(write_scene, path, side_px, n_particles)
        rows.append({"side px": side_px, "particles": n_drawn, **in_new_process(measure, "nanotem", path)})
    table = pd.DataFrame(rows).drop(columns="method")
    steps = table[["side px", "particles", "seconds"]].apply(np.log).diff()
    with np.errstate(divide="ignore"):
        table["exponent in pixels"] = steps["seconds"] / (2 * steps["side px"])
        table["exponent in particles"] = steps["seconds"] / steps["particles"]
    return table.replace([np.inf, -np.inf], np.nan)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small image")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--stages", action="store_true", help="seconds of each stage of nanotem")
    which.add_argument("--growth", action="store_true", help="how the time grows (some minutes, 10 GB)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.growth:
            series = (GROWING_PIXELS[:2],) if asked.quick else (GROWING_PIXELS, GROWING_PARTICLES)
            tables = [growth(images, Path(folder)) for images in series]
        else:
            work = stages_of if asked.stages else compare
            tables = [work(*image, Path(folder)) for image in (QUICK if asked.quick else IMAGES)]
    print(pd.concat(tables).to_string(index=False, float_format="{:.2f}".format))


if __name__ == "__main__":
    main()
