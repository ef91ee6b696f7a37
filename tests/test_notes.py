"""Every kind of note is said in a situation that is drawn for it, and in no other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, film_with_holes, with_noise
from recipes import BY_NECK

from nanotem.analysis import Analysis, ScaleRule, analyse
from nanotem.edits.edits import Name, Remove, Replace, Target, target_of
from nanotem.edits.labels_as_text import pack_labels
from nanotem.micrograph import Micrograph, Scale
from nanotem.networks import folders
from nanotem.notes import NOTES, Note, note
from nanotem.outlines import ProfileScores
from nanotem.outlines.params import OutlineParams
from nanotem.percent import in_percent
from nanotem.preprocess.params import BackgroundParams, PreprocessParams, ThresholdParams
from nanotem.recipe import Recipe
from nanotem.segmentation import SegmentParams
from nanotem.segmentation.judge.count import CountEstimate
from nanotem.synthetic import example_micrograph

SHAPE = (200, 260)
DISCS = disc_grid(3, 4, pitch_px=50, diameter_px=28)
SCALE = Scale(0.5, "typed")


def picture(*particles: Particle, shape: tuple[int, int] = SHAPE, scale: Scale | None = SCALE) -> Micrograph:
    return Micrograph(with_noise(draw(shape, particles)[0], 3).round().astype(np.uint8), "0" * 64, "drawn.png", scale)


def kinds(analysis: Analysis) -> list[str]:
    return [one.kind for one in analysis.notes]


def text_of(analysis: Analysis, kind: str) -> str:
    (text,) = (one.text for one in analysis.notes if one.kind == kind)
    assert str(Note(kind, text)) == text
    return text


@pytest.fixture
def absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of networks is empty."""
    monkeypatch.setattr(folders, "MODELS", tmp_path)


def test_where_all_is_well_nothing_is_said() -> None:
    assert kinds(analyse(picture(*DISCS))) == []


def test_what_was_assumed_while_reading() -> None:
    micrograph = replace(picture(*DISCS), notes=("Only the first of 3 pages was read.",))
    assert text_of(analyse(micrograph), "reading") == "Only the first of 3 pages was read."


def test_a_scale_that_is_not_known() -> None:
    unread = analyse(picture(*DISCS, scale=None))
    assert text_of(unread, "scale_unknown").startswith("The scale is not known, so sizes are in pixels. ")
    assert unread.scale_reading.reason in text_of(unread, "scale_unknown")
    settled = Analysis(picture(*DISCS, scale=None), scale_rule=ScaleRule.of(None))
    assert text_of(settled, "scale_unknown") == "The scale is not known, so sizes are in pixels."


def test_a_scale_that_was_read_is_named_with_its_bar() -> None:
    analysis = analyse(example_micrograph("gold spheres"), BY_NECK)
    said = text_of(analysis, "scale_read")
    assert said.startswith("The scale was read from the bar in the picture: 50 nm over 200")
    assert "scale_read" not in kinds(replace(analysis, scale_rule=ScaleRule(nm_per_px=0.25)))


def test_an_image_in_which_nothing_stands_out() -> None:
    analysis = analyse(Micrograph(np.full(SHAPE, 150, np.uint8), "0" * 64, "blank.png", SCALE))
    assert kinds(analysis) == ["blank"]


def test_an_image_in_which_nothing_is_kept() -> None:
    recipe = Recipe(segment=SegmentParams(min_diameter_px=80))
    assert kinds(analyse(picture(*DISCS), recipe)) == ["nothing_found"]


