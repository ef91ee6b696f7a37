"""The command `scale-bar`."""

from pathlib import Path
from typing import Any

from nanotem.commands.common import AsJson, FrameNumber, ImageNumber, Images, app, each_file, print_each


@app.command()
def scale_bar(
    images: Images,
    image_number: ImageNumber = None,
    frame: FrameNumber = None,
    as_json: AsJson = False,
) -> None:
    """Read the scale from the scale bar and its label in each picture, or say what is missing."""
    readings = each_file(images, lambda path: read_scale_of(path, image=image_number, frame=frame or 1))
    print_each(readings, _described, as_json=as_json)


def read_scale_of(path: Path, *, image: int | None = None, frame: int = 1) -> dict[str, Any]:
    """Return what the picture of a file says about its scale, whatever the file's metadata say.

    Parameters
    ----------
    path
        A micrograph.
    image, frame
        As for `nanotem.readers.read_file`.

    Returns
    -------
    dict
        "file"; "accepted"; "nm_per_px", None unless accepted; "bar_px", "label_nm" and "confidence" of the most
        believable bar; "reason"; "disagreeing", the bars that say different scales, each with "bar_px", "label_nm" and
        "row"; "notes".
    """
    from nanotem.calibration import read_scale
    from nanotem.readers import read_file

    reading = read_scale(read_file(path, image=image, frame=frame).pixels)
    return {
        "file": path.name,
        "accepted": reading.accepted,
        "nm_per_px": reading.scale.nm_per_px if reading.accepted and reading.scale else None,
        "bar_px": reading.bar.length_px if reading.bar else None,
        "label_nm": reading.label.length_nm if reading.label else None,
        "confidence": reading.confidence,
        "reason": reading.reason,
        "disagreeing": [
            {
                "bar_px": pair.bar.length_px,
                "label_nm": pair.label.length_nm if pair.label else None,
                "row": pair.bar.row,
            }
            for pair in reading.disagreeing
        ],
        "notes": list(reading.notes),
    }


def _described(result: dict[str, Any]) -> str:
    """Return one line about the scale of an image, and one more for each note."""
    scale = f"{result['nm_per_px']:.5g} nm/px" if result["accepted"] else "no scale"
    return "\n".join([f"{result['file']}: {scale}. {result['reason']}", *result["notes"]])
