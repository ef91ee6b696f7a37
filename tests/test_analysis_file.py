"""The analysis file: what is written comes back, and a replay gives the same numbers to the last digit."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawing import disc_grid, draw
from saved import saved_text

from nanotem import analysis
from nanotem.analysis import Analysis, ScaleRule, analyse
from nanotem.analysis_file import SavedAnalysis, read_analysis, replay_notes
from nanotem.commands.analyse import analyse_file
from nanotem.edits.edits import Add, Edit, Merge, Remove, Replace, Split, apply_edits, target_of
from nanotem.edits.labels_as_text import pack_labels
from nanotem.errors import NanotemError, ParameterError, ScaleError
from nanotem.micrograph import Micrograph, Scale
from nanotem.notes import Note
from nanotem.provenance import Provenance, versions
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.recipe.file import FORMAT, write_recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.synthetic import EXAMPLES, example_micrograph, example_png

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "emps" / "images"
REAL = sorted(DATA.glob("*.png"))[::20][:2] if DATA.is_dir() else []
RECIPE = Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.8))
SCALE = Scale(0.1 + 0.2, "scale bar", 1 / 3)
LABELS = draw((60, 80), disc_grid(2, 2, pitch_px=30, diameter_px=20))[1]
EDITS = (Remove((target_of(LABELS, 1),)), Replace(LABELS.shape, pack_labels(LABELS)))
MICROGRAPH = Micrograph(np.zeros((60, 80), np.uint8), id="3f9c" * 16, name="rods.png", scale=SCALE)
TEXT = saved_text(MICROGRAPH, RECIPE, EDITS)


def replay_of(saved: SavedAnalysis, micrograph: Micrograph = MICROGRAPH) -> Analysis:
    """Return the analysis of an image that a saved one asks for."""
    return Analysis(micrograph, saved.recipe, saved.edits, ScaleRule.of(saved.scale))


def edits_on(found: Analysis) -> tuple[Edit, ...]:
    """Return one correction of every kind but `Replace`, on the particles that were found."""
    labels = found.segmentation.labels
    biggest = found.particles.sort_values("area_px", ascending=False)["label"].head(3).to_list()
    first, second, third = (target_of(labels, int(label)) for label in biggest)
    across = [((one.row + 0.25, -1.0), (one.row + 1 / 3, float(labels.shape[1]))) for one in (first, third)]
    cut = Split(third, across[1])
    halves = apply_edits(labels, [cut])
    whole = Merge(tuple(target_of(halves.labels, label) for label in sorted(halves.touched)))
    outline = ((1.0, 1.0), (1.5, 20.0), (12.0, 10.0))
    return Split(first, across[0]), Remove((second,)), cut, whole, Add(outline)


def test_everything_comes_back() -> None:
    saved = read_analysis(TEXT)
    assert saved == SavedAnalysis(RECIPE, "rods.png", MICROGRAPH.id, SCALE, EDITS, Provenance(versions()))
    assert saved.is_of(MICROGRAPH)
    assert replay_notes(saved, replay_of(saved)) == ()


def test_the_file_is_readable_toml() -> None:
    tables = tomllib.loads(TEXT)
    assert {"image", "scale", "versions", "networks", "preprocess", "segment", "sizes", "corrections"} <= set(tables)
    assert tables["image"] == {"name": "rods.png", "sha256": MICROGRAPH.id, "number": 1, "frame": 1}
    assert tables["segment"]["options"]["neck_ratio"] == 0.8
    assert tables["format"] == FORMAT
    assert {"nanotem", "python", "numpy", "scipy", "scikit-image", "opencv"} <= set(tables["versions"])


def test_without_scale_and_corrections() -> None:
    saved = read_analysis(saved_text(MICROGRAPH.with_scale(None)))
    assert (saved.scale, saved.edits) == (None, ())


@pytest.mark.parametrize("text", ["", "[segment]\nneck_ratio = 0.8\n", write_recipe(RECIPE)])
def test_a_recipe_alone_is_read_too(text: str) -> None:
    saved = read_analysis(text)
    assert saved == SavedAnalysis(RECIPE if text else Recipe())
    assert not saved.is_of(MICROGRAPH)
    assert replay_notes(saved, replay_of(saved)) == ()


@pytest.mark.parametrize("name", ['say "hi" \\ there.png', "tab\tline\nµ😀.png", "\x00\x1f\x7f.png", ""])
def test_any_name_comes_back(name: str) -> None:
    assert read_analysis(saved_text(replace(MICROGRAPH, name=name))).image_name == name


def test_a_name_that_is_no_text_is_written_all_the_same() -> None:
    assert read_analysis(saved_text(replace(MICROGRAPH, name="\udcff.png"))).image_name == "?.png"


def test_numbers_of_numpy_are_plain_numbers() -> None:
    scale = Scale(np.float64(0.25), "typed", np.float32(0.5))
    assert read_analysis(saved_text(MICROGRAPH.with_scale(scale))).scale == Scale(0.25, "typed", 0.5)


def test_another_image_is_said() -> None:
    other = replace(MICROGRAPH, id="abcd" * 16)
    saved = read_analysis(TEXT)
    (note,) = replay_notes(saved, replay_of(saved, other))
    assert "rods.png" in note
    assert "3f9c3f9c, not abcdabcd" in note
    assert "parameters were taken, its scale and corrections were not" in note


def test_other_versions_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = read_analysis(TEXT)
    monkeypatch.setattr(analysis, "versions", lambda *_: {**versions(), "numpy": "1.0", "tensorflow": "9"})
    (note,) = replay_notes(saved, replay_of(saved))
    assert f"numpy {versions()['numpy']} (here 1.0)" in note
    assert "scipy" not in note
    assert "tensorflow" not in note


@pytest.mark.parametrize(
    ("found", "damage"),
    [
        ("sha256 = ", "sha = "),
        (f'"{MICROGRAPH.id}"', '""'),
        ("[image]", "[[image]]"),
        ("number = 1", "number = 0"),
        ("frame = 1", "frame = true"),
        ("nm_per_px = ", "nm = "),
        ("nm_per_px = 0.", 'nm_per_px = "0.'),
        ("nm_per_px = 0.", "nm_per_px = true #"),
        ("relative_uncertainty = 0.", "relative_uncertainty = false #"),
        ("relative_uncertainty = 0.3", "relative_uncertainty = -0.3"),
        ("relative_uncertainty = 0.", "relative_uncertainty = nan #"),
        ("[[corrections.edits]]", "[[corrections.corrected]]"),
        ('kind = "remove"', 'kind = "explode"'),
        ('python = "', 'python = 3 # "'),
        ("[versions]", "[[versions]]"),
        ("nm_per_px = 0.", "nm_per_px = 1" + 400 * "0" + " #"),
        ("relative_uncertainty = 0.", "relative_uncertainty = 1" + 400 * "0" + " #"),
        ("neck_ratio = 0.8", "neck_ratio = 0x1" + 5000 * "0"),
        ("[segment]", "[segment]\nneck" + 3000 * "['"),
        ("[asked_networks]", "[[asked_networks]]"),
    ],
)
def test_a_damaged_file_is_refused(found: str, damage: str) -> None:
    assert found in TEXT
    with pytest.raises(ParameterError, match=r"damaged|not valid TOML"):
        read_analysis(TEXT.replace(found, damage))


def test_a_byte_order_mark_does_not_matter() -> None:
    assert read_analysis("\ufeff" + TEXT) == read_analysis(TEXT)


CASES = Path(__file__).parents[1] / ".." / "shared" / "cases" / "files"


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases for development are absent")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_an_analysis_that_went_wrong_is_refused(path: Path) -> None:
    with pytest.raises(NanotemError):
        read_analysis(path.read_text())


def test_what_breaks_its_limits_is_said() -> None:
    with pytest.raises(ParameterError, match="neck_ratio = 7"):
        read_analysis(TEXT.replace("neck_ratio = 0.8", "neck_ratio = 7"))
    with pytest.raises(ParameterError, match="no part 'model'"):
        read_analysis(TEXT + "\n[model]\n")
    with pytest.raises(ScaleError, match="outside"):
        read_analysis(TEXT.replace("nm_per_px = 0.3", "nm_per_px = 1e9 #"))
    with pytest.raises(ScaleError, match="unknown source"):
        read_analysis(TEXT.replace('"scale bar"', '"hearsay"'))


def replayed(path: Path, text: str, out: Path, notes: tuple[Note, ...]) -> pd.DataFrame:
    """Return the table that the command line writes; it says what the analysis said, and nothing of the replay."""
    saved = read_analysis(text)
    result = analyse_file(path, saved, out=out)
    assert result["notes"] == [note.text for note in notes]
    return pd.read_csv(result["particles"], keep_default_na=False)


def assert_replays(path: Path, micrograph: Micrograph, out: Path) -> None:
    edits = edits_on(analyse(micrograph, RECIPE))
    expected = analyse(micrograph, RECIPE, edits)
    again = replayed(path, saved_text(micrograph, RECIPE, edits), out, expected.notes)
    pd.testing.assert_frame_equal(again, expected.particles, check_exact=True, check_dtype=False)
    assert expected.edited.lost == ()


def test_a_replay_gives_the_same_numbers_on_an_example(tmp_path: Path) -> None:
    name = next(iter(EXAMPLES))
    path = tmp_path / "example.png"
    path.write_bytes(example_png(name))
    assert_replays(path, example_micrograph(name).with_scale(SCALE), tmp_path)


@pytest.mark.skipif(not REAL, reason="the data for development are absent")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_replay_gives_the_same_numbers_on_a_real_micrograph(path: Path, tmp_path: Path) -> None:
    assert_replays(path, read_file(path).with_scale(SCALE), tmp_path)
