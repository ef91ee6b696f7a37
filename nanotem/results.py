"""What the command line does with files: plain results that can be printed as JSON."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nanotem.calibration import find_scale_bar, scale_from_bar
from nanotem.errors import ScaleError, UnreadableFileError
from nanotem.evaluation import evaluate
from nanotem.micrograph import Labels, Micrograph, Scale
from nanotem.pipeline import Analysis, analyse
from nanotem.readers import SUPPORTED_SUFFIXES, read_file
from nanotem.recipe import Recipe
from nanotem.statistics import frame_weights, summarise


def analyse_file(
    path: Path,
    recipe: Recipe,
    *,
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
    out
        Folder for the table of particles, made if it is absent; None for no table.
    nm_per_px, bar_length_nm
        Scale, or length of the scale bar that is found in the image; used where the file holds no scale.

    Raises
    ------
    ScaleError
        If a bar length is given and no bar is found.
    UnreadableFileError
        If the file is no micrograph.
    """
    micrograph = read_file(path)
    if micrograph.scale is None:
        micrograph = micrograph.with_scale(_given_scale(micrograph, nm_per_px, bar_length_nm))
    analysis = analyse(micrograph, recipe)
    return {
        "file": path.name,
        "n_particles": len(analysis.particles),
        "nm_per_px": micrograph.scale.nm_per_px if micrograph.scale else None,
        "scale_source": micrograph.scale.source if micrograph.scale else None,
        "diameter": _diameter(analysis),
        "particles": _written(analysis, out / f"{path.name}.particles.csv") if out else None,
    }


def evaluate_folder(images: Path, labels: Path, recipe: Recipe) -> dict[str, Any]:
    """Score the segmentation of every image that has a label image of the same name, worst first.

    Raises
    ------
    UnreadableFileError
        If no image has a label image.
    """
    rows = []
    for path in sorted(path for path in images.iterdir() if path.suffix.lower() in SUPPORTED_SUFFIXES):
        truth = next(iter(labels.glob(f"{path.stem}.*")), None)
        if truth is not None:
            found = analyse(read_file(path), recipe).segmentation.labels
            rows.append({"file": path.name, **asdict(evaluate(found, _read_labels(truth)))})
    if not rows:
        raise UnreadableFileError(
            f"No image in {images} has a label image in {labels}.",
            "Give both the same names, for example a.png and a.tif.",
        )
    numbers = [name for name in rows[0] if name not in ("file", "n_true", "n_found")]
    mean = {
        name: float(np.nanmean([np.abs(row[name]) if name == "count_error" else row[name] for row in rows]))
        for name in numbers
    }
    rows.sort(key=lambda row: row["f1_50"])
    return {"mean": mean, "images": [{name: _finite(value) for name, value in row.items()} for row in rows]}


def _given_scale(micrograph: Micrograph, nm_per_px: float | None, bar_length_nm: float | None) -> Scale | None:
    if nm_per_px is not None:
        return Scale(nm_per_px, "typed")
    if bar_length_nm is None:
        return None
    bar = find_scale_bar(micrograph.pixels)
    if bar is None:
        raise ScaleError(f"No scale bar was found in {micrograph.name}.", "Give the scale with --nm-per-px.")
    return scale_from_bar(bar, bar_length_nm, "nm")


def _diameter(analysis: Analysis) -> dict[str, Any]:
    """Return mean, median and standard deviation, corrected for particles that the frame cuts."""
    unit = "nm" if analysis.micrograph.scale else "px"
    weights = frame_weights(analysis.particles, analysis.micrograph.shape, frame=~analysis.annotations.mask)
    summary = summarise(analysis.particles[f"diameter_{unit}"], weights, n_resamples=1)
    return {
        "mean": _finite(summary.mean.value),
        "median": _finite(summary.median.value),
        "sd": _finite(summary.sd.value),
        "unit": unit,
    }


def _written(analysis: Analysis, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    analysis.particles.to_csv(path, index=False)
    return str(path)


def _read_labels(path: Path) -> Labels:
    return read_file(path).pixels.astype(np.int32)


def _finite(value: Any) -> Any:
    """Return None for what JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
