"""Training: drawn particles in, a model with its card out; it goes on where it was stopped."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.errors import NanotemError
from nanotem.morphology.card import ModelArrays, ModelCard, read_model
from nanotem.morphology.crops import CROP_VERSION, Crops
from nanotem.morphology.layers import with_features
from nanotem.morphology.reliability import plausible_classes, probabilities_of
from nanotem.morphology.tasks import Task, task_named
from nanotem.morphology.views import N_VIEWS, averaged_over_views, view_of
from nanotem.provenance import versions
from nanotem.training.resuming import BEST, curves_for_card, curves_of, kept_in
from nanotem.training.shapes.calibration import (
    Classes,
    conformal_threshold,
    expected_calibration_error,
    fit_temperature,
    learn_familiarity,
)
from nanotem.training.shapes.class_folders import read_class_folders
from nanotem.training.shapes.coincidences import coincidences
from nanotem.training.shapes.config import TrainingConfig
from nanotem.training.shapes.drawing import Drawing
from nanotem.training.shapes.drawn_crops import draw_crops
from nanotem.training.shapes.networks import NETWORKS
from nanotem.training.shapes.saving import save_model

Report = Callable[[str], object]
"""Told what is being done."""

_SHARE_VARIED = 0.5
"""Of what is learned from, so many particles are seen as another segmentation would have found them."""
_COVERAGE = 0.9
_REFUSED_SHARE = 0.02
"""Of known particles, so many may be refused by probability, and as many by distance."""
_N_GOLDEN = 8
_CURVES = ("accuracy", "val_accuracy", "loss", "val_loss")
_SETS = ("train", "validation", "calibration", "test")


def train(
    task_name: str,
    config: TrainingConfig,
    folder: Path,
    *,
    own: Path | None = None,
    start_from: Path | None = None,
    processes: int = 2,
    report: Report = lambda text: None,
) -> ModelCard:
    """Train a model, or go on with a training that was stopped.

    Parameters
    ----------
    task_name
        One of `nanotem.morphology.tasks.TASKS`.
    config
        Settings.
    folder
        Where particles, checkpoint, learning curves, and in the end model and card are kept. A folder of the same
        settings is gone on with.
    own
        Folder with own pictures in one folder per class, trained on beside the drawn ones.
    start_from
        Folder of a model of the same name whose weights are the start (fine-tuning); fresh weights if left out.
    processes
        How many draw particles at once.
    report
        Told what is being done.

    Raises
    ------
    NanotemError
        If there is nothing to learn from, the folder holds a training with other settings, or own pictures or the
        model to start from cannot be read.
    """
    import keras

    task = task_named(task_name)
    if not config.n_train and own is None:
        raise NanotemError("There is nothing to learn from.", "Set n_train above 0, or give own pictures.")
    _claim(folder, task_name, config, own, start_from)
    sets = {name: _drawn(name, task, config, folder, processes, report) for name in _SETS}
    keras.utils.set_random_seed(config.seed)
    model = read_model(start_from, task.name, crop_version=CROP_VERSION).keras_model() if start_from else _fresh(task)
    seconds = _fit(model, task, config, folder, sets, own, report)
    report("Measuring how far it can be believed")
    model = _without_optimizer(model, task)
    card, arrays = _described(model, task, config, folder, sets, seconds)
    return save_model(folder, model, card, arrays)


def _fresh(task: Task) -> Any:
    return NETWORKS[task.name](len(task.classes))


def _without_optimizer(model: Any, task: Task) -> Any:
    """Return the model without the state of its optimizer, which would be most of the file."""
    bare = _fresh(task)
    bare.set_weights(model.get_weights())
    return bare


def _claim(folder: Path, task_name: str, config: TrainingConfig, own: Path | None, start_from: Path | None) -> None:
    """Make sure that the folder is new or belongs to the same training."""
    settings = {"model": task_name, "own": str(own), "start_from": str(start_from), "crops": CROP_VERSION}
    settings |= asdict(config)
    path = folder / "settings.json"
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) != settings:
        raise NanotemError(
            f"{folder} holds a training with other settings.", "Choose another folder, or remove this one."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def _drawn(
    name: str, task: Task, config: TrainingConfig, folder: Path, processes: int, report: Report
) -> tuple[Crops, Classes]:
    """Return one set of drawn particles, kept in the folder for the next start; the test is drawn as no other."""
    path = folder / f"{name}.npz"
    if not path.exists():
        n = config.n_train if name == "train" else config.n_check
        report(f"Drawing {n} particles: {name}")
        drawing = Drawing(held_out=True) if name == "test" else Drawing(varied=_SHARE_VARIED)
        seed = config.seed * len(_SETS) + _SETS.index(name)
        crops, classes = draw_crops(task.name, n, seed=seed, drawing=drawing, processes=processes)
        unfinished = path.with_suffix(".part.npz")
        np.savez(unfinished, crops=crops.astype(np.float16), classes=classes)
        unfinished.rename(path)
    with np.load(path, allow_pickle=False) as stored:
        return stored["crops"], stored["classes"]


def _fit(
    model: Any,
    task: Task,
    config: TrainingConfig,
    folder: Path,
    sets: dict[str, tuple[Crops, Classes]],
    own: Path | None,
    report: Report,
) -> float:
    """Train, and leave the best weights in the model; return the seconds that it took since this start."""
    import keras

    pictures = read_class_folders(own, task.classes) if own else None
    n_done = len(curves_of(folder, ["loss"])["loss"])
    batches = _batches(task, config, sets["train"], pictures, first_epoch=n_done)
    schedule = keras.optimizers.schedules.CosineDecay(
        config.learning_rate / 20,
        config.epochs * len(batches),
        warmup_target=config.learning_rate,
        warmup_steps=min(200, len(batches)),
    )
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
    )
    crops, classes = sets["validation"]
    validation = task.to_input(crops.astype(np.float32)), np.eye(len(task.classes))[classes]
    callbacks = [
        *kept_in(folder),
        keras.callbacks.EarlyStopping(patience=config.patience),
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: report(
                f"Epoch {epoch + 1} of {config.epochs}: accuracy {logs['accuracy']:.3f}, "
                f"on others {logs['val_accuracy']:.3f}"
            )
        ),
    ]
    began = time.monotonic()
    model.fit(batches, validation_data=validation, epochs=config.epochs, callbacks=callbacks, verbose=0)
    if (folder / BEST).exists():
        model.load_weights(folder / BEST)
    return time.monotonic() - began


def _batches(
    task: Task,
    config: TrainingConfig,
    drawn: tuple[Crops, Classes],
    own: tuple[Crops, Classes] | None,
    *,
    first_epoch: int,
) -> Any:
    """Return the batches of every epoch; each particle is seen in any of its eight views every time."""
    import keras

    class Batches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(workers=1)
            self.epoch = 0
            self.rng = np.random.default_rng(config.seed)
            for _ in range(first_epoch + 1):
                self.on_epoch_end()

        def __len__(self) -> int:
            return max((len(drawn[0]) or len(own[0] if own else ())) // config.batch_size, 1)

        def __getitem__(self, index: int) -> tuple[Crops, Crops]:
            rng = np.random.default_rng((config.seed, self.epoch, index))
            crops, classes = self._chosen(index, rng)
            views = rng.integers(N_VIEWS, size=len(crops))
            turned = np.empty_like(crops)
            for view in range(N_VIEWS):
                turned[views == view] = view_of(crops[views == view], view)
            return task.to_input(turned.astype(np.float32)), np.eye(len(task.classes), dtype=np.float32)[classes]

        def _chosen(self, index: int, rng: np.random.Generator) -> tuple[Crops, Classes]:
            here = self.order[index * config.batch_size :][: config.batch_size]
            if not own:
                return drawn[0][here], drawn[1][here]
            n_own = round(config.own_share * config.batch_size) if len(drawn[0]) else config.batch_size
            here, there = here[: config.batch_size - n_own], rng.integers(len(own[0]), size=n_own)
            return np.concatenate([drawn[0][here], own[0][there]]), np.concatenate([drawn[1][here], own[1][there]])

        def on_epoch_end(self) -> None:
            self.epoch += 1
            self.order = self.rng.permutation(len(drawn[0]))

    return Batches()


def _described(
    model: Any,
    task: Task,
    config: TrainingConfig,
    folder: Path,
    sets: dict[str, tuple[Crops, Classes]],
    seconds: float,
) -> tuple[ModelCard, ModelArrays]:
    """Calibrate on data that were not trained on, measure on data that nothing was tuned on, and write it down."""
    import keras

    both = with_features(model)
    outputs, truth = {}, {}
    for name in ("calibration", "test"):
        crops, truth[name] = sets[name]
        outputs[name] = averaged_over_views(both, task.to_input(crops.astype(np.float32)))
    features, logits = outputs["calibration"]
    rng = np.random.default_rng(config.seed)
    temperature = fit_temperature(logits, truth["calibration"])
    known = probabilities_of(logits, temperature)
    half = len(features) // 2
    familiarity = learn_familiarity(features[:half], truth["calibration"][:half], len(task.classes))
    distances = familiarity.distances(features[half:])
    golden = task.to_input(sets["test"][0][:_N_GOLDEN].astype(np.float32))
    arrays = ModelArrays(
        golden, keras.ops.convert_to_numpy(model(golden, training=False)), familiarity.means, familiarity.whitening
    )
    threshold = conformal_threshold(known, truth["calibration"], coverage=_COVERAGE, rng=rng)
    tested = probabilities_of(outputs["test"][1], temperature)
    answers = tested.argmax(axis=1)
    exact = plausible_classes(tested, threshold, rng=rng, keep_best=False)
    plausible = plausible_classes(tested, threshold, rng=rng)
    least, largest = np.quantile(known.max(axis=1), _REFUSED_SHARE), np.quantile(distances, 1 - _REFUSED_SHARE)
    refused = (tested.max(axis=1) < least) | (familiarity.distances(outputs["test"][0]) > largest)
    n = len(task.classes)
    card = ModelCard(
        name=task.name,
        classes=task.classes,
        crop_version=CROP_VERSION,
        temperature=temperature,
        plausible_threshold=threshold,
        coverage=_COVERAGE,
        least_probability=float(least),
        largest_distance=float(largest),
        versions={**versions("keras"), "backend": keras.backend.backend()},
        outlines=coincidences(*sets["calibration"], task.classes) if task.name == "solid" else {},
        training={**asdict(config), "seconds": round(seconds), "parameters": model.count_params()},
        figures={
            "n_test": len(answers),
            "accuracy": float((answers == truth["test"]).mean()),
            "calibration_error": expected_calibration_error(tested, truth["test"]),
            "exact_sets_hold_truth": _share_held(exact, truth["test"]),
            "plausible_hold_truth": _share_held(plausible, truth["test"]),
            "mean_plausible": float(plausible.sum(axis=1).mean()),
            "refused": float(refused.mean()),
        },
        curves=curves_for_card(folder, _CURVES),
        confusion=np.bincount(truth["test"] * n + answers, minlength=n * n).reshape(n, n).tolist(),
    )
    return card, arrays


def _share_held(sets: npt.NDArray[np.bool_], classes: Classes) -> float:
    return float(sets[np.arange(len(classes)), classes].mean())
