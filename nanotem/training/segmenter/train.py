"""The whole training: micrographs in, a network with its card out; it goes on where it was stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.provenance import versions
from nanotem.segmentation.network.card import NAME, Golden, SegmenterCard, save_files
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.synthetic.files import each
from nanotem.training.resuming import curves_for_card, curves_of
from nanotem.training.segmenter.album import write_album
from nanotem.training.segmenter.batches import validation_patches
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.drawn.example import draw_example
from nanotem.training.segmenter.drawn.kinds import KINDS
from nanotem.training.segmenter.example import Example, read_examples, save_example
from nanotem.training.segmenter.export import as_onnx
from nanotem.training.segmenter.fit import REAL, fit
from nanotem.training.segmenter.labelled import fold_of, labelled_example, labelled_pairs, purpose_of

WEIGHTS = f"{NAME}.weights.h5"
"""Weights of the Keras network, to start another training from."""

_VALIDATION_PER_KIND = 4
_VALIDATION_SEED = 10**9
"""Added to the seed: far from all seeds that are trained on."""

_Job = tuple[Path, Callable[[], Example]]


def train_segmenter(
    config: SegmenterConfig,
    folder: Path,
    *,
    real: Sequence[Path] = (),
    start_from: Path | None = None,
    processes: int = 1,
    report: Callable[[str], object] = lambda text: None,
) -> SegmenterCard:
    """Train the network and write it with its card.

    Parameters
    ----------
    config
        Settings.
    folder
        For examples, state, curves and the network; a training that was stopped goes on.
    real
        Folders that hold `images` and `labels`, see `nanotem.training.segmenter.labelled`. One image in twelve, and
        four drawn ones of every kind, are not trained on: they decide which epoch is the best.
    start_from
        Folder of a network whose weights are taken over wherever the two match.
    processes
        How many prepare examples and cut patches.
    report
        Told what is being done.

    Raises
    ------
    ParameterError
        If the fold is none of the folds.
    UnreadableFileError
        If labelled micrographs, or the weights to start from, cannot be read.
    """
    if config.fold > config.n_folds:
        raise ParameterError(f"There is no fold {config.fold} of {config.n_folds}.", "Count folds from 1.")
    weights = start_from / WEIGHTS if start_from else None
    if weights and not weights.is_file():
        raise UnreadableFileError(f"{weights} is absent.", "Give the folder of a network that was trained before.")
    jobs, validation = _jobs(config, folder / "examples", [pair for one in real for pair in labelled_pairs(one)])
    report(f"To learn from: {_numbers(jobs)}; to decide which epoch is the best: {_numbers(validation)}")
    everything = [job for some in (*jobs.values(), *validation.values()) for job in some]
    for _ in each(_prepare, everything, processes=processes, chunk=1):
        pass
    for name, some in jobs.items():
        write_album(folder / name, [path for path, _ in some], report)
    others = {name: read_examples(path for path, _ in some) for name, some in validation.items() if some}
    model = fit(
        config,
        folder,
        validation=others,
        weights=weights,
        processes=processes,
        report=report,
    )
    started_from = sha256(weights.read_bytes()).hexdigest() if weights else None
    return save_network(model, config, folder, others, started_from=started_from)


def save_network(
    model: Any,
    config: SegmenterConfig,
    folder: Path,
    validation: Mapping[str, Sequence[Example]],
    *,
    started_from: str | None = None,
) -> SegmenterCard:
    """Write a trained network as ONNX file and as Keras weights, with card and golden answer."""
    import keras

    network = as_onnx(model)
    name = next(kind for kind in validation if kind != REAL)  # what is published holds no part of anybody's micrograph
    image = validation_patches({name: validation[name]}, config)[name][0][:1]
    logits = keras.ops.convert_to_numpy(model(image, training=False))
    n_done = len(curves_of(folder, ["loss"])["loss"])
    card = SegmenterCard(
        working_px=WORKING_PX,
        versions={**versions("keras"), "backend": keras.backend.backend()},
        training={
            **asdict(config),
            "kinds": ", ".join(f"{kind.share:g} {name}" for name, kind in KINDS.items()),
            "epochs_done": n_done,
            "patches": n_done * config.steps * config.batch_size,
            "started_from": started_from,
            "parameters": model.count_params(),
        },
        curves=curves_for_card(folder, ("loss", "val_loss", *validation)),
    )
    maps = (1 / (1 + np.exp(-logits))).astype(np.float32)
    golden = Golden(image.transpose(0, 3, 1, 2), maps.transpose(0, 3, 1, 2))
    keras.Model(model.inputs, model.outputs).save_weights(folder / WEIGHTS)  # without what only its training needs
    return save_files(folder, network, card, golden)


def _jobs(
    config: SegmenterConfig, folder: Path, pairs: list[tuple[Path, Path]]
) -> tuple[dict[str, list[_Job]], dict[str, list[_Job]]]:
    """Return for every example its file and how it is made: what is trained on, and what is not, by kind."""
    jobs: dict[str, list[_Job]] = {"real": [], "drawn": []}
    validation: dict[str, list[_Job]] = {REAL: []}
    for seed in range(config.seed, config.seed + config.n_drawn):
        jobs["drawn"].append((folder / f"drawn_{seed}.npz", partial(draw_example, seed)))
    for kind in KINDS:
        seeds = range(config.seed + _VALIDATION_SEED, config.seed + _VALIDATION_SEED + _VALIDATION_PER_KIND)
        name = kind.replace(": ", " ").replace(" ", "_")
        validation[kind] = [
            (folder / f"validation_{name}_{seed}.npz", partial(draw_example, seed, kind)) for seed in seeds
        ]
    for image, label in pairs:
        make = partial(labelled_example, image, label, correct_outlines=config.correct_outlines)
        purpose, job = purpose_of(image), (folder / _file_of(image, config), make)
        if purpose == "validation":
            validation[REAL].append(job)
        elif (purpose == "real" or not config.keep_test_images) and fold_of(image, config.n_folds) != config.fold:
            jobs["real"].append(job)
    return jobs, validation


def _numbers(jobs: Mapping[str, Sequence[_Job]]) -> str:
    return ", ".join(f"{len(some)} {name}" for name, some in jobs.items())


def _file_of(image: Path, config: SegmenterConfig) -> str:
    """Return the name of the file of an example: its own for every folder, and for outlines corrected or not."""
    origin = sha256(f"{image.resolve()}|{config.correct_outlines}".encode()).hexdigest()[:12]
    return f"real_{image.stem}_{origin}.npz"


def _prepare(job: _Job) -> None:
    """Make an example, unless an earlier start has made it."""
    path, make = job
    if not path.exists():
        save_example(path, make())
