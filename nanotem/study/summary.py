"""One table of all images, and one of all particles."""

from collections.abc import Iterator
from dataclasses import asdict, fields

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nanotem.files.replacing import replacing
from nanotem.measurement import COLUMNS
from nanotem.study.outliers import with_flags
from nanotem.study.result import read_particles, read_summary
from nanotem.study.study import Study
from nanotem.summary import ImageSummary

_NUMBERS = [field.name for field in fields(ImageSummary)]
_COLUMNS = ["file", "sample", "status", *_NUMBERS, "count_z", "size_z", "reason", "flags"]
_ARROW_TYPES = {"int64": pa.int64(), "float64": pa.float64(), "str": pa.string(), "bool": pa.bool_()}
_SCHEMA = pa.schema(
    [("image", pa.string()), ("sample", pa.string())]
    + [(name, _ARROW_TYPES[column.dtype]) for name, column in COLUMNS.items()]
    + [("weight", pa.float64())]
)


def summary_table(study: Study) -> pd.DataFrame:
    """Return one row per image, ordered by name.

    Returns
    -------
    pandas.DataFrame
        Columns file, sample, status, those of `ImageSummary`, count_z and size_z (see `nanotem.study.outliers`),
        reason, flags. Without a number where there is no result.
    """
    rows = []
    for image in study.images:
        summary = read_summary(study, image) if image.status == "done" else None
        known = {"file": image.name, "sample": image.sample, "status": image.status, "reason": image.reason}
        rows.append(known | {"id": image.id} | (asdict(summary) if summary else {}))
    table = pd.DataFrame(rows, columns=["file", "sample", "status", "reason", "id", *_NUMBERS])
    names = ("file", "sample", "status", "reason", "id", "unit", "scale_source", "method", "notes")
    texts = dict.fromkeys(names, "str")
    counts = dict.fromkeys(("n_particles", "n_measured", "n_doubtful", "n_lost_edits"), "Int64")
    numbers = dict.fromkeys(("nm_per_px", "scale_relative_uncertainty", "mean", "median", "sd"), "float64")
    return with_flags(table.astype({**texts, **counts, **numbers}))[_COLUMNS]


def combined_particles(study: Study) -> pd.DataFrame:
    """Return the particles of all images that are done, ordered by image.

    Returns
    -------
    pandas.DataFrame
        Columns image, sample, all of `nanotem.measurement.COLUMNS`, and weight, 0 for particles that the frame cuts;
        sizes in nm are NaN where there is no scale.
    """
    return pa.concat_tables([_SCHEMA.empty_table(), *_tables(study)]).to_pandas()


def combine(study: Study) -> None:
    """Write `particles.parquet` and `summary.csv`, one image in memory at a time; times are in neither.

    Raises
    ------
    NanotemError
        If a file cannot be written.
    UnreadableFileError
        If the table of an image that is done cannot be read.
    """
    with replacing(study.folder / "particles.parquet") as path, pq.ParquetWriter(path, _SCHEMA) as writer:
        for table in _tables(study):
            writer.write_table(table)
    with replacing(study.folder / "summary.csv") as path:
        summary_table(study).to_csv(path, index=False)


def _tables(study: Study) -> Iterator[pa.Table]:
    for image in study.images:
        if image.status == "done":
            particles = read_particles(study, image).assign(image=image.name, sample=image.sample)
            yield pa.Table.from_pandas(particles.reindex(columns=_SCHEMA.names), _SCHEMA, preserve_index=False)
