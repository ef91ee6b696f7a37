"""Crystals that metal nanoparticles are made of: their cells, with sources, and which planes scatter."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import cos, radians, sin
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Rule = Literal["fcc", "bcc", "hcp", "rock salt", "spinel", "cuprite", "corundum", "rutile", "PdO", "CuO"]
"""Which reflections a structure has (International Tables for Crystallography, volume A, reflection conditions)."""

FINEST_NM = 0.1
"""Smallest spacing that is indexed. Micrographs of uncorrected microscopes end near 0.1 nm, and every metal of the
table has two or more independent spacings above it."""

_LARGEST_INDEX = 13
"""Of the longest edge, 1.37 nm (hematite): 1.37 / 0.1 = 13.7."""


@dataclass(frozen=True)
class Phase:
    """A crystal.

    Parameters
    ----------
    name
        In plain words.
    rule
        Which reflections it has.
    source
        Where the cell is from.
    a_nm, b_nm, c_nm
        Edges of the conventional cell at room temperature.
    beta_deg, gamma_deg
        Its angles; the third is 90°.
    """

    name: str
    rule: Rule
    source: str
    a_nm: float
    b_nm: float
    c_nm: float
    beta_deg: float = 90.0
    gamma_deg: float = 90.0

    @property
    def is_metal(self) -> bool:
        """Whether it is an element, no oxide."""
        return self.rule in ("fcc", "bcc", "hcp")

    @property
    def is_cubic(self) -> bool:
        """Whether its three edges are equal and at right angles."""
        return self.a_nm == self.b_nm == self.c_nm and self.gamma_deg == 90

    @property
    def cell_nm(self) -> Floats:
        """Edges a, b and c as rows, shape (3, 3): a along x, b in the plane of x and y."""
        beta, gamma = radians(self.beta_deg), radians(self.gamma_deg)
        b = self.b_nm * np.array([cos(gamma), sin(gamma), 0])
        c = self.c_nm * np.array([cos(beta), 0, sin(beta)])
        return np.array([[self.a_nm, 0, 0], b, c])

    @property
    def reciprocal_per_nm(self) -> Floats:
        """Reciprocal axes a*, b* and c* as rows, shape (3, 3), without 2π."""
        return np.asarray(np.linalg.inv(self.cell_nm).T)


@dataclass(frozen=True, eq=False)
class Reflections:
    """Planes of a phase that scatter, both signs of each.

    Parameters
    ----------
    hkl
        Miller indices, shape (n, 3).
    vectors_per_nm
        Reciprocal vectors, shape (n, 3).
    spacings_nm
        Shape (n,), the widest first.
    reciprocal_per_nm
        Axes of the phase's reciprocal lattice as rows, shape (3, 3).
    n_families
        How many different spacings there are.
    """

    hkl: npt.NDArray[np.int64]
    vectors_per_nm: Floats
    spacings_nm: Floats
    reciprocal_per_nm: Floats
    n_families: int


def is_allowed(rule: Rule, hkl: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which reflections a structure has, shape (n,), of Miller indices of shape (n, 3).

    Examples
    --------
    >>> is_allowed("fcc", np.array([[1, 1, 1], [1, 1, 0], [2, 0, 0]])).tolist()
    [True, False, True]
    """
    h, k, m = hkl.T
    sizes = np.abs(hkl)
    if rule in ("fcc", "rock salt", "spinel"):
        faces = (h % 2 == k % 2) & (k % 2 == m % 2)
        glide = np.where((sizes == 0).any(axis=1), (h + k + m) % 4 == 0, True)
        return np.asarray(faces & glide if rule == "spinel" else faces)
    if rule == "bcc":
        return np.asarray((h + k + m) % 2 == 0)
    if rule == "hcp":
        return np.asarray(~(((h - k) % 3 == 0) & (m % 2 == 1)))
    if rule == "cuprite":
        return np.asarray(((sizes > 0).all(axis=1)) | ((h + k + m) % 2 == 0))
    if rule == "corundum":
        return np.asarray(((k - h + m) % 3 == 0) & ((h * k * (h + k) != 0) | (m % 2 == 0)))
    if rule == "rutile":
        return np.asarray(np.where((h == 0) | (k == 0), (h + k + m) % 2 == 0, True))
    if rule == "PdO":
        return np.asarray(np.where(sizes[:, 0] == sizes[:, 1], m % 2 == 0, True))
    return np.asarray(((h + k) % 2 == 0) & ((k != 0) | (m % 2 == 0)))


