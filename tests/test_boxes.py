import sys
from pathlib import Path

import pytest

from benchmarks.boxes import main


@pytest.mark.parametrize(("folder", "words"), [("nowhere", "cannot be opened"), (".", "There is no image in")])
def test_a_folder_without_boxed_images_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str, words: str
) -> None:
    (tmp_path / "images").mkdir()
    monkeypatch.setattr(sys, "argv", ["boxes", "--data", str(tmp_path / folder)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
