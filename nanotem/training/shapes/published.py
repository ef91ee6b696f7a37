"""Particles of published micrographs whose shapes a person told by eye: the list comes along, the pictures do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nanotem.analysis import Analysis
from nanotem.micrograph import Labels, Micrograph, Pixels
from nanotem.readers import read_file

LIST = Path(__file__).with_name("published_particles.csv")
"""Columns: `file` below the folder of data; `row` and `column` of a pixel deep in the particle; `diameter_px` of the
particle that was looked at; `outline` and `solid` by eye, empty where the picture does not tell."""

_SAME_SIZE = 0.2
"""A particle there whose diameter differs by more is another one: half of what was looked at, or two of them."""


@dataclass(frozen=True, eq=False)
class Told:
    """The particles of one micrograph that a person told.

    Attributes
    ----------
    file
        Below the folder of data.
    pixels, labels
        The micrograph, and its particles as nanotem finds them.
    numbers
        Label of each particle that was told.
    outlines, solids
        What each was called; empty where the picture does not tell.
    """

    file: str
    pixels: Pixels
    labels: Labels
    numbers: list[int]
    outlines: list[str]
    solids: list[str]


def told_particles(data: Path, table: Path = LIST, *, work: Path | None = None) -> Iterator[Told]:
    """Find the listed particles anew, each micrograph segmented by nanotem itself with its defaults.

    Parameters
    ----------
    data
        Folder of the micrographs; those that it lacks are passed over.
    table
        The list.
    work
        Folder where labels are kept for the next time, as telling particles apart takes most of it; a folder of its
        own for every state of the segmentation. None keeps nothing.

    Yields
    ------
    Told
        A particle that is not found any more, or with another size, is left out.
    """
    for file, rows in pd.read_csv(table, keep_default_na=False).groupby("file", sort=False):
        path = data / str(file)
        if path.exists():
            micrograph = read_file(path)
            yield _found(str(file), micrograph.pixels, _labels(micrograph, work), rows)


def _labels(micrograph: Micrograph, work: Path | None) -> Labels:
    """Return the particles of a micrograph, from the folder of work if they are kept there."""
    kept = work / f"{micrograph.id}.npz" if work else None
    if kept and kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            return np.asarray(stored["labels"])
    labels = Analysis(micrograph).labels
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(kept, labels=labels)
    return labels


def _found(file: str, pixels: Pixels, labels: Labels, rows: pd.DataFrame) -> Told:
    numbers = labels[rows["row"], rows["column"]]
    diameters_px = 2 * np.sqrt(np.bincount(labels.ravel())[numbers] / np.pi)
    same = (numbers > 0) & (np.abs(diameters_px / rows["diameter_px"] - 1) <= _SAME_SIZE)
    kept = rows[same]
    return Told(file, pixels, labels, numbers[same].tolist(), kept["outline"].tolist(), kept["solid"].tolist())
