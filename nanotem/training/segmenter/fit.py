"""The training loop: any backend of Keras, resumable to the step, with an average of the weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.segmentation.network.maps import BORDER, FOREGROUND
from nanotem.training.resuming import CURVES
from nanotem.training.segmenter.batches import Patches, batches, validation_patches
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.example import Example
from nanotem.training.segmenter.network import segmentation_network
from nanotem.training.segmenter.warm_start import start_from

Report = Callable[[str], object]
Arrays = list[npt.NDArray[np.float32]]

STATE = "state.npz"
"""Everything from which a training goes on."""

REAL = "real"
"""Kind of validation that counts as much as all drawn ones together."""

_WARMUP_STEPS = 300
_DECAY_SHARE = 0.3
"""The rate of learning is constant, and falls to zero over the last part of the steps."""

_AVERAGED_STEPS, _EVERY = 1000.0, 5
"""The average of weights looks back so many steps, and takes them up every so many."""

_SAVED_STEPS = 100
"""What is lost at most if a training is stopped: half a minute to some minutes."""


@dataclass
class _State:
    """Where a training is."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    """Of the steps of this epoch."""
    lowest: float = float("inf")
    weights: Arrays = field(default_factory=list)
    optimizer: Arrays = field(default_factory=list)
    average: Arrays = field(default_factory=list)
    best: Arrays = field(default_factory=list)


def fit(
    config: SegmenterConfig,
    folder: Path,
    *,
    validation: Mapping[str, Sequence[Example]],
    weights: Path | None = None,
    processes: int = 1,
    report: Report = lambda text: None,
) -> Any:
    """Train the network, or go on with a training; state and curves stay in the folder.

    Parameters
    ----------
    config
        Settings.
    folder
        Holds the albums "real" and "drawn" of `nanotem.training.segmenter.album`, state and curves.
    validation
        Examples of every kind; that with the lowest mean loss is kept, where real ones count for half.
    weights
        File of weights to start from; None to start anew.
    processes
        How many cut patches.
    report
        Told about every epoch.

    Returns
    -------
    keras.Model
        With the averaged weights of the best epoch.

    Raises
    ------
    UnreadableFileError
        If the weights to start from cannot be read.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    model = segmentation_network()
    if weights:
        report(f"{start_from(model, weights)} arrays of weights are taken over")
    model.compile(keras.optimizers.AdamW(weight_decay=config.weight_decay), map_loss)
    model.optimizer.build(model.trainable_variables)
    state = _restored(folder, model)
    patches = validation_patches(validation, config)
    source = batches(config, folder, first=state.step, processes=processes)
    while state.step < config.epochs * config.steps:
        model.optimizer.learning_rate = rate(state.step, config)
        model.reset_metrics()  # else the mean since the start is returned
        state.losses.append(float(model.train_on_batch(*next(source))))
        state.step += 1
        if state.step % _EVERY == 0:
            _average(state, model)
        if state.step % config.steps == 0:
            _end_epoch(state, config, folder, model, patches, report)
        elif state.step % _SAVED_STEPS == 0:
            _save(state, folder, model)
    source.close()
    model.set_weights(state.best)
    return model


def rate(step: int, config: SegmenterConfig) -> float:
    """Return the rate of learning of a step: it rises, stays, and falls to zero."""
    n_steps = config.epochs * config.steps
    rising = (step + 1) / min(_WARMUP_STEPS, n_steps)
    falling = (n_steps - step) / max(_DECAY_SHARE * n_steps, 1)
    return config.learning_rate * min(rising, falling, 1.0)


