"""The whole training: micrographs in, a network with its card out; it goes on where it was stopped."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from nanotem.errors import UnreadableFileError
from nanotem.provenance import versions
from nanotem.segmentation.network.card import NAME, Golden, SegmenterCard, save_files
from nanotem.segmentation.network.scale import WORKING_PX
from nanotem.synthetic.files import each
from nanotem.training.resuming import curves_for_card, curves_of
from nanotem.training.segmenter.config import SegmenterConfig
from nanotem.training.segmenter.example import Example, read_examples, save_example
from nanotem.training.segmenter.export import as_onnx
from nanotem.training.segmenter.fit import fit, validation_patches
from nanotem.training.segmenter.labelled import labelled_example, labelled_pairs, purpose_of
from nanotem.training.segmenter.scenes import draw_example

WEIGHTS = f"{NAME}.weights.h5"
"""Weights of the Keras network, to start another training from."""

_N_DRAWN_FOR_VALIDATION = 15

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
        For examples, checkpoint, curves and the network; a training that was stopped goes on.
    real
        Folders that hold `images` and `labels`, see `nanotem.training.segmenter.labelled`. One image in twelve, and
        15 of the drawn ones, are not trained on: they decide which epoch is the best.
    start_from
        Folder of a network to fine-tune.
    processes
        How many prepare examples.
    report
        Told what is being done.

    Raises
    ------
    UnreadableFileError
        If labelled micrographs, or the weights to start from, cannot be read.
    """
    weights = start_from / WEIGHTS if start_from else None
    if weights and not weights.is_file():
        raise UnreadableFileError(f"{weights} is absent.", "Give the folder of a network that was trained before.")
    jobs = _jobs(config, folder / "examples", [pair for one in real for pair in labelled_pairs(one)])
    report(", ".join(f"{len(some)} micrographs for {name}" for name, some in jobs.items()))
    for _ in each(_prepare, [job for some in jobs.values() for job in some], processes=processes, chunk=1):
        pass
    examples = {name: read_examples(path for path, _ in some) for name, some in jobs.items()}
    model = fit(config, folder, **examples, start_from=weights, report=report)
    return save_network(model, config, folder, examples["validation"])


def save_network(model: Any, config: SegmenterConfig, folder: Path, validation: Sequence[Example]) -> SegmenterCard:
    """Write a trained network as ONNX file and as Keras weights, with card and golden answer."""
    network = as_onnx(model)
    image = validation_patches(validation, config)[0][:1]
    logits = np.asarray(model(image, training=False))
    n_done = len(curves_of(folder, ["loss"])["loss"])
    card = SegmenterCard(
        working_px=WORKING_PX,
        versions=versions("tensorflow"),
        training={**asdict(config), "epochs_done": n_done, "parameters": model.count_params()},
        curves=curves_for_card(folder, ("loss", "val_loss")),
    )
    maps = (1 / (1 + np.exp(-logits))).astype(np.float32)
    golden = Golden(image.transpose(0, 3, 1, 2), maps.transpose(0, 3, 1, 2))
    model.save_weights(folder / WEIGHTS)
    return save_files(folder, network, card, golden)


def _jobs(config: SegmenterConfig, folder: Path, pairs: list[tuple[Path, Path]]) -> dict[str, list[_Job]]:
    """Return for every example its file and how it is made, by what it is for."""
    jobs: dict[str, list[_Job]] = {"real": [], "drawn": [], "validation": [], "test": []}
    for number in range(config.n_drawn):
        seed, purpose = config.seed + number, "validation" if number < _N_DRAWN_FOR_VALIDATION else "drawn"
        jobs[purpose].append((folder / f"drawn_{seed}.npz", partial(draw_example, seed)))
    for image, label in pairs:
        make = partial(labelled_example, image, label, correct_outlines=config.correct_outlines)
        jobs[purpose_of(image)].append((folder / _file_of(image, config), make))
    test = jobs.pop("test")
    if not config.keep_test_images:
        jobs["real"] += test
    return jobs


def _file_of(image: Path, config: SegmenterConfig) -> str:
    """Return the name of the file of an example: its own for every folder, and for outlines corrected or not."""
    origin = sha256(f"{image.resolve()}|{config.correct_outlines}".encode()).hexdigest()[:12]
    return f"real_{image.stem}_{origin}.npz"


def _prepare(job: _Job) -> None:
    """Make an example, unless an earlier start has made it."""
    path, make = job
    if not path.exists():
        save_example(path, make())
