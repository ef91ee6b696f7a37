from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile
from drawing import disc_grid, draw, with_noise
from nanotem.results import analyse_file, analyse_files, evaluate_folder

from nanotem.edits.edits import Remove, Target, target_of
from nanotem.errors import NanotemError, ParameterError, ScaleError, UnreadableFileError
from nanotem.micrograph import Labels, Scale
from nanotem.readers import read_file
from nanotem.recipe import Recipe
from nanotem.recipe.analysis_file import read_analysis, write_analysis
from nanotem.segmentation.params import SegmentParams
from nanotem.synthetic import example_png

DISCS, TRUE = draw((200, 300), disc_grid(2, 3, pitch_px=100, diameter_px=40))


def save_picture(path: Path, image: np.ndarray = DISCS) -> Path:
    """Write an image with some noise as 8 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), with_noise(image, 2).round().astype(np.uint8))
    return path


def save_labels(path: Path, labels: Labels = TRUE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, labels)
    return path


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    return save_picture(tmp_path / "discs.png")


@pytest.fixture(scope="module")
def spheres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A micrograph with a scale bar of 50 nm, 0.25 nm per px."""
    path = tmp_path_factory.mktemp("example") / "spheres.png"
    path.write_bytes(example_png("touching spheres"))
    return path


def test_sizes_are_in_px_without_a_scale(discs: Path) -> None:
    result = analyse_file(discs, Recipe())
    size = result.pop("diameter")
    assert result == {
        "file": "discs.png",
        "n_particles": 6,
        "method": "neck_ratio",
        "nm_per_px": None,
        "scale_source": None,
        "particles": None,
        "notes": [],
    }
    assert size["unit"] == "px"
    assert size["mean"] == pytest.approx(40, abs=2.5)
    assert size["median"] == pytest.approx(size["mean"], rel=0.01)
    assert 0 <= size["sd"] < 0.5


def test_a_typed_scale_turns_px_into_nm(discs: Path) -> None:
    in_px = analyse_file(discs, Recipe())["diameter"]
    result = analyse_file(discs, Recipe(), nm_per_px=0.5)
    assert (result["nm_per_px"], result["scale_source"]) == (0.5, "typed")
    assert result["diameter"] == {
        "mean": pytest.approx(in_px["mean"] / 2),
        "median": pytest.approx(in_px["median"] / 2),
        "sd": pytest.approx(in_px["sd"] / 2),
        "unit": "nm",
    }


def test_the_length_of_the_bar_gives_the_scale(spheres: Path) -> None:
    result = analyse_file(spheres, Recipe(), bar_length_nm=50)
    assert result["scale_source"] == "scale bar"
    assert result["nm_per_px"] == pytest.approx(0.25, rel=0.005)
    assert result["diameter"]["mean"] == pytest.approx(15, rel=0.03)


def test_the_scale_in_the_file_wins(tmp_path: Path) -> None:
    path = tmp_path / "calibrated.tif"
    tifffile.imwrite(path, DISCS.astype(np.uint8), imagej=True, resolution=(4, 4), metadata={"unit": "nm"})
    result = analyse_file(path, Recipe(), nm_per_px=9)
    assert result["scale_source"] == "file"
    assert result["nm_per_px"] == pytest.approx(0.25)


def test_the_recipe_decides_about_the_correction_for_the_frame(tmp_path: Path) -> None:
    image, _ = draw(
        (200, 300), [*disc_grid(1, 1, pitch_px=180, diameter_px=120), *disc_grid(1, 4, pitch_px=60, diameter_px=30)[3:]]
    )
    path = save_picture(tmp_path / "two sizes.png", image)
    plain = replace(Recipe(), sizes=replace(Recipe().sizes, correct_frame=False))
    assert analyse_file(path, Recipe())["diameter"]["mean"] > analyse_file(path, plain)["diameter"]["mean"] + 1


