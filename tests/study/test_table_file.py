from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nanotem.errors import UnreadableFileError
from nanotem.measurement import COLUMNS
from nanotem.study import table_file
from nanotem.study.table_file import TYPES, check_table, read_table, table_bytes

_OF_TYPE: dict[str, Any] = {"int64": 7, "float64": 0.25, "str": "few_pixels", "bool": True}
PARTICLES = pd.DataFrame({name: 3 * [_OF_TYPE[column.dtype]] for name, column in COLUMNS.items()}).assign(weight=0.5)


def saved(folder: Path, table: pa.Table, **options: Any) -> Path:
    pq.write_table(table, folder / "a.parquet", **options)
    return folder / "a.parquet"


def test_a_table_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(table_bytes(PARTICLES))
    check_table(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "a.parquet"), PARTICLES)
    assert list(PARTICLES) == list(TYPES)


def test_other_columns_are_not_decoded(tmp_path: Path) -> None:
    table = pa.table({"label": [1, 2], "other": ["a", "b"]})
    assert read_table(saved(tmp_path, table)).columns.to_list() == ["label"]


LONG = pa.array(["x" * 1_001, "a"])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"label": ["one"]}, "column label of the type string, not int64"),
        ({"label": [1], "mean_grey": ["words"]}, "column mean_grey of the type string, not double"),
        ({"label": [1], "flags": [1.0]}, "column flags of the type double, not string"),
        ({"label": [[1]]}, "column label of the type list"),
        ({"area_px": [1.0]}, "no column label"),
        ({"label": np.arange(1_000_001)}, "1000001 rows, more than 1000000"),
        ({"label": [1]} | {f"c{number}": [1] for number in range(200)}, "201 columns, more than 200"),
    ],
)
def test_an_unusual_footer_is_refused_before_anything_is_decoded(
    tmp_path: Path, table: dict[str, Any], said: str
) -> None:
    path = saved(tmp_path, pa.table(table))
    for read in (check_table, read_table):
        with pytest.raises(UnreadableFileError, match=f"a.parquet has (a )?{said}"):
            read(path)


def test_words_and_whole_numbers_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="a word of 1001 characters in flags, more than 1000"):
        read_table(saved(tmp_path, pa.table({"label": [1, 2], "flags": LONG})))
    with pytest.raises(UnreadableFileError, match="lacks whole numbers"):
        read_table(saved(tmp_path, pa.table({"label": pa.array([1, None], pa.int64())})))


def test_a_column_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["label", "label"])
    with pytest.raises(UnreadableFileError, match="column label of the type int64 and int64"):
        read_table(saved(tmp_path, table))


def test_a_table_is_not_larger_than_a_table_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, pa.table({"label": np.zeros(100_000, np.int64)}), use_dictionary=False)
    monkeypatch.setattr(table_file, "_LARGEST_BYTES", 100_000)
    with pytest.raises(UnreadableFileError, match=r"unpacks to 8.* bytes, more than 100000"):
        check_table(path)
    monkeypatch.setattr(table_file, "_LARGEST_BYTES", 1_000)
    with pytest.raises(UnreadableFileError, match=r"has .* bytes, more than 1000"):
        check_table(path)


def test_a_page_that_was_changed_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(table_bytes(PARTICLES))
    chunk = pq.read_metadata(path).row_group(0).column(list(PARTICLES).index("mean_grey"))
    data = bytearray(path.read_bytes())
    data[chunk.dictionary_page_offset + chunk.total_compressed_size - 1] ^= 1
    path.write_bytes(data)
    check_table(path)
    with pytest.raises(UnreadableFileError, match=r"cannot be read .*checksum"):
        read_table(path)
    path.write_bytes(data[:-9])
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        check_table(path)
