from dataclasses import replace
from pathlib import Path

import pytest

from nanotem.errors import ParameterError
from nanotem.micrograph import Scale
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import Study, StudyImage
from nanotem.study.study_file import read_study_file, write_study_file

STUDY = Study(
    Path("a study"),
    recipe=replace(Recipe(), segment=SegmentParams.of(neck_ratio=0.61)),
    images=(
        StudyImage(
            "b.tif", "/data/b.tif", sample='gold "5 nm"\\', id="00ff", status="failed", reason="line\nbreak\x7f"
        ),
        StudyImage("a.tif", "images/a.tif", status="done", scale=Scale(0.1 + 0.2, "scale bar", 1 / 3)),
    ),
    nm_per_px=0.25,
    versions={"nanotem": "0.1.0", "scikit-image": "0.26"},
)


def test_a_study_comes_back_as_it_was_written() -> None:
    assert read_study_file(write_study_file(STUDY), STUDY.folder) == STUDY


def test_a_study_without_anything_comes_back() -> None:
    empty = Study(Path("empty"), bar_length_nm=50)
    assert read_study_file(write_study_file(empty), empty.folder) == empty


def test_what_is_no_text_is_written_all_the_same() -> None:
    study = Study(Path("study"), images=(StudyImage("a.tif", "/data/\udcff.tif", reason="\udcff"),))
    (image,) = read_study_file(write_study_file(study), study.folder).images
    assert (image.path, image.reason) == ("/data/?.tif", "?")


def test_images_are_in_the_order_of_their_names() -> None:
    assert [image.name for image in STUDY.images] == ["a.tif", "b.tif"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[versions]", "versions]"),
        ("[versions]", "[[versions]]"),
        ("nm_per_px = 0.25", "nm_per_px = -1.0"),
        ("nm_per_px = 0.25", "nm_per_px = 1"),
        ("neck_ratio = 0.61", "neck_ratio = 61"),
        ('name = "b.tif"', 'name = "../b.tif"'),
        ('name = "b.tif"', 'name = "a.tif"'),
        ('name = "b.tif"', "name = 3"),
        ('name = "b.tif"', ""),
        ('status = "failed"', 'status = "lost"'),
        ('source = "scale bar"', 'source = "hearsay"'),
        ('source = "scale bar"', "origin = 3"),
        ("relative_uncertainty = 0.3", "relative_uncertainty = -0.3"),
        ("relative_uncertainty = 0.3", 'relative_uncertainty = "0.3" #'),
        ("[[images]]", "[[images.inner]]"),
    ],
)
def test_a_damaged_study_is_said(old: str, new: str) -> None:
    text = write_study_file(STUDY)
    assert old in text
    with pytest.raises(ParameterError, match=r"study\.toml of a study is damaged.*new folder"):
        read_study_file(text.replace(old, new), STUDY.folder)


def test_names_that_cannot_name_a_file_are_refused() -> None:
    for name in ("", ".hidden", "a/b.tif", "..", "a\\b.tif", "a:b.tif", "con.tif", "a\n.tif", 300 * "a"):
        with pytest.raises(ParameterError, match=r"cannot name an image.*Call it"):
            StudyImage(name, "a.tif")


def test_an_image_that_is_not_there_is_said() -> None:
    assert STUDY.image("a.tif").path == "images/a.tif"
    with pytest.raises(ParameterError, match=r"no image 'c\.tif'.*again"):
        STUDY.image("c.tif")
