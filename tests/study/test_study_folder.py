import multiprocessing
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from studies import NM_PER_PX, image_png, save_images, small_study

from nanotem.errors import NanotemError, UnreadableFileError
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import find_images, open_study, prepare_study, save_study, writing


def test_images_of_a_folder_bring_its_name_as_sample(tmp_path: Path) -> None:
    save_images(tmp_path / "gold", (20, 20))
    save_images(tmp_path / "gold" / "inner", (20,))
    for name in ("notes.txt", ".hidden.png", "series.emi"):
        (tmp_path / "gold" / name).write_text("")
    found = find_images([tmp_path / "gold", tmp_path / "gold" / "1.png"])
    assert [(path.name, sample) for path, sample in found] == [("0.png", "gold"), ("1.png", "gold")]
    assert {sample for _, sample in find_images([tmp_path / "gold"], sample="silver")} == {"silver"}


def test_a_folder_without_images_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"no image in .*hold micrographs"):
        find_images([tmp_path])


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(UnreadableFileError, match=r"cannot be opened \(Permission denied\).*right to read"):
        find_images([tmp_path])


def test_paths_inside_the_study_are_relative(tmp_path: Path) -> None:
    images = [*save_images(tmp_path / "study" / "images", (20,)), *save_images(tmp_path / "far", (20,))]
    inside, outside = prepare_study(tmp_path / "study", images).images
    assert (inside.name, inside.path) == ("0 (2).png", str((tmp_path / "far" / "0.png").resolve()))
    assert (outside.name, outside.path) == ("0.png", "images/0.png")


def test_names_that_differ_in_case_alone_get_numbers(tmp_path: Path) -> None:
    for name in ("a.png", "b/A.png", "c/a?.png", "d/" + 120 * "x" + ".png", "e/" + 120 * "x" + ".png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    files = [(path, "") for path in sorted(tmp_path.glob("**/*.png"))]
    names = {image.name for image in prepare_study(tmp_path / "study", files).images}
    assert names == {"a.png", "A (2).png", "a_.png", 100 * "x" + ".png", 90 * "x" + " (2).png"}


def test_images_that_are_added_leave_the_others_as_they_are(tmp_path: Path) -> None:
    before = small_study(tmp_path)
    (tmp_path / "images" / "9.png").write_bytes(image_png(30))
    again = prepare_study(before.folder, [(tmp_path / "images" / "9.png", "silver")], nm_per_px=NM_PER_PX)
    assert again.images[:2] == before.images
    assert [image.status for image in again.images] == ["done", "done", "waiting"]
    assert prepare_study(before.folder, [(tmp_path / "images" / "0.png", "silver")]).images[0].sample == "silver"


@pytest.mark.parametrize("change", ["recipe", "nm_per_px", "edits", "result", "summary"])
def test_what_follows_from_something_else_is_waiting(tmp_path: Path, change: str) -> None:
    study = small_study(tmp_path)
    image = study.images[0]
    assert open_study(study.folder) == study
    if change == "recipe":
        save_study(replace(study, recipe=replace(Recipe(), segment=SegmentParams.of(neck_ratio=0.5))))
    elif change == "nm_per_px":
        save_study(replace(study, nm_per_px=1.0))
    elif change == "edits":
        study.file(image, "edits").parent.mkdir()
        study.file(image, "edits").write_text("other")
    elif change == "summary":
        table = pq.read_table(study.file(image, "particles"))
        facts = table.schema.metadata | {b"nanotem.summary": b'{"n_particles": 6}'}
        pq.write_table(table.replace_schema_metadata(facts), study.file(image, "particles"))
    else:
        study.file(image, "particles").write_bytes(b"half a file")
    assert open_study(study.folder).images[0].status == "waiting"


def test_a_study_of_other_versions_can_still_be_looked_at(tmp_path: Path) -> None:
    study = save_study(replace(small_study(tmp_path), versions={"nanotem": "0.0.1"}))
    assert {image.status for image in open_study(study.folder).images} == {"done"}


def test_a_folder_without_a_study_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"no study in .*folder of a batch"):
        open_study(tmp_path)


def hold(folder: Path, held: "multiprocessing.synchronize.Event") -> None:
    with writing(folder):
        held.set()
        multiprocessing.Event().wait()


def test_there_is_one_writer_and_a_killed_one_does_not_stand_in_the_way(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    other = context.Process(target=hold, args=(tmp_path, held))
    other.start()
    assert held.wait(60)
    with pytest.raises(NanotemError, match=r"Another run is writing.*another folder"):
        prepare_study(tmp_path, [])
    other.kill()
    other.join()
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / ".0123.part").write_text("left behind")
    prepare_study(tmp_path, [])
    assert not list(tmp_path.glob("**/*.part"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NanotemError, match=r"cannot be written.*another folder"):
        prepare_study(tmp_path / "file", [])
