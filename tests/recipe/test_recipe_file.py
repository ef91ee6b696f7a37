import tomllib
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

import pytest

from nanotem.errors import ParameterError
from nanotem.parameters import Knob, Parameters, knobs
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, recipe_from, write_recipe
from nanotem.segmentation import METHODS, SegmentParams
from nanotem.segmentation.neck_ratio import NeckRatioOptions

EVERY_OPTION_OF_FORMAT_1 = {
    "neck_ratio": "0.61",
    "valley": "0.31",
    "split_ratio": "0.51",
    "least_confidence": "0.41",
    "satellites": "false",
    "flips": "true",
    "min_distance": "12",
    "dist_max_threshold": "0.21",
    "kernel_size": "5",
    "erode_iter": "2",
    "open_iter": "3",
    "smoothing_px": "2.5",
    "min_prominence": "0.05",
}


def allowed_values(knob: Knob, usual: Any) -> list[Any]:
    """Return every choice, both limits of a number, both positions of a switch, or another name."""
    if knob.choices:
        return list(knob.choices)
    if isinstance(usual, str):
        return ["gold 2.1"]
    return [True, False] if knob.low is None else [knob.low, knob.high]


def variants(part: Any) -> Iterator[Any]:
    """Return part of a recipe with one parameter after another at each of its extreme values, whatever the method."""
    if isinstance(part, Parameters):
        for name, knob in knobs(type(part)).items():
            for value in allowed_values(knob, getattr(part, name)):
                yield replace(part, **{name: value})  # type: ignore[type-var]
    for field in fields(part):
        if is_dataclass(getattr(part, field.name)):
            for variant in variants(getattr(part, field.name)):
                yield replace(part, **{field.name: variant})


def test_every_recipe_comes_back_as_it_was_written() -> None:
    recipes = list(variants(Recipe()))
    for method in METHODS:
        recipes += variants(Recipe(segment=SegmentParams(method=method)))
    assert len(set(recipes)) > 120
    for recipe in recipes:
        assert read_recipe(write_recipe(recipe)) == recipe


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-5, 1 / 3])
def test_numbers_keep_every_digit(value: float) -> None:
    recipe = Recipe(segment=SegmentParams.of("neck_ratio", smoothing_px=value))
    assert read_recipe(write_recipe(recipe)).segment.options.smoothing_px == value


def test_a_written_recipe_holds_every_parameter_of_every_step() -> None:
    expected = asdict(Recipe())
    assert expected["outlines"].pop("class_weights") == ()
    assert tomllib.loads(write_recipe(Recipe())) == {"format": 4, **expected}


def test_what_is_not_mentioned_keeps_its_default() -> None:
    recipe = read_recipe("# gold, bright field\n[preprocess.denoise]\nsigma_px = 2\n")
    assert recipe.preprocess.denoise.sigma_px == 2
    assert write_recipe(recipe) == write_recipe(Recipe()).replace("sigma_px = 1.0", "sigma_px = 2.0")


@pytest.mark.parametrize(
    "text",
    [
        "[segment]\noutline_level = 0.4\nrefine_outlines = false",
        "format = 2\n[segment.options]\noutline_level = 0.4\nrefine_outlines = false",
    ],
)
def test_where_older_recipes_drew_outlines_is_passed_over(text: str) -> None:
    assert read_recipe(text) == Recipe()


@pytest.mark.parametrize("number", [3, 4])
def test_a_recipe_of_this_format_has_no_level_of_outlines(number: int) -> None:
    with pytest.raises(ParameterError, match="has no part 'outline_level'"):
        read_recipe(f"format = {number}\n[segment.options]\noutline_level = 0.4")


