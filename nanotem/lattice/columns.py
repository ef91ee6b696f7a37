"""What the particle table says of lattices."""

import numpy as np
import pandas as pd

from nanotem.lattice.measure import Lattices, ParticleLattices
from nanotem.measurement.columns import COLUMNS, LATTICE_COLUMNS

NONE_FITS = "none of the table"
"""The crystal of a particle whose lattice fits none."""


def with_lattices(particles: pd.DataFrame, lattices: Lattices) -> pd.DataFrame:
    """Add what each particle shows to the particle table.

    Parameters
    ----------
    particles
        Table of `nanotem.measurement.measure_particles`.
    lattices
        Of the same particles; one without any pixel shows nothing.

    Returns
    -------
    DataFrame
        A new table with `LATTICE_COLUMNS` at its end; without a scale those in nm are left out.
    """
    rows = [_row(lattices.particles.get(label, ParticleLattices(label)), lattices) for label in particles["label"]]
    added = pd.DataFrame(rows, columns=list(LATTICE_COLUMNS), index=particles.index)
    added = added.astype({name: COLUMNS[name].dtype for name in LATTICE_COLUMNS})
    if lattices.scale is None:
        added = added.drop(columns=[name for name in LATTICE_COLUMNS if name.endswith("_nm")])
    return pd.concat([particles, added], axis=1)


def _row(one: ParticleLattices, lattices: Lattices) -> tuple[object, ...]:
    """Return the values of `LATTICE_COLUMNS`."""
    if not one.spots:
        return 0, 0, *[np.nan] * 6, "", "", "", one.reason, one.could_show
    spot = one.spots[0]
    return (
        *(len(one.spots), one.n_lattices),
        *(spot.spacing_px, spot.spacing_uncertainty_px, *lattices.spacing_nm(spot)),
        *(spot.direction_deg, spot.amplitude_over_noise),
        *(one.planes[0] if one.planes else "", crystals_in_words(one, lattices), " and ".join(filter(None, one.zones))),
        *("", one.could_show),
    )


def crystals_in_words(one: ParticleLattices, lattices: Lattices) -> str:
    """Return the crystals that fit, joined by "or"; empty where nothing can be said."""
    if not one.spots or lattices.scale is None:
        return ""
    return " or ".join(candidate.symbol for candidate in one.candidates) or NONE_FITS
