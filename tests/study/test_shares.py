"""Shares of the population in a study; what was said of its images is written here, no network is asked."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pandas as pd
import pytest
from studies import small_study, with_shapes

from nanotem.morphology.population import ClassCounts
from nanotem.study import Study, combine, shares_table
from nanotem.study.record import read_record, write_record

CUBES = ClassCounts(("cube", "rod"), (38, 2), (0, 0), ((99, 1), (1, 99)), 50.0)
RODS = replace(CUBES, answers=(0, 40))


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_study(tmp_path_factory.mktemp("analysed"), (40, 40, 40))


@pytest.fixture
def study(analysed: Study, tmp_path: Path) -> Study:
    return replace(analysed, folder=Path(copytree(analysed.folder, tmp_path / "study")))


def shares(study: Study, of: str) -> pd.DataFrame:
    table = shares_table(study)
    return table[table["of"] == of].set_index("class")


def test_nobody_asked_for_shapes(study: Study) -> None:
    assert shares_table(study).empty
    assert list(shares_table(study))[:4] == ["of", "sample", "file", "kind"]
    (study.folder / "shares.csv").write_text("of an earlier run")
    combine(study)
    assert not (study.folder / "shares.csv").exists()


def test_samples_and_images_have_shares(study: Study) -> None:
    for image in study.images[:2]:
        with_shapes(study, image, {"solid": CUBES})
    with_shapes(study, study.images[2], {"solid": RODS})
    study = study.with_image(replace(study.images[2], sample="other"))
    samples = shares(study, "sample")
    assert samples.loc["cube", ["sample", "n_images", "n_particles"]].to_list() == ["gold", 2, 80]
    assert samples[samples["sample"] == "other"]["share"].to_dict() == {"rod": pytest.approx(1, abs=0.02)}
    assert (samples["share_low"] <= samples["share"]).all()
    assert (samples["share"] <= samples["share_high"]).all()
    images = shares(study, "image")
    assert images.loc["cube", "file"].to_list() == ["0.png", "1.png"]
    assert images.loc["cube", "share"].to_list() == pytest.approx([0.97, 0.97], abs=0.03)
    combine(study)
    pd.testing.assert_frame_equal(
        pd.read_csv(study.folder / "shares.csv", keep_default_na=False), shares_table(study), check_dtype=False
    )


KEPT = {"values": [0.25, 0.75], "low": [0.125, 0.5], "high": [0.5, 1.0]}


def with_shares(study: Study, kept: Any) -> None:
    image = study.images[0]
    record = read_record(study, image)
    named = {"edges": record.edges, "shapes": {"solid": asdict(CUBES)}, "shares": kept}
    write_record(study, image, record.origin, record.summary, {}, **named)


def test_shares_that_whoever_analysed_an_image_kept_are_read(study: Study) -> None:
    with_shares(study, {"solid": KEPT})
    images = shares(study, "image")
    assert images[["share", "share_low", "share_high"]].to_dict("index") == {
        "rod": {"share": 0.75, "share_low": 0.5, "share_high": 1.0},
        "cube": {"share": 0.25, "share_low": 0.125, "share_high": 0.5},
    }
    assert shares(study, "sample").loc["cube", "share"] > 0.9


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"outline": KEPT},
        {"solid": "rods"},
        {"solid": {**KEPT, "more": 1}},
        {"solid": {**KEPT, "values": [1.0]}},
        {"solid": {**KEPT, "low": [0.3, 0.5]}},
        {"solid": {**KEPT, "high": [0.5, 1.1]}},
        {"solid": {**KEPT, "low": [-0.1, 0.5]}},
    ],
)
def test_shares_that_are_not_kept_or_cannot_be_true_are_worked_out(study: Study, kept: Any) -> None:
    with_shares(study, kept)
    assert shares(study, "image").loc["cube", "share"] > 0.9


def test_what_different_networks_told_is_not_pooled(study: Study) -> None:
    with_shapes(study, study.images[0], {"solid": CUBES})
    with_shapes(study, study.images[1], {"solid": replace(CUBES, concentration=3.0)})
    assert shares(study, "sample").empty
    assert set(shares(study, "image")["file"]) == {"0.png", "1.png"}


@pytest.mark.parametrize(
    "forged",
    [
        "cubes",
        {},
        {**asdict(CUBES), "answers": (-1, 2)},
        {**asdict(CUBES), "answers": (2**40, 2)},
        {**asdict(CUBES), "classes": ("cube",)},
        {**asdict(CUBES), "more": 1},
    ],
)
def test_counts_that_cannot_be_true_are_left_out(study: Study, forged: Mapping[str, Any]) -> None:
    image = study.images[0]
    record = read_record(study, image)
    write_record(study, image, record.origin, record.summary, {}, edges=record.edges, shapes={"solid": forged})
    assert shares_table(study).empty


def test_a_copy_of_an_image_has_no_say_in_its_sample(study: Study) -> None:
    for image in study.images[:2]:
        with_shapes(study, image, {"solid": CUBES})
    with_shapes(study, study.images[2], {"solid": RODS})
    study = study.with_image(replace(study.images[2], id=study.images[0].id))
    assert shares(study, "sample").loc["cube", ["n_images", "n_particles"]].to_list() == [2, 80]
    assert len(shares(study, "image").loc["rod"]) > 0