def test_an_empty_recipe_is_the_default() -> None:
    assert read_recipe("") == Recipe()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[segment", "The recipe is not valid TOML: ", "Save a recipe and edit that file."),
        ("[measure]", "The recipe has no part 'measure'.", f"It has {', '.join(asdict(Recipe()))}."),
        (
            "[preprocess.sharpen]",
            "The preprocess has no part 'sharpen'.",
            "It has annotation, denoise, background, contrast, threshold, clean.",
        ),
        ("[preprocess.annotation]\nbar = true", "The annotation has no part 'bar'.", "It has ignore."),
        ("segment = 3", "segment = 3 is not a group of parameters.", "Write it as [segment]."),
        (
            "[segment]\nneck_ratio = 1.2",
            "neck_ratio = 1.2 is outside 0.3 to 1.",
            "Choose a value inside these limits.",
        ),
        (
            "[segment]\nmethod = 'neck_ratio'\n[segment.options]\nkernel_size = 3",
            "The options has no part 'kernel_size'.",
            "It has neck_ratio, valley, ",
        ),
        (
            "[segment.options]\nkernel_size = 3",
            "The options has no part 'kernel_size'.",
            "It has least_probability, count_clear.",
        ),
        (
            "format = 4\n[segment.options]\nneck_ratio = 0.6",
            "The options has no part 'neck_ratio'.",
            "It has least_probability, count_clear.",
        ),
        ("segment.options = 3", "options = 3 is not a group of parameters.", "Write it as [options]."),
        ("[segment]\nneck = 0.5", "The segment has no part 'neck'.", "It has method, min_diameter_px, "),
        ("[segment]\nmethod = 'hough'", "method = 'hough' is not known.", "Use one of automatic, neck_ratio, "),
        (
            "[segment]\nmethod = 'hough'\nneck_ratio = 0.5",
            "method = 'hough' is not known.",
            "Use one of automatic, neck_ratio, ",
        ),
        ("format = 5", "The recipe has the format 5, this version reads 1 to 4.", "Use the version of nanotem that"),
        ("format = true", "The recipe has the format True, ", "Use the version of nanotem that"),
        ("format = '4'", "The recipe has the format '4', ", "Use the version of nanotem that"),
        ("format = 'two'", "The recipe has the format 'two', ", "Use the version of nanotem that"),
        ("format = 0", "The recipe has the format 0, ", "Use the version of nanotem that"),
        ("format = [1]", "The recipe has the format [1], ", "Use the version of nanotem that"),
        (
            "[segment]\nmethod = 'normalised'\nkernel_size = nan",
            "kernel_size = nan is not a whole number.",
            "Enter a number.",
        ),
        (
            "[preprocess.annotation]\nignore = 'yes'",
            "ignore = 'yes' is neither true nor false.",
            "Use true or false.",
        ),
        (
            "[preprocess.contrast]\nmethod = []",
            "method = [] is not known.",
            "Use one of none, automatic, manual.",
        ),
    ],
)
def test_a_wrong_recipe_is_refused_with_value_and_remedy(text: str, message: str, hint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_recipe(text)
    assert caught.value.message.startswith(message)
    assert caught.value.hint.startswith(hint)


def test_options_of_the_first_format_stand_beside_the_method() -> None:
    old = "[segment]\nmethod = 'neck_ratio'\nneck_ratio = 0.7\nvalley = 0.4\nmin_diameter_px = 9.0\n"
    expected = SegmentParams.of("neck_ratio", neck_ratio=0.7, valley=0.4, min_diameter_px=9.0)
    assert read_recipe(old).segment == expected


def test_options_of_the_first_format_that_another_method_uses_had_no_effect_and_are_dropped() -> None:
    old = "".join(f"{name} = {value}\n" for name, value in EVERY_OPTION_OF_FORMAT_1.items())
    for method in METHODS:
        segment = read_recipe(f"[segment]\nmethod = '{method}'\n{old}").segment
        meant = "neck_ratio" if method == "automatic" else method
        known = {name: tomllib.loads(old)[name] for name in knobs(METHODS[meant].options)}
        assert segment == SegmentParams.of(meant, **known)


def test_a_whole_recipe_of_the_first_format_is_the_same_recipe() -> None:
    written = tomllib.loads(write_recipe(Recipe()))
    written.pop("format")
    del written["segment"]["options"]
    written["segment"] |= asdict(NeckRatioOptions()) | {"min_distance": 3, "erode_iter": 2}
    assert recipe_from(written) == Recipe()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_formats_that_are_read_can_be_named(number: int) -> None:
    assert read_recipe(f"format = {number}\n[segment.options]\nneck_ratio = 0.7\n").segment.options.neck_ratio == 0.7


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    recipe = Recipe(segment=SegmentParams.of("neck_ratio", neck_ratio=0.7))
    assert read_recipe("\ufeff" + write_recipe(recipe)) == recipe


@pytest.mark.parametrize(
    "text",
    [
        "neck_ratio = 0.6",
        "format = 2\n[segment.options]\nneck_ratio = 0.6",
        'format = 3\n[segment]\nmethod = "automatic"\n[segment.options]\nneck_ratio = 0.6\nvalley = 0.2',
    ],
)
def test_an_automatic_method_whose_necks_were_tuned_is_the_neck_ratio(text: str) -> None:
    segment = read_recipe(text if "format" in text else f"[segment]\n{text}").segment
    assert (segment.method, segment.options.neck_ratio) == ("neck_ratio", 0.6)


def test_an_automatic_method_of_an_older_format_that_nobody_tuned_stays() -> None:
    text = "format = 3\n[segment.options]\nneck_ratio = 0.85\nvalley = 0.2\nsmoothing_px = 1.0\nmin_prominence = 0.15"
    assert read_recipe(text) == Recipe()
