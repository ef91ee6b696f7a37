"""Fringes in a study, of particles that are written here and of crystals that are drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from recipes import BY_NECK
from studies import analysed_here, save_images, study_of_crystals

from nanotem.lattice.params import LatticeParams
from nanotem.study import combine, fringes_of, fringes_table, open_study, pack_study, prepare_study, unpack_study

NUMBERS = ["n_images", "n_whole", "n_particles", "n_with_fringes"]


def particles(n_images: int, n: int = 20, *, share: float = 0.5, spread: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """Return gold particles of which a share shows fringes, more in some images than in others."""
    rng = np.random.default_rng(seed)
    of_images = np.clip(share + spread * rng.standard_normal(n_images), 0, 1)
    shows = rng.random((n_images, n)) < of_images[:, None]
    return pd.DataFrame(
        {
            "image": np.repeat([f"{number}.tif" for number in range(n_images)], n),
            "sample": "gold",
            "weight": 1.0,
            "n_fringes": shows.ravel().astype(float),
            "could_show_lattice": True,
            "spacing_nm": np.where(shows.ravel(), rng.normal(0.2355, 0.002, n_images * n), np.nan),
        }
    )


def test_nobody_asked_for_fringes() -> None:
    table = fringes_table(particles(2).assign(n_fringes=np.nan, could_show_lattice=None))
    assert table.empty
    assert list(table)[:3] == ["of", "sample", "file"]


def test_samples_and_images_have_a_share_and_a_spacing() -> None:
    found = particles(4)
    n_with = int(found["n_fringes"].sum())
    sample, *images = fringes_table(found).itertuples()
    assert sample[1:8] == ("sample", "gold", "", 4, 80, 80, n_with)
    assert sample.share == pytest.approx(n_with / 80)
    assert 0 < sample.share_low < sample.share < sample.share_high < 1
    assert sample.spacing_nm_low < 0.2355 < sample.spacing_nm_high
    assert [image.file for image in images] == ["0.tif", "1.tif", "2.tif", "3.tif"]
    assert {image.n_particles for image in images} == {20}
    assert all(image.share_low < image.share < image.share_high for image in images)
    assert all(np.isnan(image.spacing_nm_low) == (image.n_with_fringes < 3) for image in images)


def test_only_whole_particles_that_could_show_a_lattice_count() -> None:
    found = particles(1, 5).assign(
        n_fringes=[1.0, 0, 1, 0, 2],
        weight=[1.0, 3, 1, 1, 0],
        could_show_lattice=[True, True, False, None, True],
        spacing_nm=[0.23, np.nan, 0.20, np.nan, 0.19],
    )
    for row in fringes_table(found).to_dict("records"):
        assert [row[name] for name in NUMBERS] == [1, 4, 2, 1]
        assert row["share"] == pytest.approx(1 / 4)
        assert row["spacing_nm"] == pytest.approx(0.23)


def test_where_none_could_show_a_lattice_nothing_is_known() -> None:
    for row in fringes_table(particles(2).assign(could_show_lattice=False)).to_dict("records"):
        assert (row["n_particles"], row["n_with_fringes"]) == (0, 0)
        assert np.isnan([row["share"], row["share_low"], row["spacing_nm"]]).all()


def test_of_one_image_a_sample_has_no_interval() -> None:
    sample, image = fringes_table(particles(1)).itertuples()
    assert sample.share == image.share
    assert np.isnan([sample.share_low, sample.share_high, sample.spacing_nm_low]).all()
    assert image.share_low < image.share < image.share_high


def test_intervals_of_samples_know_that_images_differ() -> None:
    held = [
        low <= 0.5 <= high
        for seed in range(40)
        for low, high in fringes_table(particles(5, spread=0.2, seed=seed)).loc[:0, ["share_low", "share_high"]].values
    ]
    assert np.mean(held) > 0.88  # two standard errors below 0.95


def test_a_study_that_asks_has_its_table_and_packs_it(tmp_path: Path) -> None:
    study = study_of_crystals(tmp_path, ["gold"])
    combine(study)
    written = pd.read_csv(study.folder / "fringes.csv", keep_default_na=False, na_values={"share_low": [""]})
    assert written["of"].to_list() == ["sample", "image"]
    assert written["n_with_fringes"].to_list() == [1, 1]
    assert written["spacing_nm"].astype(float).to_list() == pytest.approx([0.2355] * 2, rel=0.02)
    with (tmp_path / "study.zip").open("w+b") as file:
        pack_study(study, file)
        assert not fringes_of(unpack_study(file, tmp_path / "again")).empty
    assert (tmp_path / "again" / "fringes.csv").is_file()


def test_pixels_that_are_too_coarse_are_said_and_an_old_table_goes(tmp_path: Path) -> None:
    recipe = replace(BY_NECK, lattice=LatticeParams(in_batches=True))
    study = prepare_study(tmp_path / "study", save_images(tmp_path / "images", (40, 44)), recipe=recipe, nm_per_px=0.5)
    found = fringes_of(analysed_here(study))
    assert found["n_whole"].to_list() == [12, 6, 6]
    assert found["n_particles"].to_list() == [0, 0, 0]
    (study.folder / "fringes.csv").write_text("of an earlier run")
    without = replace(open_study(study.folder), images=())
    combine(without)
    assert not (study.folder / "fringes.csv").exists()