def test_the_diameter_stays_the_diameter_whatever_size_the_recipe_asks_for(discs: Path) -> None:
    radius = replace(Recipe(), sizes=replace(Recipe().sizes, quantity="radius"))
    assert analyse_file(discs, radius)["diameter"] == analyse_file(discs, Recipe())["diameter"]


def test_a_saved_analysis_of_this_image_brings_scale_and_corrections(discs: Path, tmp_path: Path) -> None:
    micrograph = read_file(discs).with_scale(Scale(0.25, "scale bar", 0.01))
    edits = (Remove((target_of(TRUE, 1),)),)
    saved = read_analysis(write_analysis(micrograph, Recipe(), edits))
    result = analyse_file(discs, saved.recipe, saved=saved, nm_per_px=9)
    assert (result["n_particles"], result["nm_per_px"], result["scale_source"]) == (5, 0.25, "scale bar")
    assert result["notes"] == []


def test_a_saved_analysis_in_pixels_stays_in_pixels(spheres: Path) -> None:
    saved = read_analysis(write_analysis(read_file(spheres), Recipe()))
    assert analyse_file(spheres, saved.recipe)["nm_per_px"] is not None
    assert analyse_file(spheres, saved.recipe, saved=saved)["nm_per_px"] is None


def test_a_saved_analysis_of_another_image_brings_its_recipe_and_says_so(discs: Path) -> None:
    other = replace(read_file(discs), id="abcd" * 16, name="other.png", scale=Scale(0.25, "typed"))
    recipe = replace(Recipe(), segment=SegmentParams(min_diameter_px=60))
    saved = read_analysis(write_analysis(other, recipe, [Remove((target_of(TRUE, 1),))]))
    result = analyse_file(discs, saved.recipe, saved=saved)
    assert (result["n_particles"], result["nm_per_px"]) == (0, None)
    assert ["other.png" in note for note in result["notes"]] == [True]


def test_a_correction_that_cannot_be_carried_out_is_said(discs: Path) -> None:
    saved = read_analysis(write_analysis(read_file(discs), Recipe(), [Remove((Target(1, 1, 50),))]))
    (note,) = analyse_file(discs, saved.recipe, saved=saved)["notes"]
    assert "no particle at row 1, column 1" in note


def test_a_blank_image_has_no_particles_and_no_size(tmp_path: Path) -> None:
    blank = save_picture(tmp_path / "blank.png", np.full((200, 300), 150, np.float32))
    result = analyse_file(blank, Recipe(), out=tmp_path)
    assert result["n_particles"] == 0
    assert result["diameter"] == {"mean": None, "median": None, "sd": None, "unit": "px"}
    assert len(pd.read_csv(result["particles"])) == 0


def test_the_table_is_written_into_a_new_folder(discs: Path, tmp_path: Path) -> None:
    result = analyse_file(discs, Recipe(), out=tmp_path / "new" / "tables", nm_per_px=0.5)
    assert result["particles"] == str(tmp_path / "new" / "tables" / "discs.png.particles.csv")
    table = pd.read_csv(result["particles"])
    assert len(table) == 6
    assert table["diameter_nm"].mean() == pytest.approx(result["diameter"]["mean"], rel=1e-3)


def test_a_table_that_cannot_be_written_is_said(discs: Path) -> None:
    with pytest.raises(NanotemError, match=r"discs\.png\.particles\.csv cannot be written.*another folder"):
        analyse_file(discs, Recipe(), out=discs)


def test_a_bar_that_is_not_there_is_said(discs: Path) -> None:
    with pytest.raises(ScaleError, match=r"No scale bar.*discs\.png.*--nm-per-px"):
        analyse_file(discs, Recipe(), bar_length_nm=50)


