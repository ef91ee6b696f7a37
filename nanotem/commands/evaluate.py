"""The command `evaluate`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nanotem.commands.common import AsJson, Models, RecipePath, app, finite, print_json, recipe_from
from nanotem.errors import UnreadableFileError
from nanotem.files.replacing import write_file

if TYPE_CHECKING:
    from nanotem.recipe import Recipe


@app.command()
def evaluate(
    images: Annotated[Path, typer.Argument(help="Folder of micrographs.")],
    labels: Annotated[Path, typer.Argument(help="Folder of label images with the same names: the truth.")],
    recipe: RecipePath = None,
    models: Models = None,
    out: Annotated[Path | None, typer.Option(help="Folder for one picture of hits and errors per image.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score the segmentation against labelled images, worst first."""
    scores = evaluate_folder(images, labels, recipe_from(recipe, models), out=out)
    if as_json:
        print_json(scores)
        return
    for row in scores["images"]:
        typer.echo(f"{row['file']}: F1 {row['f1_50']:.2f}, {row['n_found']} found, {row['n_true']} true")
    known = (f"{name} {value:.3f}" for name, value in scores["mean"].items() if value is not None)
    typer.echo(f"mean: {', '.join(known)} (count_error: of its absolute value)")


def evaluate_folder(images: Path, labels: Path, recipe: "Recipe", *, out: Path | None = None) -> dict[str, Any]:
    """Score the segmentation of every image that has a label image of the same name, worst F1 first.

    Parameters
    ----------
    images, labels
        Folders; a.png belongs to a.tif, whatever the suffixes.
    recipe
        Parameters of every stage.
    out
        Folder for one picture per image that shows what was hit, missed, invented, merged and split; made if it is
        absent; None for no pictures.

    Returns
    -------
    dict
        "images": "file" and the fields of `nanotem.evaluation.Score`, one entry per image. "mean": the means of
        these over the images where they are known; that of "count_error" is the mean of its absolute value. None
        for what cannot be known.

    Raises
    ------
    UnreadableFileError
        If a folder or a file cannot be read, two files of a folder differ in their suffix alone, no image has a label
        image, or the two differ in shape.
    NanotemError
        If a picture cannot be written.
    """
    import pandas as pd

    micrographs, truths = _by_stem(images), _by_stem(labels)
    pairs = [(path, truths[stem]) for stem, path in micrographs.items() if stem in truths]
    if not pairs:
        raise UnreadableFileError(
            f"No image in {images} has a label image in {labels}.",
            "Give both the same names, for example a.png and a.tif.",
        )
    rows = sorted((_score(image, truth, recipe, out) for image, truth in pairs), key=lambda row: row["f1_50"])
    numbers = pd.DataFrame(rows).drop(columns=["file", "n_true", "n_found"])
    means = numbers.assign(count_error=numbers["count_error"].abs()).mean()
    return {"mean": finite(means.to_dict()), "images": [finite(row) for row in rows]}


def _by_stem(folder: Path) -> dict[str, Path]:
    """Return the images of a folder by their names without suffix.

    Raises
    ------
    UnreadableFileError
        If the folder cannot be opened, or two images differ in their suffix alone: it is not known which is meant.
    """
    from nanotem.readers import SUPPORTED_SUFFIXES

    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUPPORTED_SUFFIXES)
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {folder} cannot be opened ({error.strerror}).", "Check its name."
        ) from error
    found: dict[str, Path] = {}
    for path in paths:
        if path.stem in found:
            raise UnreadableFileError(
                f"{folder} holds {found[path.stem].name} and {path.name}: which of them is meant?", "Keep one of them."
            )
        found[path.stem] = path
    return found


def _score(image: Path, truth: Path, recipe: "Recipe", out: Path | None) -> dict[str, Any]:
    from nanotem.analysis import Analysis
    from nanotem.evaluation import evaluate as evaluate_labels
    from nanotem.export.read_labels import whole_labels
    from nanotem.figures.pictures import png
    from nanotem.figures.verdicts import verdict_picture
    from nanotem.readers import read_file

    micrograph, true = read_file(image), whole_labels(read_file(truth).pixels, str(truth))
    if micrograph.shape != true.shape:
        raise UnreadableFileError(
            f"{truth} has the shape {true.shape}, its micrograph {image.name} has {micrograph.shape}.",
            "Label the micrograph as it is, neither cropped nor resized.",
        )
    found = Analysis(micrograph, recipe).labels
    if out is not None:
        write_file(out / f"{image.name}.png", png(verdict_picture(micrograph.pixels, found, true)))
    return {"file": image.name, **asdict(evaluate_labels(found, true))}
