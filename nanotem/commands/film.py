"""The command `film`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nanotem.commands.common import (
    AsJson,
    ImageNumber,
    Models,
    NmPerPx,
    RecipePath,
    Scheduler,
    Workers,
    app,
    print_json,
    recipe_from,
    stopped_in_words,
)
from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.files.replacing import write_file

if TYPE_CHECKING:
    from nanotem.film.history import FilmHistory
    from nanotem.film.study import FilmStudy
    from nanotem.film.task import FilmPlace

_CROP = ("top_px", "left_px", "height_px", "width_px")

_KEPT = ("nm_per_px", "frame_time_s")
"""What a film that is gone on with need not be told again: all else is in the file, or has a default."""


@app.command()
def film(
    stack: Annotated[
        Path, typer.Argument(help="Stack (TIFF, MRC, SER, DM3, DM4, EMD, HSPY), video, or folder of numbered pictures.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results, a new one or one to continue.")],
    recipe: RecipePath = None,
    models: Models = None,
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Keep the method Automatic for every frame: several seconds each.")
    ] = False,
    image_number: ImageNumber = None,
    first: Annotated[int, typer.Option(min=1, help="First frame.")] = 1,
    last: Annotated[int, typer.Option(min=0, help="Last frame; 0: to the end.")] = 0,
    every: Annotated[int, typer.Option(min=1, help="Every n-th frame.")] = 1,
    mean_of: Annotated[int, typer.Option(min=1, help="Mean of n frames in a row.")] = 1,
    binning: Annotated[int, typer.Option(min=1, help="So many pixels in both directions become one.")] = 1,
    crop: Annotated[str, typer.Option(help="TOP,LEFT,HEIGHT,WIDTH in px; what is left out is not looked at.")] = "",
    nm_per_px: NmPerPx = None,
    frame_time_s: Annotated[
        float | None, typer.Option(help="Seconds from one frame of the file to the next, before the file's.")
    ] = None,
    farthest_px: Annotated[
        float, typer.Option(min=0, help="How far a particle may go from frame to frame; 0: found from the film.")
    ] = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    export: Annotated[
        bool, typer.Option(help="Write a report, TrackMate XML, regions for ImageJ, and the film with outlines too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Follow the particles of a film: tracks, events, growth, motion; started again, it continues where it was."""
    from nanotem.batch import connected
    from nanotem.film.link_params import LinkParams
    from nanotem.film.reading_params import ReadingParams
    from nanotem.film.study import FilmStudy, open_film_study
    from nanotem.film.summary import film_dict
    from nanotem.film.task import FilmPlace

    numbers = {"first": first, "last": last, "every": every, "mean_of": mean_of, "binning": binning}
    reading = ReadingParams(**numbers, **_cropped(crop))
    place = _as_before(FilmPlace(stack, image_number, reading, nm_per_px, frame_time_s), out)
    study = FilmStudy(out, place, recipe_from(recipe, models), as_given, LinkParams(farthest_px=farthest_px))
    with stopped_in_words(), connected(scheduler, n_workers=workers) as there, closing(study.run(there)) as steps:
        for n_done, n_frames in steps:
            typer.echo(f"{n_done} of {n_frames} frames", err=True)
    study = open_film_study(out)
    history = study.history()
    result = {"film": stack.name, "study": str(out), **film_dict(history)}
    more = _more_files(study, history)
    result["files"] = dict(_written(study, history, more if export else {}))
    if earlier := [name for name in more if not export and (out / name).exists()]:
        typer.echo(f"Of an earlier run: {', '.join(earlier)}. With --export they are written anew.", err=True)
    if as_json:
        print_json(result)
        return
    typer.echo("\n".join(_described(result)))


def _as_before(place: "FilmPlace", out: Path) -> "FilmPlace":
    """Return a place with scale and time of frames as given before for the same film, where they are not given now."""
    from nanotem.film.study import open_film_study

    try:
        kept = open_film_study(out).place
    except UnreadableFileError:
        return place
    if kept.path != place.path.resolve():
        return place
    known = {name: getattr(kept, name) for name in _KEPT if getattr(place, name) is None}
    return replace(place, **known)


def _cropped(crop: str) -> dict[str, int]:
    """Read the four numbers of a crop.

    Raises
    ------
    ParameterError
        If they are no four whole numbers.
    """
    if not crop:
        return {}
    parts = crop.split(",")
    if len(parts) != len(_CROP) or not all(part.strip().isdecimal() for part in parts):
        raise ParameterError(f"{crop!r} is no crop.", "Write TOP,LEFT,HEIGHT,WIDTH, for example 0,0,512,512.")
    return dict(zip(_CROP, map(int, parts), strict=True))


def _more_files(study: "FilmStudy", history: "FilmHistory") -> Mapping[str, Callable[[Path], object]]:
    """Return what writes each of the files for people and other programs, by their names."""
    from nanotem.film.export import rois_by_frame, trackmate_xml, write_outlined_film
    from nanotem.film.report import film_report

    return {
        "report.html": lambda path: write_file(path, film_report(study, history).encode()),
        "tracks.trackmate.xml": lambda path: write_file(path, trackmate_xml(history, str(study.place.path))),
        "rois.zip": lambda path: write_file(path, rois_by_frame(history, study.folder)),
        "outlines.mp4": lambda path: write_outlined_film(history, study.place.open(), study.folder, path),
    }


def _written(
    study: "FilmStudy", history: "FilmHistory", more: Mapping[str, Callable[[Path], object]]
) -> Iterator[tuple[str, str]]:
    """Write the tables and more files; say where each is."""
    from nanotem.film.export import tables

    for name, data in tables(history).items():
        write_file(study.folder / name, data)
        yield name, str(study.folder / name)
    for name, write in more.items():
        write(study.folder / name)
        yield name, str(study.folder / name)


def _described(result: dict[str, Any]) -> Iterator[str]:
    """Yield lines about a film."""
    counts = result["particles_per_frame"]
    yield (
        f"{result['film']}: {result['n_frames']} frames, {result['n_tracks']} tracks, "
        f"{counts['first']} particles in the first frame, {counts['last']} in the last"
    )
    yield ", ".join(f"{kind}: {n}" for kind, n in result["events"].items())
    yield result["growth"]["sentence"]
    yield result["motion"]["sentence"]
    yield from result["notes"]
