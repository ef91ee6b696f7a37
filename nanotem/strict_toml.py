"""TOML that nobody has checked: what a computer cannot hold exactly is refused before anything is made of it."""

import re
import tomllib
from typing import Any

_LARGEST = 2**63
"""TOML asks for whole numbers of 64 bits; Python would take any number of digits, and fail later, in many ways."""

_KEY = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = re.compile(rf"(?:{_KEY}[ \t]*+\.[ \t]*+){{32}}")
"""A dotted key (a.a.a) of more than 32 parts: the deepest that is written has 3. Its time grows with the square of its
parts in `tomllib`: 5,000 take 4 s, and 10 kB; it is looked for in time that grows with the text."""


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text, which may begin with a byte-order mark.

    Parameters
    ----------
    text
        Such as a person may have edited, or a stranger sent.

    Raises
    ------
    ValueError
        If it is no TOML, is nested too deeply, or holds a whole number of more than 64 bits.

    Examples
    --------
    >>> read_toml("neck_ratio = 0.85")
    {'neck_ratio': 0.85}
    """
    if _DEEP_KEY.search(text):
        raise ValueError("it is nested too deeply")
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
        _check(tables)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return tables


def _check(value: object) -> None:
    match value:
        case dict():
            for inner in value.values():
                _check(inner)
        case list():
            for inner in value:
                _check(inner)
        case int() if not -_LARGEST <= value < _LARGEST:
            raise ValueError("a whole number in it has more than 64 bits")


def holds_boolean(value: object) -> bool:
    """Whether there is a boolean anywhere in what TOML holds: where a number is wanted Python takes it for 0 or 1.

    Examples
    --------
    >>> holds_boolean({"line": [[1, 2.5], [True, 3]]})
    True
    """
    match value:
        case dict():
            return any(map(holds_boolean, value.values()))
        case list():
            return any(map(holds_boolean, value))
    return isinstance(value, bool)
