"""What the network predicts."""

import numpy as np
import numpy.typing as npt

Maps = npt.NDArray[np.float32]
"""Shape (rows, columns, 3), 0 to 1: foreground, normalised distance of every particle, border between neighbours.

A network without border gives the first two.
"""

FOREGROUND, DISTANCE, BORDER = 0, 1, 2
"""Places in the last axis of `Maps`."""

STRIDE = 16
"""Rows and columns of what the network is given are multiples of it: it halves them four times."""

REDUCTION = 2
"""What the network is given has so many times more rows and columns than the maps."""
