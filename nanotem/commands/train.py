"""The command `train`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from nanotem.commands.common import app, text_of
from nanotem.errors import ParameterError
from nanotem.parameters import Parameters

_Config = TypeVar("_Config", bound=Parameters)

_TAKES = {"segmenter": ("real", "fold"), "judge": ("real",)}
"""What some models take and others do not; all others are classifiers."""

_OF_CLASSIFIERS = ("own",)


@app.command()
def train(
    model: Annotated[
        str, typer.Argument(help="solid, outline, silhouette, origin-small, origin-functional, segmenter or judge.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for examples, checkpoint, curves and model; gone on with.")],
    config: Annotated[Path | None, typer.Option(help="Settings in TOML; defaults where it is silent.")] = None,
    own: Annotated[Path | None, typer.Option(help="For a classifier, own pictures: one folder per class.")] = None,
    real: Annotated[
        list[Path] | None,
        typer.Option(
            help="For segmenter and judge: a folder that holds images and labels; for the judge these may be boxes."
        ),
    ] = None,
    start_from: Annotated[
        Path | None, typer.Option(help="Folder of a model to fine-tune; for the judge, of the network that it hears.")
    ] = None,
    fold: Annotated[
        str | None,
        typer.Option(help="For the segmenter, which part of the labelled micrographs is left out: 1/3, 2/3, 3/3."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="How many processes draw examples.")] = 2,
) -> None:
    """Train a model on drawn examples, and on real ones; started again it goes on where it was."""
    _check_takes(model, {"own": own, "real": real, "fold": fold})
    if model == "segmenter":
        _train_segmenter(out, config, real or [], start_from, fold, processes)
        return
    if model == "judge":
        _train_judge(out, config, real or [], start_from, processes)
        return
    from nanotem.training.shapes.config import TrainingConfig
    from nanotem.training.shapes.train import train as train_model

    settings = _settings(config, TrainingConfig)
    card = train_model(model, settings, out, own=own, start_from=start_from, processes=processes, report=typer.echo)
    for name, value in card.figures.items():
        typer.echo(f"{name.replace('_', ' ')}: {value:.4g}")


def _check_takes(model: str, given: Mapping[str, object]) -> None:
    """Refuse what a training would not look at: who gave it believes that it did."""
    unused = [name for name, value in given.items() if value and name not in _TAKES.get(model, _OF_CLASSIFIERS)]
    if unused:
        raise ParameterError(f"The training of {model} does not look at --{' and --'.join(unused)}.", "Leave it out.")


def _train_segmenter(
    out: Path, config: Path | None, real: list[Path], start_from: Path | None, fold: str | None, processes: int
) -> None:
    from nanotem.training.segmenter.config import SegmenterConfig
    from nanotem.training.segmenter.train import train_segmenter

    settings = _settings(config, SegmenterConfig)
    if fold:
        number, n_folds = _fold(fold)
        settings = replace(settings, fold=number, n_folds=n_folds)
    card = train_segmenter(settings, out, real=real, start_from=start_from, processes=processes, report=typer.echo)
    typer.echo(f"lowest loss on others: {min(card.curves['val_loss']):.4g}")


def _train_judge(out: Path, config: Path | None, real: list[Path], network: Path | None, processes: int) -> None:
    from nanotem.networks.folders import MODELS
    from nanotem.training.judge.config import JudgeConfig
    from nanotem.training.judge.train import train_judge

    settings = _settings(config, JudgeConfig)
    card = train_judge(settings, out, real=real, network=network or MODELS, processes=processes, report=typer.echo)
    for kind, figures in card.figures.items():
        typer.echo(f"{kind}: {figures}")


def _fold(text: str) -> tuple[int, int]:
    """Return which fold of how many is meant by a text like 1/3."""
    number, _, n_folds = text.partition("/")
    if not (number.isdecimal() and n_folds.isdecimal()):
        raise ParameterError(f"{text!r} is no fold.", "Write 1/3 for the first of three.")
    return int(number), int(n_folds)


def _settings(path: Path | None, kind: type[_Config]) -> _Config:
    from nanotem.training.settings import read_settings

    return read_settings(text_of(path, "settings"), kind)
