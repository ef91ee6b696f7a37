"""The software and the networks that images of a study are analysed with."""

from collections.abc import Iterable, Mapping

from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity
from nanotem.networks.folders import folder_named
from nanotem.provenance import versions
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS
from nanotem.segmentation.network.card import NAME as SEGMENTER

_RUNTIME, _NETWORK = "onnxruntime", f"network {SEGMENTER} of "
"""Both count where a network may be asked; networks of different folders stand beside each other."""


def software(recipes: Iterable[Recipe]) -> dict[str, str]:
    """Return the versions that numbers depend on, and the SHA-256 of each network that a method may ask.

    Every worker of a batch must have the same: numbers of different software are not mixed in one study.
    """
    folders = {recipe.networks.segmenter for recipe in recipes if _may_ask(recipe)}
    networks = {f"{_NETWORK}{folder}": _identity(folder) for folder in sorted(folders)}
    return versions(*([_RUNTIME] if folders else [])) | networks


def part_for(recipe: Recipe, known: Mapping[str, str]) -> dict[str, str]:
    """Return what of some software has a say in the result of a recipe.

    Examples
    --------
    >>> part_for(Recipe(), {"numpy": "2.3", "network segmenter of another group": "…"})
    {'numpy': '2.3'}
    """
    network = f"{_NETWORK}{recipe.networks.segmenter}"
    counts = {network, _RUNTIME} if _may_ask(recipe) else set()
    return {
        name: version
        for name, version in known.items()
        if name in counts or not (name == _RUNTIME or name.startswith(_NETWORK))
    }


def _may_ask(recipe: Recipe) -> bool:
    return METHODS[recipe.segment.method].asks_network


def _identity(folder: str) -> str:
    try:
        return network_identity(folder_named(folder), SEGMENTER)
    except ModelError:
        return "absent"
