from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tifffile
from recipes import BY_NECK
from studies import NM_PER_PX, analysed_here, blank_png, small_study

from nanotem.analysis_file import SavedAnalysis
from nanotem.commands.analyse import analyse_file
from nanotem.errors import UnreadableFileError
from nanotem.measurement.columns import CLASSIFIED_COLUMNS, COLUMNS, LATTICE_COLUMNS
from nanotem.study import Study, prepare_study, read_particles, read_summary
from nanotem.study.record import read_record, write_record


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_study(tmp_path_factory.mktemp("result"))


def test_particles_are_those_of_the_command_analyse(study: Study, tmp_path: Path) -> None:
    for image in study.images:
        alone = analyse_file(study.path_of(image), SavedAnalysis(BY_NECK), out=tmp_path, nm_per_px=NM_PER_PX)
        pd.testing.assert_frame_equal(
            read_particles(study, image).drop(columns="weight"),
            pd.read_csv(alone["particles"], keep_default_na=False),
            rtol=1e-12,
        )


def test_the_numbers_are_those_of_the_command_analyse(study: Study) -> None:
    for image in study.images:
        summary = asdict(read_summary(study, image))
        alone = analyse_file(study.path_of(image), SavedAnalysis(BY_NECK), nm_per_px=NM_PER_PX)
        assert summary == {**summary, "n_particles": 6, "nm_per_px": 0.5, "scale_source": "typed", "unit": "nm"}
        of_both = ("mean", "median", "sd", "unit")
        assert {name: alone["diameter"][name] for name in of_both} == {name: summary[name] for name in of_both}
        assert {name: alone["diameter"]["budget"][name] for name in ("mean", "median")} == {
            name: summary[f"{name}_uncertainty"] for name in ("mean", "median")
        }
        for name in ("n_particles", "n_measured", "method", "nm_per_px", "scale_source"):
            assert alone[name] == summary[name]
        assert " ".join(alone["notes"]) == summary["notes"]


def test_labels_and_preview_show_the_particles(study: Study) -> None:
    image = study.images[0]
    labels = tifffile.imread(study.file(image, "labels"))
    particles = read_particles(study, image)
    assert sorted(np.unique(labels)) == [0, *sorted(particles["label"])]
    np.testing.assert_allclose(np.bincount(labels.ravel())[particles["label"]], particles["area_px"], rtol=0.01)
    preview = cv2.imread(str(study.file(image, "previews")))
    assert preview.shape == (200, 300, 3)
    assert (preview[..., 2].astype(int) - preview[..., 0] > 60).any()


def test_nothing_found_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "blank.png").write_bytes(blank_png())
    study = analysed_here(prepare_study(tmp_path / "study", [(tmp_path / "blank.png", "")], nm_per_px=1))
    (image,) = study.images
    assert image.status == "done"
    assert set(read_particles(study, image).columns) == {*COLUMNS, "weight"} - set(CLASSIFIED_COLUMNS) - set(
        LATTICE_COLUMNS
    )
    summary = read_summary(study, image)
    assert (summary.n_particles, summary.mean, summary.median, summary.sd) == (0, None, None, None)


def test_without_a_result_there_are_no_numbers(study: Study) -> None:
    other = replace(study.images[0], name="other.png")
    assert read_summary(study, other) is None
    with pytest.raises(UnreadableFileError, match=r"other\.png\.parquet cannot be read.*again"):
        read_particles(study, other)


def test_a_table_too_long_to_be_one_is_refused(study: Study) -> None:
    other = replace(study.images[0], name="bomb.png")
    pq.write_table(pa.table({"label": np.zeros(1_000_001, np.int64)}), study.file(other, "particles"))
    with pytest.raises(UnreadableFileError, match=r"1000001 rows, more than 1000000.*again"):
        read_particles(study, other)
    assert read_summary(study, other) is None


@pytest.mark.parametrize(
    "change",
    [{"n_particles": -1}, {"nm_per_px": 1e9}, {"nm_per_px": None}, {"unit": "m"}, {"mean": [1]}, {"mean": "2"}],
)
def test_numbers_that_cannot_be_are_none(study: Study, change: dict[str, object]) -> None:
    other = replace(study.images[0], name="forged.png")
    record = read_record(study, study.images[0])
    write_record(study, other, record.origin, {**record.summary}, {})
    assert read_summary(study, other) == read_summary(study, study.images[0])
    write_record(study, other, record.origin, {**record.summary, **change}, {})
    assert read_summary(study, other) is None
