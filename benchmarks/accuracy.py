"""Accuracy of nanotem with its defaults beside two baselines, on labelled micrographs and on drawn ones.

    python -m benchmarks.accuracy [--data FOLDER]

Nothing is tuned to an image, and the baselines alone are told whether particles are dark or bright. Means over the
images: F1 at an intersection over union of 0.5 and 0.75, panoptic quality, absolute relative error of the count,
relative error of the diameter over matched particles, and Dice of the foreground, which is all that binary masks
allow.

"examples" are nanotem's own, "scenes" are drawn with other seeds. "emps" are metal particles, "emps_more" images of
all kinds: of both only those that no network was trained on; the judge of the default learned from them, so that its
rows are too good (`python -m nanotem train judge` prints figures of images left out). Their outlines lie outside the
edge, so that an unbiased diameter comes out too small; the thresholds of the classical method were set with a look at
"emps". "insitu_gold" is noisy. Folders that are absent are skipped.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.baselines import Polarity, origin_labels, plain_labels
from benchmarks.scenes import draw_scene
from nanotem.analysis import analyse
from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Mask, Micrograph, Pixels
from nanotem.readers import read_file
from nanotem.synthetic import EXAMPLES, SyntheticMicrograph, draw_example
from nanotem.training.segmenter.labelled import purpose_of

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
SCENE_SEEDS = range(101, 107)


class Labelled(NamedTuple):
    """A micrograph with its truth; `is_mask` if the labels only tell foreground from background."""

    pixels: Pixels
    true: Labels
    polarity: Polarity
    is_mask: bool = False


def examples() -> Iterator[Labelled]:
    """Yield nanotem's examples."""
    return (_drawn(draw_example(name)) for name in EXAMPLES)


def scenes() -> Iterator[Labelled]:
    """Yield drawn spheres and rods of other seeds."""
    return (_drawn(draw_scene(1024, 120, seed=seed)) for seed in SCENE_SEEDS)


def emps(folder: Path) -> Iterator[Labelled]:
    """Yield micrographs of metal particles that no network was trained on."""
    truth = pd.read_csv(folder / "truth.csv")
    for file, polarity in zip(truth["file"], truth["polarity"], strict=True):
        if purpose_of(Path(file)) == "test":
            yield _read(folder, file, "dark" if polarity.startswith("dark") else "bright")


def emps_more(folder: Path) -> Iterator[Labelled]:
    """Yield micrographs of all kinds that no network was trained on."""
    truth = pd.read_csv(folder / "truth.csv")
    for file, contrast in zip(truth["file"], truth["mean_grey_particle_minus_background"], strict=True):
        if purpose_of(Path(file)) == "test":
            yield _read(folder, file, "dark" if contrast < 0 else "bright")


def insitu_gold(folder: Path) -> Iterator[Labelled]:
    """Yield noisy micrographs with binary masks."""
    for path in sorted((folder / "train" / "images").glob("*.png")):
        mask = read_file(folder / "train" / "labels" / path.name.replace("image", "label")).pixels > 0
        yield Labelled(read_file(path).pixels, mask.astype(np.int32), "dark", is_mask=True)


FOLDERS = {"emps": emps, "emps_more": emps_more, "insitu_gold": insitu_gold}


def with_nanotem(pixels: Pixels, *, polarity: Polarity) -> Labels:
    """Label particles with nanotem's defaults; the polarity that is given is not used."""
    return analyse(Micrograph(pixels, id="", name="")).labels


METHODS = {"origin": origin_labels, "scikit-image": plain_labels, "nanotem": with_nanotem}


def compare(data: str, images: Iterable[Labelled]) -> pd.DataFrame:
    """Return one row per method: means over the images."""
    rows = [
        {"data": data, "method": name, **_scores(method(image.pixels, polarity=image.polarity), image)}
        for image in images
        for name, method in METHODS.items()
    ]
    return means(rows)


def means(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return one row per data and method, with the number of images."""
    scores = pd.DataFrame(rows).groupby(["data", "method"], sort=False)
    return scores.mean().assign(images=scores.size()).reset_index()


def _scores(found: Labels, image: Labelled) -> dict[str, float]:
    dice = {"Dice": _dice(found > 0, image.true > 0)}
    if image.is_mask:
        return dice
    return {**scores_of(found, image.true), **dice}


def scores_of(found: Labels, true: Labels) -> dict[str, float]:
    """Return the columns of the table that compare particles."""
    score = evaluate(found, true)
    return {
        "F1@0.5": score.f1_50,
        "F1@0.75": score.f1_75,
        "PQ": score.pq,
        "|count error|": abs(score.count_error),
        "diameter bias": score.diameter_bias,
    }


def _dice(found: Mask, true: Mask) -> float:
    return float(2 * (found & true).sum() / max(found.sum() + true.sum(), 1))


def _drawn(micrograph: SyntheticMicrograph) -> Labelled:
    return Labelled(micrograph.pixels, micrograph.labels, "dark")


def _read(folder: Path, file: str, polarity: Polarity) -> Labelled:
    true = read_file(folder / "labels" / file).pixels.astype(np.int32)
    return Labelled(read_file(folder / "images" / file).pixels, true, polarity)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    data: Path = parser.parse_args().data
    tables = [compare("examples", examples()), compare("scenes", scenes())]
    for name, images in FOLDERS.items():
        if (data / name).is_dir():
            tables.append(compare(name, images(data / name)))
        else:
            print(f"{name} is skipped: {data / name} is absent.")
    print(pd.concat(tables).to_string(index=False, float_format="{:.3f}".format, na_rep=""))


if __name__ == "__main__":
    main()
