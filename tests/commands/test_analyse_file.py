from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
from drawing import disc_grid, draw
from drawn_files import DISCS, TRUE, save_picture
from recipes import BY_NECK
from saved import saved_text

from nanotem.analysis_file import SavedAnalysis, read_analysis
from nanotem.commands.analyse import analyse_file, analyse_files
from nanotem.edits.edits import Remove, Target, target_of
from nanotem.errors import NanotemError, ParameterError, ScaleError
from nanotem.export import FORMATS
from nanotem.micrograph import Scale
from nanotem.provenance import versions
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.synthetic import example_png

PLAIN = SavedAnalysis(BY_NECK)


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    return save_picture(tmp_path / "discs.png")


@pytest.fixture(scope="module")
def spheres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A micrograph with a scale bar of 50 nm, 0.25 nm per px."""
    path = tmp_path_factory.mktemp("example") / "spheres.png"
    path.write_bytes(example_png("gold spheres"))
    return path


def test_sizes_are_in_px_without_a_scale(discs: Path) -> None:
    result = analyse_file(discs, SavedAnalysis(Recipe()))
    size, provenance = result.pop("diameter"), result.pop("provenance")
    (note,) = result.pop("notes")
    for weighted in result.pop("weighted").values():
        assert weighted["mean"] == pytest.approx(size["mean"], rel=0.01)
        assert weighted["unit"] == "px"
    arrangement = result.pop("arrangement")
    assert arrangement["unit"] == "px"
    assert arrangement["density_per_um2"] is None
    assert arrangement["centre_to_centre"] is None  # the frame is nearer than any neighbour
    assert arrangement["intervals"]["coverage"][0] < arrangement["coverage"] < arrangement["intervals"]["coverage"][1]
    assert result.pop("metal")["dispersion"] is None
    low, high = result.pop("n_interval")
    assert low <= 6 <= high
    assert result == {
        "file": "discs.png",
        "n_particles": 6,
        "n_measured": 6,
        "n_cut": 0,
        "method": "automatic",
        "nm_per_px": None,
        "scale_source": None,
        "n_with_lattice": None,
        "population": None,
        "particles": None,
        "analysis": None,
    }
    assert note.startswith("The scale is not known, so sizes are in pixels.")
    assert provenance["versions"] == versions("onnxruntime")
    assert list(provenance["networks"]) == ["segmenter", "judge"]
    assert size["unit"] == "px"
    assert size["mean"] == pytest.approx(40, abs=2.5)
    assert size["median"] == pytest.approx(size["mean"], rel=0.01)
    assert 0 <= size["sd"] < 0.5


def test_a_typed_scale_turns_px_into_nm(discs: Path) -> None:
    in_px = analyse_file(discs, PLAIN)["diameter"]
    result = analyse_file(discs, PLAIN, nm_per_px=0.5)
    assert (result["nm_per_px"], result["scale_source"]) == (0.5, "typed")
    assert result["notes"] == []
    in_nm = result["diameter"]
    assert (in_nm.pop("unit"), in_px.pop("unit")) == ("nm", "px")
    of_nm, of_px = in_nm.pop("budget"), in_px.pop("budget")
    assert [2 * of_nm[name] for name in ("mean", "median")] == pytest.approx([of_px["mean"], of_px["median"]])
    assert (of_nm["not_known"], of_px["not_known"]) == (["Scale", "Segmentation"], ["Segmentation"])
    intervals_px = in_px.pop("intervals")
    for name, (low, high) in in_nm.pop("intervals").items():
        if name in ("d10", "d90"):  # six particles allow no interval of these
            assert [low, high] == intervals_px[name] == [None, None]
            continue
        assert [low, high] == pytest.approx([end / 2 for end in intervals_px[name]])
        assert low <= in_nm[name] <= high
    assert in_nm == {name: pytest.approx(value / 2) for name, value in in_px.items()}
    assert list(in_nm) == ["mean", "median", "sd", "d10", "d50", "d90"]


def test_the_length_of_the_bar_gives_the_scale(spheres: Path) -> None:
    result = analyse_file(spheres, PLAIN, bar_length_nm=50)
    assert result["scale_source"] == "scale bar"
    assert result["nm_per_px"] == pytest.approx(0.25, rel=0.005)
    assert result["diameter"]["mean"] == pytest.approx(15, rel=0.03)


def test_the_scale_in_the_file_wins(tmp_path: Path) -> None:
    path = tmp_path / "calibrated.tif"
    tifffile.imwrite(path, DISCS.astype(np.uint8), imagej=True, resolution=(4, 4), metadata={"unit": "nm"})
    result = analyse_file(path, PLAIN, nm_per_px=9)
    assert result["scale_source"] == "file"
    assert result["nm_per_px"] == pytest.approx(0.25)


def test_the_recipe_decides_about_the_correction_for_the_frame(tmp_path: Path) -> None:
    image, _ = draw(
        (200, 300), [*disc_grid(1, 1, pitch_px=180, diameter_px=120), *disc_grid(1, 4, pitch_px=60, diameter_px=30)[3:]]
    )
    path = save_picture(tmp_path / "two sizes.png", image)
    plain = replace(BY_NECK, sizes=replace(BY_NECK.sizes, correct_frame=False))
    corrected, uncorrected = (analyse_file(path, SavedAnalysis(recipe))["diameter"] for recipe in (BY_NECK, plain))
    assert corrected["mean"] > uncorrected["mean"] + 1


def test_the_diameter_stays_the_diameter_whatever_size_the_recipe_asks_for(discs: Path) -> None:
    radius = replace(BY_NECK, sizes=replace(BY_NECK.sizes, quantity="radius"))
    assert analyse_file(discs, SavedAnalysis(radius))["diameter"] == analyse_file(discs, PLAIN)["diameter"]


def test_an_export_writes_every_format_and_the_report(discs: Path, tmp_path: Path) -> None:
    analyse_file(discs, PLAIN, out=tmp_path / "out", export=True)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"discs.png.{end}" for end in ("analysis.toml", "report.html", *(one.suffix for one in FORMATS))}
    assert "<!doctype html>" in (tmp_path / "out" / "discs.png.report.html").read_text()[:50].lower()


def test_a_saved_analysis_of_this_image_brings_scale_and_corrections(discs: Path, tmp_path: Path) -> None:
    micrograph = read_file(discs).with_scale(Scale(0.25, "scale bar", 0.01))
    edits = (Remove((target_of(TRUE, 1),)),)
    saved = read_analysis(saved_text(micrograph, edits=edits))
    result = analyse_file(discs, saved, nm_per_px=9)
    assert (result["n_particles"], result["nm_per_px"], result["scale_source"]) == (5, 0.25, "scale bar")
    assert result["notes"] == []


def test_a_saved_analysis_in_pixels_stays_in_pixels(spheres: Path) -> None:
    saved = read_analysis(saved_text(read_file(spheres), BY_NECK))
    assert analyse_file(spheres, SavedAnalysis(saved.recipe))["nm_per_px"] is not None
    assert analyse_file(spheres, saved)["nm_per_px"] is None


def test_a_saved_analysis_of_another_image_brings_its_recipe_and_says_so(discs: Path) -> None:
    other = replace(read_file(discs), id="abcd" * 16, name="other.png", scale=Scale(0.25, "typed"))
    recipe = replace(Recipe(), segment=SegmentParams("neck_ratio", min_diameter_px=60))
    saved = read_analysis(saved_text(other, recipe, [Remove((target_of(TRUE, 1),))]))
    result = analyse_file(discs, saved)
    assert (result["n_particles"], result["nm_per_px"]) == (0, None)
    assert ["other.png" in note for note in result["notes"]] == [True, False, False]
    assert [note[:25] for note in result["notes"][1:]] == ["The scale is not known, s", "No particle was found tha"]


def test_a_correction_that_cannot_be_carried_out_is_said(discs: Path) -> None:
    saved = read_analysis(
        saved_text(read_file(discs).with_scale(Scale(0.5, "typed")), edits=[Remove((Target(1, 1, 50),))])
    )
    (note,) = analyse_file(discs, saved)["notes"]
    assert "no particle at row 1, column 1" in note


def test_a_blank_image_has_no_particles_and_no_size(tmp_path: Path) -> None:
    blank = save_picture(tmp_path / "blank.png", np.full((200, 300), 150, np.float32))
    result = analyse_file(blank, PLAIN, out=tmp_path)
    assert result["n_particles"] == 0
    names = ("mean", "median", "sd", "d10", "d50", "d90")
    assert result["diameter"] == {
        **dict.fromkeys(names),
        "unit": "px",
        "intervals": {name: [None, None] for name in names},
        "budget": None,
    }
    weighted = ("mean", "d10", "d50", "d90", "span")
    assert result["weighted"] == {
        weighting: {
            **dict.fromkeys(weighted),
            "unit": "px",
            "intervals": {name: [None, None] for name in weighted},
        }
        for weighting in ("length", "area", "volume")
    }
    assert result["n_measured"] == 0
    assert len(pd.read_csv(result["particles"])) == 0


def test_the_table_is_written_into_a_new_folder(discs: Path, tmp_path: Path) -> None:
    result = analyse_file(discs, PLAIN, out=tmp_path / "new" / "tables", nm_per_px=0.5)
    assert result["particles"] == str(tmp_path / "new" / "tables" / "discs.png.particles.csv")
    table = pd.read_csv(result["particles"])
    assert len(table) == 6
    assert read_analysis(Path(result["analysis"]).read_text()).is_of(read_file(discs))
    assert table["diameter_nm"].mean() == pytest.approx(result["diameter"]["mean"], rel=1e-3)


def test_a_table_that_cannot_be_written_is_said(discs: Path) -> None:
    with pytest.raises(NanotemError, match=r"discs\.png\.particles\.csv cannot be written.*another folder"):
        analyse_file(discs, PLAIN, out=discs)


def test_a_bar_that_is_not_there_is_said(discs: Path) -> None:
    with pytest.raises(ScaleError, match=r"No scale bar.*discs\.png.*--nm-per-px"):
        analyse_file(discs, PLAIN, bar_length_nm=50)


def test_a_bad_file_does_not_stop_the_others(discs: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    first, second, third = analyse_files([tmp_path / "absent.png", bad, discs], PLAIN)
    assert (first["file"], second["file"]) == ("absent.png", "bad.png")
    assert "absent.png" in first["error"]
    assert "bad.png" in second["error"]
    assert third == analyse_file(discs, PLAIN)


def test_two_tables_of_one_name_are_refused(discs: Path, tmp_path: Path) -> None:
    again = save_picture(tmp_path / "other" / "discs.png")
    assert len(list(analyse_files([discs, again], PLAIN))) == 2
    with pytest.raises(ParameterError, match=r"discs\.png.*--out"):
        list(analyse_files([discs, again], PLAIN, out=tmp_path))
