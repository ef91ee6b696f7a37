from pathlib import Path

import pytest

from nanotem.errors import NanotemError
from nanotem.files.replacing import replacing


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "table"
    with replacing(target) as path:
        path.write_text("first")
        assert not target.exists()
    assert target.read_text() == "first"
    with pytest.raises(ValueError, match="broken"), replacing(target) as path:  # noqa: PT012 - the file is written before
        path.write_text("seco")
        raise ValueError("broken")
    assert target.read_text() == "first"
    assert [file.name for file in target.parent.iterdir()] == ["table"]


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(NanotemError, match=r"table cannot be written.*make room"),
        replacing(tmp_path / "file" / "table"),
    ):
        pass
