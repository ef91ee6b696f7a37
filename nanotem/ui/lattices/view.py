"""The lattices of the image at hand, as the parts of their page share them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from nanotem.analysis import Analysis
from nanotem.figures.lattices import crystal_colour
from nanotem.labels import Window
from nanotem.lattice import Lattices, ParticleLattices, Spot
from nanotem.micrograph import Mask, Pixels

NO_LATTICE, NOT_INDEXED, NONE_FITS = "no lattice", "not indexed", "none fits"

_SEVERAL = ", several fit"
"""After the likeliest of several crystals."""


@dataclass(frozen=True, eq=False)
class View:
    """What the page shows.

    Attributes
    ----------
    analysis
        The analysis at hand.
    """

    analysis: Analysis

    @property
    def lattices(self) -> Lattices:
        """What all particles show."""
        return self.analysis.lattices

    @property
    def particles(self) -> pd.DataFrame:
        """One row per particle, with the columns of lattices."""
        return self.analysis.particles

    @property
    def unit(self) -> str:
        """Of spacings."""
        return "nm" if self.lattices.scale else "px"

    @property
    def chosen_key(self) -> str:
        """Where the label of the chosen particle is kept."""
        return f"lattices.chosen.{self.analysis.micrograph.id}"

    @property
    def chosen(self) -> ParticleLattices | None:
        """The chosen particle; before a choice the one that shows most, None if none shows anything."""
        found = self.lattices.particles
        label = st.session_state.get(self.chosen_key)
        if label is not None and label in found:
            return found[label]
        seen = [one for one in found.values() if one.spots]
        return max(seen, key=lambda one: one.spots[0].amplitude_over_noise, default=None)

    def answer(self, one: ParticleLattices) -> str:
        """Return in a word what a particle is: its crystal, the likeliest of several that fit, or why there is none."""
        if not one.spots:
            return NO_LATTICE
        if self.lattices.scale is None:
            return NOT_INDEXED
        if not one.candidates:
            return NONE_FITS
        return one.candidates[0].symbol + (_SEVERAL if len(one.candidates) > 1 else "")

    @staticmethod
    def colour(answer: str) -> str:
        """Return the colour of an answer: that of its crystal."""
        return crystal_colour(answer.removesuffix(_SEVERAL))

    def cropped(self, label: int) -> tuple[Pixels, Mask]:
        """Return the part of the micrograph around a particle, and where the particle is in it."""
        labels = self.analysis.labels
        rows, columns = np.nonzero(labels == label)
        window: Window = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        return self.analysis.micrograph.pixels[window], labels[window] == label

    def spacing(self, spot: Spot) -> tuple[float, float]:
        """Return a spacing and its standard uncertainty, in `unit`."""
        in_px = spot.spacing_px, spot.spacing_uncertainty_px
        return self.lattices.spacing_nm(spot) if self.lattices.scale else in_px

    def spacing_in_words(self, spot: Spot) -> str:
        """Return a spacing with its uncertainty, in words."""
        value, uncertainty = self.spacing(spot)
        digits = max(1 - int(np.floor(np.log10(max(uncertainty, 1e-6)))), 0)
        return f"{value:.{digits}f} ± {uncertainty:.{digits}f} {self.unit}"
