"""Parameters of simulated micrographs as TOML."""

import json
import tomllib
from collections.abc import Iterable
from typing import Any

from nanotem.errors import ParameterError
from nanotem.synthetic.scene_params import SceneParams


def write_scene(params: SceneParams) -> str:
    """Return parameters as TOML, all of them written out."""
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in params.flat().items())


def read_scene(text: str, settings: Iterable[str] = (), **defaults: Any) -> SceneParams:
    """Read parameters; those that are not mentioned keep their defaults.

    Parameters
    ----------
    text
        TOML, one `name = value` a line; may be empty.
    settings
        More of such lines, which replace those of the text; words need no quotes in them.
    defaults
        Other values of parameters that are not mentioned.

    Raises
    ------
    ParameterError
        If something is not TOML, a parameter is unknown, or a value breaks its limits.
    """
    return SceneParams.of(**read_settings(text, settings, **defaults))


def read_settings(text: str, settings: Iterable[str] = (), **defaults: Any) -> dict[str, Any]:
    """Read parameters by their names, as `read_scene` does, whatever they are of.

    Raises
    ------
    ParameterError
        If something is not TOML.
    """
    values = defaults | _table(text)
    for setting in settings:
        values |= _setting(setting)
    return values


def _setting(line: str) -> dict[str, Any]:
    """Read one line whose value may be a word without quotes."""
    name, equals, value = (part.strip() for part in line.partition("="))
    if not (name and equals and value):
        raise ParameterError(f"{line!r} sets no parameter.", "Write name=value, for example diameter_nm=20.")
    try:
        return _table(f"{name} = {value}")
    except ParameterError:
        return {name: value}


def _table(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"The parameters are not valid TOML: {error}.", "Write name = value.") from error
