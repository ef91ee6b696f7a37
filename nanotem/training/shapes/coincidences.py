"""Which outlines each solid shows."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nanotem.morphology.crops import Crops
from nanotem.morphology.outline_geometry import outlines_by_geometry


def coincidences(
    crops: Crops, classes: npt.NDArray[np.int64], class_names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return how often each solid shows each outline.

    Parameters
    ----------
    crops
        Drawn particles, shape (n, CROP_PX, CROP_PX, 2).
    classes
        Index into `class_names` of each.
    class_names
        Names of the solids.
    """
    seen = outlines_by_geometry(crops)
    table = {}
    for number, name in enumerate(class_names):
        counts = Counter(outline for outline, k in zip(seen, classes, strict=True) if k == number)
        table[name] = {outline: round(count / counts.total(), 4) for outline, count in counts.most_common()}
    return table
