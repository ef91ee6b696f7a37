"""TOML that nobody has checked: what a computer cannot hold exactly is refused before anything is made of it."""

import tomllib
from typing import Any

_LARGEST = 2**63
"""TOML asks for whole numbers of 64 bits; Python would take any number of digits, and fail later, in many ways."""


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
