"""Dispersion and specific surface of a metal from its surface-weighted mean: a model of full, smooth particles.

A particle of volume V and surface S has S n_s atoms at its surface among V / v_atom, so that the dispersion is
D = 6 n_s v_atom / d_VA (G. Bergeret and P. Gallezot, Handbook of Heterogeneous Catalysis, 2nd ed. (2008), 738). The
specific surface is 6 / (ρ d_VA).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from nanotem.errors import ParameterError
from nanotem.lattice.phases import PHASES
from nanotem.statistics.estimate import Estimate, table_of

MetalName = Literal["Ag", "Au", "Cu", "Ir", "Ni", "Pd", "Pt", "Rh", "Ru"]

AVOGADRO_PER_MOL = 6.02214076e23
"""Exact by definition of the mole (SI, 2019)."""

_ATOMS_OF_FCC_CELL = 4
_SURFACE_DENSITY_OF_FCC = (4 / np.sqrt(3) + 2 + np.sqrt(2)) / 3
"""Atoms per a² of equal shares of (111), (100) and (110), the usual convention: 1.25e19 m⁻² for Pt, 1.27e19 for Pd."""

EXACT_FROM_NM = 3.0
"""Smaller particles have edges and corners, which a smooth sphere lacks: against cuboctahedra of closed shells of Pt
the model is 4 % high at a D[3,2] of 3.1 nm, 6 % at 2.7 nm, 14 % at 1.9 nm and 23 % at 1.5 nm."""


@dataclass(frozen=True)
class Metal:
    """What the model needs to know of a metal.

    Parameters
    ----------
    name
        In plain words.
    molar_mass_g
        Standard atomic weight in g/mol, IUPAC 2021.
    atoms_per_nm3
        Of the bulk crystal.
    surface_atoms_per_nm2
        Of a surface with equal shares of its low-index planes.
    source
        Where the figures are from.
    """

    name: str
    molar_mass_g: float
    atoms_per_nm3: float
    surface_atoms_per_nm2: float
    source: str

    @property
    def density_g_per_cm3(self) -> float:
        """Of the bulk crystal."""
        return self.molar_mass_g * self.atoms_per_nm3 / AVOGADRO_PER_MOL * 1e21


@dataclass(frozen=True)
class MetalSurface:
    """Dispersion and specific surface of a metal's particles.

    Parameters
    ----------
    metal
        A key of `METALS`.
    dispersion
        Share of the atoms that lie at the surface.
    specific_surface_m2_per_g
        Surface of a gram of the metal, support not counted.
    note
        That it is a model, and what it leaves out.
    """

    metal: MetalName
    dispersion: Estimate
    specific_surface_m2_per_g: Estimate
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Return quantity, value, low, high, unit, definition."""
        return table_of(
            [
                (
                    "Dispersion",
                    self.dispersion,
                    "",
                    "Share of the atoms that lie at the surface, from D[3,2] of the diameters.",
                ),
                (
                    "Specific surface",
                    self.specific_surface_m2_per_g,
                    "m²/g",
                    "6 / (density × D[3,2] of the diameters).",
                ),
            ]
        )


def _fcc(symbol: MetalName, molar_mass_g: float) -> Metal:
    name, lattice_nm = PHASES[symbol].name, PHASES[symbol].a_nm
    source = f"face-centred cubic, a = {lattice_nm} nm ({PHASES[symbol].source})"
    per_cell = _ATOMS_OF_FCC_CELL / lattice_nm**3
    return Metal(name, molar_mass_g, per_cell, float(_SURFACE_DENSITY_OF_FCC / lattice_nm**2), source)


METALS: Mapping[MetalName, Metal] = MappingProxyType(
    {
        "Ag": _fcc("Ag", 107.868),
        "Au": _fcc("Au", 196.967),
        "Cu": _fcc("Cu", 63.546),
        "Ir": _fcc("Ir", 192.217),
        "Ni": _fcc("Ni", 58.693),
        "Pd": _fcc("Pd", 106.42),
        "Pt": _fcc("Pt", 195.084),
        "Rh": _fcc("Rh", 102.906),
        "Ru": Metal(
            "ruthenium",
            101.07,
            73.66,
            16.3,
            "hexagonal, a = 0.27058 nm, c = 0.42816 nm (CRC Handbook); surface atoms: J. R. Anderson, Structure of "
            "Metallic Catalysts (1975)",
        ),
    }
)
"""Metals by their symbols."""


def metal_surface(surface_mean: Estimate, metal: MetalName, *, nm_per_unit: float = 1.0) -> MetalSurface:
    """Return dispersion and specific surface from the surface-weighted mean D[3,2].

    Parameters
    ----------
    surface_mean
        D[3,2] with its interval, from `weighted_quantities` by area.
    metal
        A key of `METALS`.
    nm_per_unit
        2 where the sizes are radii.

    Returns
    -------
    MetalSurface
        NaN for a dispersion above 1: the particles are too small for the model.

    Raises
    ------
    ParameterError
        If there is no such metal.

    Examples
    --------
    >>> found = metal_surface(Estimate(3.0, 2.8, 3.2), "Pt")
    >>> found.dispersion.in_words(), found.specific_surface_m2_per_g.in_words("m²/g")
    ('0.374 (0.351 to 0.401)', '93.2 m²/g (87.4 to 99.8)')
    """
    if metal not in METALS:
        raise ParameterError(f"There is no metal {metal!r} in the table.", f"Use one of {', '.join(METALS)}.")
    of = METALS[metal]
    diameter = np.array([surface_mean.value, surface_mean.high, surface_mean.low]) * nm_per_unit
    share = 6 * of.surface_atoms_per_nm2 / of.atoms_per_nm3 / diameter
    area = 6000 / of.density_g_per_cm3 / diameter
    note = (
        f"A model: full, smooth spheres of bulk {of.name}, all of their surface free, with equal shares of the "
        "low-index planes. Contact with the support and with neighbours takes surface away."
    )
    if share[0] > 1:
        share[:] = np.nan
        note = f"{diameter[0]:.2g} nm is too small for the model, which puts more atoms at the surface than there are."
    elif diameter[0] < EXACT_FROM_NM:
        note += f" Below {EXACT_FROM_NM:g} nm edges and corners make it 5 to 25 % too high."
    return MetalSurface(metal, Estimate(*map(float, np.minimum(share, 1.0))), Estimate(*map(float, area)), note)
