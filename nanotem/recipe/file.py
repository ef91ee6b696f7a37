"""Recipes as TOML: readable, complete, and checked when they come back."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from nanotem.errors import ParameterError
from nanotem.parameters import Parameters
from nanotem.recipe import Recipe


def write_recipe(recipe: Recipe) -> str:
    """Return a recipe as TOML, one table per step, every parameter written out."""
    return "\n".join(_tables(recipe, ())).strip() + "\n"


def read_recipe(text: str) -> Recipe:
    """Read a recipe; parameters that are not mentioned keep their defaults.

    Raises
    ------
    ParameterError
        If the text is not TOML, names an unknown step or parameter, or a value breaks its limits.
    """
    return recipe_from(read_tables(text))


def read_tables(text: str) -> dict[str, Any]:
    """Return what is written in a recipe or an analysis file, unchecked but for being TOML.

    Raises
    ------
    ParameterError
        If it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"The recipe is not valid TOML: {error}.", "Save a recipe and edit that file.") from error


def recipe_from(tables: Mapping[str, Any]) -> Recipe:
    """Build a recipe from nested tables; parameters that are not mentioned keep their defaults.

    Raises
    ------
    ParameterError
        If a step or parameter is unknown, or a value breaks its limits.
    """
    return _read(Recipe(), dict(tables), "recipe")


def quoted(text: str) -> str:
    """Return a TOML string; what is no Unicode in it becomes a question mark."""
    valid = text.encode("utf-8", "replace").decode()
    return json.dumps(valid, ensure_ascii=False).replace("\x7f", "\\u007f")  # but for this, JSON escapes alike


def _tables(step: Any, path: tuple[str, ...]) -> list[str]:
    if isinstance(step, Parameters):
        values = (f"{f.name} = {_toml(getattr(step, f.name))}" for f in fields(step))  # type: ignore[arg-type]
        return [f"[{'.'.join(path)}]", *values, ""]
    return [line for f in fields(step) for line in _tables(getattr(step, f.name), (*path, f.name))]


def _toml(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def _read(default: Any, table: Any, where: str) -> Any:
    """Build the dataclass of `default` from a table, steps inside it first."""
    if not isinstance(table, dict):
        raise ParameterError(f"{where} = {table!r} is not a group of parameters.", f"Write it as [{where}].")
    names = [f.name for f in fields(default)]
    for name in table:
        if name not in names:
            raise ParameterError(f"The {where} has no part {name!r}.", f"It has {', '.join(names)}.")
    values = {
        name: _read(getattr(default, name), value, name) if is_dataclass(getattr(default, name)) else value
        for name, value in table.items()
    }
    return type(default)(**{**{name: getattr(default, name) for name in names}, **values})
