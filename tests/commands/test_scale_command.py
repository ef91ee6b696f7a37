"""The command that reads the scale from pictures."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nanotem.__main__ import app
from nanotem.synthetic import example_png


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "rods.png"
    path.write_bytes(example_png("rods"))
    return path


def test_scale_bar_reads_the_scale_of_an_example(example: Path) -> None:
    result = CliRunner().invoke(app, ["scale-bar", str(example), "--json"])
    assert result.exit_code == 0
    (read,) = json.loads(result.stdout)["images"]
    assert read["accepted"]
    assert read["nm_per_px"] == pytest.approx(0.4, rel=0.005)
    assert read["label_nm"] == 100


def test_an_unreadable_file_is_listed_beside_the_others(example: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    result = CliRunner().invoke(app, ["scale-bar", str(bad), str(example), "--json"])
    assert result.exit_code == 2
    first, second = json.loads(result.stdout)["images"]
    assert "bad.png" in first["error"]
    assert second["accepted"]


def test_analyse_uses_the_scale_that_it_reads(example: Path) -> None:
    result = CliRunner().invoke(app, ["analyse", str(example), "--json"])
    (analysed,) = json.loads(result.stdout)["images"]
    assert analysed["scale_source"] == "scale bar"
    assert analysed["diameter"]["unit"] == "nm"
