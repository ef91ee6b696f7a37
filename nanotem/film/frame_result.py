"""What is kept of one frame of a film, and its two files."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nanotem.analysis import Analysis
from nanotem.errors import UnreadableFileError
from nanotem.figures.outlines import traced_polygons
from nanotem.files.replacing import write_file
from nanotem.film.support import Step
from nanotem.measurement.flags import has_flag
from nanotem.study.table_file import read_table, table_bytes

KEPT = (
    *("label", "row_px", "column_px", "area_px", "diameter_px", "feret_max_px", "aspect_ratio", "circularity"),
    *("solidity", "diameter_uncertainty_px", "neighbour_share", "mean_grey", "flags"),
)
"""Columns of the particle table that are kept of every frame."""


@dataclass(frozen=True)
class FrameRecord:
    """The numbers of a frame.

    Attributes
    ----------
    frame
        From 0.
    key
        Of film, recipe and software: a frame with another one is analysed anew.
    n_particles, n_whole
        All, and those that the frame does not cut.
    blur_px
        Of its edges; NaN where none could be measured.
    grey_median, grey_spread
        Median, and standard deviation, of its grey values as recorded.
    step_row_px, step_column_px, step_uncertainty_px
        How far the support moved since the frame before; NaN where that cannot be told.
    reason
        Why there is no result; empty if there is one.
    """

    frame: int
    key: str
    n_particles: int = 0
    n_whole: int = 0
    blur_px: float = float("nan")
    grey_median: float = float("nan")
    grey_spread: float = float("nan")
    step_row_px: float = float("nan")
    step_column_px: float = float("nan")
    step_uncertainty_px: float = float("nan")
    reason: str = ""


def record_of(analysis: Analysis, number: int, key: str, step: Step) -> FrameRecord:
    """Return the numbers of an analysed frame."""
    table, pixels = analysis.measured, analysis.micrograph.pixels
    return FrameRecord(
        number,
        key,
        n_particles=len(table),
        n_whole=int((~has_flag(table, "touches_frame")).sum()),
        blur_px=analysis.outlines.report.blur_px,
        grey_median=float(np.median(pixels)),
        grey_spread=float(np.std(pixels, dtype=np.float64)),
        step_row_px=step.row_px,
        step_column_px=step.column_px,
        step_uncertainty_px=step.uncertainty_px,
    )


def frame_files(folder: Path, number: int) -> tuple[Path, Path, Path]:
    """Return where the table, the outlines and the numbers of a frame are kept."""
    stem = folder / "frames" / f"{number:06d}"
    return stem.with_suffix(".parquet"), stem.with_suffix(".outlines.json"), stem.with_suffix(".json")


def write_frame(folder: Path, record: FrameRecord, analysis: Analysis | None) -> None:
    """Keep a frame; its numbers come last, so that a frame that has them is whole.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    """
    table, outlines, numbers = frame_files(folder, record.frame)
    if analysis is not None:
        write_file(table, table_bytes(analysis.measured[list(KEPT)]))
        polygons = {str(label): corners for label, corners in traced_polygons(analysis.outlines).items()}
        write_file(outlines, json.dumps(polygons).encode())
    write_file(numbers, json.dumps(_with_nulls(asdict(record))).encode())


def read_record(folder: Path, number: int) -> FrameRecord | None:
    """Return the numbers of a frame; None if there are none, or none that can be read."""
    path = frame_files(folder, number)[2]
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return FrameRecord(**{field.name: _from_null(values[field.name]) for field in fields(FrameRecord)})
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def read_particles(folder: Path, number: int) -> pd.DataFrame:
    """Return the particles of a frame.

    Raises
    ------
    UnreadableFileError
        If they are not there or damaged.
    """
    return read_table(frame_files(folder, number)[0])


def read_polygons(folder: Path, number: int) -> dict[int, list[float]]:
    """Return the outer outline of every particle of a frame, each a flat list x0, y0, x1, y1 and so on.

    Raises
    ------
    UnreadableFileError
        If they are not there or damaged.
    """
    path = frame_files(folder, number)[1]
    try:
        return {int(label): list(map(float, ends)) for label, ends in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFileError(f"{path.name} cannot be read ({error}).", "Analyse the film again.") from error


def _with_nulls(values: dict[str, Any]) -> dict[str, Any]:
    """Return None for what is not known: JSON has null, but no NaN."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value for name, value in values.items()
    }


def _from_null(value: Any) -> Any:
    return float("nan") if value is None else value
