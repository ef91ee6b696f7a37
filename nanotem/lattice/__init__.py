"""Lattice fringes: spacings of every particle, their lattices, and the crystals that fit."""

from nanotem.lattice.indexing import Candidate, Fit, family_in_words, fits_of, together
from nanotem.lattice.known import KnownLattice, scale_from_lattice
from nanotem.lattice.lattices import lattice_members, told_apart
from nanotem.lattice.measure import Lattices, ParticleLattices, find_lattices
from nanotem.lattice.phases import METAL_SYMBOLS, PHASES, Phase, reflections
from nanotem.lattice.spectrum import Spectrum, spectrum_of
from nanotem.lattice.spots import LEAST_AMPLITUDE_OVER_NOISE, Spot, find_spots

__all__ = [
    "LEAST_AMPLITUDE_OVER_NOISE",
    "METAL_SYMBOLS",
    "PHASES",
    "Candidate",
    "Fit",
    "KnownLattice",
    "Lattices",
    "ParticleLattices",
    "Phase",
    "Spectrum",
    "Spot",
    "family_in_words",
    "find_lattices",
    "find_spots",
    "fits_of",
    "lattice_members",
    "reflections",
    "scale_from_lattice",
    "spectrum_of",
    "together",
    "told_apart",
]
