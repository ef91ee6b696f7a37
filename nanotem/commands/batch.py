"""The command `batch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nanotem.commands.common import AsJson, Models, RecipePath, app, print_json, recipe_from, with_models

if TYPE_CHECKING:
    from nanotem.batch import Progress


@app.command()
def batch(
    images: Annotated[list[Path], typer.Argument(help="Folders of micrographs, or micrographs.")],
    out: Annotated[Path, typer.Option(help="Folder of the study, a new one or one to continue.")],
    recipe: RecipePath = None,
    models: Models = None,
    sample: Annotated[str | None, typer.Option(help="Name of the sample; the name of each folder without it.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes on this computer; one per core without it.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler whose workers reach the same files.")
    ] = None,
    nm_per_px: Annotated[float | None, typer.Option(help="Scale, where a file holds none.")] = None,
    bar_length_nm: Annotated[
        float | None,
        typer.Option(help="What the scale bars' labels say, in nm; the bar is found in each image."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Analyse many images with one recipe into a study; started again, it continues where it was."""
    from nanotem.batch import connected, run_batch
    from nanotem.export.tables import json_records
    from nanotem.study import find_images, prepare_study, summary_table

    found = find_images(images, sample=sample)
    study = prepare_study(
        out, found, recipe=with_models(recipe_from(recipe), models), nm_per_px=nm_per_px, bar_length_nm=bar_length_nm
    )
    with connected(scheduler, n_workers=workers) as client:
        for progress in run_batch(out, client):
            typer.echo(_described(progress), err=True)
            study = progress.study
    table = summary_table(study)
    if as_json:
        print_json({"study": str(out), "images": json_records(table)})
    else:
        for row in table[table["flags"] != ""].itertuples():
            typer.echo(f"{row.file}: {row.flags}")
        typer.echo(f"Images: {len(table)}, particles: {table['n_particles'].sum()}, table: {out / 'summary.csv'}")
    if (table["status"] == "failed").any():
        raise typer.Exit(2)


def _described(progress: "Progress") -> str:
    """Return one line about how far a batch has come."""
    image, seconds = progress.image, progress.seconds_left
    left = "" if seconds != seconds else f", {seconds / 60:.0f} min left" if seconds > 90 else f", {seconds:.0f} s left"
    return f"{progress.n_finished} of {progress.n_images}{left}: {image.reason or image.name}"
