"""Settings of a training, from a file."""

import tomllib
from typing import TypeVar

from nanotem.errors import ParameterError
from nanotem.parameters import Parameters, knobs

_Config = TypeVar("_Config", bound=Parameters)


def read_settings(text: str, kind: type[_Config]) -> _Config:
    """Read settings from TOML; those that are not mentioned keep their defaults.

    Parameters
    ----------
    text
        TOML, one setting a line.
    kind
        Class of the settings, such as `nanotem.training.shapes.config.TrainingConfig`.

    Raises
    ------
    ParameterError
        If the text is not TOML, names an unknown setting, or a value breaks its limits.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"The settings are not valid TOML: {error}.", "Write name = value.") from error
    names = list(knobs(kind))
    unknown = next((name for name in table if name not in names), None)
    if unknown is not None:
        raise ParameterError(f"There is no setting {unknown!r}.", f"There are {', '.join(names)}.")
    return kind(**table)
