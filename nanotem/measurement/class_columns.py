"""Classes beside sizes: names given by hand, and the class columns of the particle table."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nanotem.measurement import has_flag
from nanotem.measurement.columns import CLASSIFIED_COLUMNS

UNKNOWN = "unknown"

CUT = "cut by the frame"
"""The answer for a particle that is not seen whole: no class of what is left of it can be told."""

NOT_TOLD = (UNKNOWN, CUT)
"""Answers that are no class."""

BY_HAND = "named by hand"
"""The reason of a class that a person gave."""


def with_names(classes: pd.DataFrame, outlines: Mapping[int, str], solids: Mapping[int, str]) -> pd.DataFrame:
    """Put the classes that a person gave in the place of the network's.

    Parameters
    ----------
    classes
        Table of `nanotem.morphology.classify.class_table`.
    outlines, solids
        Names by label; labels that the table lacks are passed over.

    Returns
    -------
    DataFrame
        A new table. What a person named has no probability. A solid named by hand is known and the only plausible
        one; its `reason` is `BY_HAND`.
    """
    outline, solid = (classes["label"].map(names).astype(object) for names in (outlines, solids))
    is_named = solid.notna()
    return classes.assign(
        outline=outline.fillna(classes["outline"]).astype(str),
        outline_probability=classes["outline_probability"].mask(outline.notna(), np.nan),
        solid=solid.fillna(classes["solid"]).astype(str),
        probability=classes["probability"].mask(is_named, np.nan),
        plausible=solid.fillna(classes["plausible"]).astype(str),
        group=classes["group"].mask(is_named, ""),
        known=classes["known"] | is_named,
        reason=classes["reason"].mask(is_named, BY_HAND),
    )


def with_classes(particles: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """Add the classes to the particle table.

    Parameters
    ----------
    particles
        Table of `nanotem.measurement.measure_particles`.
    classes
        Table of `nanotem.morphology.classify.class_table` for the same particles, in any order.

    Returns
    -------
    DataFrame
        A new table with `nanotem.measurement.columns.CLASSIFIED_COLUMNS` at its end.
    """
    return particles.merge(classes[["label", *CLASSIFIED_COLUMNS]], on="label", how="left", validate="one_to_one")


def accepted(particles: pd.DataFrame, task: str) -> "pd.Series[str]":
    """Return the class that each particle counts as: its group, or `UNKNOWN`, where a solid is not `known`.

    None where it has none.

    Parameters
    ----------
    particles
        A particle table with the column `task`, and perhaps `known` and `group`.
    task
        "outline" or "solid". The table does not say whether an outline is accepted: it always counts.
    """
    if task != "solid" or "known" not in particles:
        return particles[task]
    other = particles["group"].replace("", UNKNOWN) if "group" in particles else UNKNOWN
    return particles[task].mask(particles["known"].eq(False), other)


def answers(classes: pd.DataFrame, particles: pd.DataFrame, task: str, *, least_probability: float) -> "pd.Series[str]":
    """Return the class of each particle, `UNKNOWN` where it is not accepted, `CUT` where the frame leaves only a part.

    Parameters
    ----------
    classes
        Table of `with_names`.
    particles
        The particle table, in the same order; its flags say which outlines cannot be judged.
    task
        "solid", accepted where it is `known`, else its group where it has one; or "outline", accepted unless the
        particle has too few pixels, or its outline is less probable than `least_probability`. What a person named is
        always accepted.
    least_probability
        Of an outline.
    """
    probability = classes["probability" if task == "solid" else "outline_probability"]
    if task == "solid":
        found = accepted(classes, task)
    else:
        enough = ~has_flag(particles, "few_pixels").to_numpy()
        found = classes["outline"].where(enough & (probability >= least_probability) | probability.isna(), UNKNOWN)
    return found.mask(has_flag(particles, "touches_frame").to_numpy() & probability.notna(), CUT)
