"""The archive: every file in it is what its name says, with the same particles."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tifffile
from drawn_analysis import AREAS, EDITS, SCALE, blank_analysis, drawn_analysis

from nanotem.analysis_file import read_analysis
from nanotem.export import FORMATS, archive
from nanotem.export.figures import cumulative, histogram
from nanotem.statistics.params import SizeParams


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return unpacked(archive(drawn_analysis()))


def test_it_holds_every_format_once_and_a_readme(files: dict[str, bytes]) -> None:
    names = [f"drawn.{one.suffix}" for one in FORMATS]
    assert list(files) == ["README.txt", *names]
    assert len({name.casefold() for name in files}) == len(files)
    readme = files["README.txt"].decode()
    assert all(name in readme for name in names)
    assert "drawn.png: Found 5 · measured 4 · cut by the frame 1" in readme
    assert "0.37 nm per pixel, source: typed" in readme


def test_files_hold_the_same_particles(files: dict[str, bytes]) -> None:
    table = pd.read_csv(io.BytesIO(files["drawn.particles.csv"]))
    assert table["label"].tolist() == list(AREAS)
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(files["drawn.labels.tif"])), drawn_analysis().labels)
    assert pd.read_csv(io.BytesIO(files["drawn.dictionary.csv"]))["name"].to_list()[: table.shape[1]] == list(table)


def test_the_analysis_file_replays_them(files: dict[str, bytes]) -> None:
    saved = read_analysis(files["drawn.analysis.toml"].decode())
    assert (saved.edits, saved.scale) == (EDITS, SCALE)
    assert saved.is_of(drawn_analysis().micrograph)


def test_the_name_can_be_given_and_is_safe_otherwise() -> None:
    assert "b 2.labels.tif" in unpacked(archive(blank_analysis(), stem="b 2"))
    assert "_con.labels.tif" in unpacked(archive(drawn_analysis(name="con.png")))


def test_a_name_that_is_no_text_does_not_stop_it() -> None:
    files = unpacked(archive(drawn_analysis(name="\udcff.png")))
    assert "_.labels.tif" in files
    assert files["README.txt"].decode().startswith("?.png: Found 5")


def test_nothing_found_can_be_exported() -> None:
    files = unpacked(archive(blank_analysis()))
    assert len(files) == len(FORMATS) + 1
    assert "Scale: not set, sizes are in pixels" in files["README.txt"].decode()


@pytest.mark.parametrize("families", ["automatic", "one", "cut"])
def test_figures_are_drawn_however_families_are_divided(families: str) -> None:
    recipe = replace(drawn_analysis().recipe, sizes=SizeParams(families=families))
    analysis = drawn_analysis().with_recipe(recipe)
    assert histogram(analysis, "svg").startswith(b"<?xml")
    assert cumulative(analysis, "pdf").startswith(b"%PDF")


def test_no_file_but_the_micrograph_itself_is_large(files: dict[str, bytes]) -> None:
    assert max(map(len, files.values())) < 1_000_000
