from dataclasses import replace

import numpy as np
import pytest
from drawing import Particle, disc_grid, draw, with_noise
from recipes import BY_NECK

from nanotem.analysis import analyse
from nanotem.edits.edits import Remove, target_of
from nanotem.micrograph import Micrograph, Scale
from nanotem.preprocess.params import PreprocessParams, ThresholdParams
from nanotem.recipe import Recipe
from nanotem.segmentation.judge.testimony import Hearing
from nanotem.segmentation.network.prediction import predict
from nanotem.segmentation.params import SegmentParams
from nanotem.sensitivity import neighbouring_recipes, sensitivity

PAIR = (Particle(60, 60, 40), Particle(60, 87, 40))
"""Two discs whose neck is 0.8 of each of them."""


def micrograph(*particles: Particle, scale: Scale | None = None) -> Micrograph:
    image = with_noise(draw((160, 240), particles)[0], 2).round().astype(np.uint8)
    return Micrograph(image, "0" * 64, "drawn.png", scale)


def repeated(image: Micrograph, recipe: Recipe | None = None, **options):
    return sensitivity(analyse(image, recipe), **options)


def thresholds(recipe: Recipe) -> list[ThresholdParams]:
    recipes = neighbouring_recipes(recipe)
    return [recipes[f"Threshold {word}"].preprocess.threshold for word in ("lower", "higher")]


def recipe_with(**threshold) -> Recipe:
    return replace(BY_NECK, preprocess=PreprocessParams(threshold=ThresholdParams(**threshold)))


def test_each_recipe_moves_one_thing() -> None:
    recipe = Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.7))
    recipes = neighbouring_recipes(recipe)
    assert list(recipes) == ["Threshold lower", "Threshold higher", "Neck ratio lower", "Neck ratio higher"]
    for change, moved in recipes.items():
        assert (moved.preprocess == recipe.preprocess) == change.startswith("Neck")
        assert (moved.segment == recipe.segment) == change.startswith("Threshold")
    ratios = [moved.segment.options.neck_ratio for moved in recipes.values()]
    assert ratios == pytest.approx([0.7, 0.7, 0.65, 0.75])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("otsu_factor", 0.8, (0.72, 0.88)),
        ("otsu_factor", 1.5, (1.35, 1.5)),
        ("otsu_factor", 0.2, (0.2, 0.22)),
        ("level", 100.0, (90, 110)),
        ("level", 250.0, (225, 255)),
        ("offset", 10.0, (9, 11)),
        ("offset", -10.0, (-11, -9)),
    ],
)
def test_the_threshold_moves_by_a_tenth_within_its_limits(name, value, expected) -> None:
    moved = [getattr(threshold, name) for threshold in thresholds(recipe_with(**{name: value}))]
    assert moved == pytest.approx(expected)


def test_the_neck_ratio_stays_within_its_limits() -> None:
    for ratio, expected in ((0.3, (0.3, 0.35)), (1.0, (0.95, 1.0))):
        recipes = neighbouring_recipes(Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=ratio)))
        moved = [recipes[f"Neck ratio {word}"].segment.options.neck_ratio for word in ("lower", "higher")]
        assert moved == pytest.approx(expected)


def test_the_first_row_is_the_analysis_itself() -> None:
    image = micrograph(*disc_grid(4, 6, pitch_px=40, diameter_px=22), scale=Scale(0.5, "typed"))
    table = repeated(image, BY_NECK)
    assert table["change"].tolist() == ["As it is", *neighbouring_recipes(BY_NECK)]
    assert table["n_particles"].tolist() == [24] * 5
    assert table["mean_diameter"][0] == analyse(image, BY_NECK).particles["diameter_nm"].mean()
    assert table["mean_diameter"].to_numpy() == pytest.approx(11, abs=1)


def test_sizes_do_not_follow_the_threshold() -> None:
    image = micrograph(*disc_grid(4, 6, pitch_px=40, diameter_px=22))
    own, lower, higher, *_ = repeated(image, recipe_with(find_faint=False))["mean_diameter"]
    assert [lower, higher] == pytest.approx([own, own], rel=0.003)


def test_a_pair_at_the_limit_counts_as_one_or_two() -> None:
    recipe = Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.78, valley=1))
    table = repeated(micrograph(*PAIR), recipe).set_index("change")
    assert table["n_particles"]["Neck ratio lower"] == 1
    assert table["n_particles"]["Neck ratio higher"] == 2


def test_particles_that_the_frame_cuts_count_but_are_not_averaged() -> None:
    cut = [Particle(0, column, 60) for column in (40, 120, 200)]
    table = repeated(micrograph(Particle(110, 60, 30), Particle(110, 180, 30), *cut), BY_NECK)
    assert table["n_particles"].tolist() == [5] * 5
    assert table["mean_diameter"].to_numpy() == pytest.approx(30, abs=2.5)


def test_where_nothing_is_found_there_is_no_mean() -> None:
    table = repeated(micrograph(), recipe_with(find_faint=False, method="manual", level=250.0))
    assert table["n_particles"].tolist() == [0] * 5
    assert table["mean_diameter"].isna().all()


def test_progress_is_told_before_each_repetition() -> None:
    told: list[tuple[float, str]] = []
    table = repeated(micrograph(*PAIR), BY_NECK, on_progress=lambda share, doing: told.append((share, doing)))
    assert [doing for _, doing in told] == table["change"].tolist()
    assert [share for share, _ in told] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])


def test_a_network_has_other_parameters_to_move() -> None:
    recipe = Recipe(segment=SegmentParams(method="learned"))
    recipes = neighbouring_recipes(recipe)
    assert list(recipes) == [
        *("Least confidence lower", "Least confidence higher", "Split ratio lower", "Split ratio higher"),
    ]
    assert len({moved.segment for moved in recipes.values()} | {recipe.segment}) == 5


def test_a_network_is_asked_once(monkeypatch) -> None:
    asked = []

    def counted(flattened, segmenter, **options):
        asked.append(options)
        return predict(flattened, segmenter, **options)

    monkeypatch.setattr("nanotem.segmentation.by_network.predict", counted)
    image, recipe = (
        micrograph(*disc_grid(4, 6, pitch_px=40, diameter_px=22)),
        Recipe(segment=SegmentParams(method="learned")),
    )
    analysis = analyse(image, recipe)
    table = sensitivity(analysis)
    assert len(asked) == 1
    assert table["mean_diameter"][0] == analysis.particles["diameter_px"].mean()
    assert len(asked) == 1


def test_the_witnesses_of_the_automatic_method_are_heard_once(monkeypatch) -> None:
    heard = []
    hear = Hearing.at_a_glance
    monkeypatch.setattr(Hearing, "at_a_glance", lambda self: heard.append(1) or hear(self))
    table = sensitivity(analyse(micrograph(*disc_grid(4, 6, pitch_px=40, diameter_px=22))))
    assert len([1 for change in table["change"] if "probability" in change]) == 2
    assert len(heard) == 1 + len([1 for change in table["change"] if "hreshold" in change or "Otsu" in change])


def test_corrections_by_hand_are_left_out() -> None:
    image = micrograph(*disc_grid(4, 6, pitch_px=40, diameter_px=22))
    found = analyse(image, BY_NECK)
    corrected = found.with_edits([Remove((target_of(found.segmentation.labels, 1),))])
    assert sensitivity(corrected).equals(sensitivity(found))
