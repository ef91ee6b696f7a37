"""What a training keeps in its folder, so that it goes on where it was stopped."""

from collections.abc import Sequence
from itertools import takewhile
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

CURVES = "epochs.csv"
"""Losses and the like, one row per epoch."""

BEST = "best.weights.h5"
"""Weights of the epoch with the lowest loss on others."""


def curves_of(folder: Path, names: Sequence[str]) -> dict[str, list[float]]:
    """Return columns of the curves, one value for every epoch that is done."""
    path = folder / CURVES
    table = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=list(names))
    return {name: table[name].astype(float).tolist() for name in names}


def curves_for_card(folder: Path, names: Sequence[str]) -> dict[str, list[float]]:
    """Return the curves to five digits, up to the first epoch that diverged: after it nothing is learned any more."""
    curves = curves_of(folder, names)
    n = sum(1 for _ in takewhile(lambda losses: all(map(isfinite, losses)), zip(*curves.values(), strict=True)))
    return {name: [round(value, 5) for value in values[:n]] for name, values in curves.items()}


def kept_in(folder: Path) -> list[Any]:
    """Return the Keras callbacks that keep checkpoint, curves and best weights, and go on from those of before."""
    import keras

    earlier = [loss for loss in curves_of(folder, ["val_loss"])["val_loss"] if isfinite(loss)]
    return [
        keras.callbacks.BackupAndRestore(folder / "checkpoint", delete_checkpoint=False),
        keras.callbacks.CSVLogger(folder / CURVES, append=True),
        keras.callbacks.ModelCheckpoint(
            folder / BEST,
            monitor="val_loss",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=min(earlier, default=None),
        ),
    ]
