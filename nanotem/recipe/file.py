"""Recipes as TOML: readable, complete, and checked when they come back."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import tomli_w

from nanotem.errors import ParameterError
from nanotem.recipe.recipe import Recipe
from nanotem.segmentation.neck_ratio import NeckRatioOptions
from nanotem.strict_toml import holds_boolean, read_toml

FORMAT = 4
"""Number of the format; 1, which was not written down, had the options of all methods in one table, and up to 3 the
method "automatic" had those of the neck ratio."""

_GONE_IN_FORMAT_3 = frozenset(["refine_outlines", "outline_level"])
"""Options that said where outlines are drawn, as a share of each particle's contrast: passed over in older recipes, as
outlines are now traced along the edges themselves (`recipe.outlines`)."""

_OPTIONS_OF_FORMAT_1 = frozenset(
    [
        "neck_ratio",
        "valley",
        "split_ratio",
        "least_confidence",
        "satellites",
        "flips",
        "min_distance",
        "dist_max_threshold",
        "kernel_size",
        "erode_iter",
        "open_iter",
        "smoothing_px",
        "min_prominence",
    ]
)
"""What stood in the table `segment` whatever the method; those that another method uses had no effect."""


def write_recipe(recipe: Recipe) -> str:
    """Return a recipe as TOML, one table per step, every parameter written out; what was not settled is not."""
    return tomli_w.dumps(recipe_tables(recipe))


def recipe_tables(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as the tables of a TOML file."""
    return {"format": FORMAT, **_tables(recipe)}


def read_recipe(text: str) -> Recipe:
    """Read a recipe; parameters that are not mentioned keep their defaults.

    Raises
    ------
    ParameterError
        If the text is not TOML, comes from a newer version, names an unknown step or parameter, or a value breaks its
        limits.
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
        return read_toml(text)
    except ValueError as error:
        raise ParameterError(f"The recipe is not valid TOML: {error}.", "Save a recipe and edit that file.") from error


def recipe_from(tables: Mapping[str, Any]) -> Recipe:
    """Build a recipe from nested tables; parameters that are not mentioned keep their defaults.

    Raises
    ------
    ParameterError
        If the format is of a newer version, a step or parameter is unknown, or a value breaks its limits.
    """
    steps = dict(tables)
    written = steps.pop("format", 1)
    if holds_boolean(written) or written not in range(1, FORMAT + 1):
        raise ParameterError(
            f"The recipe has the format {repr(written)[:20]}, this version reads 1 to {FORMAT}.",
            "Use the version of nanotem that wrote it.",
        )
    if isinstance(steps.get("segment"), dict):
        segment = steps["segment"] if written >= 3 else _without_gone(steps["segment"])
        steps["segment"] = _with_options(segment if written >= 4 else _without_necks_of_automatic(segment))
    return _read(Recipe(), steps, "recipe")


def as_unicode(text: str) -> str:
    """Return a text in which whatever is no Unicode became a question mark: names of files can hold any bytes."""
    return text.encode("utf-8", "replace").decode()


def _tables(step: Any) -> dict[str, Any]:
    values = {f.name: value for f in fields(step) if (value := getattr(step, f.name)) != ()}
    return {name: _tables(value) if is_dataclass(value) else value for name, value in values.items()}


def _with_options(segment: dict[str, Any]) -> dict[str, Any]:
    """Put options that stand beside the method, as in format 1, into a table of their own."""
    flat = {name: value for name, value in segment.items() if name in _OPTIONS_OF_FORMAT_1}
    if not flat:
        return segment
    kept = {name: value for name, value in segment.items() if name not in flat}
    options = _read(Recipe().segment, {name: value for name, value in kept.items() if name == "method"}, "segment")
    known = {f.name for f in fields(options.options)}
    return {**kept, "options": {name: value for name, value in flat.items() if name in known} | kept.get("options", {})}


def _without_necks_of_automatic(segment: dict[str, Any]) -> dict[str, Any]:
    """Take "automatic" with a tuned neck ratio, of an older format, for the neck ratio: that is what had been tuned."""
    if segment.get("method", "automatic") != "automatic" or not isinstance(segment.get("options", {}), dict):
        return segment
    usual = {f.name: getattr(NeckRatioOptions(), f.name) for f in fields(NeckRatioOptions)}
    told = {name: value for name, value in (segment | segment.get("options", {})).items() if name in usual}
    if any(value != usual[name] for name, value in told.items()):
        return segment | {"method": "neck_ratio"}
    kept = {name: value for name, value in segment.items() if name not in told}
    if "options" in kept:
        kept["options"] = {name: value for name, value in kept["options"].items() if name not in told}
    return kept


def _without_gone(segment: dict[str, Any]) -> dict[str, Any]:
    """Pass over what the options of an older format said of outlines."""
    kept = {name: value for name, value in segment.items() if name not in _GONE_IN_FORMAT_3}
    if isinstance(options := kept.get("options"), dict):
        kept["options"] = {name: value for name, value in options.items() if name not in _GONE_IN_FORMAT_3}
    return kept


def _read(default: Any, table: Any, where: str) -> Any:
    """Build the dataclass of `default` from a table: single values first, as they may decide what groups follow."""
    if not isinstance(table, dict):
        raise ParameterError(f"{where} = {table!r} is not a group of parameters.", f"Write it as [{where}].")
    names = [f.name for f in fields(default)]
    for name in table:
        if name not in names:
            raise ParameterError(f"The {where} has no part {name!r}.", f"It has {', '.join(names)}.")
    groups = {name for name in table if is_dataclass(getattr(default, name))}
    step = replace(default, **{name: value for name, value in table.items() if name not in groups})
    return replace(step, **{name: _read(getattr(step, name), table[name], name) for name in groups})
