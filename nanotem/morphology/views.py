"""A particle seen in eight ways, turned by quarters and mirrored: test-time augmentation."""

from typing import Any

import numpy as np
import numpy.typing as npt

N_VIEWS = 8
_BATCH_SIZE = 256


def view_of(crops: npt.NDArray[np.float32], view: int) -> npt.NDArray[np.float32]:
    """Return crops, shape (n, rows, columns, channels), turned by `view` quarters; mirrored from the fourth on."""
    turned = np.rot90(crops, view % 4, axes=(1, 2))
    return turned[:, :, ::-1] if view >= 4 else turned


def averaged_over_views(model: Any, inputs: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float64]]:
    """Return the outputs of a model, averaged over the eight views.

    Parameters
    ----------
    model
        Takes `inputs`; has one or several outputs of shape (n, values).
    inputs
        Shape (n, rows, columns, channels).
    """
    totals: list[npt.NDArray[np.float64]] = []
    for view in range(N_VIEWS):
        outputs = model.predict(np.ascontiguousarray(view_of(inputs, view)), batch_size=_BATCH_SIZE, verbose=0)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        totals = [a + b for a, b in zip(totals, outputs, strict=True)] if totals else [o.astype(float) for o in outputs]
    return [total / N_VIEWS for total in totals]
