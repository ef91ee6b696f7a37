"""The folders that networks are taken from: the package's own, and those that `NANOTEM_MODELS` names."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from nanotem.networks.errors import ModelError

MODELS = Path(__file__).parents[1] / "models"
"""Folder of the networks that come along."""

OWN = "nanotem"
"""Name of the folder of the networks that come along."""

VARIABLE = "NANOTEM_MODELS"
"""Environment variable that lists further folders, parted as in PATH."""


def model_folders() -> Mapping[str, Path]:
    """Return every folder of networks by its name, the package's own first.

    Whoever starts the program decides which folders there are; a recipe can only name one of them, so that it cannot
    point a server at any other.

    Raises
    ------
    ModelError
        If two folders have one name, or one has none.

    Examples
    --------
    >>> list(model_folders())[0]
    'nanotem'
    """
    folders = {OWN: MODELS}
    for entry in os.environ.get(VARIABLE, "").split(os.pathsep):
        if not entry.strip():
            continue
        folder = Path(entry.strip()).expanduser().resolve()
        if not folder.name:
            raise ModelError(f"The folder of models {folder} has no name.", "Give a folder below it.")
        if folders.setdefault(folder.name, folder) != folder:
            raise ModelError(
                f"Two folders of models are called {folder.name}: {folders[folder.name]} and {folder}.",
                "Rename one: a recipe knows them by their names.",
            )
    return MappingProxyType(folders)


def folder_named(name: str) -> Path:
    """Return a folder of networks.

    Parameters
    ----------
    name
        "nanotem" for the networks that come along; else the last part of a folder's path.

    Raises
    ------
    ModelError
        If there is none of that name, or two.
    """
    folders = model_folders()
    if name not in folders:
        raise ModelError(
            f"There are no models called {name!r}, only {', '.join(folders)}.",
            f"Give their folder with --models or {VARIABLE}.",
        )
    return folders[name]
