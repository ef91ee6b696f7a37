import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawing import disc_grid, draw, with_noise
from saved import saved_text
from typer.testing import CliRunner, Result

from nanotem.__main__ import app, main
from nanotem.edits.edits import Remove, target_of
from nanotem.errors import ParameterError, UnreadableFileError
from nanotem.micrograph import Scale
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams

REPOSITORY = Path(__file__).parents[1]
DISCS, TRUE = draw((200, 300), disc_grid(2, 3, pitch_px=100, diameter_px=40))
SIX = "Found 6 · measured 6 · cut by the frame 0"


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    path = tmp_path / "images" / "discs.png"
    path.parent.mkdir()
    cv2.imwrite(str(path), with_noise(DISCS, 2).round().astype(np.uint8))
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    folder.mkdir()
    cv2.imwrite(str(folder / "discs.png"), TRUE.astype(np.uint8))
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def python_m_nanotem(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "nanotem", *(str(argument) for argument in arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_help_names_the_commands() -> None:
    done = python_m_nanotem("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("analyse", "evaluate", "app"))


def test_help_waits_for_nothing_that_analyses() -> None:
    code = "import sys, nanotem.__main__; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "pandas", "cv2", "skimage"} & set(done.stdout.split())


def test_one_bad_image_among_several_in_a_process_of_its_own(discs: Path, tmp_path: Path) -> None:
    done = python_m_nanotem("analyse", tmp_path / "absent.png", discs, "--json")
    absent, analysed = json.loads(done.stdout)["images"]
    assert done.returncode == 2
    assert absent["file"] == "absent.png"
    assert absent["error"] == done.stderr.strip()
    assert "cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr
    assert (analysed["file"], analysed["n_particles"]) == ("discs.png", 6)


def test_analyse_prints_one_json_object_and_nothing_else(discs: Path, tmp_path: Path) -> None:
    done = run("analyse", discs, "--nm-per-px", 0.5, "--out", tmp_path / "tables", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    (image,) = json.loads(done.stdout)["images"]
    assert list(image) == [
        "file",
        "n_particles",
        "n_measured",
        "n_cut",
        "n_interval",
        "method",
        "nm_per_px",
        "scale_source",
        "diameter",
        "weighted",
        "arrangement",
        "metal",
        "n_with_lattice",
        "population",
        "particles",
        "analysis",
        "notes",
        "provenance",
    ]
    assert list(image["diameter"]) == ["mean", "median", "sd", "d10", "d50", "d90", "unit", "intervals", "budget"]
    assert Path(image["particles"]).is_file()
    assert Path(image["analysis"]).is_file()
    assert list(image["provenance"]) == ["versions", "networks"]


def test_analyse_tells_people_one_line_per_image(discs: Path) -> None:
    done = run("analyse", discs, discs)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(line.startswith(f"discs.png: {SIX}, mean diameter 40.0") for line in lines[::2])
    assert all(" px (" in line for line in lines[::2])
    assert all(" px in all (k = 2)" in line for line in lines[::2])
    assert all(line.startswith("The scale is not known, so sizes are in pixels. ") for line in lines[1::2])


def test_analyse_tells_people_when_there_is_nothing(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((100, 100), 150, np.uint8))
    first, scale, blank = run("analyse", tmp_path / "blank.png").stdout.splitlines()
    assert first == "blank.png: Found 0 · measured 0 · cut by the frame 0"
    assert scale.startswith("The scale is not known")
    assert blank.startswith("Nothing stands out from the background")


def test_analyse_goes_on_after_a_bad_image(discs: Path, tmp_path: Path) -> None:
    done = run("analyse", tmp_path / "absent.png", discs)
    assert done.exit_code == 2
    assert done.stdout.startswith(f"discs.png: {SIX}, mean diameter ")
    assert "absent.png" in done.stderr


def test_a_recipe_is_obeyed(discs: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text("[segment]\nmin_diameter_px = 60\n")
    done = run("analyse", discs, "--recipe", recipe, "--json")
    assert json.loads(done.stdout)["images"][0]["n_particles"] == 0


def test_a_saved_analysis_is_replayed_and_another_image_is_noted(discs: Path, tmp_path: Path) -> None:
    other = discs.with_name("other.png")
    cv2.imwrite(str(other), with_noise(DISCS, 3).round().astype(np.uint8))
    saved = tmp_path / "discs.analysis.toml"
    micrograph = read_file(discs).with_scale(Scale(0.5, "typed"))
    saved.write_text(saved_text(micrograph, edits=[Remove((target_of(TRUE, 1),))]))
    first, second, note, scale = run("analyse", discs, other, "--recipe", saved).stdout.splitlines()
    assert first.startswith("discs.png: Found 5 · measured 5 · cut by the frame 0, mean diameter 20.0")
    assert " nm (" in first
    assert second.startswith(f"other.png: {SIX}, mean diameter 40.0")
    assert " px (" in second
    assert "another image, discs.png" in note
    assert scale.startswith("The scale is not known")


def test_evaluate_takes_the_recipe_of_a_saved_analysis(discs: Path, truth: Path, tmp_path: Path) -> None:
    saved = tmp_path / "discs.analysis.toml"
    recipe = Recipe(segment=SegmentParams(min_diameter_px=60))
    saved.write_text(saved_text(read_file(discs), recipe))
    done = run("evaluate", discs.parent, truth, "--recipe", saved, "--json")
    assert json.loads(done.stdout)["images"][0]["n_found"] == 0
    assert "the scale and the corrections of its image not" in done.stderr


def test_evaluate_prints_one_json_object_and_nothing_else(discs: Path, truth: Path, tmp_path: Path) -> None:
    done = run("evaluate", discs.parent, truth, "--out", tmp_path / "pictures", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    scores = json.loads(done.stdout)
    assert scores["images"][0]["file"] == "discs.png"
    assert (scores["images"][0]["n_true"], scores["images"][0]["n_found"]) == (6, 6)
    assert (scores["mean"]["f1_50"], scores["mean"]["f1_75"], scores["mean"]["count_error"]) == (1, 1, 0)
    assert scores["mean"]["pq"] > 0.9
    assert (tmp_path / "pictures" / "discs.png.png").is_file()


def test_evaluate_tells_people_images_and_means(discs: Path, truth: Path) -> None:
    image, mean = run("evaluate", discs.parent, truth).stdout.splitlines()
    assert image == "discs.png: F1 1.00, 6 found, 6 true"
    assert mean.startswith("mean: f1_50 1.000, f1_75 1.000")


def test_evaluate_leaves_out_what_cannot_be_known(discs: Path, truth: Path) -> None:
    cv2.imwrite(str(truth / "discs.png"), np.zeros(TRUE.shape, np.uint8))
    mean = run("evaluate", discs.parent, truth).stdout.splitlines()[-1]
    assert "f1_50 0.000" in mean
    assert "diameter_bias" not in mean


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (None, UnreadableFileError, "cannot be read"),
        (b"\xff\xfe\xff", UnreadableFileError, "is no text"),
        (b"[segment]\nneck_ratio = 7\n", ParameterError, "neck_ratio = 7"),
    ],
)
def test_a_bad_recipe_is_said(
    discs: Path, tmp_path: Path, content: bytes | None, error: type[Exception], message: str
) -> None:
    recipe = tmp_path / "recipe.toml"
    if content is not None:
        recipe.write_bytes(content)
    done = run("analyse", discs, "--recipe", recipe, "--json")
    assert isinstance(done.exception, error)
    assert message in str(done.exception)
    assert done.stdout == ""


def test_main_ends_with_message_remedy_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["nanotem", "evaluate", str(tmp_path), str(tmp_path), "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert printed.out == ""
    assert printed.err.startswith(f"No image in {tmp_path} has a label image")
    assert "same names" in printed.err
