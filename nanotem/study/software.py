"""The software and the networks that images of a study are analysed with."""

from collections.abc import Iterable, Iterator, Mapping

from nanotem.analysis import CLASSIFIERS
from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity
from nanotem.networks.folders import folder_named
from nanotem.provenance import Provenance, versions
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS
from nanotem.segmentation.network.card import NAME as SEGMENTER

_RUNTIME, _NETWORK, _ABSENT = "onnxruntime", "network ", "absent"
"""Both count where a network may be asked; networks of different folders stand beside each other."""


def software(recipes: Iterable[Recipe]) -> dict[str, str]:
    """Return the versions that numbers depend on, and the SHA-256 of each network that may be asked.

    Every worker of a batch must have the same: numbers of different software are not mixed in one study.
    """
    asked = {network for recipe in recipes for network in _asked(recipe)}
    identities = {_title(*network): _identity(*network) for network in sorted(asked)}
    return versions(*([_RUNTIME] if asked else [])) | identities


def part_for(recipe: Recipe, known: Mapping[str, str]) -> dict[str, str]:
    """Return what of some software has a say in the result of a recipe.

    Examples
    --------
    >>> part_for(Recipe(), {"numpy": "2.3", "network segmenter of another group": "…"})
    {'numpy': '2.3'}
    """
    titles = {_title(*network) for network in _asked(recipe)}
    counts = titles | {_RUNTIME} if titles else set()
    return {
        name: version
        for name, version in known.items()
        if name in counts or not (name == _RUNTIME or name.startswith(_NETWORK))
    }


def provenance_of(known: Mapping[str, str]) -> Provenance:
    """Return some software as provenance: that of results which are kept is what they were made with, not what is here.

    Examples
    --------
    >>> provenance_of({"nanotem": "0.1.0", "network segmenter of nanotem": "absent"})
    Provenance(versions={'nanotem': '0.1.0'}, networks={'segmenter of nanotem': ''})
    """
    networks = {name.removeprefix(_NETWORK): sha for name, sha in known.items() if name.startswith(_NETWORK)}
    return Provenance(
        {name: version for name, version in known.items() if not name.startswith(_NETWORK)},
        {name: "" if sha == _ABSENT else sha for name, sha in networks.items()},
    )


def _asked(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield name and folder of each network that a recipe may ask: that of its method, and those of shapes."""
    names = [SEGMENTER] if METHODS[recipe.segment.method].asks_network else []
    for name in (*names, *(CLASSIFIERS if recipe.classify.in_batches else ())):
        yield name, getattr(recipe.networks, name)


def _title(name: str, folder: str) -> str:
    return f"{_NETWORK}{name} of {folder}"


def _identity(name: str, folder: str) -> str:
    try:
        return network_identity(folder_named(folder), name)
    except ModelError:
        return _ABSENT
