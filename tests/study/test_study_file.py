from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nanotem.errors import ParameterError
from nanotem.micrograph import Scale
from nanotem.preprocess.params import CleanParams, PreprocessParams
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import Settings, Study, StudyImage
from nanotem.study.seal import unsealed
from nanotem.study.study_file import DamagedStudyError, read_study_file, write_study_file

SETTINGS = Settings(replace(Recipe(), segment=SegmentParams.of("neck_ratio", neck_ratio=0.61)), nm_per_px=0.25)
SCALE = Scale(0.1 + 0.2, "scale bar", 1 / 3)
STUDY = Study(
    Path("a study"),
    images=(
        StudyImage(
            "b.tif",
            "/data/b.tif",
            sample='gold "5 nm"\\',
            id="00ff",
            pixels="ff",
            status="failed",
            reason="line\nbreak\x7f",
        ),
        StudyImage(
            "a.tif", "images/a.tif", status="done", scale=Scale(0.1 + 0.2, "scale bar", 1 / 3), settings=SETTINGS
        ),
        StudyImage("c.tif", "/data/\udcff%.tif", settings=Settings(bar_length_nm=50.0)),
    ),
    versions={"nanotem": "0.1.0", "scikit-image": "0.26"},
)


def test_a_study_comes_back_as_it_was_written() -> None:
    assert read_study_file(write_study_file(STUDY), STUDY.folder) == STUDY


def test_a_study_without_anything_comes_back() -> None:
    empty = Study(Path("empty"))
    assert read_study_file(write_study_file(empty), empty.folder) == empty


def test_a_whole_number_is_a_length() -> None:
    text = unsealed(write_study_file(STUDY))
    for old, new in (("nm_per_px = 0.25", "nm_per_px = 1"), ("bar_length_nm = 50.0", "bar_length_nm = 50")):
        text = text.replace(old, new)
    one, _, other = (image.settings for image in read_study_file(text, STUDY.folder).images)
    assert (one.nm_per_px, other.bar_length_nm) == (1.0, 50.0)
    assert isinstance(one.nm_per_px, float)


def test_what_is_no_text_is_written_all_the_same() -> None:
    study = Study(Path("study"), images=(StudyImage("a.tif", "/data/\udcff.tif", "\udcff", reason="\udcff"),))
    (image,) = read_study_file(write_study_file(study), study.folder).images
    assert (image.path, image.sample, image.reason) == ("/data/\udcff.tif", "?", "?")


def test_images_are_in_the_order_of_their_names() -> None:
    assert [image.name for image in STUDY.images] == ["a.tif", "b.tif", "c.tif"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[versions]", "versions]"),
        ("[versions]", "[[versions]]"),
        ("nm_per_px = 0.25", "nm_per_px = -1.0"),
        ("nm_per_px = 0.25", "nm_per_px = true"),
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
        ("format = 3", "format = 'three'"),
        ("settings = 0", "settings = 3"),
        ("settings = 0", "settings = -1"),
        ('path = "images/a.tif"', 'path = "images/\\u0000.tif"'),
        ("bar_length_nm = 50.0", "bar_length_nm = 1e400"),
        ("bar_length_nm = 50.0", "bar_length_nm = 1e12"),
        ("[[settings]]\nbar_length_nm", "[settings]\nbar_length_nm"),
    ],
)
def test_a_damaged_study_is_said(old: str, new: str) -> None:
    text = write_study_file(STUDY)
    assert old in text
    with pytest.raises(ParameterError, match=r"study\.toml of a study is damaged.*new folder"):
        read_study_file(unsealed(text).replace(old, new), STUDY.folder)


def test_every_changed_bit_is_seen() -> None:
    data = write_study_file(STUDY).encode()
    for place in np.random.default_rng(5).integers(8 * len(data), size=300).tolist():
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        try:
            assert read_study_file(changed.decode(), STUDY.folder) == STUDY
        except (UnicodeDecodeError, DamagedStudyError):
            continue


def test_a_person_who_edits_a_study_removes_its_checksum() -> None:
    edited = write_study_file(STUDY).replace('sample = "gold', 'sample = "fold')
    with pytest.raises(DamagedStudyError, match="edited without removing first and last line"):
        read_study_file(edited, STUDY.folder)
    assert read_study_file("\n".join(edited.splitlines()[1:-1]), STUDY.folder).image("b.tif").sample[0] == "f"


BEFORE = """nm_per_px = 0.25
bar_length_nm = 50.0
[versions]
"nanotem" = "0.1.0"

[preprocess.clean]
open_iter = 2

[segment]
neck_ratio = 0.61

[[images]]
name = "a.tif"
path = "images/a.tif"
sample = "gold"
id = "00ff"
status = "done"
reason = ""
scale = {nm_per_px = 0.3, source = "scale bar", relative_uncertainty = 0.01}

[[images]]
name = "b.tif"
path = "/data/b.tif"
sample = ""
id = ""
status = "waiting"
reason = ""
"""
"""As the first format was."""


WITH_OPTIONS = "format = 2\n" + BEFORE.replace("[segment]", "[segment.options]")
"""As the second format was, whose number was that of the recipe in it."""


@pytest.mark.parametrize("text", [BEFORE, WITH_OPTIONS])
def test_the_formats_before_gave_all_images_the_same(text: str) -> None:
    study = read_study_file(text, Path("a study"))
    recipe = Recipe(
        preprocess=PreprocessParams(clean=CleanParams(open_iter=2)),
        segment=SegmentParams.of("neck_ratio", neck_ratio=0.61),
    )
    assert [image.settings for image in study.images] == 2 * [Settings(recipe, 0.25, 50.0)]
    assert study.images[0] == StudyImage(
        "a.tif", "images/a.tif", "gold", "00ff", "done", "", Scale(0.3, "scale bar", 0.01), study.images[0].settings
    )
    assert study.versions == {"nanotem": "0.1.0"}
    assert read_study_file(write_study_file(study), study.folder) == study


def test_a_format_to_come_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"format 4, this version reads up to 3.*later version") as raised:
        read_study_file("format = 4\n", STUDY.folder)
    assert not isinstance(raised.value, DamagedStudyError)


def test_names_that_cannot_name_a_file_are_refused() -> None:
    for name in ("", ".hidden", "a/b.tif", "..", "a\\b.tif", "a:b.tif", "con.tif", "a\n.tif", 300 * "a"):
        with pytest.raises(ParameterError, match=r"cannot name an image.*Call it"):
            StudyImage(name, "a.tif")


def test_an_image_that_is_not_there_is_said() -> None:
    assert STUDY.image("a.tif").path == "images/a.tif"
    with pytest.raises(ParameterError, match=r"no image 'd\.tif'.*again"):
        STUDY.image("d.tif")
