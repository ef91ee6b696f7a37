"""Grey levels along a line of pixels."""

from typing import Any

import numpy as np
import numpy.typing as npt

Profile = npt.NDArray[np.floating[Any]]


def half_crossing(profile: Profile, start: int, step: int, half: float) -> float | None:
    """Return where the profile first falls below `half` on the way from `start`; None if it never does."""
    walk = profile[start::step]
    below = np.flatnonzero(walk < half)
    if not below.size or below[0] == 0:
        return None
    i = int(below[0])
    return start + step * (i - 1 + float((walk[i - 1] - half) / (walk[i - 1] - walk[i])))
