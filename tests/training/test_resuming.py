"""What a training keeps between two starts."""

from pathlib import Path

import pandas as pd

from nanotem.training.resuming import CURVES, curves_for_card, curves_of


def test_before_the_first_epoch_the_curves_are_empty(tmp_path: Path) -> None:
    assert curves_of(tmp_path, ["loss"]) == curves_for_card(tmp_path, ["loss"]) == {"loss": []}


def test_the_card_holds_the_curves_until_the_training_diverged(tmp_path: Path) -> None:
    losses = {"loss": [1.0, 1 / 3, 0.2, 0.1], "val_loss": [1.0, 0.5, float("nan"), 0.3]}
    pd.DataFrame(losses).to_csv(tmp_path / CURVES, index=False)
    assert curves_for_card(tmp_path, ["loss", "val_loss"]) == {"loss": [1.0, 0.33333], "val_loss": [1.0, 0.5]}
    assert len(curves_of(tmp_path, ["loss"])["loss"]) == 4
