"""Dataclasses of plain values from JSON that nobody has checked."""

import math
import types
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_LARGEST_WHOLE = 2**53
"""Beyond it a number in JSON is not exact."""


def from_json(kind: type[T], saved: Mapping[str, Any]) -> T | None:
    """Return a dataclass from its fields; None if one is absent, unknown, or not of its type.

    Parameters
    ----------
    kind
        A dataclass whose fields are numbers, texts, literals, tuples of these, mappings from texts to these, or None.
    saved
        As `json.loads` returns them; a list stands for a tuple.

    Examples
    --------
    >>> from nanotem.measurement.columns import Column
    >>> from_json(Column, {"label": "Area", "unit": "px²", "definition": ["pixels"], "dtype": "int64"})
    """
    if set(saved) != {one.name for one in fields(kind)}:  # type: ignore[arg-type]
        return None
    hints = get_type_hints(kind)
    if not all(_fits(value, hints[name]) for name, value in saved.items()):
        return None
    return kind(**{name: _plain(value) for name, value in saved.items()})


def _plain(value: Any) -> Any:
    """Return a value with tuples in the place of lists."""
    match value:
        case list():
            return tuple(map(_plain, value))
        case dict():
            return {name: _plain(one) for name, one in value.items()}
    return value


def _fits(value: object, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if origin is tuple:
        return isinstance(value, list) and all(_fits(one, inner[0]) for one in value)
    if origin is Mapping:
        return isinstance(value, dict) and all(_fits(one, inner[1]) for one in value.values())
    if hint in (int, float):
        return _is_exact(value) and (hint is float or isinstance(value, int))
    return value is None if hint is types.NoneType else hint in (str, bool) and isinstance(value, hint)


def _is_exact(value: object) -> bool:
    match value:
        case bool():
            return False
        case int():
            return abs(value) <= _LARGEST_WHOLE
        case float():
            return math.isfinite(value)
    return False
