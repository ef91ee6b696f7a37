"""`python -m nanotem batch`, also killed and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from studies import save_images
from typer.testing import CliRunner, Result

from nanotem.__main__ import app

REPOSITORY = Path(__file__).parents[2]


def batch(images: Path, study: Path, *more: object) -> list[str]:
    return ["batch", *(str(one) for one in (images, "--out", study, "--nm-per-px", 0.5, *more))]


def run(client: Any, *arguments: object) -> Result:
    """Run the command on workers that are there."""
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
    assert done.stdout.splitlines()[0] == "bad.png: could_not_be_read"
