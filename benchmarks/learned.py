"""The default beside each method that it hears and the origin's recipe, on micrographs that no network saw, and time.

    python -m benchmarks.learned [--data FOLDER] [--seeds N] [--images N]

"real" are micrographs of all kinds, "metal" those of metal particles, both kept out of the network's training
(`nanotem.training.segmenter.labelled.purpose_of`). The judge of the default learned from them, which makes its lines
too good: `python -m nanotem train judge` prints figures of micrographs that it did not learn from. Their outlines were
drawn by hand, outside the edge; "at the edge" compares with outlines moved to half of the contrast. The other lines
are scenes of `benchmarks.rough_scenes`, which neither method was made with, and large frames. The origin's recipe is
told whether particles are dark or bright.

"right": share of these micrographs whose typical diameter is found to a factor of 1.3, which is the scale at which the
network looks.

Means over images: F1 at an intersection over union of 0.5 and 0.75, panoptic quality, absolute relative error of the
count, relative error of the diameter over matched particles.
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA, means, scores_of
from benchmarks.baselines import origin_labels
from benchmarks.rough_scenes import EMPTY, KINDS, draw
from benchmarks.scenes import draw_scene
from nanotem.analysis import Analysis, analyse
from nanotem.micrograph import Labels, Micrograph, Pixels
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation.network.scale import typical_diameter_px
from nanotem.segmentation.network.segmenter import own_segmenter
from nanotem.segmentation.params import SegmentParams
from nanotem.training.segmenter.labelled import labelled_pairs, purpose_of
from nanotem.training.segmenter.targets import at_half_contrast

METHODS = {
    "automatic": SegmentParams(),
    "classical": SegmentParams(method="neck_ratio"),
    "learned": SegmentParams(method="learned"),
    "at one scale": SegmentParams.of("learned", satellites=False),
    "with flips": SegmentParams.of("learned", flips=True),
}
FRAMES = ((512, 30), (2048, 400), (4096, 1200))
"""Side in px and number of particles."""


def held_out(folder: Path, n_images: int) -> Iterator[tuple[Pixels, Labels]]:
    """Yield the first micrographs of a folder that are for tests alone, with their labels."""
    pairs = [pair for pair in labelled_pairs(folder) if purpose_of(pair[0]) == "test"]
    for image, label in pairs[:n_images]:
        yield read_file(image).pixels, read_file(label).pixels.astype(np.int32)


def compare(data: str, images: Iterable[tuple[Pixels, Labels]], *, drawn_by_hand: bool = False) -> pd.DataFrame:
    """Return one row per method and kind of truth: means over the images."""
    rows = []
    for pixels, true in images:
        default = analysed(pixels)
        truths = {data: true}
        if drawn_by_hand:
            truths[f"{data}, at the edge"] = at_half_contrast(true, default.stages.flattened)
        found = {"origin": origin_labels(pixels, polarity=default.stages.polarity)}
        for method, params in METHODS.items():
            found[method] = labels_by(default, params)
        rows += [
            {"data": name, "method": method, **scores_of(labels, truth)}
            for method, labels in found.items()
            for name, truth in truths.items()
        ]
    return means(rows)


def scales(images: Iterable[tuple[Pixels, Labels]]) -> pd.DataFrame:
    """Return for how many images the network, and a threshold, find the typical diameter to a factor of 1.3."""
    found = []
    for pixels, true in images:
        default = analysed(pixels)
        learned = default.with_recipe(replace(default.recipe, segment=METHODS["at one scale"]))
        by_threshold = typical_diameter_px(labels_by(default, METHODS["classical"]))
        by_network = learned.prepared.prediction.diameter_px
        found.append(np.array([by_network, max(by_threshold, 1)]) / typical_diameter_px(true))
    is_right = np.abs(np.log(found)) < np.log(1.3)
    return pd.DataFrame({"scale by": ["network", "threshold"], "images": len(found), "right": is_right.mean(axis=0)})


def analysed(pixels: Pixels) -> Analysis:
    """Analyse an image with the defaults."""
    return analyse(Micrograph(pixels, id="", name=""), Recipe())


def labels_by(analysis: Analysis, params: SegmentParams) -> Labels:
    """Return the particles of an analysis by another method."""
    return analysis.with_recipe(replace(analysis.recipe, segment=params)).labels


def found_in_nothing(n_seeds: int) -> pd.DataFrame:
    """Return the mean number of particles found where there is none."""
    rows = []
    for kind in EMPTY:
        images = [analysed(draw(kind, seed)[0]) for seed in range(n_seeds)]
        for method, params in METHODS.items():
            counts = [len(np.unique(labels_by(one, params))) - 1 for one in images]
            rows.append({"nothing but": kind, "method": method, "found": float(np.mean(counts))})
    return pd.DataFrame(rows)


def times() -> pd.DataFrame:
    """Return the seconds that telling particles apart takes, all but preprocessing."""
    rows = []
    for side_px, n_particles in FRAMES:
        image = analysed(draw_scene(side_px, n_particles).pixels)
        assert image.stages.mask.any()
        for method, params in METHODS.items():
            wall, processor = time.perf_counter(), time.process_time()
            labels_by(image, params)
            seconds = {"s": time.perf_counter() - wall, "CPU s": time.process_time() - processor}
            rows.append({"side in px": side_px, "method": method, **seconds})
    return pd.DataFrame(rows)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    parser.add_argument("--seeds", type=int, default=3, help="drawn scenes per kind")
    parser.add_argument("--images", type=int, default=1000, help="real micrographs per folder, at most")
    options = parser.parse_args()
    own_segmenter()
    tables, seen = [], []
    for name, folder in (("real", options.data / "emps_more"), ("metal", options.data / "emps")):
        if folder.is_dir():
            images = list(held_out(folder, options.images))
            tables.append(compare(name, images, drawn_by_hand=True))
            seen += images
        else:
            print(f"{name} is skipped: {folder} is absent.")
    for kind in KINDS:
        tables.append(compare(kind, (draw(kind, seed) for seed in range(options.seeds))))
    for side_px, n_particles in FRAMES:
        scene = draw_scene(side_px, n_particles)
        tables.append(compare(f"{side_px}² px", [(scene.pixels, scene.labels)]))
    by_scale = [scales(seen)] if seen else []
    for table in (pd.concat(tables), *by_scale, found_in_nothing(options.seeds), times()):
        print(table.to_string(index=False, float_format="{:.3f}".format, na_rep=""), end="\n\n")


if __name__ == "__main__":
    main()
