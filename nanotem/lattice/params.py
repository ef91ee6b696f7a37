"""Parameters of the lattices."""

from dataclasses import dataclass
from typing import Literal, get_args

from nanotem.lattice.phases import METAL_SYMBOLS, PHASES
from nanotem.parameters import Parameters, knob

Crystals = Literal["all", "metals", "Ag", "Au", "Cu", "Ir", "Ni", "Pd", "Pt", "Rh", "Ru", "Fe", "Co"]
"""All of the table, its metals, or an element with its oxides; cobalt, which has two structures, comes once."""

_TITLES = {"all": "All of the table", "metals": "Metals"}


@dataclass(frozen=True)
class LatticeParams(Parameters):
    """Say what crystal each particle is."""

    crystals: Crystals = knob(
        "all",
        "Crystals that come into question",
        "The fewer, the surer. Of a metal its oxides are compared too; what fits none of them is said to fit none.",
        choices={one: _TITLES.get(one) or f"{PHASES[one].name.capitalize()} ({one})" for one in get_args(Crystals)},
    )

    in_batches: bool = knob(
        False,
        "Look for fringes in batches too",
        "The tables of a study then say what each particle shows. It takes up to ten seconds more for a large image.",
    )

    @property
    def phases(self) -> tuple[str, ...]:
        """Keys of `nanotem.lattice.PHASES` that come into question.

        Examples
        --------
        >>> LatticeParams("Cu").phases
        ('Cu', 'Cu2O', 'CuO')
        """
        if self.crystals == "all":
            return tuple(PHASES)
        if self.crystals == "metals":
            return METAL_SYMBOLS
        return tuple(symbol for symbol in PHASES if symbol.startswith(self.crystals))

    @property
    def named(self) -> str | None:
        """The element that the particles are said to be, a key of `nanotem.lattice.PHASES`; None if it may be several.

        Examples
        --------
        >>> LatticeParams("Cu").named, LatticeParams("metals").named
        ('Cu', None)
        """
        return self.crystals if self.crystals in PHASES else None
