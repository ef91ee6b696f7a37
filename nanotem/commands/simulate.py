"""The command `simulate`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nanotem.commands.common import AsJson, app, print_json, text_of

_MICROGRAPHS, _FILM = "micrographs", "film"


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write to.")],
    kind: Annotated[
        str,
        typer.Option(help="micrographs, film, or pictures of single particles: particles, silhouettes, outlines."),
    ] = _MICROGRAPHS,
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    params: Annotated[Path | None, typer.Option(help="Parameters in TOML; defaults where it is silent.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="One parameter; can be repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same as --set seed=…")] = None,
    side_px: Annotated[int, typer.Option(min=16, max=1024, help="Size of pictures of single particles.")] = 64,
    processes: Annotated[int, typer.Option(min=1, help="How many processes draw; it changes nothing.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Draw micrographs with known particles: images, labels and truth, or pictures of one particle in class folders.

    A film is drawn as a stack with the truth of every frame: --set process=ripening, n_frames=200 and so on.
    `evaluate OUT/images OUT/labels` scores the segmentation on the micrographs; `train --own OUT` learns from pictures.
    """
    from nanotem.synthetic.scene_file import read_scene

    lines = [*(settings or []), *([f"seed={seed}"] if seed is not None else [])]
    text = text_of(params, "parameters")
    if kind == _MICROGRAPHS:
        _micrographs(out, read_scene(text, lines), count, processes, as_json=as_json)
    elif kind == _FILM:
        _film(out, text, lines, as_json=as_json)
    else:
        _pictures(out, kind, read_scene(text, lines, shape="polyhedra"), count, side_px, processes, as_json=as_json)


def _micrographs(out: Path, params: Any, count: int, processes: int, *, as_json: bool) -> None:
    from nanotem.synthetic.micrograph_files import write_micrographs

    written = []
    for image in write_micrographs(out, params, count=count, processes=processes):
        written.append(image)
        if not as_json:
            typer.echo(f"{image['file']}: {image['n_particles']} particles{_size(image['mean_diameter_nm'])}")
    if as_json:
        print_json({"images": written})


def _film(out: Path, text: str, lines: list[str], *, as_json: bool) -> None:
    from nanotem.export.tables import csv_bytes
    from nanotem.files.replacing import write_file
    from nanotem.synthetic.film import FilmParams, simulate_film
    from nanotem.synthetic.scene_file import read_settings

    film = simulate_film(FilmParams.of(**read_settings(text, lines)))
    film.write(out / "film.tif")
    write_file(out / "truth.csv", csv_bytes(film.truth))
    write_file(out / "merges.csv", csv_bytes(film.merges))
    n_particles = film.truth["particle"].nunique()
    if as_json:
        paths = {name: str(out / name) for name in ("film.tif", "truth.csv", "merges.csv")}
        print_json({"film": {**paths, "n_frames": film.n_frames, "n_particles": n_particles}})
        return
    typer.echo(f"{out / 'film.tif'}: {film.n_frames} frames, {n_particles} particles, {len(film.merges)} coalescences")


def _size(mean_nm: float | None) -> str:
    return "" if mean_nm is None else f", mean diameter {mean_nm:.4g} nm"


def _pictures(out: Path, kind: Any, params: Any, count: int, side_px: int, processes: int, *, as_json: bool) -> None:
    from nanotem.synthetic.pictures import write_pictures

    classes = write_pictures(out, kind, params, count=count, side_px=side_px, processes=processes)
    if as_json:
        print_json({"folder": str(out), "classes": classes})
        return
    for name, n in classes.items():
        typer.echo(f"{out / name}: {n} pictures")
