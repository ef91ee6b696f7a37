"""`python -m nanotem batch`, also killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from studies import save_images, small_study, study_of_crystals, with_shapes
from typer.testing import CliRunner, Result

from nanotem.__main__ import app
from nanotem.errors import ParameterError
from nanotem.morphology.population import ClassCounts
from nanotem.study import open_study

REPOSITORY = Path(__file__).parents[2]


def batch(images: Path, study: Path, *more: object) -> list[str]:
    """Return the command, with a profile that is chosen: every image is then analysed once."""
    recipe = study.with_name("recipe.toml")
    recipe.write_text('[outlines]\nprofile = "flat"\n')
    return ["batch", *(str(one) for one in (images, "--out", study, "--recipe", recipe, "--nm-per-px", 0.5, *more))]


def run(client: Any, *arguments: object) -> Result:
    """Run the command on the workers of a scheduler that is there."""
    return CliRunner().invoke(app, [*batch(*arguments), "--scheduler", client.scheduler.address])


def n_results(study: Path) -> int:
    return len(list((study / "particles").glob("*.parquet")))


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold")
    save_images(folder, (36, 38, 40, 42))
    (folder / "bad.png").write_text("no picture")
    return folder


def kill_after_the_first_result(command: list[str], study: Path) -> None:
    """Start a batch in a process of its own and kill it as soon as it has a result."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nanotem", *command], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("1 of 5")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    end = time.monotonic() + 20
    while n_results(study) == 0 and time.monotonic() < end:
        time.sleep(0.05)


def test_a_batch_that_was_killed_goes_on_to_the_same_table(client: Any, images: Path, tmp_path: Path) -> None:
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    kill_after_the_first_result(batch(images, killed, "--workers", 1), killed)
    assert not (killed / "particles.parquet").exists()
    assert 1 <= n_results(killed) < 4
    written = {path: path.stat().st_mtime_ns for path in (killed / "particles").glob("*.parquet")}

    done = run(client, images, killed, "--json")
    assert json.loads(done.stdout)["shares"] == []
    rows = json.loads(done.stdout)["images"]
    assert done.exit_code == 2
    assert [(row["file"], row["status"], row["n_particles"]) for row in rows] == [
        *((f"{number}.png", "done", 6) for number in range(4)),
        ("bad.png", "failed", None),
    ]
    assert "no image" in rows[-1]["reason"]
    assert rows[0]["sample"] == images.name
    assert all(path.stat().st_mtime_ns == before for path, before in written.items())

    assert run(client, images, undisturbed).exit_code == 2
    for name in ("particles.parquet", "summary.csv"):
        assert (killed / name).read_bytes() == (undisturbed / name).read_bytes()
    assert len(pd.read_parquet(killed / "particles.parquet")) == 24


def test_people_are_told_progress_flags_and_where_the_table_is(client: Any, images: Path, tmp_path: Path) -> None:
    done = run(client, images / "0.png", tmp_path / "study", "--sample", "gold")
    assert done.exit_code == 0
    assert done.stderr == "1 of 1, 0 s left: 0.png\n"
    assert done.stdout == f"Images: 1, particles: 6, table: {tmp_path / 'study' / 'summary.csv'}\n"
    assert pd.read_csv(tmp_path / "study" / "summary.csv")["sample"].to_list() == ["gold"]
    done = run(client, images / "bad.png", tmp_path / "study")
    assert done.exit_code == 2
    assert done.stdout.splitlines()[0] == "bad.png: No result: see the reason."


def test_people_and_programs_are_told_of_fringes(client: Any, tmp_path: Path) -> None:
    study = study_of_crystals(tmp_path, ["gold"])
    command = ["batch", str(tmp_path / "0.tif"), "--out", str(study.folder), "--scheduler", client.scheduler.address]
    said = CliRunner().invoke(app, command).stdout
    assert "gold, fringes: 100\xa0% of 1 particles that could show a lattice (1 are whole); median spacing 0.23" in said
    sample, image = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["fringes"]
    assert (sample["of"], sample["share"], sample["share_low"]) == ("sample", 1.0, None)
    assert (image["of"], image["file"], image["n_with_fringes"]) == ("image", "0.tif", 1)


def test_a_second_batch_keeps_what_the_study_was_told(client: Any, images: Path, tmp_path: Path) -> None:
    study, image = tmp_path / "study", images / "0.png"
    assert run(client, image, study, "--sample", "gold").exit_code == 0
    workers = ["--scheduler", client.scheduler.address]
    again = CliRunner().invoke(app, ["batch", str(image), "--out", str(study), "--json", *workers])
    (row,) = json.loads(again.stdout)["images"]
    assert (row["nm_per_px"], row["unit"], row["sample"]) == (0.5, "nm", "gold")
    other = ["batch", str(image), "--out", str(study), "--nm-per-px", "0.25"]
    refused = CliRunner().invoke(app, other)
    assert isinstance(refused.exception, ParameterError)
    assert "nm_per_px 0.5 → 0.25 in 0.png" in str(refused.exception)
    replaced = CliRunner().invoke(app, [*other, "--replace", *workers])
    assert replaced.exit_code == 0
    assert replaced.stderr.splitlines()[0] == "nm_per_px 0.5 → 0.25 in 0.png"
    assert pd.read_csv(study / "summary.csv")["nm_per_px"].to_list() == [0.25]


def test_shares_of_the_population_are_printed_where_shapes_were_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = small_study(tmp_path)
    counts = ClassCounts(("cube", "rod"), (6, 0), (0, 0), ((9999, 0), (0, 9999)))
    for image in study.images:
        with_shapes(study, image, {"solid": counts})
    monkeypatch.setattr("nanotem.batch.connected", lambda *_, **__: nullcontext())
    monkeypatch.setattr("nanotem.batch.run_batch", lambda *_: (step for step in ()))  # all is there
    command = ["batch", str(tmp_path / "images"), "--out", str(study.folder)]
    (line,) = (line for line in CliRunner().invoke(app, command).stdout.splitlines() if "solid" in line)
    assert line.startswith("gold, solid: cube 100\xa0% (")
    rows = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["shares"]
    assert [(row["of"], row["file"], row["n_particles"]) for row in rows] == [
        ("sample", "", 12),
        ("image", "0.png", 6),
        ("image", "1.png", 6),
    ]
    assert (rows[0]["class"], rows[0]["share"]) == ("cube", pytest.approx(1, abs=0.01))


def _hears_ctrl_c() -> None:
    """Undo what a shell does to commands in the background: they ignore Ctrl+C, and so does what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_batch_that_is_told_to_end_lets_go_and_says_so(images: Path, tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "nanotem", *batch(images, tmp_path / "study", "--workers", 1)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, preexec_fn=_hears_ctrl_c)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("1 of 5")
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    said = process.communicate()[1]
    assert process.returncode == 130
    assert said.splitlines()[-1] == "Stopped. What is done stays: the same command goes on from there."
    assert children
    assert not psutil.wait_procs(children, timeout=20)[1]
    assert {image.status for image in open_study(tmp_path / "study").images} >= {"done", "waiting"}
    assert not list((tmp_path / "study").glob(".drafts*"))
