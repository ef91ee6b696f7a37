"""What is known of an image beyond its count and the mean of its sizes: weighted sizes, arrangement, surface."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nanotem.analysis import Analysis
from nanotem.statistics import Estimate
from nanotem.statistics.arrangements import ARRANGED
from nanotem.statistics.weighting import WEIGHTINGS, WeightingName

_WEIGHTED: tuple[tuple[WeightingName, str], ...] = (("area", "d32"), ("volume", "d43"))
_PARTS = ("d10", "d50", "d90", "span")


@dataclass(frozen=True)
class ImageQuantity:
    """A number of one image.

    Parameters
    ----------
    title
        For tables.
    unit
        Its unit; "size" for that of the sizes.
    """

    title: str
    unit: str = ""


OF_METAL: Mapping[str, ImageQuantity] = MappingProxyType(
    {
        "dispersion": ImageQuantity("Dispersion"),
        "specific_surface_m2_per_g": ImageQuantity("Specific surface", "m²/g"),
    }
)
"""What follows from D[3,2] where a metal is named."""


def _weighted_titles() -> dict[str, ImageQuantity]:
    titles = {}
    for weighting, mean in _WEIGHTED:
        by = WEIGHTINGS[weighting]
        titles[mean] = ImageQuantity(f"{by.mean_symbol}, mean {by.title}", "size")
        for part in _PARTS:
            unit = "" if part == "span" else "size"
            titles[f"{part}_{weighting}"] = ImageQuantity(f"{part.capitalize()} {by.title}", unit)
    return titles


QUANTITIES: Mapping[str, ImageQuantity] = MappingProxyType(
    {
        **_weighted_titles(),
        **{name: ImageQuantity(one.title, one.unit) for name, one in ARRANGED.items()},
        **OF_METAL,
    }
)
"""By their names in a study's table of images, where `_low` and `_high` are the ends of the 95 % interval."""


def quantities_of(analysis: Analysis) -> dict[str, Estimate]:
    """Return each of `QUANTITIES` for one image, with its interval; NaN for what cannot be known."""
    diameters, where, surface = analysis.diameters, analysis.arrangement, analysis.metal_surface
    found: dict[str, Estimate] = {}
    for weighting, mean in _WEIGHTED:
        names = (mean, *(f"{part}_{weighting}" for part in _PARTS))
        found |= {name: one.estimate for name, one in zip(names, diameters.weighted[weighting], strict=True)}
    nothing = Estimate(float("nan"))
    return found | {
        "density_per_um2": where.density_per_um2,
        "coverage": where.coverage,
        "centre_to_centre": where.centre_to_centre.mean,
        "centre_to_centre_index": where.centre_to_centre.index,
        "edge_to_edge": where.edge_to_edge.mean,
        "edge_to_edge_index": where.edge_to_edge.index,
        "dispersion": surface.dispersion if surface else nothing,
        "specific_surface_m2_per_g": surface.specific_surface_m2_per_g if surface else nothing,
    }