def map_loss(truth: Any, logits: Any) -> Any:
    """Return the cross-entropy of all maps, plus one minus the Dice coefficients of foreground and border.

    The border counts half: it is narrow, and seen well only where particles are large enough.

    Parameters
    ----------
    truth
        Shape (n, rows, columns, 3), 0 to 1.
    logits
        What the network gives, the same shape.
    """
    from keras import ops

    entropy = ops.mean(ops.binary_crossentropy(truth, logits, from_logits=True), axis=(1, 2, 3))
    found = ops.sigmoid(logits)
    overlap = 2 * ops.sum(found * truth, axis=(0, 1, 2)) + 1
    dice = overlap / (ops.sum(found, axis=(0, 1, 2)) + ops.sum(truth, axis=(0, 1, 2)) + 1)
    return 3 * entropy + (1 - dice[FOREGROUND]) + 0.5 * (1 - dice[BORDER])


def _average(state: _State, model: Any) -> None:
    """Take the weights up into their average, which at first looks back less far."""
    share = max(_EVERY / _AVERAGED_STEPS, _EVERY / (state.step + _EVERY))
    weights = model.get_weights()
    state.average = [a + share * (w - a) for a, w in zip(state.average or weights, weights, strict=True)]


def _end_epoch(
    state: _State, config: SegmenterConfig, folder: Path, model: Any, patches: Mapping[str, Patches], report: Report
) -> None:
    """Validate the average, keep it if it is the best, write curves and state."""
    weights = model.get_weights()
    if state.average:
        model.set_weights(state.average)
    losses = {name: _loss(model, some, config.batch_size) for name, some in patches.items()}
    drawn = [loss for name, loss in losses.items() if name != REAL]
    mean = float(np.mean([*([losses[REAL]] if REAL in losses else []), *([np.mean(drawn)] if drawn else [])]))
    if mean < state.lowest:
        state.lowest, state.best = mean, model.get_weights()
    model.set_weights(weights)
    epoch, loss = state.step // config.steps, float(np.mean(state.losses))
    row = {"epoch": epoch, "loss": loss, "val_loss": mean, **losses}
    path = folder / CURVES
    earlier = pd.read_csv(path) if path.exists() else pd.DataFrame()
    pd.concat([earlier.iloc[: epoch - 1], pd.DataFrame([row])]).to_csv(path, index=False)
    state.losses = []
    _save(state, folder, model)
    report(f"Epoch {epoch} of {config.epochs}: loss {loss:.4f}, on others {mean:.4f}")


def _loss(model: Any, patches: Patches, batch_size: int) -> float:
    """Return the mean loss, which Keras keeps from batch to batch."""
    images, maps = patches
    starts = range(0, len(images), batch_size)
    model.reset_metrics()
    return [float(model.test_on_batch(images[k : k + batch_size], maps[k : k + batch_size])) for k in starts][-1]


def _save(state: _State, folder: Path, model: Any) -> None:
    """Write the state to a file that is whole or the one before."""
    from keras import ops

    arrays = {
        "weights": model.get_weights(),
        "optimizer": [ops.convert_to_numpy(one) for one in model.optimizer.variables],
        "average": state.average,
        "best": state.best,
    }
    part = folder / f"{STATE}.part.npz"
    np.savez(
        part,
        step=state.step,
        losses=state.losses,
        lowest=state.lowest,
        **{f"{name} {k}": array for name, some in arrays.items() for k, array in enumerate(some)},
    )
    part.replace(folder / STATE)


def _restored(folder: Path, model: Any) -> _State:
    """Return the state of a training that was stopped, its weights and optimizer in place; else a new one."""
    path = folder / STATE
    if not path.exists():
        return _State()
    with np.load(path, allow_pickle=False) as stored:
        state = _State(
            int(stored["step"]),
            stored["losses"].tolist(),
            float(stored["lowest"]),
            **{name: _listed(stored, name) for name in ("weights", "optimizer", "average", "best")},
        )
    model.set_weights(state.weights)
    for variable, value in zip(model.optimizer.variables, state.optimizer, strict=True):
        variable.assign(value)
    return state


def _listed(stored: Any, name: str) -> Arrays:
    n = sum(key.startswith(f"{name} ") for key in stored.files)
    return [stored[f"{name} {k}"] for k in range(n)]
