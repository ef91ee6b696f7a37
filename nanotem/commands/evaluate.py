"""The command `evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from nanotem.commands.common import AsJson, RecipePath, app, print_json, recipe_from


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

    scores = evaluate_folder(images, labels, recipe_from(recipe), out=out)
    if as_json:
        print_json(scores)
        return
    for row in scores["images"]:
        typer.echo(f"{row['file']}: F1 {row['f1_50']:.2f}, {row['n_found']} found, {row['n_true']} true")
    known = (f"{name} {value:.3f}" for name, value in scores["mean"].items() if value is not None)
    typer.echo(f"mean: {', '.join(known)} (count_error: of its absolute value)")
