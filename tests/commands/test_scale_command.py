"""The command that reads the scale from pictures."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageDraw, ImageFont
from recipes import BY_NECK
from typer.testing import CliRunner

from nanotem.__main__ import app
from nanotem.recipe.file import write_recipe
from nanotem.synthetic import example_png


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "rods.png"
    path.write_bytes(example_png("rods"))
    return path


def panel(label: str) -> np.ndarray:
    """Return grey grain with a bar of 140 px and its label."""
    picture = Image.fromarray(np.random.default_rng(0).normal(120, 6, (400, 400)).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 360, 199, 365), 255)
    pen.text((130, 350), label, 255, font=ImageFont.load_default(26), anchor="mb")
    return np.asarray(picture)


def test_scale_bar_reads_the_scale_of_an_example(example: Path) -> None:
    result = CliRunner().invoke(app, ["scale-bar", str(example), "--json"])
    assert result.exit_code == 0
    (read,) = json.loads(result.stdout)["images"]
    assert read["accepted"]
    assert read["nm_per_px"] == pytest.approx(0.4, rel=0.005)
    assert read["label_nm"] == 100
    assert (read["disagreeing"], read["notes"]) == ([], [])


def test_bars_that_disagree_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "panels.png"
    cv2.imwrite(str(path), np.hstack([panel("100 nm"), panel("20 nm")]))
    (read,) = json.loads(CliRunner().invoke(app, ["scale-bar", str(path), "--json"]).stdout)["images"]
    assert not read["accepted"]
    assert sorted(bar["label_nm"] for bar in read["disagreeing"]) == [20, 100]


def test_another_image_and_frame_of_a_file_are_read(example: Path, tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    drawn = cv2.imread(str(example), cv2.IMREAD_GRAYSCALE)
    tifffile.imwrite(path, np.stack([np.full_like(drawn, 90), drawn]), metadata={"axes": "TYX"})
    first, second = (
        json.loads(CliRunner().invoke(app, ["scale-bar", str(path), "--json", *more]).stdout)["images"][0]
        for more in ([], ["--image", "1", "--frame", "2"])
    )
    assert (first["accepted"], second["accepted"]) == (False, True)
    missing = CliRunner().invoke(app, ["scale-bar", str(path), "--frame", "3"])
    assert missing.exit_code == 2


def test_an_unreadable_file_is_listed_beside_the_others(example: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    result = CliRunner().invoke(app, ["scale-bar", str(bad), str(example), "--json"])
    assert result.exit_code == 2
    first, second = json.loads(result.stdout)["images"]
    assert "bad.png" in first["error"]
    assert second["accepted"]


def test_analyse_uses_the_scale_that_it_reads(example: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "by neck.toml"
    recipe.write_text(write_recipe(BY_NECK))
    result = CliRunner().invoke(app, ["analyse", str(example), "--recipe", str(recipe), "--json"])
    (analysed,) = json.loads(result.stdout)["images"]
    assert analysed["scale_source"] == "scale bar"
    assert analysed["diameter"]["unit"] == "nm"
