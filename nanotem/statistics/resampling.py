"""Bootstrap of weighted statistics, whole blocks of resamples at a time."""

from collections.abc import Callable

import numpy as np

from nanotem.statistics.estimate import FloatArray
from nanotem.statistics.sample import Sample

Statistic = Callable[[FloatArray, FloatArray], FloatArray]
"""Sorted diameters and weights, both (resamples, n), to values (resamples, quantities)."""

_BLOCK = 1_000_000
"""Values drawn at once: 8 MB of sizes, and as much of weights."""


def bootstrap(
    sample: Sample, statistic: Statistic, *, n_resamples: int, seed: int, size: int | None = None
) -> FloatArray:
    """Return the statistic of resamples, shape (n_resamples, quantities).

    Particles are drawn with equal chance and keep their weights; `size` draws another number than there are.
    """
    generator = np.random.default_rng(seed)
    size = sample.n if size is None else size
    block = max(1, min(n_resamples, _BLOCK // size))
    values = []
    for start in range(0, n_resamples, block):
        drawn = generator.integers(sample.n, size=(min(block, n_resamples - start), size), dtype=np.int32)
        drawn.sort(axis=1)
        values.append(statistic(sample.diameters[drawn], sample.weights[drawn]))
    return np.concatenate(values)
