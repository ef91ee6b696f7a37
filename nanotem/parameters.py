"""How a parameter describes and checks itself: one place for default, limits, label and help.

Pages build their controls from these descriptions, recipes are validated by them, and nothing about a parameter is
stated twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from nanotem.errors import ParameterError

_LONGEST_NAME = 100
"""Folders with longer names are rare, and a page has no room for them."""

_NAME = re.compile(rf"\w[\w .+-]{{0,{_LONGEST_NAME - 1}}}")
"""No slash and no leading dot: a name can never be a path."""


@dataclass(frozen=True)
class Knob:
    """What a person needs to know about one parameter.

    Parameters
    ----------
    label
        Plain words, sentence case.
    help
        What turning it does to the answer.
    low, high, step
        Limits, both allowed, and the step of a slider; None for choices and switches.
    choices
        Allowed values with their plain names; empty for numbers and switches.
    when
        Name of another parameter of the same step and its values for which this one matters; None for always.
    odd
        Whether the value must be odd (the sizes of windows and kernels).
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    when: tuple[str, tuple[Any, ...]] | None = None
    odd: bool = False


def knob(default: Any, label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word every page uses
    """Declare a parameter of a step: its default, label, help and the other fields of `Knob`."""
    return field(default=default, metadata={"knob": Knob(label, help, **options)})


class Parameters:
    """Base of the frozen dataclasses that hold the parameters of one step; checks every value on creation.

    Raises
    ------
    ParameterError
        If a value has the wrong type or lies outside the limits of its knob.
    """

    def __post_init__(self) -> None:
        for name, description in knobs(type(self)).items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), description, self))

    def is_used(self, name: str) -> bool:
        """Whether the parameter has any effect, given the others of its step."""
        when = knobs(type(self))[name].when
        return when is None or (self.is_used(when[0]) and getattr(self, when[0]) in when[1])


def knobs(step: type[Parameters]) -> dict[str, Knob]:
    """Return the knobs of a step by the names of its parameters, in order."""
    return {f.name: f.metadata["knob"] for f in fields(step) if "knob" in f.metadata}  # type: ignore[arg-type]


def _checked(name: str, value: Any, description: Knob, step: Parameters) -> Any:
    default = type(step).__dataclass_fields__[name].default  # type: ignore[attr-defined]
    if description.choices:
        if not isinstance(value, str) or value not in description.choices:
            raise ParameterError(f"{name} = {value!r} is not known.", f"Use one of {', '.join(description.choices)}.")
        return value
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ParameterError(f"{name} = {value!r} is neither true nor false.", "Use true or false.")
        return value
    if isinstance(default, str):
        return _checked_name(name, value)
    return _checked_number(name, value, description, whole=isinstance(default, int))


def _checked_name(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ParameterError(
            f"{name} = {str(value)[:80]!r} is no name.",
            f"Use up to {_LONGEST_NAME} letters, digits, spaces, dots, hyphens and underscores.",
        )
    return value


def _checked_number(name: str, value: Any, description: Knob, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (whole and value % 1 != 0):
        raise ParameterError(f"{name} = {value!r} is not a {'whole ' if whole else ''}number.", "Enter a number.")
    assert description.low is not None
    assert description.high is not None
    if not description.low <= value <= description.high:
        raise ParameterError(
            f"{name} = {value} is outside {description.low:g} to {description.high:g}.",
            "Choose a value inside these limits.",
        )
    if description.odd and value % 2 == 0:
        raise ParameterError(f"{name} = {value} is even.", f"Use an odd number, for example {value + 1}.")
    return int(value) if whole else float(value)
