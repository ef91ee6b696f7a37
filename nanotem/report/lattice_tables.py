"""What a report says of lattice fringes."""

import numpy as np
import pandas as pd

from nanotem.lattice import Lattices, ParticleLattices
from nanotem.lattice.spectrum import LEAST_PERIODS, LEAST_SPACING_PX
from nanotem.percent import in_percent, share_in_words
from nanotem.report.words import rows_by
from nanotem.statistics import Estimate


def lattice_headline(lattices: Lattices) -> str:
    """Say how many particles show a lattice, and how many of these more than one."""
    seen = [one for one in lattices.particles.values() if one.spots]
    several = sum(one.n_lattices > 1 for one in seen)
    share = f" ({in_percent(lattices.share)})" if lattices.particles else ""
    return f"Particles with a lattice: {len(seen)} of {len(lattices.particles)}{share}; with more than one: {several}."


def spacing_table(lattices: Lattices) -> pd.DataFrame:
    """Return how often each set of planes is the strongest of a particle, and its spacings.

    Returns
    -------
    DataFrame
        Columns "Crystals that fit", "Strongest planes" (by the likeliest of them), "Particles", and median, smallest
        and largest spacing in words; the most frequent first.
    """
    unit = "nm" if lattices.scale else "px"
    rows = [
        (*_named(one), lattices.spacing_nm(one.spots[0])[0] if lattices.scale else one.spots[0].spacing_px)
        for one in lattices.particles.values()
        if one.spots
    ]
    names = ["Crystals that fit", "Strongest planes"]
    table = pd.DataFrame(rows, columns=[*names, "spacing"]).astype({"spacing": float})
    found = table.groupby(names, sort=False)["spacing"].agg(["size", "median", "min", "max"]).reset_index()
    found = found.sort_values("size", ascending=False, kind="stable")
    digits = 4 if unit == "nm" else 2
    words = {
        f"{title} spacing ({unit})": [f"{value:.{digits}f}" for value in found[name].to_numpy(np.float64)]
        for title, name in (("Median", "median"), ("Smallest", "min"), ("Largest", "max"))
    }
    return found[names].assign(Particles=found["size"], **words).reset_index(drop=True)


def _named(one: ParticleLattices) -> tuple[str, str]:
    """Return the crystals that fit a particle, and its strongest planes."""
    return " or ".join(two.symbol for two in one.candidates) or "–", one.planes[0] if one.planes else "–"


def fringes_by(fringes: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return how many particles show fringes, in words, one row per sample or per image.

    Parameters
    ----------
    fringes
        Of `nanotem.study.fringes_table`.
    of
        "sample", or "image".
    """
    rows, whose = rows_by(fringes, of)
    shares, spacings = (
        rows[[name, f"{name}_low", f"{name}_high"]].itertuples(index=False) for name in ("share", "spacing_nm")
    )
    return pd.DataFrame(
        {
            **whose,
            "Whole particles": rows["n_whole"],
            "Could show a lattice": rows["n_particles"],
            "Show fringes": rows["n_with_fringes"],
            "Share with fringes": [share_in_words(*row) for row in shares],
            "Median spacing (nm)": [Estimate(*row).in_words() for row in spacings],
        }
    )


FRINGES = (
    "Share of the whole particles that could show a lattice, with 95 % intervals: the widest planes of every metal in "
    f"question have {LEAST_PERIODS:g} periods in them in every direction, and {LEAST_SPACING_PX:g} px per period. Of "
    "the others, and without a scale, nothing is known. No fringes are no proof of an amorphous particle: most "
    "crystals lie so that no planes show, or out of focus. Spacing: median of the planes that show strongest in each "
    "particle. Intervals are over the images of a sample, and over the particles of an image; they do not hold what "
    "all images share, such as the error of the scale."
)
"""What `fringes_by` shows."""
