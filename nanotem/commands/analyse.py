"""The command `analyse`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.commands.common import AsJson, RecipePath, app, print_each, saved_from


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
    """Count and measure the particles of each image; one that fails does not stop the others.

    A saved analysis brings its scale and corrections to the image that it was saved for.
    """
    from nanotem.results import analyse_files

    saved = saved_from(recipe)
    settings: dict[str, Any] = {"out": out, "nm_per_px": nm_per_px, "bar_length_nm": bar_length_nm}
    print_each(analyse_files(images, saved.recipe, saved=saved, **settings), _described, as_json=as_json)


def _described(result: dict[str, Any]) -> str:
    """Return one line about an analysed image, and one more for each note."""
    return "\n".join([f"{result['file']}: {result['n_particles']} particles{_size(result)}", *result["notes"]])


def _size(result: dict[str, Any]) -> str:
    size = result["diameter"]
    if size["mean"] is None:
        return ""
    spread = "" if size["sd"] is None else f" ± {size['sd']:.2g}"
    return f", diameter {size['mean']:.4g}{spread} {size['unit']}"
