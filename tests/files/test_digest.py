import hashlib
from pathlib import Path

import pytest

from nanotem.errors import UnreadableFileError
from nanotem.files.digest import sha256_of


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"gold")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"gold").hexdigest()


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UnreadableFileError, match=r"cannot be opened.*your right to read it"):
            sha256_of(path)
