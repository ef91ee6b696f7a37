"""The command `classify`."""

from collections import Counter
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nanotem.commands.common import AsJson, RecipePath, app, print_json, saved_from
from nanotem.errors import UnreadableFileError

if TYPE_CHECKING:
    import pandas as pd

    from nanotem.replay import SavedAnalysis


@app.command()
def classify(
    image: Annotated[Path, typer.Argument(help="Micrograph of any format that the app reads.")],
    labels: Annotated[
        Path | None, typer.Option(help="Its particles: label image, ImageJ regions or COCO; found without it.")
    ] = None,
    recipe: RecipePath = None,
    models: Annotated[Path | None, typer.Option(help="Folder of other models than those that come along.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what outline and what solid every particle of an image has, and how sure that is."""
    from nanotem.morphology.class_columns import UNKNOWN

    classes = _classes(image, labels, saved_from(recipe), models)
    if as_json:
        print_json({"particles": [_particle(row) for row in classes.to_dict("records")]})
        return
    counts = Counter(classes["solid"].where(classes["known"], UNKNOWN))
    found = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    typer.echo(f"{image.name}: {len(classes)} particles{': ' if found else ''}{found}")
    for row in classes.to_dict("records"):
        solid = row["solid"] if row["known"] else f"{UNKNOWN} ({row['reason']}; closest {row['solid']})"
        sure = f", probability {row['probability']:.2f}" if row["probability"] == row["probability"] else ""
        typer.echo(f"{row['label']}: {row['outline']}, {solid}{sure}")


def _classes(image: Path, labels: Path | None, saved: "SavedAnalysis", models: Path | None) -> "pd.DataFrame":
    """Return the table of classes, with names given by hand where a saved analysis of this image has some."""
    from nanotem.calibration import find_annotations, find_scale_bar
    from nanotem.export import read_labels
    from nanotem.measurement import measure_particles
    from nanotem.morphology.class_columns import with_names
    from nanotem.morphology.classifier import Classifier
    from nanotem.morphology.classify import classify_particles
    from nanotem.networks.folders import MODELS
    from nanotem.pipeline import analyse
    from nanotem.readers import read_file
    from nanotem.replay import differences

    micrograph = read_file(image)
    for note in differences(saved, micrograph):
        typer.echo(note, err=True)
    pixels = micrograph.pixels
    outlines: dict[int, str] = {}
    solids: dict[int, str] = {}
    if labels is None:
        analysis = analyse(micrograph, saved.recipe, saved.edits if saved.is_of(micrograph) else ())
        found, particles = analysis.edited.labels, analysis.particles
        outlines, solids = analysis.edited.named("outline"), analysis.edited.named("solid")
    else:
        found = read_labels(_content(labels), labels.name, shape=micrograph.shape)
        annotations = find_annotations(pixels, find_scale_bar(pixels))
        particles = measure_particles(found, pixels, frame=~annotations.mask)
    outline, solid = (Classifier.load(name, models or MODELS) for name in ("outline", "solid"))
    classes = classify_particles(pixels, found, particles, outline, solid, saved.recipe.classify)
    return with_names(classes, outlines, solids)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened ({error.strerror}).", "Check its name.") from error


def _particle(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Return one particle as JSON takes it; no probability where a person named it."""
    probability = float(row["probability"])
    return {
        "label": int(row["label"]),
        "outline": row["outline"],
        "solid": row["solid"],
        "probability": probability if probability == probability else None,
        "plausible": row["plausible"].split(" or "),
        "known": bool(row["known"]),
    }
