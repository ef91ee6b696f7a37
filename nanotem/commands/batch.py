"""The command `batch`."""

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nanotem.commands.common import (
    AsJson,
    Models,
    RecipePath,
    Scheduler,
    Workers,
    app,
    print_json,
    recipe_from,
    stopped_in_words,
    with_models,
)

if TYPE_CHECKING:
    import pandas as pd

    from nanotem.batch import Progress
    from nanotem.recipe import Recipe
    from nanotem.study import Study


@app.command()
def batch(
    images: Annotated[list[Path], typer.Argument(help="Folders of micrographs, or micrographs.")],
    out: Annotated[Path, typer.Option(help="Folder of the study, a new one or one to continue.")],
    recipe: RecipePath = None,
    models: Models = None,
    sample: Annotated[str | None, typer.Option(help="Name of the sample; the name of each folder without it.")] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    nm_per_px: Annotated[float | None, typer.Option(help="Scale, where a file holds none; 0 takes it back.")] = None,
    bar_length_nm: Annotated[
        float | None,
        typer.Option(help="What the scale bars' labels say, in nm; the bar is found in each image; 0 takes it back."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let images that the study has get other parameters or another scale.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Analyse many images into a study; started again, it continues where it was.

    What is not given stays as the study was told: two magnifications, each added with its scale, live in one study.
    """
    from nanotem.batch import connected, run_batch
    from nanotem.export.tables import json_records
    from nanotem.study import (
        find_images,
        flags_in_words,
        fringes_of,
        has_study,
        open_study,
        prepare_study,
        settings_changes,
        shares_table,
        summary_table,
    )

    before = open_study(out) if has_study(out) else None
    study = prepare_study(
        out,
        find_images(images, sample=sample),
        recipe=_recipe(recipe, models, before),
        nm_per_px=nm_per_px,
        bar_length_nm=bar_length_nm,
        may_replace=replace,
        keep_samples=sample is None,
    )
    for note in (*study.notes, *(settings_changes(before, study) if before else ())):
        typer.echo(note, err=True)
    with stopped_in_words(), connected(scheduler, n_workers=workers) as there, closing(run_batch(out, there)) as steps:
        for progress in steps:
            typer.echo(_described(progress), err=True)
            study = progress.study
    table, shares, fringes = summary_table(study), shares_table(study), fringes_of(study)
    if as_json:
        tables = {"images": table, "shares": shares, "fringes": fringes}
        print_json({"study": str(out), **{name: json_records(one) for name, one in tables.items()}})
    else:
        for row in table[table["flags"] != ""].itertuples():
            typer.echo(f"{row.file}: {flags_in_words(str(row.flags))}")
        for line in (*_population(shares), *_fringes(fringes)):
            typer.echo(line)
        typer.echo(f"Images: {len(table)}, particles: {table['n_particles'].sum()}, table: {out / 'summary.csv'}")
    if (table["status"] == "failed").any():
        raise typer.Exit(2)


def _population(shares: "pd.DataFrame") -> Iterator[str]:
    """Yield the shares of the population of each sample in a line for outlines, and one for solids."""
    from nanotem.percent import share_in_words

    for (sample, kind), rows in shares[shares["of"] == "sample"].groupby(["sample", "kind"]):
        ends = rows[["class", "share", "share_low", "share_high"]].itertuples(index=False)
        yield f"{sample or 'Population'}, {kind}: " + ", ".join(f"{name} {share_in_words(*row)}" for name, *row in ends)


def _fringes(fringes: "pd.DataFrame") -> Iterator[str]:
    """Yield how many particles of each sample show fringes, a line each."""
    from nanotem.report.lattice_tables import fringes_by
    from nanotem.statistics.comparison import title_of_sample

    for row in fringes_by(fringes, "sample").to_dict("records"):
        yield (
            f"{title_of_sample(row['Sample'])}, fringes: {row['Share with fringes']} of "
            f"{row['Could show a lattice']} particles that could show a lattice ({row['Whole particles']} are whole); "
            f"median spacing {row['Median spacing (nm)']} nm"
        )


def _recipe(path: Path | None, models: list[Path] | None, study: "Study | None") -> "Recipe | None":
    """Return the recipe that was given, if any; networks alone go into the one that all images of the study share."""
    if path is None and not models:
        return None
    known = study.values("recipe") if study and path is None else ()
    return with_models(known[0], models) if len(known) == 1 else recipe_from(path, models)


def _described(progress: "Progress") -> str:
    """Return one line about how far a batch has come."""
    image, seconds = progress.image, progress.seconds_left
    if math.isnan(seconds):
        left = ""
    else:
        left = f", {seconds / 60:.0f} min left" if seconds > 90 else f", {seconds:.0f} s left"
    return f"{progress.n_finished} of {progress.n_images}{left}: {image.reason or image.name}"
