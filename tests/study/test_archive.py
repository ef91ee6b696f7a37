from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from studies import image_png, small_study

from nanotem.errors import NanotemError, ParameterError, UnreadableFileError
from nanotem.study import (
    Study,
    add_upload,
    archive,
    combined_particles,
    open_study,
    pack_study,
    prepare_study,
    read_particles,
    unpack_study,
)
from nanotem.study.study_file import write_study_file


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_study(tmp_path_factory.mktemp("archive"))


def packed(study: Study) -> BytesIO:
    stream = BytesIO()
    pack_study(study, stream)
    return stream


def zipped(members: dict[str, str | bytes]) -> BytesIO:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream


def test_a_study_opens_elsewhere_with_all_its_results(study: Study, tmp_path: Path) -> None:
    moved = unpack_study(packed(study), tmp_path / "moved")
    assert [image.status for image in moved.images] == ["done", "done"]
    assert moved.values("recipe") == study.values("recipe")
    assert combined_particles(moved).equals(combined_particles(study))
    for folder in ("labels", "previews"):
        assert len(list((moved.folder / folder).iterdir())) == 2
    assert (moved.folder / "summary.csv").is_file()
    assert not (moved.folder / ".lock").stat().st_size


def test_uploads_travel_with_their_study(tmp_path: Path) -> None:
    study = add_upload(prepare_study(tmp_path / "study", []), image_png(), "a.png", sample="gold")
    moved = unpack_study(packed(study), tmp_path / "moved")
    assert moved.images == study.images
    assert moved.path_of(moved.images[0]).read_bytes() == image_png()


def test_a_zip_of_the_folder_itself_opens_too(study: Study, tmp_path: Path) -> None:
    with ZipFile(packed(study)) as flat:
        members = {f"my study/{name}": flat.read(name) for name in flat.namelist()}
    moved = unpack_study(zipped({"__MACOSX/._study.toml": "", **members}), tmp_path)
    assert [image.status for image in moved.images] == ["done", "done"]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(".lock", "labels", "particles", "previews", "records", "particles.parquet", "study.toml", "summary.csv")
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd"])
def test_images_elsewhere_on_this_computer_are_not_followed(study: Study, tmp_path: Path, path: str) -> None:
    spying = replace(study, images=(replace(study.images[0], path=path),))
    (image,) = unpack_study(zipped({"study.toml": write_study_file(spying)}), tmp_path).images
    assert image.path == "images/0.png"


@pytest.mark.parametrize(
    "name", ["../evil.toml", "/evil.toml", "images/../../evil.png", "images\\..\\..\\evil", "c:evil"]
)
def test_files_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFileError, match=r"names a file outside of it.*trust"):
        unpack_study(zipped({"study.toml": "", name: "evil"}), tmp_path / "study")
    assert not list(tmp_path.glob("**/*evil*"))


def test_a_name_that_is_too_long_for_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NanotemError, match=r"cannot be written \(File name too long\)"):
        unpack_study(zipped({"study.toml": "[versions]\n", f"images/{'a' * 300}.png": ""}), tmp_path)
    assert not list((tmp_path / "images").iterdir())


def test_links_are_refused(tmp_path: Path) -> None:
    link = ZipInfo("images/link.png")
    link.external_attr = 0o120777 << 16
    stream = zipped({"study.toml": ""})
    with ZipFile(stream, "a") as packed_study:
        packed_study.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableFileError, match="outside"):
        unpack_study(stream, tmp_path)


def test_files_that_are_no_part_of_a_study_are_left_out(tmp_path: Path) -> None:
    text = "[versions]\n"
    unpack_study(zipped({"study.toml": text, "run.sh": "", "images/.hidden": "", "labels/in/a.tif": ""}), tmp_path)
    assert {path.name for path in tmp_path.glob("**/*")} == {"study.toml", ".lock"}


@pytest.mark.parametrize("limit", ["LARGEST_STUDY_BYTES", "MOST_FILES"])
def test_bombs_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(archive, limit, 1)
    bomb = zipped({"study.toml": "[versions]\n", "images/a.png": bytes(10**6)})
    assert len(bomb.getvalue()) < 10**4
    with pytest.raises(UnreadableFileError, match=r"2 files of .* GB, more than.*Divide"):
        unpack_study(bomb, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def lie(data: bytes) -> bytes:
    """Damage the first member, so that its checksum is wrong."""
    place = data.index(b"[versions]")
    return data[:place] + b"(" + data[place + 1 :]


@pytest.mark.parametrize("damage", [cut, lie, lambda data: b"no zip"])
def test_a_damaged_file_is_said(study: Study, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnreadableFileError, match=r"no ZIP file that can be read.*again"):
        unpack_study(BytesIO(damage(packed(study).getvalue())), tmp_path)


def test_a_zip_without_a_study_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"no study\.toml.*downloaded here"):
        unpack_study(zipped({"images/a.png": "", "images/mystudy.toml": ""}), tmp_path)


def test_a_study_that_is_damaged_inside_is_said(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="damaged"):
        unpack_study(zipped({"study.toml": "images = 3\n"}), tmp_path)


def test_a_table_that_is_none_is_refused(study: Study, tmp_path: Path) -> None:
    with ZipFile(packed(study)) as whole:
        members: dict[str, str | bytes] = {name: whole.read(name) for name in whole.namelist()}
    stream = BytesIO()
    pq.write_table(pa.table({"label": ["one"]}), stream)
    with pytest.raises(UnreadableFileError, match="column label of the type string"):
        unpack_study(zipped(members | {"particles/0.png.parquet": stream.getvalue()}), tmp_path)


def test_a_half_written_folder_can_be_read(study: Study, tmp_path: Path) -> None:
    half = unpack_study(packed(study), tmp_path)
    half.file(half.images[0], "particles").unlink()
    (tmp_path / "particles" / ".0123.part").write_text("half")
    opened = open_study(tmp_path)
    assert [image.status for image in opened.images] == ["waiting", "done"]
    assert len(combined_particles(opened)) == len(read_particles(opened, opened.images[1]))
    with ZipFile(packed(opened)) as again:
        assert not [name for name in again.namelist() if name.endswith(".part")]
