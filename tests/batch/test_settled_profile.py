"""Images of one sample are measured with one profile of their edges."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from outlines.drawn_edges import grid, scene
from recipes import BY_NECK
from studies import analysed_here

from nanotem.analysis import analyse
from nanotem.analysis_file import read_analysis, write_analysis
from nanotem.batch import Pool, run_batch
from nanotem.outlines.params import OutlineParams
from nanotem.readers import read_file
from nanotem.study import Study, open_study, prepare_study, read_particles, save_study, writing
from nanotem.study.profile import to_look_at, with_profiles_settled
from nanotem.study.rebuild import rebuilt
from nanotem.study.study_file import DamagedStudyError

SIZE_PX = 18


def picture(path: Path, kind: str, blur_px: float, seed: int) -> Path:
    bodies = grid(kind, SIZE_PX, 10, pitch_px=44)
    grey, _ = scene(bodies, shape=(88, 225), blur_px=blur_px, contrast=-100, contrast_to_noise=25, seed=seed)
    cv2.imwrite(str(path), grey.round().clip(0, 255).astype(np.uint8))
    return path


def small(folder: Path) -> Study:
    """Three pictures of one sample, the last out of focus, and one of another."""
    folder.mkdir()
    images = [(picture(folder / f"{k}.png", "sphere", blur, k), "spheres") for k, blur in enumerate((0.5, 0.6, 2.4))]
    images.append((picture(folder / "3.png", "disc", 0.6, 3), "discs"))
    return prepare_study(folder / "study", images, recipe=BY_NECK, nm_per_px=1.0)


@pytest.fixture(scope="module")
def study(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> Study:
    *_, last = run_batch(small(tmp_path_factory.mktemp("settled") / "here").folder, pool)
    return last.study


def test_images_of_a_sample_share_a_profile_and_others_judge_for_themselves(study: Study) -> None:
    first, *others, disc = study.images
    assert {image.class_weights for image in others} == {first.class_weights} != {()}
    assert first.recipe.outlines.is_settled
    assert disc.class_weights == ()
    assert disc.recipe == disc.settings.recipe
    means = [read_particles(study, image)["diameter_px"].mean() for image in study.images]
    assert means == pytest.approx(4 * [SIZE_PX], rel=0.03)


def test_a_replay_of_one_image_gives_the_numbers_of_the_study(study: Study) -> None:
    image = study.images[2]
    micrograph = read_file(study.path_of(image))
    alone, settled = (analyse(micrograph, recipe, nm_per_px=1.0) for recipe in (BY_NECK, image.recipe))
    kept = read_particles(study, image)["diameter_px"].to_numpy()
    again = analyse(micrograph, read_analysis(write_analysis(settled)).recipe, nm_per_px=1.0)
    assert again.particles["diameter_px"].to_numpy() == pytest.approx(kept, rel=1e-12)
    assert alone.particles["diameter_px"].to_numpy() != pytest.approx(kept, rel=1e-4)
    assert alone.outlines.report.scores == settled.outlines.report.scores


def test_what_was_settled_stays_when_images_are_added(pool: Pool, study: Study) -> None:
    weights = study.images[0].class_weights
    added = [(picture(study.folder.parent / "4.png", "sphere", 1.0, 4), "spheres")]
    more = prepare_study(study.folder, added)
    assert to_look_at(more) == ()
    assert with_profiles_settled(more).image("4.png").class_weights == weights
    moved = more.with_image(replace(more.image("0.png"), sample="discs"))
    assert [image.name for image in to_look_at(moved)] == ["0.png", "3.png"]
    with writing(study.folder):
        save_study(study)


def test_with_other_parameters_for_all_the_profile_is_settled_anew(study: Study) -> None:
    other = replace(BY_NECK, segment=replace(BY_NECK.segment, min_diameter_px=6.0))
    changed = study.with_settings({"recipe": other})
    assert [image.name for image in to_look_at(changed)] == ["0.png", "1.png", "2.png"]
    assert {image.class_weights for image in to_look_at(changed)} == {()}
    fixed = study.with_settings({"recipe": replace(BY_NECK, outlines=OutlineParams("rounded"))})
    assert to_look_at(fixed) == ()
    assert fixed.images[0].recipe.outlines.classes == "rounded"


def test_images_that_are_gone_keep_their_results(pool: Pool, tmp_path: Path) -> None:
    study = analysed_here(small(tmp_path / "gone"))
    study.path_of(study.images[0]).unlink()
    assert [image.name for image in to_look_at(study)] == ["1.png", "2.png"]
    *_, last = run_batch(study.folder, pool)
    gone, *others = last.study.images[:3]
    assert (gone.status, gone.class_weights) == ("done", ())
    assert gone.reason.startswith("The image is not there any more.")
    assert all(image.class_weights for image in others)


def test_what_was_settled_survives_its_files(study: Study) -> None:
    assert open_study(study.folder) == study
    again = rebuilt(study.folder, DamagedStudyError("", ""))
    assert [image.class_weights for image in again.images] == [image.class_weights for image in study.images]
    assert again.images[0].settings == study.images[0].settings
