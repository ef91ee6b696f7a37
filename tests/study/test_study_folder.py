import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recipes import BY_NECK
from studies import NM_PER_PX, analysed_here, image_png, save_images, small_study

from nanotem.edits.edits import Remove, Target
from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.study import (
    Settings,
    StudyImage,
    add_upload,
    combined_particles,
    edits_of,
    find_images,
    open_study,
    prepare_study,
    read_summary,
    save_study,
    summary_table,
    writing,
)
from nanotem.study.edits import keep_edits
from nanotem.study.record import read_record, write_record


def test_images_of_a_folder_bring_its_name_as_sample(tmp_path: Path) -> None:
    save_images(tmp_path / "gold", (20, 20))
    save_images(tmp_path / "gold" / "inner", (20,))
    for name in ("notes.txt", ".hidden.png", "series.emi"):
        (tmp_path / "gold" / name).write_text("")
    found = find_images([tmp_path / "gold", tmp_path / "gold" / "1.png"])
    assert [(path.name, sample) for path, sample in found] == [("0.png", "gold"), ("1.png", "gold")]
    assert {sample for _, sample in find_images([tmp_path / "gold"], sample="silver")} == {"silver"}


def test_folders_of_one_name_are_samples_of_their_own(tmp_path: Path) -> None:
    for place in ("gold/day 1", "gold/day 2", "silver/day 1"):
        save_images(tmp_path / place, (20,))
    found = find_images([tmp_path / "gold" / "day 1", tmp_path / "gold" / "day 2", tmp_path / "silver" / "day 1"])
    assert [sample for _, sample in found] == ["gold/day 1", "day 2", "silver/day 1"]


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
    again = [(tmp_path / "images" / "0.png", "folder")]
    assert prepare_study(before.folder, again, keep_samples=True).images[0].sample == "silver"


def more_images(folder: Path) -> list[tuple[Path, str]]:
    (folder / "9.png").write_bytes(image_png(30))
    return [(folder / "9.png", "gold")]


OTHER = replace(Recipe(), segment=SegmentParams.of("neck_ratio", neck_ratio=0.5))


def test_a_study_keeps_what_it_was_told(tmp_path: Path) -> None:
    told = Settings(OTHER, nm_per_px=0.5, bar_length_nm=20.0)
    images = save_images(tmp_path, (20, 20))
    prepare_study(tmp_path / "study", images, recipe=OTHER, nm_per_px=0.5, bar_length_nm=20)
    study = prepare_study(tmp_path / "study", images + more_images(tmp_path))
    assert {image.settings for image in study.images} == {told}
    assert open_study(study.folder) == study
    assert prepare_study(study.folder, images, recipe=OTHER, nm_per_px=0.5) == study


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"nm_per_px": 0.25}, r"nm_per_px 0\.5 → 0\.25 in 0\.png, 1\.png, 2\.png and 1 more"),
        ({"nm_per_px": 0}, r"nm_per_px 0\.5 → none in 0\.png, 1"),
        ({"bar_length_nm": 20.0}, r"bar_length_nm none → 20\.0 in"),
        ({"recipe": OTHER}, r"segment\.options\.neck_ratio 0\.85 → 0\.5 in"),
    ],
)
def test_it_is_told_otherwise_only_on_purpose(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    images = save_images(tmp_path, (20, 20, 20, 20))
    before = prepare_study(tmp_path / "study", images, recipe=BY_NECK, nm_per_px=0.5)
    with pytest.raises(ParameterError, match=rf"told otherwise: {said}.*--replace"):
        prepare_study(before.folder, images, **given)
    assert open_study(before.folder) == before
    (value,) = given.values()
    after = prepare_study(before.folder, images[:1], **given, may_replace=True)
    assert [image.settings == before.images[0].settings for image in after.images] == [False, True, True, True]
    assert after.values(next(iter(given)))[0] == (value or None)


def test_two_magnifications_live_in_one_study(tmp_path: Path) -> None:
    first = small_study(tmp_path)
    study = prepare_study(first.folder, more_images(tmp_path), nm_per_px=0.25)
    assert [image.settings.nm_per_px for image in study.images] == [0.5, 0.5, 0.25]
    assert [image.status for image in study.images] == ["done", "done", "waiting"]
    assert [read_summary(analysed_here(study), image).nm_per_px for image in study.images] == [0.5, 0.5, 0.25]
    (tmp_path / "10.png").write_bytes(image_png(31))
    with pytest.raises(ParameterError, match=r"2 different values of nm_per_px.*Give --nm-per-px, 0 for none"):
        prepare_study(first.folder, [(tmp_path / "10.png", "")])
    assert prepare_study(first.folder, [(tmp_path / "10.png", "")], nm_per_px=0).images[2].settings == Settings(BY_NECK)


def test_links_keep_their_own_names_and_samples(tmp_path: Path) -> None:
    save_images(tmp_path / "store", (20,))
    (tmp_path / "gold").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "gold" / name).symlink_to(tmp_path / "store" / "0.png")
    (tmp_path / "silver").symlink_to(tmp_path / "store")
    study = prepare_study(tmp_path / "study", find_images([tmp_path / "gold", tmp_path / "silver"]))
    assert [(image.name, image.sample) for image in study.images] == [
        ("0.png", "silver"), ("a.png", "gold"), ("b.png", "gold"),
    ]  # fmt: skip
    assert all(study.path_of(image).read_bytes() for image in study.images)


