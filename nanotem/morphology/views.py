"""A particle seen in several ways, turned by quarters and mirrored: test-time augmentation."""

import numpy as np
import numpy.typing as npt

from nanotem.morphology.layers import Network

N_VIEWS = 8
"""Ways to see a particle that leave its pixels as they are."""

N_ASKED = 4
"""Views that a network is asked for, the quarter turns: the mirrored ones change 0.5 % of the answers at most and cost
as much again."""


def view_of(crops: npt.NDArray[np.float32], view: int) -> npt.NDArray[np.float32]:
    """Return crops, shape (n, rows, columns, channels), turned by `view` quarters; mirrored from the fourth on."""
    turned = np.rot90(crops, view % 4, axes=(1, 2))
    return turned[:, :, ::-1] if view >= 4 else turned


def averaged_over_views(network: Network, inputs: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float64]]:
    """Return the outputs of a network, averaged over the quarter turns.

    Parameters
    ----------
    network
        Takes `inputs`; gives one or several outputs of shape (n, values).
    inputs
        Shape (n, rows, columns, channels).
    """
    views = [network(np.ascontiguousarray(view_of(inputs, view))) for view in range(N_ASKED)]
    return [np.mean(outputs, axis=0, dtype=np.float64) for outputs in zip(*views, strict=True)]
