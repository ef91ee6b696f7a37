from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest

from nanotem.errors import ParameterError
from nanotem.outlines.params import OutlineParams
from nanotem.parameters import Knob, Parameters, knobs
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS, SegmentParams


def steps(part: Any) -> list[type[Parameters]]:
    """Return the types of the steps that part of a recipe holds, in order."""
    inner = [step for name in groups(part) for step in steps(getattr(part, name))]
    return [type(part), *inner] if isinstance(part, Parameters) else inner


def groups(part: Any) -> list[str]:
    """Return the names of those fields that hold parameters of their own."""
    return [field.name for field in fields(part) if is_dataclass(getattr(part, field.name))]


IN_A_RECIPE = steps(Recipe())
STEPS = list(dict.fromkeys([*IN_A_RECIPE, *(method.options for method in METHODS.values())]))
KNOBS = [(step, name, knob) for step in STEPS for name, knob in knobs(step).items()]
NUMBERS = [(step, name, knob) for step, name, knob in KNOBS if knob.low is not None]


def described(cases: list[tuple[type[Parameters], str, Knob]]) -> pytest.MarkDecorator:
    """Run a test for each knob, under its name."""
    return pytest.mark.parametrize(
        ("step", "name", "knob"), cases, ids=[f"{step.__name__}.{name}" for step, name, _ in cases]
    )


@described(KNOBS)
def test_every_parameter_says_what_it_is_and_what_it_does(step: type[Parameters], name: str, knob: Knob) -> None:
    assert knob.label[0].isupper()
    assert knob.help.endswith(".")
    assert name in get_type_hints(step)


@pytest.mark.parametrize("step", STEPS)
def test_every_field_of_a_step_has_a_knob_unless_it_is_only_ever_settled(step: type[Parameters]) -> None:
    settled = [name for name in get_type_hints(step) if getattr(step(), name) == ()]
    assert settled == (["class_weights"] if step is OutlineParams else [])
    assert [*knobs(step), *groups(step()), *settled] == list(get_type_hints(step))


@described([case for case in KNOBS if case[2].choices])
def test_choices_are_those_of_the_type_and_all_can_be_taken(step: type[Parameters], name: str, knob: Knob) -> None:
    expected = tuple(METHODS) if (step, name) == (SegmentParams, "method") else get_args(get_type_hints(step)[name])
    assert tuple(knob.choices) == expected
    for choice in knob.choices:
        assert getattr(step(**{name: choice}), name) == choice


@described(NUMBERS)
def test_limits_are_allowed_and_nothing_beyond(step: type[Parameters], name: str, knob: Knob) -> None:
    assert knob.low is not None
    assert knob.high is not None
    for limit, beyond in ((knob.low, knob.low - 2), (knob.high, knob.high + 2)):
        assert getattr(step(**{name: limit}), name) == limit
        with pytest.raises(ParameterError, match=f"^{name} = .* outside"):
            step(**{name: beyond})


@described(NUMBERS)
def test_a_slider_of_up_to_two_thousand_positions_reaches_the_default(
    step: type[Parameters], name: str, knob: Knob
) -> None:
    assert knob.low is not None
    assert knob.high is not None
    assert knob.step is not None
    position = (getattr(step(), name) - knob.low) / knob.step
    assert position == pytest.approx(round(position)) or (knob.high - knob.low) / knob.step > 2000


@described([case for case in KNOBS if case[2].odd])
def test_an_odd_size_has_odd_limits_and_steps_by_two(step: type[Parameters], name: str, knob: Knob) -> None:
    assert knob.low is not None
    assert knob.high is not None
    assert (knob.low % 2, knob.high % 2, knob.step) == (1, 1, 2)
    with pytest.raises(ParameterError, match=f"^{name} = {knob.low + 1} is even"):
        step(**{name: knob.low + 1})


@described([case for case in KNOBS if case[2].when])
def test_a_parameter_depends_on_values_that_its_step_can_take(step: type[Parameters], name: str, knob: Knob) -> None:
    assert knob.when is not None
    other, values = knob.when
    for value in values:
        assert step(**{other: value}).is_used(name)


def test_recipes_are_values_that_can_key_a_cache() -> None:
    changed = replace(Recipe(), segment=SegmentParams.of("neck_ratio", neck_ratio=0.8))
    assert Recipe() == Recipe()
    assert Recipe() != changed
    assert len({Recipe(), Recipe(), changed}) == 2


def test_a_recipe_has_every_step_once() -> None:
    assert len(set(IN_A_RECIPE)) == len(IN_A_RECIPE)
