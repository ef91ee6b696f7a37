"""How many particles each class has, and how large they are."""

import numpy as np
import pandas as pd

from nanotem.measurement.class_columns import UNKNOWN
from nanotem.statistics import Estimate, summarise
from nanotem.statistics.share import share_of
from nanotem.statistics.sizes import Sizes


def summarise_classes(answers: "pd.Series[str]", labels: "pd.Series[int]", sizes: Sizes) -> pd.DataFrame:
    """Count and measure the particles of each class.

    Parameters
    ----------
    answers
        Class of each particle, of `nanotem.measurement.class_columns.answers`.
    labels
        Label of each.
    sizes
        Particles that the frame cuts are not among them, and are not counted: they are larger than the others, and
        their class cannot be judged.

    Returns
    -------
    DataFrame
        One row per class that occurs, the most frequent first and `UNKNOWN` last: `class`, `n`; `share` with its 95 %
        interval by Wilson, `share_low` and `share_high`; `mean` size in the unit of the sizes with its 95 %
        interval, `mean_low` and `mean_high`, as `summarise` gives it, NaN below five particles. Intervals
        hold the error of counting a finite number, not the errors of the classifier.
    """
    class_of = dict(zip(labels, answers, strict=True))
    counted = pd.Series([class_of[label] for label in sizes.labels], dtype=str)
    counts = counted.value_counts()
    names = sorted(counts.index, key=lambda name: (name == UNKNOWN, -counts[name], name))
    rows = [(name, *_row(sizes, (counted == name).to_numpy())) for name in names]
    numbers = [f"{quantity}{end}" for quantity in ("share", "mean") for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=["class", "n", *numbers])
    return table.astype({"class": str, "n": "int64", **dict.fromkeys(numbers, "float64")})


def _row(sizes: Sizes, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> tuple[float, ...]:
    """Return count, share and mean of the chosen particles, each with the ends of its interval."""
    share = share_of(int(chosen.sum()), chosen.size)
    mean = summarise(sizes.values[chosen], sizes.weights[chosen]).mean
    return int(chosen.sum()), *_ends(share), *_ends(mean)


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
