"""Training of the segmentation network: examples in, weights out; it goes on where it was stopped."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.training.resuming import BEST, curves_of, kept_in
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.example import Example
from nanotem.training.segmenter.network import segmentation_network
from nanotem.training.segmenter.patches import draw_patch

Report = Callable[[str], object]
Patches = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Images, shape (n, side, side, 1), and their maps, shape (n, side / 2, side / 2, 2)."""

_WARMUP_STEPS = 300


def fit(
    config: SegmenterConfig,
    folder: Path,
    *,
    real: Sequence[Example],
    drawn: Sequence[Example],
    validation: Sequence[Example],
    start_from: Path | None = None,
    report: Report = lambda text: None,
) -> Any:
    """Train the network, or go on with a training; checkpoint and curves stay in the folder.

    Parameters
    ----------
    config
        Settings.
    folder
        Holds checkpoint, best weights and `epochs.csv`.
    real, drawn
        What patches are cut from.
    validation
        What decides which epoch's weights are kept.
    start_from
        File of weights to fine-tune; None to start anew.
    report
        Told about every epoch.

    Returns
    -------
    keras.Model
        With the weights of the best epoch.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    model = segmentation_network()
    if start_from:
        model.load_weights(start_from)
    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate / 20,
        max(config.epochs * config.steps - _WARMUP_STEPS, 1),
        warmup_target=config.learning_rate,
        warmup_steps=_WARMUP_STEPS,
    )
    model.compile(keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay), map_loss)
    n_done = len(curves_of(folder, ["val_loss"])["val_loss"])
    callbacks = [
        *kept_in(folder),
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: report(
                f"Epoch {epoch + 1} of {config.epochs}: loss {logs['loss']:.4f}, on others {logs['val_loss']:.4f}"
            )
        ),
    ]
    model.fit(
        _batches(config, real, drawn, first_epoch=n_done),
        validation_data=validation_patches(validation, config),
        validation_batch_size=config.batch_size,
        epochs=config.epochs,
        callbacks=callbacks,
        verbose=0,
    )
    trained = segmentation_network()
    trained.load_weights(folder / BEST)
    return trained


def map_loss(truth: Any, logits: Any) -> Any:
    """Return the cross-entropy of both maps, plus one minus the Dice coefficient of the foreground.

    Parameters
    ----------
    truth
        Shape (n, rows, columns, 2), 0 to 1.
    logits
        What the network gives, the same shape.
    """
    from keras import ops

    entropy = ops.mean(ops.binary_crossentropy(truth, logits, from_logits=True), axis=(1, 2, 3))
    found, true = ops.sigmoid(logits[..., 0]), truth[..., 0]
    overlap = 2 * ops.sum(found * true) + 1
    dice = overlap / (ops.sum(found) + ops.sum(true) + 1)
    return 2 * entropy + (1 - dice)


def validation_patches(examples: Sequence[Example], config: SegmenterConfig) -> Patches:
    """Return patches that are the same in every training with the same settings."""
    rng = np.random.default_rng(config.seed)
    return _stacked([draw_patch(examples[i % len(examples)], config.patch_px, rng) for i in range(config.n_validation)])


def _stacked(patches: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]) -> Patches:
    images, maps = zip(*patches, strict=True)
    return np.stack(images)[..., None], np.stack(maps)


def _batches(config: SegmenterConfig, real: Sequence[Example], drawn: Sequence[Example], *, first_epoch: int) -> Any:
    """Return the batches of every epoch; each depends on seed, epoch and its own number alone."""
    import keras

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(workers=1)
            self.epoch = first_epoch

        def __len__(self) -> int:
            return config.steps

        def __getitem__(self, index: int) -> Patches:
            rng = np.random.default_rng((config.seed, self.epoch, index))
            return _stacked([draw_patch(self._chosen(rng), config.patch_px, rng) for _ in range(config.batch_size)])

        def _chosen(self, rng: np.random.Generator) -> Example:
            is_real = bool(real) and (not drawn or rng.random() < config.real_share)
            examples = real if is_real else drawn
            return examples[int(rng.integers(len(examples)))]

        def on_epoch_end(self) -> None:
            self.epoch += 1

    return Batches()
