"""How often intervals of the shares of a sample hold the truth, by the number of its images.

    python -m benchmarks.populations [--task outline|solid] [--runs 100] [--images 2 3 6 12] [--seed 0]

Drawn answers: the confusion table of the network that comes along, drawn anew within its counts for each sample and
scattered by its concentration for each image. Every second sample is pure, the others have two or three classes; in one
half the images show the same, in the other they differ.
"""

import argparse
import time

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.morphology.card import read_card
from nanotem.morphology.fractions import PRIOR, Confusion, pooled_fractions
from nanotem.networks.folders import MODELS

_PARTICLES = 20, 60
"""Of an image."""
_SCATTER = 3.0, 100.0
"""Concentrations by which the classes of images that differ scatter: a share of one half by 0.25 to 0.05."""
_SMALL = 0.1
"""Shares of which many samples of few images show no particle."""

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


def main() -> None:
    """Print, by number of images, the part of intervals that hold the truth, and their mean width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=("outline", "solid"), default="outline")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--images", type=int, nargs="+", default=[2, 3, 6, 12])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    card = read_card(MODELS, options.task)
    confusion, names = Confusion(np.array(card.head_confusion), card.head_concentration), tuple(card.classes)
    rows, began = list[tuple[object, ...]](), time.process_time()
    for n_images in options.images:
        for differ in (False, True):
            rng = np.random.default_rng([options.seed, n_images, differ])
            for run in range(options.runs):
                truth, answers = sample(confusion, n_images, 1 if run % 2 else int(rng.integers(2, 4)), differ, rng)
                found = pooled_fractions(answers, confusion, names, named=np.zeros_like(answers), seed=run)
                for k in np.flatnonzero(truth):
                    kind = "pure" if run % 2 else "small share" if truth[k] < _SMALL else "share of a mixture"
                    held = found.low[k] <= truth[k] <= found.high[k]
                    rows.append((n_images, "differ" if differ else "alike", kind, held, found.high[k] - found.low[k]))
    table = pd.DataFrame(rows, columns=["images", "they are", "kind", "held", "width"])
    for by in (["images", "they are"], ["images", "they are", "kind"]):
        print(table.groupby(by)["held"].agg(["size", "mean"]).join(table.groupby(by)["width"].mean()).round(3), "\n")
    n_samples = 2 * options.runs * len(options.images)
    print(
        f"held {table['held'].mean():.3f} of {len(table)}; {(time.process_time() - began) / n_samples:.2f} s a sample"
    )


def sample(
    confusion: Confusion, n_images: int, n_classes: int, differ: bool, rng: np.random.Generator
) -> tuple[Values, Counts]:
    """Draw the shares of a sample, and how often each class was the answer in each of its images."""
    n = len(confusion.counts)
    truth = np.zeros(n)
    truth[rng.choice(n, n_classes, replace=False)] = rng.dirichlet(np.ones(n_classes))
    scatter = np.exp(rng.uniform(*np.log(_SCATTER)))
    rates = np.array([rng.dirichlet(row + PRIOR) for row in confusion.counts])
    answers = np.zeros((n_images, n), np.int64)
    for image in answers:
        shares = rng.dirichlet(scatter * truth + np.finfo(float).tiny) if differ else truth
        table = [rng.dirichlet(confusion.concentration * row) for row in rates]
        image += sum(map(rng.multinomial, rng.multinomial(int(rng.integers(*_PARTICLES)), shares), table))
    return truth, answers


if __name__ == "__main__":
    main()
