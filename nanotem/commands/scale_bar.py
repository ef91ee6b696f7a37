"""The command `scale-bar`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.commands.common import AsJson, app, each_file, print_each


@app.command()
def scale_bar(
    images: Annotated[list[Path], typer.Argument(help="Micrographs of any format that the app reads.")],
    as_json: AsJson = False,
) -> None:
    """Read the scale from the scale bar and its label in each picture, or say what is missing."""
    print_each(each_file(images, read_scale_of), _described, as_json=as_json)


def read_scale_of(path: Path) -> dict[str, Any]:
    """Return what the picture of a file says about its scale, whatever the file's metadata say."""
    from nanotem.calibration import read_scale
    from nanotem.readers import read_file

    reading = read_scale(read_file(path).pixels)
    return {
        "file": path.name,
        "accepted": reading.accepted,
        "nm_per_px": reading.scale.nm_per_px if reading.accepted and reading.scale else None,
        "bar_px": reading.bar.length_px if reading.bar else None,
        "label_nm": reading.label.length_nm if reading.label else None,
        "confidence": reading.confidence,
        "reason": reading.reason,
    }


def _described(result: dict[str, Any]) -> str:
    """Return one line about the scale of an image."""
    scale = f"{result['nm_per_px']:.5g} nm/px" if result["accepted"] else "no scale"
    return f"{result['file']}: {scale}. {result['reason']}"
