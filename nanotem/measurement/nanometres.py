"""Pixels to nanometres, the one place where it happens."""

import pandas as pd

from nanotem.measurement.columns import COLUMNS, SIZE_COLUMNS, nm_name
from nanotem.micrograph import Scale


def in_nm(table: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Add each size in nanometres beside the size in pixels.

    Nothing is measured again: a new scale on a converted table replaces the old nanometres.

    Parameters
    ----------
    table
        As `measure_particles` returns it; columns that it lacks are passed over.
    scale
        Lengths are multiplied by `scale.nm_per_px`, areas by its square.

    Returns
    -------
    pandas.DataFrame
        A new table with `*_nm` columns, `area_nm2` for the area, each after its column in pixels. Positions,
        boxes and pure numbers are unchanged.
    """
    sizes = [name for name in SIZE_COLUMNS if name in table]
    factors = {name: scale.nm_per_px ** (2 if name == "area_px" else 1) for name in sizes}
    converted = table.assign(**{nm_name(name): table[name] * factors[name] for name in sizes})
    known = [name for name in COLUMNS if name in converted]
    return converted[known + [name for name in converted if name not in COLUMNS]]
