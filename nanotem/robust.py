"""The spread of values of which some do not belong to the rest."""

import numpy as np
import numpy.typing as npt

SD_PER_MEDIAN_DEVIATION = 1.4826
"""Of a normal distribution: 1 / Φ⁻¹(3/4)."""


def robust_sd(values: npt.NDArray[np.floating]) -> float:
    """Return the standard deviation that normal values with this median deviation have.

    Examples
    --------
    >>> robust_sd(np.array([1.0, 2.0, 3.0, 4.0, 500.0]))
    1.4826
    """
    return SD_PER_MEDIAN_DEVIATION * float(np.median(np.abs(values - np.median(values))))
