import tomllib
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from nanotem.errors import ParameterError
from nanotem.parameters import Knob, Parameters, knobs
from nanotem.recipe import PreprocessParams, Recipe, SegmentParams
from nanotem.recipe_file import read_recipe, write_recipe


def allowed_values(knob: Knob) -> list[Any]:
    """Return every choice, both limits of a number, or both positions of a switch."""
    if knob.choices:
        return list(knob.choices)
    return [True, False] if knob.low is None else [knob.low, knob.high]


def variants(step: Parameters) -> Iterator[Parameters]:
    """Return the step with one parameter after another at each of its extreme values."""
    for name, knob in knobs(type(step)).items():
        for value in allowed_values(knob):
            yield replace(step, **{name: value})  # type: ignore[type-var]


def all_variants() -> Iterator[Recipe]:
    """Return recipes in which every parameter takes each of its extreme values once."""
    for field in fields(PreprocessParams):
        for step in variants(getattr(PreprocessParams(), field.name)):
            yield Recipe(preprocess=replace(PreprocessParams(), **{field.name: step}))
    for step in variants(SegmentParams()):
        assert isinstance(step, SegmentParams)
        yield Recipe(segment=step)


def test_every_recipe_comes_back_as_it_was_written() -> None:
    recipes = list(all_variants())
    assert len(set(recipes)) > 60
    for recipe in recipes:
        assert read_recipe(write_recipe(recipe)) == recipe


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-5, 1 / 3])
def test_numbers_keep_every_digit(value: float) -> None:
    recipe = Recipe(segment=SegmentParams(smoothing_px=value))
    assert read_recipe(write_recipe(recipe)).segment.smoothing_px == value


def test_a_written_recipe_has_one_table_per_step_and_every_parameter() -> None:
    tables = tomllib.loads(write_recipe(Recipe()))
    assert list(tables) == ["preprocess", "segment"]
    assert list(tables["preprocess"]) == [field.name for field in fields(PreprocessParams)]
    for name, table in tables["preprocess"].items():
        assert list(table) == list(knobs(type(getattr(PreprocessParams(), name))))
    assert tables["segment"] == {name: getattr(SegmentParams(), name) for name in knobs(SegmentParams)}


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
        ("[measure]", "The recipe has no part 'measure'.", "It has preprocess, segment."),
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
