"""What the commands share: the application, common options, and how results are printed."""

import json
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nanotem.errors import NanotemError, UnreadableFileError

if TYPE_CHECKING:
    from nanotem.analysis import Analysis, ScaleRule
    from nanotem.analysis_file import SavedAnalysis
    from nanotem.micrograph import Micrograph
    from nanotem.recipe import Recipe

Images = Annotated[list[Path], typer.Argument(help="Micrographs of any format that the app reads.")]
RecipePath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe or analysis file in TOML; defaults where it is silent.")
]
Models = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of other networks, known to a recipe by its name; the recipe uses it if there is one."),
]
ImageNumber = Annotated[
    int | None,
    typer.Option("--image", min=1, help="Which of several images in a file; else the one that shows the specimen."),
]
FrameNumber = Annotated[int | None, typer.Option("--frame", min=1, help="Which frame of a stack; else the first.")]
NmPerPx = Annotated[float | None, typer.Option(help="Scale, where the file holds none.")]
Workers = Annotated[int | None, typer.Option(help="Processes on this computer; one per core without it.")]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler whose workers reach the same files.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

_STOPPED = 130
"""What shells report of a program that Ctrl+C has ended."""

app = typer.Typer(
    help="Count, size and shape of nanoparticles in electron micrographs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def print_each(results: Iterable[dict[str, Any]], described: Callable[[dict[str, Any]], str], *, as_json: bool) -> None:
    """Print results as they come, or all of them as JSON; exit with 2 if there was an error."""
    printed = []
    for result in results:
        printed.append(result)
        if "error" in result:
            typer.echo(result["error"], err=True)
        elif not as_json:
            typer.echo(described(result))
    if as_json:
        print_json({"images": printed})
    if any("error" in result for result in printed):
        raise typer.Exit(2)


@contextmanager
def stopped_in_words() -> Iterator[None]:
    """Treat the end that a system or a scheduler of jobs asks for (SIGTERM) like Ctrl+C: let go of all, and say so."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop) if current_thread() is main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped. What is done stays: the same command goes on from there.", err=True)
        raise typer.Exit(_STOPPED) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def with_models(recipe: "Recipe", folders: Sequence[Path] | None) -> "Recipe":
    """Make folders of networks known to this process and its workers; of a single one the recipe uses what it holds.

    Raises
    ------
    ModelError
        If one of them is no folder, or two have one name.
    """
    from nanotem.networks.errors import ModelError
    from nanotem.networks.folders import VARIABLE, model_folders
    from nanotem.networks.params import NetworkParams

    if not folders:
        return recipe
    for folder in folders:
        if not folder.is_dir():
            raise ModelError(f"{folder} is no folder.", "Give a folder that `python -m nanotem train` wrote.")
    known = [entry for entry in os.environ.get(VARIABLE, "").split(os.pathsep) if entry]
    os.environ[VARIABLE] = os.pathsep.join([*known, *(str(folder.resolve()) for folder in folders)])
    model_folders()
    if len(folders) > 1 or recipe.networks != NetworkParams():
        return recipe
    (folder,) = folders
    held = {f.name: folder.resolve().name for f in fields(NetworkParams) if (folder / f"{f.name}.json").is_file()}
    return replace(recipe, networks=NetworkParams(**held))


def each_file(paths: Sequence[Path], task: Callable[[Path], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Do something with files one after the other; one that fails does not stop the others.

    Yields
    ------
    dict
        What the task returns; or "file" and "error", the message of a `NanotemError`.
    """
    for path in paths:
        try:
            yield task(path)
        except NanotemError as error:
            yield {"file": path.name, "error": str(error)}


def print_json(result: dict[str, Any]) -> None:
    """Print one JSON object."""
    typer.echo(json.dumps(result, allow_nan=False))


def finite(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values by their names, None for what JSON cannot hold: infinite ones, and NaN."""
    from nanotem.summary import known

    return {name: known(value) if isinstance(value, float) else value for name, value in values.items()}


def recipe_from(path: Path | None, models: Sequence[Path] | None = None) -> "Recipe":
    """Read the recipe of a file, or the one in an analysis file, whose rest is not taken; else as `saved_from`."""
    saved = saved_from(path, models)
    if path and saved.image_id:
        typer.echo(f"{path.name}: its parameters were taken, the scale and the corrections of its image not.", err=True)
    return saved.recipe


def saved_from(path: Path | None, models: Sequence[Path] | None = None) -> "SavedAnalysis":
    """Read an analysis file, or a recipe; the defaults without one. For folders of networks see `with_models`."""
    from nanotem.analysis_file import SavedAnalysis, read_analysis
    from nanotem.recipe import Recipe

    saved = SavedAnalysis(Recipe()) if path is None else read_analysis(text_of(path, "recipe"))
    return replace(saved, recipe=with_models(saved.recipe, models))


def replayed(
    saved: "SavedAnalysis",
    micrograph: "Micrograph",
    scale_rule: "ScaleRule",
    *,
    with_shapes: bool = False,
    with_lattices: bool = False,
) -> tuple["Analysis", tuple[str, ...]]:
    """Return the analysis of an image by a recipe or a saved analysis, and what keeps it from being a replay of that.

    On the image that the analysis was saved for, its corrections are carried out and its scale is in force, whatever
    the rule says.
    """
    from nanotem.analysis import Analysis, ScaleRule
    from nanotem.analysis_file import replay_notes

    is_replay = saved.is_of(micrograph)
    analysis = Analysis(
        micrograph,
        saved.recipe,
        saved.edits if is_replay else (),
        ScaleRule.of(saved.scale) if is_replay else scale_rule,
        with_shapes=with_shapes,
        with_lattices=with_lattices,
    )
    return analysis, replay_notes(saved, analysis)


def text_of(path: Path | None, what: str) -> str:
    """Read a text file, empty without one; `what` it holds is named if it cannot be read."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFileError(f"The {what} {path} cannot be read: {error.strerror}.", "Check the name.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"The {what} {path} is no text.", "Give a text file.") from error
