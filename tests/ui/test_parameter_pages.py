"""The pages Preprocess and Segmentation: every parameter acts, is kept, and can be taken back."""

from dataclasses import fields, replace

import pytest
from drawing import Particle
from recipes import BY_NECK
from ui.visitor import IMAGE, PREPROCESS, SEGMENTATION, SIZES, Visitor, png, to_8_bits

from nanotem.parameters import knobs
from nanotem.preprocess.params import DenoiseParams, PreprocessParams
from nanotem.recipe import Recipe
from nanotem.recipe.file import write_recipe
from nanotem.recipe.link import write_link
from nanotem.segmentation.params import SegmentParams
from nanotem.statistics.params import SizeParams

PAIRS = [
    Particle(40 + 70 * row, 45 + 95 * column + gap, diameter)
    for row, diameter in enumerate((24, 30, 36))
    for column in range(3)
    for gap in (0, 1.03 * diameter)
]
FILE = png(to_8_bits(*PAIRS))

CHOICES = [
    (f"preprocess.{step.name}.{name}", choice)
    for step in fields(PreprocessParams)
    for name, knob in knobs(step.default_factory).items()
    for choice in knob.choices
]
TURNED = {
    "preprocess.denoise.sigma_px": 6.0,
    "preprocess.background.flatten_size": 0.02,
    "preprocess.contrast.sharpen": True,
    "preprocess.threshold.otsu_factor": 1.5,
    "preprocess.clean.open_iter": 4,
    "segment.options.neck_ratio": 0.3,
    "segment.options.valley": 0.5,
    "segment.min_diameter_px": 27.0,
}


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(address={"recipe": write_link(BY_NECK)}).upload("pairs.png", FILE)


def value_in(recipe: Recipe, name: str) -> object:
    value: object = recipe
    for part in name.split("."):
        value = getattr(value, part)
    return value


def test_every_method_of_preprocessing_runs(visitor) -> None:
    visitor.visit(PREPROCESS)
    for name, choice in CHOICES:
        visitor.turn(name, choice)
        assert value_in(visitor.work.recipe, name) == choice
        assert not visitor.app.error
        assert len(visitor.app.image) == 6


