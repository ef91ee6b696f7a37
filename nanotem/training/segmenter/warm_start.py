"""A network that starts from the weights of another one, which may have fewer channels."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nanotem.errors import UnreadableFileError

_KINDS = {"Conv2D": "conv2d", "BatchNormalization": "batch_normalization"}

_Taken = npt.NDArray[np.bool_]
"""Which channels of a tensor are those of the stored network."""


def start_from(model: Any, weights: Path) -> int:
    """Take over stored weights, layer by layer in their order; return how many arrays were taken over.

    Where a layer has more channels than the stored one, the first ones are the stored ones, and nothing that they give
    rests on the others at first: a wider network starts with the answers of the narrow one.

    Parameters
    ----------
    model
        Keras network of convolutions; what does not match stays as it is.
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
            n_taken = _take_over(model, stored)
    except OSError as error:
        raise UnreadableFileError(f"{weights} cannot be read.", "Give a network that was trained before.") from error
    if not n_taken:
        raise UnreadableFileError(f"No weights in {weights} match the network.", "Give a segmentation network.")
    return n_taken


def _take_over(model: Any, stored: Any) -> int:
    """Walk through the network with what of every tensor is the stored network's; Keras numbers layers by kind."""
    taken: dict[int, _Taken] = {id(one): np.ones(one.shape[-1], bool) for one in model.inputs}
    seen = dict.fromkeys(_KINDS, 0)
    n_taken = 0
    for layer in model.layers[1:]:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        channels = np.concatenate([taken[id(one)] for one in inputs])
        kind = type(layer).__name__
        if kind in _KINDS:
            number, seen[kind] = seen[kind], seen[kind] + 1
            arrays = _arrays(stored, f"layers/{_KINDS[kind]}{f'_{number}' if number else ''}/vars")
            n_before, n_taken = n_taken, n_taken + _take(layer, arrays, channels)
            if kind == "Conv2D":
                n_stored = arrays[0].shape[-1] if n_taken > n_before else 0
                channels = np.arange(layer.filters) < n_stored
        taken[id(layer.output)] = channels
    return n_taken


def _arrays(stored: Any, path: str) -> list[npt.NDArray[np.float32]]:
    group = stored.get(path, {})
    return [np.asarray(group[key]) for key in sorted(group)]


def _take(layer: Any, arrays: list[npt.NDArray[np.float32]], channels: _Taken) -> int:
    """Put stored arrays into a layer which sees these channels of the stored network; return how many."""
    from keras import ops

    n_taken = 0
    for variable, stored in zip(layer.weights, arrays, strict=False):  # layers that differ are left as they are
        values = np.array(ops.convert_to_numpy(variable))
        own = values[..., : stored.shape[-1]]
        if values.ndim == 1 and own.shape == stored.shape:
            own[:] = stored
        elif own[..., channels, :].shape == stored.shape:
            own[:] = 0
            own[..., channels, :] = stored
        else:
            continue
        variable.assign(values)
        n_taken += 1
    return n_taken