def test_bytes_that_are_no_utf_8_can_name_an_image(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    path = folder / os.fsdecode(b"\xfe.png")
    path.write_bytes(image_png(40))
    for _ in range(2):
        study = prepare_study(tmp_path / "study", find_images([folder]), nm_per_px=1)
    study = analysed_here(study)
    (image,) = open_study(study.folder).images
    assert (image.name, image.sample, image.status) == ("_.png", "?", "done")
    assert summary_table(study)["file"].to_list() == ["_.png"]


@pytest.mark.parametrize("change", ["recipe", "nm_per_px", "edits", "result", "summary"])
def test_what_follows_from_something_else_is_waiting(tmp_path: Path, change: str) -> None:
    study = small_study(tmp_path)
    image = study.images[0]
    assert open_study(study.folder) == study
    if change == "recipe":
        save_study(study.with_image(replace(image, settings=replace(image.settings, recipe=OTHER))))
    elif change == "nm_per_px":
        save_study(study.with_image(replace(image, settings=replace(image.settings, nm_per_px=1.0))))
    elif change == "edits":
        study.file(image, "edits").parent.mkdir()
        study.file(image, "edits").write_text("other")
    elif change == "summary":
        record = read_record(study, image)
        write_record(study, image, record.origin, {"n_particles": 6}, {})
    else:
        study.file(image, "particles").write_bytes(b"half a file")
    opened = open_study(study.folder)
    assert [one.status for one in opened.images] == ["waiting", "done"]
    assert opened.notes[0].startswith("1 of 2 results are missing, damaged")


def test_a_study_of_other_versions_can_still_be_looked_at(tmp_path: Path) -> None:
    study = save_study(replace(small_study(tmp_path), versions={"nanotem": "0.0.1"}))
    assert {image.status for image in open_study(study.folder).images} == {"done"}


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a file in which one bit has changed."""
    place = int(rng.integers(8 * len(data)))
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


KINDS = ("particles", "labels", "previews", "records", "edits", "study.toml")


@pytest.mark.parametrize("damage", [flipped, lambda data, rng: data[: int(rng.integers(len(data)))]])
def test_a_damaged_file_is_never_another_number(tmp_path: Path, damage: Callable[..., bytes]) -> None:
    study = small_study(tmp_path, (40,))
    image = study.images[0]
    keep_edits(study, image, [Remove((Target(5, 5, 400),))], image_id=image.id)
    study = analysed_here(study)
    (image,), numbers = study.images, read_summary(study, study.images[0])
    rng = np.random.default_rng(11)
    for path in (study.folder / KINDS[-1], *(study.file(image, kind) for kind in KINDS[:-1])):
        whole = path.read_bytes()
        for _ in range(30):
            path.write_bytes(damage(whole, rng))
            opened = open_study(study.folder)
            assert replace(opened.images[0], status="done") == image
            if opened.images[0].status == "done":
                assert read_summary(opened, image) == numbers
                assert edits_of(opened, image, image_id=image.id) == edits_of(study, image, image_id=image.id)
            path.write_bytes(whole)
    assert open_study(study.folder) == study


def test_what_was_damaged_is_worked_out_again(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    particles = combined_particles(study)
    study.file(study.images[0], "labels").write_bytes(b"half")
    study.file(study.images[1], "records").unlink()
    opened = open_study(study.folder)
    assert [image.status for image in opened.images] == ["waiting", "waiting"]
    healed = analysed_here(opened)
    assert [image.status for image in open_study(healed.folder).images] == ["done", "done"]
    assert combined_particles(healed).equals(particles)


@pytest.mark.parametrize("how", ["cut", "gone", "no text"])
def test_a_study_file_is_made_again_from_the_results(tmp_path: Path, how: str) -> None:
    study = small_study(tmp_path)
    study = add_upload(study, image_png(33), "new.png", sample="silver")
    (study.folder / "images" / ".hidden.png").write_bytes(b"")
    path = study.folder / "study.toml"
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:700] if how == "cut" else b"\xff\xfe")
    again = open_study(study.folder)
    assert again.images[:2] == study.images[:2]
    assert again.images[2] == StudyImage("new.png", "images/new.png")
    assert "made again from 2 results and 1 uploaded images" in again.notes[0]
    prepare_study(study.folder, [])
    assert open_study(study.folder) == replace(again, versions={})


def test_a_study_file_that_says_too_little_is_made_without_the_results_that_cannot_be_used(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    record = read_record(study, study.images[0])
    write_record(study, study.images[0], {**record.origin, "recipe": 3}, record.summary, {})
    (study.folder / "records" / "no record.json").write_text("[]")
    (study.folder / "records" / "con.json").write_text("{}")
    (study.folder / "study.toml").write_text("")
    assert open_study(study.folder).images == study.images[1:]


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
    (tmp_path / ".drafts-0123" / "labels").mkdir(parents=True)
    prepare_study(tmp_path, [])
    assert not list(tmp_path.glob("**/*.part"))
    assert not list(tmp_path.glob(".drafts*"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NanotemError, match=r"cannot be written.*another folder"):
        prepare_study(tmp_path / "file", [])
