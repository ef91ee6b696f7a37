"""The command `classify`."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nanotem.commands.analyse import population
from nanotem.commands.common import AsJson, FrameNumber, ImageNumber, Models, RecipePath, app, print_json, saved_from
from nanotem.errors import UnreadableFileError

if TYPE_CHECKING:
    from nanotem.analysis import Analysis
    from nanotem.analysis_file import SavedAnalysis
    from nanotem.micrograph import Micrograph


@app.command()
def classify(
    image: Annotated[Path, typer.Argument(help="Micrograph of any format that the app reads.")],
    labels: Annotated[
        Path | None, typer.Option(help="Its particles: label image, ImageJ regions or COCO; found without it.")
    ] = None,
    recipe: RecipePath = None,
    models: Models = None,
    image_number: ImageNumber = None,
    frame: FrameNumber = None,
    as_json: AsJson = False,
) -> None:
    """Say what outline and what solid every particle of an image has, and how sure that is."""
    from nanotem.measurement.class_columns import CUT, answers

    saved = saved_from(recipe, models)
    analysis = _analysis(saved.read_image(image, image=image_number, frame=frame), labels, saved)
    classes, fractions = analysis.classes, analysis.class_fractions
    if as_json:
        particles = [_particle(row) for row in classes.to_dict("records")]
        print_json({"particles": particles, "population": population(analysis)})
        return
    least = saved.recipe.classify.least_probability
    told = answers(classes, analysis.particles, "solid", least_probability=least)
    counts = Counter(told)
    found = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    typer.echo(f"{image.name}: {len(classes)} particles{': ' if found else ''}{found}")
    for answer, row in zip(told, classes.to_dict("records"), strict=True):
        if answer == CUT:
            typer.echo(f"{row['label']}: {CUT}")
            continue
        solid = answer if row["known"] else f"{answer} ({row['reason']}; closest {row['solid']})"
        sure = "" if math.isnan(row["probability"]) else f", probability {row['probability']:.2f}"
        typer.echo(f"{row['label']}: {row['outline']}, {solid}{sure}")
    for task, shares in fractions.items():
        if len(shares.table()):
            typer.echo(f"Population by {task}: {shares.in_words()}")


def _analysis(micrograph: "Micrograph", labels: Path | None, saved: "SavedAnalysis") -> "Analysis":
    """Return the analysis, with names given by hand where a saved one of this image has some."""
    from nanotem.analysis import Analysis
    from nanotem.analysis_file import replay_notes
    from nanotem.edits.edits import Replace
    from nanotem.edits.labels_as_text import pack_labels
    from nanotem.export import read_labels

    edits = saved.edits if saved.is_of(micrograph) else ()
    if labels is not None:
        drawn = read_labels(_content(labels), labels.name, shape=micrograph.shape)
        edits = (Replace(micrograph.shape, pack_labels(drawn)),)
    analysis = Analysis(micrograph, saved.recipe, edits)
    for note in replay_notes(saved, analysis):
        typer.echo(note, err=True)
    return analysis


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be opened ({error.strerror}).", "Check its name.") from error


def _particle(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Return one particle as JSON takes it; no probability where a person named it."""
    from nanotem.summary import known

    return {
        "label": int(row["label"]),
        "outline": row["outline"],
        "solid": row["solid"],
        "probability": known(row["probability"]),
        "plausible": row["plausible"].split(" or "),
        "known": bool(row["known"]),
        "group": row["group"] or None,
    }