@cache
def reflections(symbol: str) -> Reflections:
    """Return the planes of a phase down to `FINEST_NM`.

    Parameters
    ----------
    symbol
        A key of `PHASES`.

    Examples
    --------
    >>> gold = reflections("Au")
    >>> [round(float(d), 4) for d in np.unique(gold.spacings_nm)[::-1][:3]]
    [0.2355, 0.2039, 0.1442]
    """
    phase = PHASES[symbol]
    steps = range(-_LARGEST_INDEX, _LARGEST_INDEX + 1)
    hkl = np.array([one for one in product(steps, repeat=3) if any(one)])
    hkl = hkl[is_allowed(phase.rule, hkl)]
    vectors = hkl @ phase.reciprocal_per_nm
    spacings = 1 / np.linalg.norm(vectors, axis=1)
    order = np.argsort(-spacings, kind="stable")
    kept = order[spacings[order] >= FINEST_NM]
    n_families = len(np.unique(np.round(spacings[kept], 6)))
    return Reflections(hkl[kept], vectors[kept], spacings[kept], phase.reciprocal_per_nm, n_families)


_CRC = "H. W. King in CRC Handbook of Chemistry and Physics, 97th ed. (2016), section 12"
"""Crystal structures and lattice parameters of allotropes of the elements."""

_PLATINUM_METALS = "Platinum Metals Rev. 16 (1972) 59"
"""Lattice constants at 20 °C; of Ru a, and c / a = 1.5825. They agree to 0.03 % with the cards JCPDS 06-0598 (Ir),
05-0681 (Pd), 04-0802 (Pt), 05-0685 (Rh) and 06-0663 (Ru)."""


def _cubic(name: str, rule: Rule, a_nm: float, source: str) -> Phase:
    return Phase(name, rule, source, a_nm, a_nm, a_nm)


def _tetragonal(name: str, rule: Rule, a_nm: float, c_nm: float, source: str) -> Phase:
    return Phase(name, rule, source, a_nm, a_nm, c_nm)


def _hexagonal(name: str, rule: Rule, a_nm: float, c_nm: float, source: str) -> Phase:
    return Phase(name, rule, source, a_nm, a_nm, c_nm, gamma_deg=120)


PHASES: Mapping[str, Phase] = MappingProxyType(
    {
        "Ag": _cubic("silver", "fcc", 0.40857, _CRC),
        "Au": _cubic("gold", "fcc", 0.40782, "R. W. G. Wyckoff, Crystal Structures 1 (1963) 7; COD 9008463"),
        "Cu": _cubic("copper", "fcc", 0.36146, _CRC),
        "Ir": _cubic("iridium", "fcc", 0.38392, _PLATINUM_METALS),
        "Ni": _cubic("nickel", "fcc", 0.35240, _CRC),
        "Pd": _cubic("palladium", "fcc", 0.38906, _PLATINUM_METALS),
        "Pt": _cubic("platinum", "fcc", 0.39229, _PLATINUM_METALS),
        "Rh": _cubic("rhodium", "fcc", 0.38029, _PLATINUM_METALS),
        "Ru": _hexagonal("ruthenium", "hcp", 0.27056, 0.42816, _PLATINUM_METALS),
        "Fe": _cubic("iron", "bcc", 0.28665, _CRC),
        "Co": _hexagonal("cobalt", "hcp", 0.25071, 0.40686, _CRC),
        "Co (fcc)": _cubic("cobalt, face-centred cubic", "fcc", 0.35447, "JCPDS 15-0806"),
        "Ag2O": _cubic("silver oxide", "cuprite", 0.4720, "J. Phys. Soc. Japan 15 (1960) 2018 (± 0.0004 nm)"),
        "Cu2O": _cubic("cuprite", "cuprite", 0.42696, "JCPDS 05-0667"),
        "CuO": Phase(
            *("tenorite", "CuO", "S. Åsbrink and L.-J. Norrby, Acta Cryst. B 26 (1970) 8"),
            *(0.46837, 0.34226, 0.51288, 99.54),
        ),
        "NiO": _cubic("nickel oxide", "rock salt", 0.41771, "JCPDS 47-1049"),
        "CoO": _cubic("cobalt monoxide", "rock salt", 0.42612, "JCPDS 43-1004"),
        "Co3O4": _cubic("cobalt spinel", "spinel", 0.80835, "O. Knop et al., Can. J. Chem. 46 (1968) 3463"),
        "Fe3O4": _cubic("magnetite", "spinel", 0.8396, "NBS Monograph 25, section 5 (1967) 31; JCPDS 19-0629"),
        "Fe2O3": _hexagonal("hematite", "corundum", 0.50356, 1.37489, "JCPDS 33-0664"),
        "PdO": _tetragonal("palladium oxide", "PdO", 0.3043, 0.5337, "J. Waser et al., Acta Cryst. 6 (1953) 661"),
        "RuO2": _tetragonal(
            "ruthenium oxide", "rutile", 0.44968, 0.31049, "A. A. Bolzan et al., Acta Cryst. B 53 (1997) 373"
        ),
    }
)
"""Phases by their symbols: metals first, then their common oxides."""

METAL_SYMBOLS = tuple(symbol for symbol, phase in PHASES.items() if phase.is_metal)
"""The metals of `PHASES`."""