@pytest.mark.parametrize("method", knobs(SegmentParams)["method"].choices)
def test_every_method_of_segmentation_runs(visitor, method) -> None:
    visitor.visit(SEGMENTATION).turn("segment.method", method)
    assert not visitor.messages
    n_found = int(visitor.metrics["Found"])
    assert n_found == (len(PAIRS) // 2 if method == "regions" else len(PAIRS))


@pytest.mark.parametrize("name", TURNED)
def test_a_parameter_changes_the_result_and_is_kept(visitor, name) -> None:
    page = PREPROCESS if name.startswith("preprocess") else SEGMENTATION
    before = visitor.particle_table()
    visitor.visit(page).turn(name, TURNED[name])
    assert not visitor.particle_table().equals(before)
    visitor.visit(IMAGE).visit(page)
    assert visitor.parameter(name).value == TURNED[name]
    assert value_in(visitor.work.recipe, name) == TURNED[name]


def test_annotations_are_counted_when_they_are_not_left_out() -> None:
    visitor = Visitor().take_example("satellites")
    n_without = int(visitor.visit(SEGMENTATION).turn("segment.method", "neck_ratio").metrics["Found"])
    visitor.visit(PREPROCESS).turn("preprocess.annotation.ignore", False)
    assert int(visitor.visit(SEGMENTATION).metrics["Found"]) > n_without


def test_only_parameters_that_matter_have_a_control(visitor) -> None:
    visitor.visit(PREPROCESS)
    for method in knobs(DenoiseParams)["method"].choices:
        visitor.turn("preprocess.denoise.method", method)
        shown = {name for name in knobs(DenoiseParams) if has_control(visitor, f"preprocess.denoise.{name}")}
        assert shown == {name for name in knobs(DenoiseParams) if DenoiseParams(method=method).is_used(name)}


def has_control(visitor: Visitor, name: str) -> bool:
    return any(element.key == f"{name}.{visitor.work.revision}" for element in visitor.app.sidebar if element.key)


def test_how_the_result_moves_is_shown_and_can_be_saved(visitor) -> None:
    next(button for button in visitor.visit(SEGMENTATION).app.button if button.label == "Find out").click()
    moved = visitor.run().app.dataframe[-1].value
    assert moved["n_particles"].iloc[0] == len(PAIRS)
    assert "download.pairs.sensitivity.csv" in {button.key for button in visitor.app.download_button}


def test_back_to_the_defaults_takes_back_one_page(visitor) -> None:
    visitor.visit(PREPROCESS).turn("preprocess.denoise.sigma_px", 4.0)
    visitor.visit(SEGMENTATION).turn("segment.options.neck_ratio", 0.5).turn("outlines.profile", "flat")
    visitor.back_to_the_defaults()
    assert visitor.work.recipe == replace(Recipe(), preprocess=visitor.work.recipe.preprocess)
    assert visitor.parameter("segment.options.least_probability").value == SegmentParams().options.least_probability
    assert visitor.visit(PREPROCESS).parameter("preprocess.denoise.sigma_px").value == 4.0
    visitor.back_to_the_defaults()
    assert visitor.work.recipe == Recipe()
    assert visitor.visit(IMAGE).visit(PREPROCESS).parameter("preprocess.denoise.sigma_px").value == 1.0


def test_sizes_have_defaults_too(visitor) -> None:
    visitor.visit(SIZES).turn("sizes.quantity", "radius").turn("sizes.correct_frame", False).back_to_the_defaults()
    assert visitor.work.recipe == BY_NECK


def test_a_threshold_above_everything_gives_a_warning(visitor) -> None:
    visitor.visit(PREPROCESS).turn("preprocess.threshold.find_faint", False)
    visitor.turn("preprocess.threshold.method", "manual").turn("preprocess.threshold.level", 255.0)
    for page in (PREPROCESS, SEGMENTATION, SIZES):
        assert [message.value[:3] for message in visitor.visit(page).app.warning] == ["No "]


def test_preprocess_shows_the_polarity_of_what_was_found_while_a_slider_moves() -> None:
    packed = [Particle(15 + 30 * row, 15 + 30 * column, 28) for row in range(8) for column in range(9)]
    visitor = Visitor().upload("packed.png", png(to_8_bits(*packed, side_px=30))).visit(SEGMENTATION).visit(PREPROCESS)
    for sigma_px in (1.0, 1.5):
        visitor.turn("preprocess.denoise.sigma_px", sigma_px)
        assert "Particles were taken to be **dark**." in [caption.value for caption in visitor.app.caption]


def test_an_even_window_gives_a_message(visitor) -> None:
    visitor.visit(PREPROCESS).turn("preprocess.threshold.method", "local")
    visitor.turn("preprocess.threshold.block_size_px", 150)
    assert ["150 is even" in message.value for message in visitor.app.error] == [True]
    visitor.turn("preprocess.threshold.block_size_px", 75)
    assert not visitor.app.error
    assert visitor.work.recipe.preprocess.threshold.block_size_px == 75


def load_recipe(visitor: Visitor, text: str) -> Visitor:
    visitor.app.file_uploader(key="load.segment").upload("recipe.toml", text.encode())
    visitor.run().app.button(key="use.segment").click()
    return visitor.run()


def test_a_recipe_from_a_file_is_in_force_on_every_page(visitor) -> None:
    recipe = Recipe(segment=SegmentParams(method="regions"), sizes=SizeParams(bin_rule="count", n_bins=7))
    visitor.visit(SEGMENTATION).turn("segment.options.neck_ratio", 0.5)
    load_recipe(visitor, write_recipe(recipe))
    assert visitor.parameter("segment.method").value == "regions"
    assert visitor.visit(SIZES).parameter("sizes.n_bins").value == 7
    assert visitor.work.recipe == recipe


def test_an_empty_file_is_no_recipe_and_changes_nothing(visitor) -> None:
    visitor.visit(SEGMENTATION).turn("segment.options.neck_ratio", 0.5)
    load_recipe(visitor, " \n")
    assert ["The file is empty" in message.value for message in visitor.app.error] == [True]
    assert visitor.work.recipe == Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.5))


def test_a_recipe_that_is_wrong_gives_a_message_and_changes_nothing(visitor) -> None:
    visitor.visit(SEGMENTATION).turn("segment.options.neck_ratio", 0.5)
    load_recipe(visitor, "[segment]\nneck_ratio = 7")
    assert ["neck_ratio = 7" in message.value for message in visitor.app.error] == [True]
    assert visitor.work.recipe == Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.5))