def test_a_bad_file_does_not_stop_the_others(discs: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    first, second, third = analyse_files([tmp_path / "absent.png", bad, discs], Recipe())
    assert (first["file"], second["file"]) == ("absent.png", "bad.png")
    assert "absent.png" in first["error"]
    assert "bad.png" in second["error"]
    assert third == analyse_file(discs, Recipe())


def test_two_tables_of_one_name_are_refused(discs: Path, tmp_path: Path) -> None:
    again = save_picture(tmp_path / "other" / "discs.png")
    assert len(list(analyse_files([discs, again], Recipe()))) == 2
    with pytest.raises(ParameterError, match=r"discs\.png.*--out"):
        list(analyse_files([discs, again], Recipe(), out=tmp_path))


def test_images_are_scored_worst_first(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    for name in ("a.png", "b.png", "without truth.png"):
        save_picture(images / name)
    save_labels(labels / "a.tif")
    save_labels(labels / "b.tif", np.where(TRUE > 3, 0, TRUE))
    scores = evaluate_folder(images, labels, Recipe())
    worse, better = scores["images"]
    assert (worse["file"], worse["n_true"], worse["n_found"], worse["count_error"]) == ("b.png", 3, 6, 1)
    assert (better["file"], better["n_true"], better["n_found"], better["count_error"]) == ("a.png", 6, 6, 0)
    assert (worse["f1_50"], better["f1_50"]) == (pytest.approx(2 / 3), 1)
    assert scores["mean"]["f1_50"] == pytest.approx(5 / 6)
    assert {"f1_75", "pq", "diameter_bias", "diameter_spread"} < set(scores["mean"])


def test_the_mean_error_of_counts_is_that_of_absolute_values(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    save_picture(images / "too many.png")
    save_labels(labels / "too many.tif", np.where(TRUE > 3, 0, TRUE))
    save_picture(images / "too few.png", np.where(TRUE > 3, 180, DISCS))
    save_labels(labels / "too few.tif")
    scores = evaluate_folder(images, labels, Recipe())
    assert sorted(row["count_error"] for row in scores["images"]) == [-0.5, 1]
    assert scores["mean"]["count_error"] == pytest.approx(0.75)


def test_what_cannot_be_known_is_none(tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    save_picture(images / "a.png")
    save_labels(labels / "a.tif", np.zeros_like(TRUE))
    scores = evaluate_folder(images, labels, Recipe())
    assert scores["images"][0]["count_error"] is None
    assert scores["mean"]["count_error"] is None
    assert scores["mean"]["diameter_bias"] is None
    assert scores["mean"]["f1_50"] == 0


def test_one_picture_per_image_shows_hits_and_errors(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "a.tif")
    evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe(), out=tmp_path / "out")
    (picture,) = (tmp_path / "out").iterdir()
    assert picture.name == "a.png.png"
    pixels = cv2.imread(str(picture))
    assert pixels.shape[0] > 200
    assert pixels.shape[1] == 300
    hit_blue, _, hit_red = pixels[DISCS.shape[0] // 2 - 80 : 100, 30:70].reshape(-1, 3).astype(int).T
    assert (hit_blue - hit_red).max() > 100


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (TRUE[:, :-1], r"a\.tif has the shape \(200, 299\).*a\.png has \(200, 300\).*neither cropped"),
        (TRUE - 1, r"a\.tif holds values from -1 to 5.*0 is background"),
        (TRUE / 2, r"a\.tif holds values from 0 to 3.*0 is background"),
        (TRUE * 10_000_000, r"to 6e\+07.*to 10000000"),
    ],
)
def test_labels_that_are_none_are_refused(tmp_path: Path, labels: np.ndarray, message: str) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "a.tif", labels)
    with pytest.raises(UnreadableFileError, match=message):
        evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe())


def test_folders_without_a_common_name_are_refused(tmp_path: Path) -> None:
    save_picture(tmp_path / "images" / "a.png")
    save_labels(tmp_path / "labels" / "b.tif")
    with pytest.raises(UnreadableFileError, match=r"images has a label image.*same names"):
        evaluate_folder(tmp_path / "images", tmp_path / "labels", Recipe())


def test_a_folder_that_is_absent_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"absent cannot be opened.*Check its name"):
        evaluate_folder(tmp_path, tmp_path / "absent", Recipe())