def test_what_looks_like_particles_and_is_more_likely_texture(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe(segment=SegmentParams(min_diameter_px=80))
    empty = replace(analyse(picture(*DISCS), recipe).segmentation, count=CountEstimate(0, 0.0, 2.4, 0.0, 7.0))
    monkeypatch.setattr(Analysis, "segmentation", empty)
    text = text_of(analyse(picture(*DISCS), recipe), "nothing_sure")
    assert "about 2 may be missing; 0 things stand out clearly." in text


def test_many_small_particles_of_which_the_judge_is_sure_are_no_texture() -> None:
    analysis = analyse(picture(*disc_grid(24, 24, pitch_px=8, diameter_px=6), shape=(192, 192)))
    assert len(analysis.particles) == 576
    assert kinds(analysis) == []


def test_a_background_that_was_taken_for_particles() -> None:
    steps = PreprocessParams(
        background=BackgroundParams(polarity="bright", flatten=False),
        threshold=ThresholdParams(method="manual", level=99),
    )
    analysis = analyse(picture(*DISCS), Recipe(preprocess=steps, segment=SegmentParams(method="regions")))
    share = analysis.stages.mask[analysis.frame].mean()
    assert share > 0.5
    assert f"covers {in_percent(share)} of the picture" in text_of(analysis, "background_minority")


def test_crumbs_that_may_be_texture() -> None:
    crumbs = disc_grid(24, 24, pitch_px=14, diameter_px=4)
    recipe = Recipe(segment=SegmentParams.of("regions", min_diameter_px=0.0, min_prominence=0.0))
    analysis = analyse(picture(*crumbs, shape=(336, 336)), recipe)
    assert len(analysis.particles) >= 500
    assert f"of {len(analysis.particles)} particles are smaller than" in text_of(analysis, "crumbs")


def test_particles_too_small_for_the_blur_of_their_edges() -> None:
    small = disc_grid(6, 8, pitch_px=30, diameter_px=9)
    blurred = cv2.GaussianBlur(draw((180, 240), small)[0], None, 2.0)
    micrograph = Micrograph(with_noise(blurred, 2).round().astype(np.uint8), "0" * 64, "drawn.png", SCALE)
    analysis = analyse(micrograph, BY_NECK)
    share = analysis.outlines.report.relative_uncertainty
    assert f"is open by ±{in_percent(share, '.1f')} of the diameter" in text_of(analysis, "not_resolved")


def test_particles_that_the_frame_cuts_without_exception() -> None:
    cut = [Particle(0, 60, 40), Particle(0, 180, 40), Particle(199, 120, 40)]
    assert text_of(analyse(picture(*cut)), "all_cut").startswith("All particles that were found (3) touch the frame")


def test_a_network_that_is_absent_is_said_where_it_would_have_been_asked(absent: None) -> None:
    analysis = analyse(picture(*DISCS))
    assert kinds(analysis) == ["network_absent"]
    assert "cannot be read" in text_of(analysis, "network_absent")
    assert analysis.provenance.networks == {"segmenter": ""}
    by_neck = replace(analysis, recipe=Recipe(segment=SegmentParams(method="neck_ratio")))
    assert kinds(by_neck) == []
    assert by_neck.provenance.networks == {}


def test_a_count_that_the_judge_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = analyse(picture(*DISCS))
    doubted = replace(found.segmentation, count=CountEstimate(12, 3.0, 1.0, 5.6, 14.2))
    monkeypatch.setattr(Analysis, "segmentation", doubted)
    text = text_of(analyse(picture(*DISCS)), "count_doubtful")
    assert text.startswith("Of 12 particles about 3 may be false or outlined wrong, and about 1 missing:")
    assert "between 6 and 14" in text
    corrected = analyse(picture(*DISCS), edits=[Remove((Target(0, 0, 50),))])
    assert "count_doubtful" not in kinds(corrected)


def test_small_things_beside_large_particles_that_may_be_dirt() -> None:
    small = [Particle(row, column, 10) for row, column in ((150, 75), (150, 225), (20, 150), (280, 150), (150, 150))]
    analysis = analyse(picture(*disc_grid(2, 2, pitch_px=150, diameter_px=90), *small, shape=(300, 300)))
    n_left_out = 9 - len(analysis.particles)
    assert n_left_out > 0
    assert text_of(analysis, "left_out").startswith(f"{n_left_out} things that stand out as clearly as the particles")
    with_all = replace(analysis, recipe=Recipe(segment=SegmentParams.of("automatic", count_clear=True)))
    assert len(with_all.particles) == 9
    assert "left_out" not in kinds(with_all)
    large_only = replace(analysis, recipe=Recipe(segment=SegmentParams(min_diameter_px=30)))
    assert "left_out" not in kinds(large_only)


def bright(levels: Sequence[float], *, blur_px: float = 0.5) -> Micrograph:
    image = np.full((240, 240), 60.0)
    for level, disc in zip(levels, disc_grid(3, 3, pitch_px=80, diameter_px=50), strict=True):
        image += draw((240, 240), [disc], particle=level, background=0)[0]
    image = cv2.GaussianBlur(image, (0, 0), blur_px)
    return Micrograph(with_noise(image, 3).round().astype(np.uint8), "0" * 64, "bright.png", SCALE)


def test_bright_areas_of_one_grey_level_may_be_holes_of_a_film() -> None:
    for blur_px in (0.5, 3.0):
        holes = analyse(bright([90] * 9, blur_px=blur_px))
        assert text_of(holes, "holes").startswith("What was found is bright and of one grey level")
    assert "holes" not in kinds(analyse(bright([60, 90, 120] * 3)))


def test_ragged_bright_areas_of_one_grey_level_are_holes_and_not_counted() -> None:
    image = np.clip(film_with_holes(), 0, 255).round().astype(np.uint8)
    analysis = analyse(Micrograph(image, "0" * 64, "film.png", SCALE))
    said = f"No particle was found: what is bright ({analysis.found.n_left_out}) is of one grey level"
    assert text_of(analysis, "are_holes").startswith(said)
    counted = replace(analysis, recipe=Recipe(segment=SegmentParams.of("automatic", count_clear=True)))
    assert len(counted.particles) >= 5
    assert "are_holes" not in kinds(counted)


def test_ragged_dark_areas_of_one_grey_level_count_and_may_be_holes_in_dark_field() -> None:
    image = np.clip(255 - film_with_holes(), 0, 255).round().astype(np.uint8)
    analysis = analyse(Micrograph(image, "0" * 64, "dark field.png", SCALE))
    assert len(analysis.particles) >= 5
    assert "If this is dark field, they are holes of the film" in text_of(analysis, "holes")


def test_bright_spheres_of_one_size_are_no_holes() -> None:
    rows, columns = np.mgrid[:240, :240]
    image = np.full((240, 240), 60.0)
    for disc in disc_grid(3, 3, pitch_px=80, diameter_px=50):
        away = np.hypot(rows - disc.row, columns - disc.column)
        image += 90 * np.sqrt(np.clip(1 - (away / 25) ** 2, 0, None))
    spheres = Micrograph(with_noise(image, 3).round().astype(np.uint8), "0" * 64, "spheres.png", SCALE)
    assert len(analyse(spheres).particles) == 9
    assert "holes" not in kinds(analyse(spheres))


def test_edges_unlike_those_of_the_sample() -> None:
    flat = analyse(picture(*DISCS))
    of_spheres = tuple(float(k == 0) for k in range(len(OutlineParams().settled_by(ProfileScores()).class_weights)))
    settled = flat.with_recipe(Recipe(outlines=OutlineParams(class_weights=of_spheres)))
    assert "has the edges of flat particles; it was measured as rounded" in text_of(settled, "profile_differs")
    own = flat.with_recipe(Recipe(outlines=OutlineParams().settled_by(flat.outlines.report.scores)))
    assert "profile_differs" not in kinds(own)


def test_plates_beside_spheres() -> None:
    rows, columns = np.mgrid[:240, :240]
    image = np.full((240, 240), 180.0)
    for k, disc in enumerate(disc_grid(3, 3, pitch_px=80, diameter_px=50)):
        away = np.clip(1 - (np.hypot(rows - disc.row, columns - disc.column) / 25) ** 2, 0, None)
        image -= 100 * (np.sqrt(away) if k % 2 else away > 0)
    pixels = with_noise(cv2.GaussianBlur(image, (0, 0), 1), 3).round().astype(np.uint8)
    analysis = analyse(Micrograph(pixels, "0" * 64, "both.png", SCALE))
    assert "profile_mixed" in kinds(analysis)
    assert "profile_mixed" not in kinds(analyse(picture(*DISCS)))


def test_a_correction_that_is_lost() -> None:
    analysis = analyse(picture(*DISCS), edits=[Remove((Target(0, 0, 50),))])
    assert "There is no particle at row 0, column 0" in text_of(analysis, "edit_lost")


def test_what_a_correction_made_otherwise() -> None:
    twice = draw(SHAPE, DISCS)[1] % 11  # numbers 1 to 10, the first and the last disc one and the same
    analysis = analyse(picture(*DISCS), edits=[Replace(SHAPE, pack_labels(twice))])
    assert "1 lay in several pieces" in text_of(analysis, "edit_remark")
    assert len(analysis.particles) == 11


def test_a_class_that_the_network_does_not_know() -> None:
    found = analyse(picture(*DISCS))
    first, second = (target_of(found.edited.labels, label) for label in found.particles["label"].head(2).to_list())
    known, unknown = Name((first,), "outline", "circle"), Name((first, second), "solid", "banana")
    text = text_of(found.with_edits([known, unknown]), "class_unknown")
    assert text.startswith("banana, named by hand (2 of the particles), is no solid that the network in use knows")
    assert "ICO" in text
    assert kinds(found.with_edits([known])) == []


def test_without_a_network_no_class_is_unknown(absent: None) -> None:
    found = analyse(picture(*DISCS), BY_NECK)
    label = int(found.particles["label"].iloc[0])
    named = Name((target_of(found.edited.labels, label),), "solid", "banana")
    assert "class_unknown" not in kinds(found.with_edits([named]))


def test_notes_come_in_the_order_of_the_stages(absent: None) -> None:
    micrograph = replace(picture(*DISCS, scale=None), notes=("Read.",))
    analysis = analyse(micrograph, edits=[Remove((Target(0, 0, 50),))])
    assert kinds(analysis) == ["reading", "scale_unknown", "network_absent", "edit_lost"]


def test_every_kind_has_its_situation_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    elsewhere = {"replay"}
    assert [kind for kind in NOTES if f'"{kind}"' not in text] == []
    assert elsewhere <= set(NOTES)


def test_a_template_is_filled_in() -> None:
    assert note("replay", text="Other versions.") == Note("replay", "Other versions.")
    assert note("all_cut", n=3).text == "All particles that were found (3) touch the frame, so there are no sizes."
    with pytest.raises(KeyError):
        note("hearsay")
