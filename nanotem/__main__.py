"""Command line: `python -m nanotem …`, for scripts and clusters."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.errors import NanotemError, UnreadableFileError

RecipePath = Annotated[Path | None, typer.Option("--recipe", help="Recipe in TOML; defaults where it is silent.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

app = typer.Typer(
    help="Count, size and shape of nanoparticles in electron micrographs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def analyse(
    images: Annotated[list[Path], typer.Argument(help="Micrographs of any format that the app reads.")],
    recipe: RecipePath = None,
    out: Annotated[Path | None, typer.Option(help="Folder for one table of particles per image.")] = None,
    nm_per_px: Annotated[float | None, typer.Option(help="Scale, where the file holds none.")] = None,
    bar_length_nm: Annotated[
        float | None,
        typer.Option(help="What the scale bar's label says, in nm; the bar is found in the image."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count and measure the particles of each image; one that fails does not stop the others."""
    from nanotem.results import analyse_files

    results = analyse_files(images, _recipe(recipe), out=out, nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
    _print_each(results, _described, as_json=as_json)


@app.command()
def scale_bar(
    images: Annotated[list[Path], typer.Argument(help="Micrographs of any format that the app reads.")],
    as_json: AsJson = False,
) -> None:
    """Read the scale from the scale bar and its label in each picture, or say what is missing."""
    from nanotem.results import each_file, read_scale_of

    _print_each(each_file(images, read_scale_of), _read, as_json=as_json)


@app.command()
def evaluate(
    images: Annotated[Path, typer.Argument(help="Folder of micrographs.")],
    labels: Annotated[Path, typer.Argument(help="Folder of label images with the same names: the truth.")],
    recipe: RecipePath = None,
    out: Annotated[Path | None, typer.Option(help="Folder for one picture of hits and errors per image.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score the segmentation against labelled images, worst first."""
    from nanotem.results import evaluate_folder

    scores = evaluate_folder(images, labels, _recipe(recipe), out=out)
    if as_json:
        _print_json(scores)
        return
    for row in scores["images"]:
        typer.echo(f"{row['file']}: F1 {row['f1_50']:.2f}, {row['n_found']} found, {row['n_true']} true")
    known = (f"{name} {value:.3f}" for name, value in scores["mean"].items() if value is not None)
    typer.echo(f"mean: {', '.join(known)} (count_error: of its absolute value)")


def _print_each(
    results: Iterable[dict[str, Any]], described: Callable[[dict[str, Any]], str], *, as_json: bool
) -> None:
    """Print results as they come, or all of them as JSON; exit with 2 if there was an error."""
    printed = []
    for result in results:
        printed.append(result)
        if "error" in result:
            typer.echo(result["error"], err=True)
        elif not as_json:
            typer.echo(described(result))
    if as_json:
        _print_json({"images": printed})
    if any("error" in result for result in printed):
        raise typer.Exit(2)


def _read(result: dict[str, Any]) -> str:
    """Return one line about the scale of an image."""
    scale = f"{result['nm_per_px']:.5g} nm/px" if result["accepted"] else "no scale"
    return f"{result['file']}: {scale}. {result['reason']}"


def _described(result: dict[str, Any]) -> str:
    """Return one line about an analysed image."""
    size = result["diameter"]
    line = f"{result['file']}: {result['n_particles']} particles"
    if size["mean"] is None:
        return line
    spread = "" if size["sd"] is None else f" ± {size['sd']:.2g}"
    return f"{line}, diameter {size['mean']:.4g}{spread} {size['unit']}"


def _recipe(path: Path | None) -> Any:
    from nanotem.recipe import Recipe
    from nanotem.recipe_file import read_recipe

    if path is None:
        return Recipe()
    try:
        return read_recipe(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"The recipe {path} cannot be read: {error}.", "Check its name.") from error


def _print_json(result: dict[str, Any]) -> None:
    typer.echo(json.dumps(result, allow_nan=False))


def main() -> None:
    """Run the command line; a `NanotemError` ends it with its message and exit code 2."""
    try:
        app()
    except NanotemError as error:
        typer.echo(f"{error.message}\n{error.hint}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
