from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from films import Here
from recipes import BY_NECK
from studies import image_png, small_study
from tifffile import imwrite

from nanotem.batch import run_batch
from nanotem.errors import UnreadableFileError
from nanotem.files.replacing import write_file
from nanotem.measurement import COLUMNS
from nanotem.statistics.arrangements import compare_arrangements
from nanotem.statistics.compare import counted_particles
from nanotem.study import (
    Study,
    combine,
    combined_particles,
    find_images,
    open_study,
    prepare_study,
    read_particles,
    summary,
    summary_table,
)
from nanotem.study.copies import copies_of


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = small_study(tmp_path_factory.mktemp("summary"))
    failed = replace(study.images[0], name="bad.png", id="", status="failed", reason="It is no image.")
    return study.with_image(failed)


def test_all_particles_are_in_one_table_in_the_order_of_the_images(study: Study) -> None:
    table = combined_particles(study)
    assert table.columns.to_list() == ["image", "sample", *COLUMNS, "weight"]
    assert table["image"].to_list() == 6 * ["0.png"] + 6 * ["1.png"]
    assert set(table["sample"]) == {"gold"}
    first = read_particles(study, study.image("0.png"))
    pd.testing.assert_frame_equal(table[:6][list(first)], first)


def test_the_files_hold_the_same(study: Study) -> None:
    combine(study)
    pd.testing.assert_frame_equal(pd.read_parquet(study.folder / "particles.parquet"), combined_particles(study))
    summary = pd.read_csv(study.folder / "summary.csv")
    assert summary["file"].to_list() == ["0.png", "1.png", "bad.png"]
    assert summary["n_particles"].fillna(-1).to_list() == [6, 6, -1]
    assert summary["mean"][:2].to_list() == pytest.approx([20, 22], abs=1)
    assert summary["reason"].fillna("").to_list() == ["", "", "It is no image."]
    assert summary["flags"].fillna("").to_list() == ["", "", "could_not_be_read"]
    assert_weighted_and_arranged(summary[:2])
    assert {"sample", "nm_per_px", "scale_source", "median", "sd", "n_doubtful"} < set(summary)


def assert_weighted_and_arranged(images: pd.DataFrame) -> None:
    """Six discs of one size on 200 x 300 px, at 0.5 nm per px: every mean is that size."""
    assert images["d32"].to_list() == pytest.approx([20, 22], abs=1)
    assert images["d43"].to_list() == pytest.approx(images["d32"].to_list(), rel=0.01)
    assert images["area_px"].to_list() == [60_000, 60_000]
    assert images["coverage"].to_list() == pytest.approx([6 * np.pi * r**2 / 60_000 for r in (20, 22)], rel=0.05)
    assert images["centre_to_centre"].isna().all()  # the frame is nearer than any neighbour
    assert (images["density_per_um2_low"] < images["density_per_um2"]).all()
    assert images["dispersion"].isna().all()
    assert images["metal"].to_list() == ["none", "none"]


def test_the_same_study_gives_the_same_bytes(study: Study) -> None:
    names = ("particles.parquet", "summary.csv")
    combine(study)
    first = [(study.folder / name).read_bytes() for name in names]
    combine(study)
    assert [(study.folder / name).read_bytes() for name in names] == first


def test_more_particles_than_fit_the_memory_are_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "_MOST_PARTICLES", 11)
    with pytest.raises(UnreadableFileError, match=r"more than 11 particles.*particles\.parquet"):
        combined_particles(study)


def test_an_empty_study_has_empty_tables(tmp_path: Path) -> None:
    empty = prepare_study(tmp_path, [])
    combine(empty)
    assert len(summary_table(empty)) == len(combined_particles(empty)) == 0
    assert combined_particles(empty).columns.to_list() == ["image", "sample", *COLUMNS, "weight"]
    assert {"file", "flags"} < set(summary_table(empty))


def test_a_copy_of_an_image_counts_once(study: Study) -> None:
    first, second = study.image("0.png"), study.image("1.png")
    same = study.with_image(replace(second, id=first.id))
    assert copies_of(study) == frozenset()
    assert copies_of(same) == {"1.png"}
    assert copies_of(study.with_image(replace(second, id=first.id, sample="other"))) == frozenset()
    weights = combined_particles(same).groupby("image")["weight"].sum()
    assert weights["1.png"] == 0
    assert weights["0.png"] == combined_particles(study).groupby("image")["weight"].sum()["0.png"] > 0


def test_what_is_not_done_is_copied_by_nothing(study: Study) -> None:
    first, second = study.image("0.png"), study.image("1.png")
    waiting = replace(first, status="waiting")
    assert copies_of(study.with_image(waiting).with_image(replace(second, id=first.id))) == frozenset()


def test_an_image_in_two_formats_counts_once_by_the_one_with_a_scale(tmp_path: Path) -> None:
    pixels = cv2.imdecode(np.frombuffer(image_png(), np.uint8), cv2.IMREAD_UNCHANGED)
    write_file(tmp_path / "a.png", image_png())
    imwrite(tmp_path / "b.tif", pixels, imagej=True, resolution=(2, 2), metadata={"unit": "nm"})
    study = prepare_study(tmp_path / "study", find_images([tmp_path], sample="gold"), recipe=BY_NECK)
    for _ in run_batch(study.folder, Here()):
        pass
    study = open_study(study.folder)
    table = summary_table(study).set_index("file")
    assert table["nm_per_px"].fillna(0).to_dict() == {"a.png": 0, "b.tif": 0.5}
    assert table["flags"].to_dict() == {"a.png": "scale_missing same_image copy", "b.tif": "same_image"}
    assert set(counted_particles(combined_particles(study), "diameter_nm")["image"]) == {"b.tif"}
    assert compare_arrangements(table).set_index("quantity").loc["coverage", "n_images"] == 1
