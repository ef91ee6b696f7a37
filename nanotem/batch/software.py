"""The software and the networks that a recipe is carried out with."""

from nanotem.networks.errors import ModelError
from nanotem.networks.files import network_identity
from nanotem.networks.folders import folder_named
from nanotem.provenance import versions
from nanotem.recipe import Recipe
from nanotem.segmentation import METHODS
from nanotem.segmentation.network.card import NAME as SEGMENTER


def software(recipe: Recipe) -> dict[str, str]:
    """Return the versions that numbers depend on, and the SHA-256 of the network that the method may ask.

    Every worker of a batch must have the same: numbers of different software are not mixed in one study.
    """
    if not METHODS[recipe.segment.method].asks_network:
        return versions()
    try:
        identity = network_identity(folder_named(recipe.networks.segmenter), SEGMENTER)
    except ModelError:
        identity = "absent"
    return versions("onnxruntime") | {f"network {SEGMENTER}": identity}
