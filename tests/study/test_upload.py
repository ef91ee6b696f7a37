from dataclasses import replace
from pathlib import Path

import pytest
from studies import analysed_here, image_png

from nanotem.errors import ParameterError
from nanotem.study import Settings, add_upload, open_study, prepare_study, upload


def test_an_upload_is_stored_in_the_study(tmp_path: Path) -> None:
    study = add_upload(prepare_study(tmp_path, [], nm_per_px=1), image_png(), "a.png", sample="gold")
    (image,) = study.images
    assert (image.name, image.path, image.sample, image.status) == ("a.png", "images/a.png", "gold", "waiting")
    assert study.path_of(image).read_bytes() == image_png()
    assert open_study(tmp_path) == study
    assert analysed_here(study).images[0].id == image.id


def test_the_same_image_is_stored_once_and_another_of_the_name_beside_it(tmp_path: Path) -> None:
    study = prepare_study(tmp_path, [])
    for data, name in ((image_png(40), "a.png"), (image_png(40), "b.png"), (image_png(50), "a.png")):
        study = add_upload(study, data, name, sample="")
    assert [image.name for image in study.images] == ["a (2).png", "a.png"]


@pytest.mark.parametrize(("limit", "most"), [("MOST_UPLOADS", 1), ("LARGEST_UPLOADS_BYTES", len(image_png(40)) + 1)])
def test_one_visitor_holds_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(upload, limit, most)
    study = add_upload(prepare_study(tmp_path, []), image_png(40), "a.png", sample="")
    with pytest.raises(ParameterError, match=r"holds 1 images and .* it would exceed.*nanotem batch"):
        add_upload(study, image_png(50), "b.png", sample="")
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["a.png"]


def test_an_upload_takes_the_settings_that_all_share(tmp_path: Path) -> None:
    study = add_upload(prepare_study(tmp_path, []), image_png(40), "a.png", sample="")
    study = add_upload(study.with_settings({"nm_per_px": 0.5}), image_png(42), "b.png", sample="")
    assert study.values("nm_per_px") == (0.5,)
    other = replace(study.images[0], settings=Settings(nm_per_px=0.25))
    assert add_upload(study.with_image(other), image_png(44), "c.png", sample="").images[2].settings == Settings()


def test_no_name_leads_out_of_the_study(tmp_path: Path) -> None:
    study = prepare_study(tmp_path / "study", [])
    for number, name in enumerate(("../../a.png", "c:\\b.png", ".c.png", "/etc/d", "", "e\x00.png", "..", "f" * 500)):
        study = add_upload(study, image_png(20 + number), name, sample="")
    stored = {path.name for path in (tmp_path / "study" / "images").iterdir()}
    assert stored == {"a.png", "b.png", "c.png", "d", "image", "e_.png", "image (2)", "f" * 100}
    assert {path.name for path in tmp_path.iterdir()} == {"study"}
