"""Samples side by side by how many particles lie on an area, and how: pooled over the images of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.statistics.clustered import ClusteredEstimate, clustered_mean
from nanotem.statistics.estimate import FloatArray


@dataclass(frozen=True)
class Arranged:
    """A quantity of an image that is pooled over images.

    Parameters
    ----------
    title
        For tables.
    unit
        Its unit; "size" for that of the sizes.
    counts_by
        Column of what an image counts for: its area, or its particles.
    largest
        That it can be.
    """

    title: str
    unit: str
    counts_by: str
    largest: float = float("inf")


ARRANGED: Mapping[str, Arranged] = MappingProxyType(
    {
        "density_per_um2": Arranged("Particles per µm²", "1/µm²", "area"),
        "coverage": Arranged("Area covered", "", "area", largest=1.0),
        "centre_to_centre": Arranged("Nearest neighbour, centre to centre", "size", "n_measured"),
        "centre_to_centre_index": Arranged("Index, centre to centre", "", "n_measured"),
        "edge_to_edge": Arranged("Nearest neighbour, edge to edge", "size", "n_measured"),
        "edge_to_edge_index": Arranged("Index, edge to edge", "", "n_measured"),
    }
)
"""By their columns in a table of images; see `nanotem.statistics.arrangement` for what they are."""


def compare_arrangements(images: pd.DataFrame, *, unit: str = "nm") -> pd.DataFrame:
    """Pool density, coverage and neighbours over the images of each sample.

    Parameters
    ----------
    images
        One row per image: columns sample, unit, nm_per_px, area_px, n_measured, and those of `ARRANGED`; NaN where an
        image has none. With a column flags those are left out that carry `copy`.
    unit
        "nm" or "px"; images in the other are left out, except from what does not depend on it.

    Returns
    -------
    pandas.DataFrame
        Columns sample, quantity, n_images, value, low, high, unit: the mean over images, each counting for its area or
        its particles, with a 95 % interval over images, symmetric in the logarithm; NaN ends from a single image.
        Areas are in px where an image has no scale.
        Samples in the order of their names.

    Raises
    ------
    ParameterError
        If a column is missing.

    Examples
    --------
    >>> images = pd.DataFrame({"sample": "a", "unit": "nm", "nm_per_px": 0.5, "area_px": [1e6, 3e6], "n_measured": 9})
    >>> images = images.assign(**{name: [1.0, 2.0] for name in ARRANGED})
    >>> float(compare_arrangements(images).set_index("quantity").loc["coverage", "value"])
    1.75
    """
    columns = ("sample", "unit", "nm_per_px", "area_px", "n_measured", *ARRANGED)
    missing = next((name for name in columns if name not in images), None)
    if missing:
        raise ParameterError(f"The table of images has no column {missing!r}.", "Pass the summary of a study.")
    if "flags" in images:
        images = images[~images["flags"].str.contains(r"\bcopy\b")]
    rows = []
    for sample, group in images.groupby("sample"):
        for name, kind in ARRANGED.items():
            known = group[group[name].notna() & ((group["unit"] == unit) | (kind.unit != "size"))]
            counts = _areas(known) if kind.counts_by == "area" else _column(known, kind.counts_by)
            used = counts > 0
            value, low, high = _pooled(_column(known, name)[used], counts[used])
            ends = value, low, min(high, kind.largest)
            rows.append((str(sample), name, int(used.sum()), *ends, unit if kind.unit == "size" else kind.unit))
    return pd.DataFrame(rows, columns=["sample", "quantity", "n_images", "value", "low", "high", "unit"])


def _areas(images: pd.DataFrame) -> FloatArray:
    """Return areas of images in one unit: nm², px² where one of them has no scale."""
    side, areas = _column(images, "nm_per_px"), _column(images, "area_px")
    return areas if np.isnan(side).any() else areas * side**2


def _column(images: pd.DataFrame, name: str) -> FloatArray:
    return np.asarray(images[name].astype(float), np.float64)


def _pooled(values: FloatArray, weights: FloatArray) -> tuple[float, float, float]:
    """Return the mean over images with its interval."""
    if not values.size:
        return np.nan, np.nan, np.nan
    mean: ClusteredEstimate = clustered_mean(values, weights, np.arange(values.size))
    one = mean.positive_interval() if mean.value > 0 else mean.interval()
    return one.value, one.low, one.high
