"""One table of all images, and one of all particles."""

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nanotem.errors import UnreadableFileError
from nanotem.export.tables import csv_bytes
from nanotem.files.replacing import replacing, write_file
from nanotem.quantities import QUANTITIES
from nanotem.study.copies import copies_of
from nanotem.study.fringes import ASKED, fringes_table
from nanotem.study.outliers import with_flags
from nanotem.study.result import read_particles, read_summary
from nanotem.study.shares import shares_table
from nanotem.study.study import Study
from nanotem.study.table_file import TYPES
from nanotem.summary import ImageSummary

_ENDS = ("", "_low", "_high")
_QUANTITIES = [f"{name}{end}" for name in QUANTITIES for end in _ENDS]
_NUMBERS = [field.name for field in fields(ImageSummary) if field.name != "quantities"] + _QUANTITIES
_COLUMNS = ["file", "sample", "status", *_NUMBERS, "count_z", "size_z", "reason", "flags"]
_SCHEMA = pa.schema([("image", pa.string()), ("sample", pa.string()), *TYPES.items()])
_MOST_PARTICLES = 2_000_000
"""In memory at once: they take 1.5 GB. A thousand images of 500 particles are a quarter of it."""


def summary_table(study: Study) -> pd.DataFrame:
    """Return one row per image, ordered by name.

    Returns
    -------
    pandas.DataFrame
        Columns file, sample, status, those of `ImageSummary`, with each of its quantities followed by the ends of its
        95 % interval (`d32`, `d32_low`, `d32_high`), count_z and size_z (see `nanotem.study.outliers`), reason, flags.
        Without a number where there is no result.
    """
    rows, copies = [], copies_of(study)
    for image in study.images:
        summary = read_summary(study, image) if image.status == "done" else None
        known = {"file": image.name, "sample": image.sample, "status": image.status, "reason": image.reason}
        same = {"id": image.id, "pixels": image.pixels, "is_copy": image.name in copies}
        rows.append(known | same | (_flat(summary) if summary else {}))
    table = pd.DataFrame(rows, columns=["file", "sample", "status", "reason", "id", "pixels", "is_copy", *_NUMBERS])
    names = (
        "file",
        "sample",
        "status",
        "reason",
        "id",
        "pixels",
        "unit",
        "scale_source",
        "method",
        "metal",
        "notes",
        "uncertainty_without",
    )
    texts = dict.fromkeys(names, "str")
    counts = dict.fromkeys(("n_particles", "n_measured", "n_doubtful", "n_lost_edits", "area_px"), "Int64")
    numbers = dict.fromkeys(set(_NUMBERS) - set(texts) - set(counts), "float64")
    return with_flags(table.astype({**texts, **counts, **numbers, "is_copy": "bool"}))[_COLUMNS]


def _flat(summary: ImageSummary) -> dict[str, Any]:
    """Return the numbers of an image, one column each."""
    numbers = asdict(summary)
    quantities = numbers.pop("quantities")
    return numbers | {
        f"{name}{end}": value for name, ends in quantities.items() for end, value in zip(_ENDS, ends, strict=True)
    }


def combined_particles(study: Study) -> pd.DataFrame:
    """Return the particles of all images that are done, ordered by image.

    Returns
    -------
    pandas.DataFrame
        Columns image, sample, all of `nanotem.measurement.COLUMNS`, and weight, 0 for particles that the frame cuts
        and for those of copies of an image; sizes in nm are NaN where there is no scale.

    Raises
    ------
    UnreadableFileError
        If the table of an image that is done cannot be read, or there are more than two million particles.
    """
    tables, n_particles = [_SCHEMA.empty_table()], 0
    for table in _tables(study):
        tables.append(table)
        n_particles += table.num_rows
        if n_particles > _MOST_PARTICLES:
            raise UnreadableFileError(
                f"The study has more than {_MOST_PARTICLES} particles, too many for the memory.",
                "Use particles.parquet in its folder or its ZIP file, which is written image by image.",
            )
    return pa.concat_tables(tables).to_pandas()


def combine(study: Study) -> None:
    """Write `particles.parquet`, `summary.csv`, and `shares.csv` and `fringes.csv` where shapes and fringes were told.

    Times are in none. One image is in memory at a time, and of all particles what their fringes say.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    UnreadableFileError
        If the table of an image that is done cannot be read.
    """
    with (
        replacing(study.folder / "particles.parquet") as path,
        pq.ParquetWriter(path, _SCHEMA, write_page_checksum=True) as writer,
    ):
        for table in _tables(study):
            writer.write_table(table)
    write_file(study.folder / "summary.csv", csv_bytes(summary_table(study)))
    _write_if_any(study, "shares.csv", shares_table(study))
    _write_if_any(study, "fringes.csv", fringes_of(study))


def fringes_of(study: Study) -> pd.DataFrame:
    """Return what `fringes_table` says of a study; tables of images of which nobody asked it are not read.

    Raises
    ------
    UnreadableFileError
        If the table of an image that is done cannot be read.
    """
    asked = replace(study, images=tuple(image for image in study.images if image.recipe.lattice.in_batches))
    tables = [_SCHEMA.empty_table().select(ASKED), *(table.select(ASKED) for table in _tables(asked))]
    return fringes_table(pa.concat_tables(tables).to_pandas())


def _write_if_any(study: Study, name: str, table: pd.DataFrame) -> None:
    """Write a table into the folder of a study; one without rows takes that of an earlier run away."""
    if table.empty:
        (study.folder / name).unlink(missing_ok=True)
    else:
        write_file(study.folder / name, csv_bytes(table))


def _tables(study: Study) -> Iterator[pa.Table]:
    """Yield the particles of each image that is done; those of copies weigh nothing, or they would count twice."""
    copies = copies_of(study)
    for image in study.images:
        if image.status == "done":
            particles = read_particles(study, image).assign(image=image.name, sample=image.sample)
            if image.name in copies:
                particles["weight"] = 0.0
            yield pa.Table.from_pandas(particles.reindex(columns=_SCHEMA.names), _SCHEMA, preserve_index=False)
