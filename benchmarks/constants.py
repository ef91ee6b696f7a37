"""How much the result depends on the constants of preprocessing and segmentation.

    python -m benchmarks.constants [--data FOLDER] [--images 12]

Each constant is made smaller and larger, one at a time, and the neck-ratio method is scored on published micrographs:
the mean F1 at an intersection over union of 0.5, and the change of the mean diameter. A constant whose neighbours give
the same answer needs no other reason than its order of magnitude.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA
from nanotem.analysis import Analysis
from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Micrograph
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams

CONSTANTS: dict[str, tuple[float, float]] = {
    "preprocess.background._FRAME_PX": (4, 16),
    "preprocess.background._SLOW": (0.1, 0.25),
    "preprocess.background._LEAST_BACKGROUND": (0.003, 0.03),
    "preprocess.background._N_ROUNDS": (3, 8),
    "preprocess.background._POLARITY_PX": (256, 1024),
    "preprocess.background._BACKGROUND_PX": (128, 512),
    "preprocess.levels._BINS": (512, 4096),
    "preprocess.levels._HALO_PX": (1, 6),
    "preprocess.noise._STEP": (1.25, 2),
    "preprocess.noise._LEAST_GAIN": (0.8, 0.95),
    "preprocess.noise._WIDE_SHARE": (0.1, 0.25),
    "preprocess.noise._QUIET_PERCENT": (15, 40),
    "preprocess.noise._QUIET_PX": (15, 45),
    "preprocess.repair._TINY_HOLE_PX": (6, 24),
    "preprocess.repair._CONVEX": (0.85, 0.95),
    "preprocess.threshold._SAME_SEPARABILITY": (0.015, 0.06),
    "preprocess.threshold._SAME_SHARE": (0.05, 0.2),
    "preprocess.threshold._LEAST_CONTRAST": (0.75, 3),
    "preprocess.threshold._FAINT_SHARE": (0.3, 0.5),
    "preprocess.threshold._COVERED": (0.25, 0.75),
    "preprocess.threshold._LEAST_AREA_PX": (10, 40),
    "segmentation.neck._STEP_PX": (0.15, 0.6),
    "segmentation.neck_ratio._TEXTURE_PX": (1, 2.5),
    "segmentation.debris._REGULAR": (0.96, 0.98),
}
"""Smaller and larger values, a factor of about two apart from the one in use where that makes sense."""

RECIPE = Recipe(segment=SegmentParams(method="neck_ratio"))


def scores(images: list[tuple[Micrograph, Labels]]) -> tuple[float, list[float]]:
    """Return the mean F1, and the mean diameter of every image in px."""
    analyses = [(Analysis(micrograph, RECIPE), true) for micrograph, true in images]
    f1 = [evaluate(analysis.labels, true).f1_50 for analysis, true in analyses]
    return float(np.mean(f1)), [float(analysis.measured["diameter_px"].mean()) for analysis, _ in analyses]


@contextmanager
def replaced(name: str, value: float) -> Iterator[None]:
    """Give a constant another value for a while."""
    path, _, attribute = f"nanotem.{name}".rpartition(".")
    module = import_module(path)
    usual = getattr(module, attribute)
    setattr(module, attribute, type(usual)(value))
    try:
        yield
    finally:
        setattr(module, attribute, usual)


def main() -> None:
    """Print one row per constant and value."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    parser.add_argument("--images", type=int, default=12)
    options = parser.parse_args()
    folder = options.data / "emps"
    paths = sorted((folder / "images").glob("*.png"))
    if not paths:
        parser.error(f"{folder / 'images'} holds no images")
    chosen = paths[:: max(len(paths) // options.images, 1)][: options.images]
    images = [(read_file(p), read_file(folder / "labels" / p.name).pixels.astype(np.int32)) for p in chosen]
    usual_f1, usual_px = scores(images)
    print(f"F1 as it is: {usual_f1:.3f} ({len(images)} images)", flush=True)
    rows = []
    for name, values in CONSTANTS.items():
        for value in values:
            with replaced(name, value):
                f1, px = scores(images)
            moved = np.abs(np.array(px) / np.array(usual_px) - 1)
            rows.append((name, value, f1 - usual_f1, float(np.nanmedian(moved)), float(np.nanmax(moved))))
            print(*rows[-1], flush=True)
    columns = ["constant", "value", "F1 moves by", "diameter, median image", "diameter, most moved image"]
    print(pd.DataFrame(rows, columns=columns).to_string(index=False, float_format="{:+.3f}".format))


if __name__ == "__main__":
    main()
