"""A network that starts from the weights of another one, wherever the two match."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.errors import UnreadableFileError

_KINDS = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization"}


def start_from(model: Any, weights: Path) -> int:
    """Take over stored weights, layer by layer in their order; return how many arrays were taken over.

    A layer with more channels than the stored one takes over the first ones: the maps that both predict.

    Parameters
    ----------
    model
        Keras network; what does not match stays as it is.
    weights
        File that `save_weights` of Keras wrote.

    Raises
    ------
    UnreadableFileError
        If the file is broken, or nothing in it matches.
    """
    import h5py  # type: ignore[import-untyped]

    try:
        with h5py.File(weights) as stored:
            n_taken = sum(_take(layer, _arrays(stored, path)) for layer, path in _places(model))
    except OSError as error:
        raise UnreadableFileError(f"{weights} cannot be read.", "Give a network that was trained before.") from error
    if not n_taken:
        raise UnreadableFileError(f"No weights in {weights} match the network.", "Give a segmentation network.")
    return n_taken


def _places(model: Any) -> Iterator[tuple[Any, str]]:
    """Yield every layer that has weights, with where Keras stores them: by kind, numbered in their order."""
    for kind, name in _KINDS.items():
        layers = [layer for layer in model.layers if type(layer).__name__ == kind]
        for number, layer in enumerate(layers):
            yield layer, f"layers/{name}{f'_{number}' if number else ''}/vars"


def _arrays(stored: Any, path: str) -> list[npt.NDArray[np.float32]]:
    group = stored.get(path, {})
    return [np.asarray(group[key]) for key in sorted(group)]


def _take(layer: Any, arrays: list[npt.NDArray[np.float32]]) -> int:
    """Put stored arrays into a layer where all but the number of channels is the same; return how many."""
    from keras import ops

    n_taken = 0
    for variable, stored in zip(layer.weights, arrays, strict=False):  # layers that differ are left as they are
        values = np.array(ops.convert_to_numpy(variable))
        if stored.shape[:-1] == values.shape[:-1] and stored.shape[-1] <= values.shape[-1]:
            values[..., : stored.shape[-1]] = stored
            variable.assign(values)
            n_taken += 1
    return n_taken
