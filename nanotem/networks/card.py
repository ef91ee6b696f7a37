"""The model card: what a network is, how it came about, and how good it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from nanotem.networks.errors import ModelError
from nanotem.networks.files import remedy

Setting = bool | int | float | str | None

_LARGEST_INT = 2**53
"""Beyond it JSON as others read it holds no exact integers."""

_Card = TypeVar("_Card", bound="Card")


@dataclass(frozen=True, eq=False, kw_only=True)
class Card:
    """What belongs to every network.

    Attributes
    ----------
    name
        Name of the network and of its files.
    sha256
        Its identity, see `nanotem.networks.files.network_identity`; empty until it is saved.
    versions
        Of the libraries it was trained with.
    training
        Settings it was trained with, and how much.
    curves
        One value per epoch of each loss and accuracy.
    """

    name: str
    sha256: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    training: dict[str, Setting] = field(default_factory=dict)
    curves: dict[str, list[float]] = field(default_factory=dict)


def card_of(name: str, stored: Mapping[str, Any], kind: type[_Card]) -> _Card:
    """Return what a card says, every field of its type and in its range.

    Parameters
    ----------
    name
        Of the network that it is to describe.
    stored
        What JSON gave.
    kind
        Class of the card; its `__post_init__` raises `ValueError` for values that no network has.

    Raises
    ------
    ModelError
        If a field is absent, unknown, of another type, not finite, or out of range, or it describes another network.
    """
    hints = get_type_hints(kind)
    try:
        card = kind(**{key: typed(value, hints[key]) for key, value in stored.items()})
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise ModelError(f"The card of the network {name} is wrong: {error}.", remedy(name)) from error
    if card.name != name:
        raise ModelError(f"The card of the network {name} describes {card.name!r}.", remedy(name))
    return card


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Make sure that a field of a card lies between its limits.

    Raises
    ------
    ValueError
        If it does not.
    """
    if not low <= value <= high:
        raise ValueError(f"{name} = {value} is not between {low:g} and {high:g}")


def typed(value: object, hint: Any) -> Any:
    """Return a value of JSON as what a type hint says, lists as tuples where they are to be some.

    Parameters
    ----------
    value
        As `json.loads` gives it.
    hint
        str, int, float, bool, None, and lists, tuples, dicts and unions of these.

    Raises
    ------
    TypeError
        If it is of another type, an integer that JSON cannot hold, or a number that is not finite.

    Examples
    --------
    >>> typed(["a", "b"], tuple[str, ...])
    ('a', 'b')
    """
    kind, parts = get_origin(hint), get_args(hint)
    if kind is UnionType:
        return _first_that_fits(value, parts)
    if kind in (list, tuple) and isinstance(value, list):
        return kind(typed(item, parts[0]) for item in value)
    if kind is dict and isinstance(value, dict):
        return {key: typed(item, parts[1]) for key, item in value.items()}
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    if hint is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_INT:
        return value
    if hint in (str, bool, NoneType) and isinstance(value, hint):
        return value
    raise TypeError(f"{repr(value)[:40]} is no {getattr(hint, '__name__', hint)}")


def _first_that_fits(value: object, hints: tuple[Any, ...]) -> Any:
    for hint in hints:
        try:
            return typed(value, hint)
        except TypeError:
            continue
    raise TypeError(f"{repr(value)[:40]} is none of {', '.join(str(hint) for hint in hints)}")
