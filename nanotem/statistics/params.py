"""Parameters of the size distribution."""

from dataclasses import dataclass
from typing import Literal

from nanotem.parameters import Parameters, knob
from nanotem.statistics.surface import METALS, MetalName
from nanotem.statistics.weighting import WEIGHTINGS, WeightingName


@dataclass(frozen=True)
class SizeParams(Parameters):
    """Turn measured particles into a size distribution."""

    quantity: Literal["diameter", "radius", "feret_max", "feret_min", "major_axis", "minor_axis"] = knob(
        "diameter",
        "Size is",
        "The diameter is that of the disc of equal area; for rods, use the Feret widths or the axes.",
        choices={
            "diameter": "Diameter of equal area",
            "radius": "Radius of equal area",
            "feret_max": "Largest Feret width",
            "feret_min": "Smallest Feret width",
            "major_axis": "Major axis",
            "minor_axis": "Minor axis",
        },
    )
    correct_frame: bool = knob(
        True,
        "Correct for the frame",
        "Large particles are cut by the frame more often and left out. Each of the others then counts by the inverse "
        "of its chance to lie wholly inside (Miles-Lantuéjoul); without it the mean is too small.",
    )
    bin_rule: Literal["auto", "fd", "scott", "sturges", "count"] = knob(
        "auto",
        "Bins",
        "Changes the picture and the Gaussian fitted to the bars, and nothing else.",
        choices={
            "auto": "Automatic",
            "fd": "Freedman-Diaconis",
            "scott": "Scott",
            "sturges": "Sturges",
            "count": "A number of bins",
        },
    )
    n_bins: int = knob(
        20,
        "Number of bins",
        "Fewer bins are steadier, more bins show detail that may be chance.",
        low=1,
        high=200,
        step=1,
        when=("bin_rule", ("count",)),
    )
    families: Literal["automatic", "one", "cut"] = knob(
        "automatic",
        "Families",
        "Automatic asks whether several log-normal families describe the sizes better than one; a cut divides them at "
        "a size that you give.",
        choices={"automatic": "As many as the sizes show", "one": "One", "cut": "Divide at a size"},
    )
    cut: float = knob(
        10.0,
        "Divide at",
        "In the unit of the axis: smaller particles are one family, the rest the other.",
        low=0.001,
        high=1e6,
        step=0.5,
        when=("families", ("cut",)),
    )
    weighting: WeightingName = knob(
        "number",
        "Weighting",
        "What each particle counts for. By area and volume assumes particles of one shape; a projected area says "
        "nothing about height.",
        choices={name: name.capitalize() for name in WEIGHTINGS},
    )
    metal: Literal["none", MetalName] = knob(
        "none",
        "Metal",
        "For dispersion and specific surface, a model of smooth spheres.",
        choices={"none": "None", **{symbol: f"{of.name.capitalize()} ({symbol})" for symbol, of in METALS.items()}},
    )
