from dataclasses import replace
from pathlib import Path

import pytest
import tifffile
from drawing import disc_grid, draw
from recipes import BY_NECK
from studies import NM_PER_PX, analysed_here, image_png, save_images, small_study

from nanotem.batch import Outcome, analyse_image
from nanotem.lattice.params import LatticeParams
from nanotem.micrograph import Scale
from nanotem.morphology.params import ClassifyParams
from nanotem.networks.params import NetworkParams
from nanotem.recipe import Recipe
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics import compare_samples
from nanotem.study import Study, combined_particles, prepare_study, read_particles, read_summary, shares_table
from nanotem.study.record import read_record, write_record
from nanotem.study.software import software
from nanotem.synthetic import example_png


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return small_study(tmp_path)


def test_what_is_there_is_not_done_again(study: Study) -> None:
    image = study.images[0]
    assert analyse_image(study, image) == Outcome(image.id, image.pixels, reused=True)


@pytest.mark.parametrize(
    "change",
    ["image", "recipe", "nm_per_px", "scale", "versions", "particles", "labels", "previews", "records", "summary"],
)
def test_what_follows_from_anything_else_is_done_again(
    study: Study, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    image = study.images[0]
    if change == "image":
        study.path_of(image).write_bytes(image_png(30))
    elif change == "recipe":
        other = replace(Recipe(), segment=SegmentParams.of("neck_ratio", neck_ratio=0.5))
        image = replace(image, settings=replace(image.settings, recipe=other))
    elif change == "nm_per_px":
        image = replace(image, settings=replace(image.settings, nm_per_px=2.0))
    elif change == "scale":
        image = replace(image, scale=Scale(2.0, "typed"))
    elif change == "versions":
        later = software([image.settings.recipe]) | {"numpy": "99"}
        monkeypatch.setattr("nanotem.batch.task.software", lambda recipes: later)
        study = replace(study, versions=later)
    elif change == "summary":
        record = read_record(study, image)
        write_record(study, image, record.origin, {"n_particles": 6}, {})
    else:
        study.file(image, change).write_bytes(b"half")
    outcome = analyse_image(study, image)
    assert (outcome.reused, outcome.reason) == (False, "")
    assert (outcome.image_id == image.id) == (change != "image")
    assert analyse_image(study, image).reused


def test_bad_images_give_a_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_text("no picture")
    study = prepare_study(tmp_path / "study", [(tmp_path / "bad.png", ""), (tmp_path / "absent.png", "")])
    absent, bad = (analyse_image(study, image) for image in study.images)
    assert "cannot be opened" in absent.reason
    assert "no image" in bad.reason
    assert absent.image_id == bad.image_id == ""


def test_other_software_on_a_worker_is_the_reason(study: Study) -> None:
    other = replace(study, versions={"nanotem": "9.9"})
    outcome = analyse_image(other, study.images[0])
    assert "A worker has nanotem" in outcome.reason
    assert "started with 9.9" in outcome.reason


def analysed_scale(study: Study) -> tuple[float | None, str | None]:
    (image,) = study.images
    assert not analyse_image(study, image).reason
    summary = read_summary(study, image)
    return summary.nm_per_px, summary.scale_source


def test_a_person_wins_over_the_file_and_the_file_over_the_study(tmp_path: Path) -> None:
    path = tmp_path / "calibrated.tif"
    discs, _ = draw((200, 300), disc_grid(2, 3, pitch_px=100, diameter_px=40))
    tifffile.imwrite(path, discs.astype("uint8"), imagej=True, resolution=(4, 4), metadata={"unit": "nm"})
    study = prepare_study(tmp_path / "study", [(path, "")], nm_per_px=9)
    assert analysed_scale(study) == (pytest.approx(0.25), "file")
    by_hand = replace(study.images[0], scale=Scale(0.3, "typed"))
    assert analysed_scale(study.with_image(by_hand)) == (0.3, "typed")


def test_the_picture_says_the_scale_where_nobody_else_does(tmp_path: Path) -> None:
    path = tmp_path / "spheres.png"
    path.write_bytes(example_png("gold spheres"))
    for given in ({}, {"bar_length_nm": 50.0}):
        study = prepare_study(tmp_path / f"study {len(given)}", [(path, "")], recipe=BY_NECK, **given)
        assert analysed_scale(study) == (pytest.approx(0.25, rel=0.005), "scale bar")


def test_without_any_scale_sizes_are_in_px(tmp_path: Path) -> None:
    study = prepare_study(tmp_path / "study", save_images(tmp_path / "images", (40,)))
    assert analysed_scale(study) == (None, None)
    assert read_summary(study, study.images[0]).unit == "px"
    assert NM_PER_PX != 1


def test_the_length_of_a_bar_that_is_not_there_is_the_reason(tmp_path: Path) -> None:
    study = prepare_study(tmp_path / "study", save_images(tmp_path / "images", (40,)), bar_length_nm=50.0)
    assert "No scale bar was found in 0.png" in analyse_image(study, study.images[0]).reason


@pytest.mark.parametrize("wanted", [True, False])
def test_tables_say_what_fringes_show_if_wanted(study: Study, wanted: bool) -> None:
    image = study.images[0]
    recipe = replace(image.settings.recipe, lattice=LatticeParams(in_batches=wanted))
    image = replace(image, settings=replace(image.settings, recipe=recipe))
    analyse_image(study, image)
    table = read_particles(study, image)
    assert ("why_no_lattice" in table) == wanted
    if wanted:
        assert table["why_no_lattice"].str.len().min() > 0


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Study:
    recipe = replace(BY_NECK, classify=ClassifyParams(in_batches=True))
    return small_study(tmp_path_factory.mktemp("shapes"), recipe=recipe)


def test_tables_say_shapes_and_samples_their_shares_if_wanted(shapes: Study) -> None:
    table = combined_particles(shapes)
    assert table["outline"].to_list() == ["circle"] * 12
    assert compare_samples(table).class_fractions.query("kind == 'outline'")["n"].to_list() == [12]
    shares = shares_table(shapes)
    assert set(shares["kind"]) == {"outline", "solid"}
    (circles,) = shares.query("of == 'sample' and `class` == 'circle'").itertuples()
    assert (circles.n_images, circles.n_particles) == (2, 12)
    assert circles.share > 0.9
    assert set(read_record(shapes, shapes.images[0]).shares) == {"outline", "solid"}
    assert analyse_image(shapes, shapes.images[0]).reused


def test_the_networks_of_shapes_are_part_of_the_software_if_asked(shapes: Study, study: Study) -> None:
    asked, others = (set(software(one.values("recipe"))) for one in (shapes, study))
    assert asked - others == {"onnxruntime", "network outline of nanotem", "network solid of nanotem"}
    other = {**shapes.versions, "network solid of nanotem": "another"}
    outcome = analyse_image(replace(shapes, versions=other), shapes.images[0])
    assert "A worker has network solid of nanotem" in outcome.reason
    assert not analyse_image(replace(study, versions=dict(study.versions) | other), study.images[0]).reason


def test_networks_of_shapes_that_are_absent_are_the_reason(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("NANOTEM_MODELS", str(tmp_path / "empty"))
    recipe = replace(BY_NECK, classify=ClassifyParams(in_batches=True), networks=NetworkParams(outline="empty"))
    (image, *_) = analysed_here(study.with_settings({"recipe": recipe})).images
    assert (image.status, "outline in empty" in image.reason) == ("failed", True)
