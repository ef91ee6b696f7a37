"""A recipe as part of a web address: what differs from the defaults, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from nanotem.errors import ParameterError
from nanotem.recipe import Recipe
from nanotem.recipe.file import read_recipe
from nanotem.segmentation.params import SegmentParams

_LONGEST = 5_000
_TEXT = re.compile(r"[\w.:,+-]*", re.ASCII)
_BETWEEN = "_"
_NUMBERS = re.compile(r"[-.e0-9]+(_[-.e0-9]+)+")
_NUMBER_OR_SWITCH = re.compile(r"true|false|[-+.e0-9]+")


def differing(recipe: Recipe) -> dict[str, Any]:
    """Return the parameters that differ from the defaults, by full names such as `segment.options.neck_ratio`."""
    usual = dict(_named(replace(Recipe(), segment=SegmentParams(method=recipe.segment.method))))
    usual["segment.method"] = Recipe().segment.method
    return {name: value for name, value in _named(recipe) if value != usual[name]}


def write_link(recipe: Recipe) -> str:
    """Return the parameters that differ from the defaults, as `segment.options.neck_ratio:0.5,sizes.bin_rule:fd`."""
    return ",".join(f"{name}:{_text(value)}" for name, value in differing(recipe).items())


def read_link(text: str) -> Recipe:
    """Read a recipe back from the text of a link.

    Raises
    ------
    ParameterError
        If the text is too long, is no list of parameters with their values, or a value breaks its limits.
    """
    if len(text) > _LONGEST:
        raise ParameterError(
            f"The recipe in the link has {len(text)} characters, the limit is {_LONGEST}.", "Save the recipe as a file."
        )
    if not _TEXT.fullmatch(text):
        raise ParameterError("The recipe in the link has characters that no parameter has.", "Copy the link whole.")
    pairs = (entry.partition(":") for entry in text.split(",") if entry)
    return read_recipe("\n".join(f"{name} = {_toml(value)}" for name, _, value in pairs))


def _named(step: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every parameter with its full name."""
    if not is_dataclass(step):
        yield name[1:], step
        return
    for f in fields(step):
        yield from _named(getattr(step, f.name), f"{name}.{f.name}")


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return _BETWEEN.join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toml(value: str) -> str:
    if _NUMBERS.fullmatch(value):
        return f"[{value.replace(_BETWEEN, ', ')}]"
    return value if _NUMBER_OR_SWITCH.fullmatch(value) else f"'{value}'"
