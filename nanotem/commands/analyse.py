"""The command `analyse`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.commands.common import AsJson, RecipePath, app, print_each, recipe_from


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

    results = analyse_files(images, recipe_from(recipe), out=out, nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
    print_each(results, _described, as_json=as_json)


def _described(result: dict[str, Any]) -> str:
    """Return one line about an analysed image."""
    size = result["diameter"]
    line = f"{result['file']}: {result['n_particles']} particles"
    if size["mean"] is None:
        return line
    spread = "" if size["sd"] is None else f" ± {size['sd']:.2g}"
    return f"{line}, diameter {size['mean']:.4g}{spread} {size['unit']}"
