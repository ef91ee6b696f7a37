"""What the command line does with files: plain results that can be printed as JSON."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import pandas as pd

from nanotem.calibration import read_scale, settle_scale
from nanotem.errors import NanotemError, ParameterError, ScaleError, UnreadableFileError
from nanotem.evaluation import evaluate
from nanotem.export.read_labels import whole_labels
from nanotem.figures.verdicts import verdict_picture
from nanotem.measurement import in_nm
from nanotem.pipeline import analyse
from nanotem.readers import SUPPORTED_SUFFIXES, read_file
from nanotem.recipe import Recipe
from nanotem.recipe.analysis_file import SavedAnalysis, differences
from nanotem.study.files import replacing
from nanotem.study.result import summary_of


def each_file(paths: Sequence[Path], task: Callable[[Path], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Do something with files one after the other; one that fails does not stop the others.

    Yields
    ------
    dict
        What the task returns; or "file" and "error", the message of a `NanotemError`.
    """
    for path in paths:
        try:
            yield task(path)
        except NanotemError as error:
            yield {"file": path.name, "error": str(error)}


def analyse_files(
    paths: Sequence[Path],
    recipe: Recipe,
    *,
    saved: SavedAnalysis | None = None,
    out: Path | None = None,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
) -> Iterator[dict[str, Any]]:
    """Analyse files as `analyse_file` does; one that cannot be analysed does not stop the others.

    Raises
    ------
    ParameterError
        If two tables of particles would have the same name.
    """
    if out is not None:
        _check_names(paths)
    settings: dict[str, Any] = {"saved": saved, "out": out, "nm_per_px": nm_per_px, "bar_length_nm": bar_length_nm}
    return each_file(paths, lambda path: analyse_file(path, recipe, **settings))


def analyse_file(
    path: Path,
    recipe: Recipe,
    *,
    saved: SavedAnalysis | None = None,
    out: Path | None = None,
    nm_per_px: float | None = None,
    bar_length_nm: float | None = None,
) -> dict[str, Any]:
    """Analyse one file and return its count and sizes.

    Parameters
    ----------
    path
        A micrograph.
    recipe
        Parameters of every stage.
    saved
        The analysis that the recipe comes from. On the image that it was saved for, its corrections are carried out
        and its scale is in force, whatever the file or the next parameters say.
    out
        Folder for the table of particles, made if it is absent; None for no table.
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar that is found in the image; used where the file holds no scale, the scale
        before the bar. Without either, the label of the bar is read, and used if the reading is sure enough.

    Returns
    -------
    dict
        "file", "n_particles" (those that the frame cuts included), "method" (what "automatic" came to), "nm_per_px",
        "scale_source"; "diameter": mean, median and standard deviation of the area-equivalent diameter of the whole
        ones, corrected for the frame if the recipe says so; "particles", where the table was written. None for what
        cannot be known. "notes": what differs from the saved analysis, and which of its corrections could not be
        carried out.

    Raises
    ------
    ScaleError
        If a bar length is given and no bar is found.
    UnreadableFileError
        If the file is no micrograph.
    NanotemError
        If the table cannot be written.
    """
    micrograph, saved = read_file(path), saved or SavedAnalysis(recipe)
    is_replay = saved.is_of(micrograph)
    if is_replay:
        micrograph = micrograph.with_scale(saved.scale)
    analysis = analyse(micrograph, recipe, saved.edits if is_replay else ())
    scale = micrograph.scale
    if scale is None and not is_replay:
        scale = settle_scale(micrograph.pixels, analysis.bars, nm_per_px=nm_per_px, bar_length_nm=bar_length_nm)
        if scale is None and bar_length_nm is not None:
            raise ScaleError(f"No scale bar was found in {path.name}.", "Give the scale with --nm-per-px.")
    particles = in_nm(analysis.particles, scale) if scale else analysis.particles
    lost, frame = analysis.edited.lost, ~analysis.annotations.mask
    method = analysis.segmentation.method
    summary = summary_of(particles, scale, recipe.sizes, method=method, frame=frame, n_lost_edits=len(lost))
    return {
        "file": path.name,
        "n_particles": summary.n_particles,
        "method": method,
        "nm_per_px": summary.nm_per_px,
        "scale_source": summary.scale_source,
        "diameter": {name: getattr(summary, name) for name in ("mean", "median", "sd", "unit")},
        "particles": _written(particles, out / f"{path.name}.particles.csv") if out else None,
        "notes": [*differences(saved, micrograph), *(reason for _, reason in lost)],
    }


def evaluate_folder(images: Path, labels: Path, recipe: Recipe, *, out: Path | None = None) -> dict[str, Any]:
    """Score the segmentation of every image that has a label image of the same name, worst F1 first.

    Parameters
    ----------
    images, labels
        Folders; a.png belongs to a.tif, whatever the suffixes.
    recipe
        Parameters of every stage.
    out
        Folder for one picture per image that shows what was hit, missed, invented, merged and split; made if it is
        absent; None for no pictures.

    Returns
    -------
    dict
        "images": "file" and the fields of `nanotem.evaluation.Score`, one entry per image. "mean": the means of
        these over the images where they are known; that of "count_error" is the mean of its absolute value. None
        for what cannot be known.

    Raises
    ------
    UnreadableFileError
        If a folder or a file cannot be read, no image has a label image, or the two differ in shape.
    NanotemError
        If a picture cannot be written.
    """
    truths = {path.stem: path for path in _images_in(labels)}
    pairs = [(path, truths[path.stem]) for path in _images_in(images) if path.stem in truths]
    if not pairs:
        raise UnreadableFileError(
            f"No image in {images} has a label image in {labels}.",
            "Give both the same names, for example a.png and a.tif.",
        )
    rows = sorted((_score(image, truth, recipe, out) for image, truth in pairs), key=lambda row: row["f1_50"])
    numbers = pd.DataFrame(rows).drop(columns=["file", "n_true", "n_found"])
    means = numbers.assign(count_error=numbers["count_error"].abs()).mean()
    return {"mean": _finite(means.to_dict()), "images": [_finite(row) for row in rows]}


def _check_names(paths: Sequence[Path]) -> None:
    names = [path.name for path in paths]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ParameterError(
            f"Two images are called {twice}: one table would replace the other.",
            "Analyse them one after the other with different folders for --out.",
        )


def _images_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUPPORTED_SUFFIXES)
    except OSError as error:
        raise UnreadableFileError(
            f"The folder {folder} cannot be opened ({error.strerror}).", "Check its name."
        ) from error


def _score(image: Path, truth: Path, recipe: Recipe, out: Path | None) -> dict[str, Any]:
    micrograph, true = read_file(image), whole_labels(read_file(truth).pixels, str(truth))
    if micrograph.shape != true.shape:
        raise UnreadableFileError(
            f"{truth} has the shape {true.shape}, its micrograph {image.name} has {micrograph.shape}.",
            "Label the micrograph as it is, neither cropped nor resized.",
        )
    found = analyse(micrograph, recipe).segmentation.labels
    if out is not None:
        picture = verdict_picture(micrograph.pixels, found, true)
        _write(out / f"{image.name}.png", cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes())
    return {"file": image.name, **asdict(evaluate(found, true))}


def _written(particles: pd.DataFrame, path: Path) -> str:
    _write(path, particles.to_csv(index=False).encode())
    return str(path)


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def _finite(values: dict[Any, Any]) -> dict[str, Any]:
    """Replace what JSON cannot hold by None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in values.items()
    }


def read_scale_of(path: Path) -> dict[str, Any]:
    """Return what the picture of a file says about its scale, whatever the file's metadata say."""
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
