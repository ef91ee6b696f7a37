"""Particle tables as Parquet, read back within limits that are checked before anything is decoded."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nanotem.errors import UnreadableFileError
from nanotem.measurement import COLUMNS

MOST_PARTICLES = 1_000_000
"""Of one image: one for every 16 px of 4096 x 4096 px."""

_MOST_COLUMNS = 200
"""Four times as many as a table has now; the footer of a table grows with them, and is read whole."""

_LARGEST_BYTES = 512 * 1024**2
"""What a table of a million particles takes, 8 bytes in each of 50 columns, and something to spare."""

_MOST_FOOTER_ENTRIES, _LARGEST_FOOTER_TEXT = 10_000, 1_000_000
"""Of a list and a text in the footer; those of a table of 50 columns have 50 and 5,000."""

_LONGEST_WORD = 1_000
"""Of flags and names of classes; every flag together has 150 characters."""

_ARROW_TYPES = {"int64": pa.int64(), "float64": pa.float64(), "str": pa.string(), "bool": pa.bool_()}

TYPES: Mapping[str, pa.DataType] = {
    **{name: _ARROW_TYPES[column.dtype] for name, column in COLUMNS.items()},
    "weight": pa.float64(),
}
"""Every column that a table of particles can have."""


def table_bytes(particles: pd.DataFrame) -> bytes:
    """Return a table as Parquet with a checksum for every page."""
    stream, schema = BytesIO(), pa.schema([(name, TYPES[name]) for name in particles.columns])
    pq.write_table(pa.Table.from_pandas(particles, schema, preserve_index=False), stream, write_page_checksum=True)
    return stream.getvalue()


def read_table(path: Path) -> pd.DataFrame:
    """Return the known columns of a table.

    Raises
    ------
    UnreadableFileError
        If it is not there, is damaged, is larger than a table of particles can be, or a column is not of its type.
    """
    try:
        with _opened(path) as file:
            names = _checked(file, path)
        with _opened(path, words=[name for name in names if TYPES[name] == pa.string()]) as file:
            table = file.read(columns=names, use_threads=False)
        return _plain(table, path).to_pandas(ignore_metadata=True)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def check_table(path: Path) -> None:
    """Refuse a table that `read_table` would refuse by its footer alone; nothing of it is decoded.

    Raises
    ------
    UnreadableFileError
        See `read_table`.
    """
    try:
        with _opened(path) as file:
            _checked(file, path)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def _opened(path: Path, *, words: Sequence[str] = ()) -> pq.ParquetFile:
    """Open a table within limits; words come as numbers into a dictionary, which holds each of them once."""
    size = path.stat().st_size
    if size > _LARGEST_BYTES:
        raise _refused(path, f"has {size} bytes, more than {_LARGEST_BYTES}")
    return pq.ParquetFile(
        path,
        read_dictionary=words,
        page_checksum_verification=True,
        thrift_string_size_limit=_LARGEST_FOOTER_TEXT,
        thrift_container_size_limit=_MOST_FOOTER_ENTRIES,
        arrow_extensions_enabled=False,
        pre_buffer=False,
    )


def _checked(file: pq.ParquetFile, path: Path) -> list[str]:
    """Return the names of the known columns, if the footer promises nothing unusual."""
    meta = file.metadata
    if meta.num_rows > MOST_PARTICLES:
        raise _refused(path, f"has {meta.num_rows} rows, more than {MOST_PARTICLES}")
    if meta.num_columns > _MOST_COLUMNS:
        raise _refused(path, f"has {meta.num_columns} columns, more than {_MOST_COLUMNS}")
    chunks = (meta.row_group(group).column(n) for group in range(meta.num_row_groups) for n in range(meta.num_columns))
    n_bytes = sum(max(chunk.total_uncompressed_size, 0) for chunk in chunks)
    if n_bytes > _LARGEST_BYTES:
        raise _refused(path, f"unpacks to {n_bytes} bytes, more than {_LARGEST_BYTES}")
    schema = file.schema_arrow
    names = [name for name in schema.names if name in TYPES]
    wrong = next((name for name in names if not _is_of_its_type(schema, name)), None)
    if wrong:
        raise _refused(path, f"has a column {wrong} of the type {_words(schema, wrong)}, not {TYPES[wrong]}")
    if "label" not in names:
        raise _refused(path, "has no column label")
    return names


def _is_of_its_type(schema: pa.Schema, name: str) -> bool:
    """Whether a column occurs once and has the type that it should have."""
    return [schema.field(place).type for place in schema.get_all_field_indices(name)] == [TYPES[name]]


def _words(schema: pa.Schema, name: str) -> str:
    return " and ".join(str(schema.field(place).type) for place in schema.get_all_field_indices(name))


def _plain(table: pa.Table, path: Path) -> pa.Table:
    """Return the table with plain words: each long word is refused before it is written out for every row."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            words = (word for chunk in table.column(place).chunks for word in chunk.dictionary.to_pylist())
            longest = max((len(word or "") for word in words), default=0)
            if longest > _LONGEST_WORD:
                raise _refused(path, f"has a word of {longest} characters in {field.name}, more than {_LONGEST_WORD}")
            table = table.set_column(place, field.name, table.column(place).cast(pa.string()))
    if table.column("label").null_count or any(
        table.column(name).null_count for name in table.column_names if TYPES[name] in (pa.int64(), pa.bool_())
    ):
        raise _refused(path, "lacks whole numbers")
    return table


def _refused(path: Path, what: str) -> UnreadableFileError:
    return UnreadableFileError(f"{path.name} {what}.", "Analyse the image again.")


def _damaged(path: Path, why: str) -> UnreadableFileError:
    return UnreadableFileError(f"{path} cannot be read ({why}).", "Analyse the image again.")
