import tomllib
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from nanotem.errors import ParameterError
from nanotem.parameters import Knob, Parameters, knobs
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe, write_recipe
from nanotem.segmentation.params import SegmentParams


def allowed_values(knob: Knob) -> list[Any]:
    """Return every choice, both limits of a number, or both positions of a switch."""
    if knob.choices:
        return list(knob.choices)
    return [True, False] if knob.low is None else [knob.low, knob.high]


def variants(part: Any) -> Iterator[Any]:
    """Return part of a recipe with one parameter after another at each of its extreme values."""
    if isinstance(part, Parameters):
        for name, knob in knobs(type(part)).items():
            for value in allowed_values(knob):
                yield replace(part, **{name: value})  # type: ignore[type-var]
        return
    for field in fields(part):
        for variant in variants(getattr(part, field.name)):
            yield replace(part, **{field.name: variant})


def test_every_recipe_comes_back_as_it_was_written() -> None:
    recipes = list(variants(Recipe()))
    assert len(set(recipes)) > 60
    for recipe in recipes:
        assert read_recipe(write_recipe(recipe)) == recipe


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-5, 1 / 3])
def test_numbers_keep_every_digit(value: float) -> None:
    recipe = Recipe(segment=SegmentParams.of(smoothing_px=value))
    assert read_recipe(write_recipe(recipe)).segment.options.smoothing_px == value


def test_a_written_recipe_holds_every_parameter_of_every_step() -> None:
    assert tomllib.loads(write_recipe(Recipe())) == asdict(Recipe())


def test_what_is_not_mentioned_keeps_its_default() -> None:
    recipe = read_recipe("# gold, bright field\n[preprocess.denoise]\nsigma_px = 2\n")
    assert recipe.preprocess.denoise.sigma_px == 2
    assert write_recipe(recipe) == write_recipe(Recipe()).replace("sigma_px = 1.0", "sigma_px = 2.0")


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
        ("[segment]\nkernel_size = nan", "kernel_size = nan is not a whole number.", "Enter a number."),
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
    assert caught.value.hint == hint
