from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import pytest

from nanotem.errors import NanotemError, ParameterError
from nanotem.parameters import Parameters, knob, knobs


@dataclass(frozen=True)
class Step(Parameters):
    method: str = knob("blur", "Method", "Which filter.", choices={"blur": "Blur", "none": "None"})
    invert: bool = knob(False, "Invert", "Swaps dark and bright.")
    sigma_px: float = knob(1.0, "Blur", "Wider.", low=0.5, high=20, step=0.5, when=("method", ("blur",)))
    size_px: int = knob(3, "Window", "Wider.", low=3, high=9, step=2, odd=True)
    count: int = knob(0, "Times", "More.", low=0, high=10, step=1)


def test_defaults_are_taken() -> None:
    assert Step() == Step("blur", False, 1.0, 3, 0)


@pytest.mark.parametrize("value", [0.5, 20])
def test_both_limits_are_allowed(value: float) -> None:
    assert Step(sigma_px=value).sigma_px == value


def test_numbers_take_the_type_of_their_default() -> None:
    step = Step(sigma_px=2, count=4.0)  # type: ignore[arg-type]
    assert type(step.sigma_px) is float
    assert type(step.count) is int
    assert hash(step) == hash(Step(sigma_px=2.0, count=4))


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"method": "median"}, "method = 'median' is not known.", "Use one of blur, none."),
        ({"method": 3}, "method = 3 is not known.", "Use one of blur, none."),
        ({"method": ["blur"]}, "method = ['blur'] is not known.", "Use one of blur, none."),
        ({"invert": 1}, "invert = 1 is neither true nor false.", "Use true or false."),
        ({"invert": "true"}, "invert = 'true' is neither true nor false.", "Use true or false."),
        ({"sigma_px": "wide"}, "sigma_px = 'wide' is not a number.", "Enter a number."),
        ({"sigma_px": True}, "sigma_px = True is not a number.", "Enter a number."),
        ({"sigma_px": 0.4}, "sigma_px = 0.4 is outside 0.5 to 20.", "Choose a value inside these limits."),
        ({"sigma_px": 21}, "sigma_px = 21 is outside 0.5 to 20.", "Choose a value inside these limits."),
        ({"sigma_px": float("nan")}, "sigma_px = nan is outside 0.5 to 20.", "Choose a value inside these limits."),
        ({"sigma_px": float("inf")}, "sigma_px = inf is outside 0.5 to 20.", "Choose a value inside these limits."),
        ({"size_px": 4}, "size_px = 4 is even.", "Use an odd number, for example 5."),
        ({"count": 2.5}, "count = 2.5 is not a whole number.", "Enter a number."),
        ({"count": None}, "count = None is not a whole number.", "Enter a number."),
        ({"count": float("nan")}, "count = nan is not a whole number.", "Enter a number."),
        ({"count": float("inf")}, "count = inf is not a whole number.", "Enter a number."),
        ({"count": -1}, "count = -1 is outside 0 to 10.", "Choose a value inside these limits."),
    ],
)
def test_a_wrong_value_is_refused_with_value_limit_and_remedy(values: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Step(**values)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_number_too_large_to_print_as_a_float_is_refused() -> None:
    with pytest.raises(ParameterError, match="outside 0 to 10"):
        Step(count=10**400)


def test_parameter_errors_are_shown_to_people_and_are_value_errors() -> None:
    assert issubclass(ParameterError, NanotemError)
    assert issubclass(ParameterError, ValueError)


def test_a_step_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Step().count = 2  # type: ignore[misc]


def test_knobs_are_listed_in_order_with_what_a_control_needs() -> None:
    described = knobs(Step)
    assert list(described) == ["method", "invert", "sigma_px", "size_px", "count"]
    assert described["method"].choices == {"blur": "Blur", "none": "None"}
    sigma = described["sigma_px"]
    assert (sigma.label, sigma.help) == ("Blur", "Wider.")
    assert (sigma.low, sigma.high, sigma.step) == (0.5, 20, 0.5)


def test_a_parameter_is_used_only_with_the_choice_it_belongs_to() -> None:
    assert Step(method="blur").is_used("sigma_px")
    assert not Step(method="none").is_used("sigma_px")
    assert Step(method="none").is_used("count")
