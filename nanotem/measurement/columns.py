"""The particle table's columns: the one place that says what each of them means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Column:
    """What a column of the particle table holds.

    Parameters
    ----------
    label
        The quantity's usual name, for headings and axis titles.
    unit
        Unit as it is printed; empty for pure numbers and text.
    definition
        One sentence.
    dtype
        pandas type of the column.
    """

    label: str
    unit: str
    definition: str
    dtype: Literal["int64", "float64", "str", "bool"] = "float64"

    @property
    def title(self) -> str:
        """Label with the unit, as on an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


_SIZES = {
    "area_px": Column("Area", "px²", "Area inside the outline, holes left out."),
    "diameter_px": Column("Diameter", "px", "Diameter of the disc of the same area, 2√(A/π)."),
    "feret_max_px": Column("Feret max", "px", "Largest caliper width of the outline."),
    "feret_min_px": Column("Feret min", "px", "Smallest caliper width of the outline."),
    "major_axis_px": Column("Major axis", "px", "Long axis of the ellipse with the same second moments."),
    "minor_axis_px": Column("Minor axis", "px", "Short axis of the ellipse with the same second moments."),
    "perimeter_px": Column("Perimeter", "px", "Length of the outer outline; holes add nothing."),
    "edge_uncertainty_px": Column(
        "Edge ±", "px", "Standard uncertainty of where the edge lies, from noise and from the choice of its profile."
    ),
    "diameter_uncertainty_px": Column("Diameter ±", "px", "What the uncertainty of the edge makes of the diameter."),
}

_MEASURED = {
    "label": Column("Label", "", "Number of the particle in the label image; it never changes.", "int64"),
    "row_px": Column("Row", "px", "Row of the centroid; the centre of the first pixel is 0."),
    "column_px": Column("Column", "px", "Column of the centroid; the centre of the first pixel is 0."),
    **{name: _SIZES[name] for name in ("area_px", "diameter_px", "feret_max_px", "feret_min_px")},
    **{name: _SIZES[name] for name in ("major_axis_px", "minor_axis_px")},
    "aspect_ratio": Column("Aspect ratio", "", "Major axis divided by minor axis; 1 for a disc or square."),
    "perimeter_px": _SIZES["perimeter_px"],
    "circularity": Column("Circularity", "", "4πA/P²: 1 for a disc, 0.785 for a square."),
    "roundness": Column("Roundness", "", "4A/(π Feret max²): 1 for a disc, 0.637 for a square."),
    "solidity": Column("Solidity", "", "Area divided by the area of the convex hull; below 1 where concave."),
    "extent": Column("Extent", "", "A/(Feret max · Feret min): 0.785 for a disc, 0.707 for a square."),
    "orientation_deg": Column(
        "Orientation", "°", "Angle from horizontal to the major axis, counter-clockwise, -90 to 90."
    ),
    **{name: _SIZES[name] for name in ("edge_uncertainty_px", "diameter_uncertainty_px")},
    "neighbour_share": Column("Faces neighbours", "", "Share of the outline beside another particle: a guess there."),
    "mean_grey": Column("Mean grey", "", "Mean of the micrograph's own grey values in the particle."),
    "bbox_top_px": Column("Box top", "px", "First row of the bounding box.", "int64"),
    "bbox_left_px": Column("Box left", "px", "First column of the bounding box.", "int64"),
    "bbox_height_px": Column("Box height", "px", "Number of rows of the bounding box.", "int64"),
    "bbox_width_px": Column("Box width", "px", "Number of columns of the bounding box.", "int64"),
    "flags": Column("Flags", "", "Why the numbers may be wrong; empty when nothing is amiss.", "str"),
}

_CLASSIFIED = {
    "outline": Column("Outline", "", "Class of the outline, by the network or named by hand.", "str"),
    "solid": Column("Solid", "", "Most probable class of the solid, or the one named by hand.", "str"),
    "probability": Column("Probability", "", "Calibrated probability of the solid; none by hand."),
    "plausible": Column("Plausible", "", "Solids among which the truth is nine times out of ten.", "str"),
    "group": Column("Group", "", "Solids that one projection cannot tell apart, by their common name.", "str"),
    "known": Column("Known", "", "Whether the answer is accepted; if not, the particle counts as unknown.", "bool"),
}


_LATTICE = {
    "n_fringes": Column("Sets of planes", "", "How many sets of lattice planes the particle shows.", "int64"),
    "n_lattices": Column(
        "Lattices", "", "How many lattices these are: 0, 1, or more in twins, grains and overlaps.", "int64"
    ),
    "spacing_px": Column("Spacing", "px", "Distance of the planes that show strongest."),
    "spacing_uncertainty_px": Column("Spacing ±", "px", "Standard uncertainty of the spacing, from noise and width."),
    "spacing_nm": Column("Spacing", "nm", "Distance of the planes that show strongest."),
    "spacing_uncertainty_nm": Column(
        "Spacing ±", "nm", "Standard uncertainty of the spacing; of the scale's too where that is known."
    ),
    "fringe_direction_deg": Column(
        "Planes' normal", "°", "Angle from horizontal to the normal of these planes, counter-clockwise, 0 to 180."
    ),
    "amplitude_over_noise": Column(
        "Amplitude over noise", "", "Of these planes, in the spectrum: √(power / mean power of the noise beside it)."
    ),
    "planes": Column("Planes", "", "Indices of these planes, if the particle is the likeliest crystal.", "str"),
    "crystal": Column("Crystal", "", "All crystals that fit, the likeliest first; they cannot be told apart.", "str"),
    "zone_axis": Column("Zone axis", "", "Along the beam, of every lattice, for the likeliest crystal.", "str"),
    "why_no_lattice": Column("Why no lattice", "", "Why there is no spacing; empty if there is one.", "str"),
    "could_show_lattice": Column(
        "Could show a lattice",
        "",
        "Whether the widest planes of all metals in question would be seen whatever their direction: the particle is "
        "large enough, and the pixels are fine enough. Never without a scale.",
        "bool",
    ),
}


def nm_name(name: str) -> str:
    """Return the name of a size in nanometres: `area_px` gives `area_nm2`."""
    return name.removesuffix("_px") + ("_nm2" if name == "area_px" else "_nm")


def _every_column() -> Iterator[tuple[str, Column]]:
    """Yield each column, after each size its twin in nanometres, and last the classes and the lattices."""
    for name, column in _MEASURED.items():
        yield name, column
        if name in _SIZES:
            yield nm_name(name), replace(column, unit=column.unit.replace("px", "nm"))
    yield from _CLASSIFIED.items()
    yield from _LATTICE.items()


MEASURED_COLUMNS = tuple(_MEASURED)
"""Names of the columns that `measure_particles` returns, in order."""

SIZE_COLUMNS = tuple(_SIZES)
"""Those that `in_nm` converts; positions and boxes stay in pixels."""

CLASSIFIED_COLUMNS = tuple(_CLASSIFIED)
"""Those that `nanotem.measurement.class_columns.with_classes` adds."""

LATTICE_COLUMNS = tuple(_LATTICE)
"""Those that `nanotem.lattice.columns.with_lattices` adds; those in nm where there is a scale."""

COLUMNS: Mapping[str, Column] = MappingProxyType(dict(_every_column()))
"""Every column, in pixels and in nanometres, classes and lattices last: column help and data dictionary."""
