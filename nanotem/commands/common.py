"""What the commands share: the application, common options, and how results are printed."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.errors import NanotemError, UnreadableFileError

RecipePath = Annotated[
    Path | None, typer.Option("--recipe", help="Recipe or analysis file in TOML; defaults where it is silent.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

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


def recipe_from(path: Path | None) -> Any:
    """Read the recipe of a file, or the one in an analysis file; the defaults without one."""
    return saved_from(path).recipe


def saved_from(path: Path | None) -> Any:
    """Read an analysis file, or a recipe; the defaults without one."""
    from nanotem.analysis_file import SavedAnalysis, read_analysis
    from nanotem.recipe import Recipe

    return SavedAnalysis(Recipe()) if path is None else read_analysis(text_of(path, "recipe"))


def text_of(path: Path, what: str) -> str:
    """Read a text file; `what` it holds is named if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"The {what} {path} cannot be read: {error}.", "Check the name.") from error
