"""What the learned segmentation owes to real and to drawn micrographs, and to seeing particles at one size.

    python -m benchmarks.ablation --data FOLDER [--epochs N] [--out FOLDER]

Trains the network anew, shortly, on real micrographs, on drawn ones, and on both, with equally many patches, and
scores it on micrographs kept out of training ("real" are those of all kinds, "metal" of metal particles). Each network
is asked twice: at the scale at which it is surest, as in an analysis, and at the size in which the image comes. A
training that was stopped goes on if the same folder is given.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy import DATA, means, scores_of
from benchmarks.learned import analysed, held_out
from nanotem.micrograph import Labels
from nanotem.preprocess import PreprocessStages
from nanotem.segmentation import Foreground, segment
from nanotem.segmentation.by_network import Asked
from nanotem.segmentation.network.prediction import predict
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.segmentation.network.segmenter import Segmenter
from nanotem.segmentation.params import SegmentParams
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.train import train_segmenter

REAL_SHARES = {"real only": 1.0, "drawn only": 0.0, "both": 0.6}
SIZES = {"sought": None, "as it comes": WORKING_PX}
N_DRAWN = 150
LEARNED = SegmentParams.of("learned", satellites=False)

Tests = dict[str, list[tuple[PreprocessStages, Labels]]]


def trained(name: str, folder: Path, data: Path, epochs: int) -> Segmenter:
    """Train a network on one kind of micrographs."""
    config = SegmenterConfig(
        n_drawn=N_DRAWN, real_share=REAL_SHARES[name], epochs=epochs, correct_outlines=True, keep_test_images=True
    )
    real = [data / "emps", data / "emps_more"] if config.real_share else []
    train_segmenter(config, folder, real=real, processes=2, report=lambda text: print(f"{name}: {text}", flush=True))
    return Segmenter.load(folder)


def scores(name: str, segmenter: Segmenter, tests: Tests) -> pd.DataFrame:
    """Return the means over the micrographs of every kind, asked at either size."""
    rows = []
    for data, images in tests.items():
        for size, diameter_px in SIZES.items():
            for stages, true in images:
                prediction = predict(
                    stages.flattened, segmenter, ignore=stages.ignored, satellites=False, diameter_px=diameter_px
                )
                found = segment(Foreground.of(stages), LEARNED, Asked(prediction, segmenter.sha256)).labels
                rows.append({"data": f"{data}, size {size}", "method": name, **scores_of(found, true)})
    return means(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that holds the labelled micrographs")
    parser.add_argument("--epochs", type=int, default=6, help="of 4,000 patches")
    parser.add_argument("--out", type=Path, help="folder for the networks")
    options = parser.parse_args()
    tests: Tests = {
        name: [(analysed(pixels).preprocessed, true) for pixels, true in held_out(options.data / folder, 1000)]
        for name, folder in (("real", "emps_more"), ("metal", "emps"))
    }
    with tempfile.TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        tables = [
            scores(name, trained(name, out / name.replace(" ", "_"), options.data, options.epochs), tests)
            for name in REAL_SHARES
        ]
    table = pd.concat(tables).rename(columns={"method": "trained on"})
    print(table.replace(np.nan, None).to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
