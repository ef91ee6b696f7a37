"""The command `scale-bar`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.commands.common import AsJson, app, print_each


@app.command()
def scale_bar(
    images: Annotated[list[Path], typer.Argument(help="Micrographs of any format that the app reads.")],
    as_json: AsJson = False,
) -> None:
    """Read the scale from the scale bar and its label in each picture, or say what is missing."""
    from nanotem.results import each_file, read_scale_of

    print_each(each_file(images, read_scale_of), _read, as_json=as_json)


def _read(result: dict[str, Any]) -> str:
    """Return one line about the scale of an image."""
    scale = f"{result['nm_per_px']:.5g} nm/px" if result["accepted"] else "no scale"
    return f"{result['file']}: {scale}. {result['reason']}"
