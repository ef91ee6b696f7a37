"""Outline and solid of every particle, with how sure that is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.measurement import has_flag
from nanotem.morphology.classes import POLYHEDRA, SOLID_GROUPS
from nanotem.morphology.classifier import ClassPrediction
from nanotem.morphology.evidence import ShapeEvidence
from nanotem.morphology.params import ClassifyParams

_DOUBTFUL = "not sure enough"
_UNUSABLE = {"touches_frame": "cut by the frame", "few_pixels": "too few pixels"}


def class_table(
    particles: pd.DataFrame, seen: ShapeEvidence, largest_distance: float, params: ClassifyParams | None = None
) -> pd.DataFrame:
    """Turn what is seen of particles into one answer each.

    Parameters
    ----------
    particles
        One row per particle, for its flags.
    seen
        What networks and geometry see of the same particles, in the same order.
    largest_distance
        Beyond it a particle looks unfamiliar, as the card of the model of solids says.
    params
        The defaults if left out.

    Returns
    -------
    DataFrame
        One row per particle: `label`; `outline` with its probability, the others of the image allowed for, and
        `outline_by_geometry` by plain geometry; `solid`, the most probable one, with its `probability`; `plausible`,
        the solids among which the truth is as often as the card says, joined by "or"; `group`, the name of the solids
        that are sure enough only together, one of `nanotem.morphology.classes.SOLID_GROUPS`, empty for none; `known`,
        whether the solid is accepted, and else the `reason`.
    """
    params = params or ClassifyParams()
    outline, solid = seen.outline_among_others, seen.solid if params.use_outline else seen.solid_alone
    chances = solid.probabilities
    asked = np.array([params.question == "all" or name in POLYHEDRA for name in solid.classes])
    best, probability = chances.argmax(axis=1), chances.max(axis=1, initial=0)
    irregular = outline.probabilities[:, outline.classes.index("irregular")]
    even = 0.5  # likelier than all others together
    reasons = _reasons(
        {
            **{text: has_flag(particles, flag).to_numpy() for flag, text in _UNUSABLE.items()},
            "looks like none of the solids": np.array(solid.classes, object)[best] == "other",
            "its outline is irregular": params.use_outline & (irregular > even),
            "not one of the solids asked for": ~asked[best],
            _DOUBTFUL: probability < params.least_probability,
            "its outline is not one that this solid shows": params.use_outline & (seen.fitting < even),
            "most in the image that look like this solid have outlines that it does not show": params.use_outline
            & (seen.kind_fitting < even),
            "unfamiliar": params.refuse_unfamiliar & (solid.distances > largest_distance),
        },
        len(particles),
    )
    groups = _groups(solid, params.least_probability).where(reasons == _DOUBTFUL, "")
    told = reasons.mask(groups != "", groups.map(lambda name: f"{name}: one projection does not tell which solid"))
    return pd.DataFrame(
        {
            "label": particles["label"].to_numpy(),
            "outline": _names(outline.classes, outline.probabilities),
            "outline_probability": outline.probabilities.max(axis=1, initial=0),
            "outline_by_geometry": pd.Series(seen.geometry, dtype=str),
            "solid": _names(solid.classes, chances),
            "probability": probability,
            "plausible": pd.Series(
                [_joined(solid.classes, *row) for row in zip(solid.plausible, chances, strict=True)], dtype=str
            ),
            "group": groups,
            "known": reasons == "",
            "reason": told,
        }
    )


def _groups(solid: ClassPrediction, least_probability: float) -> "pd.Series[str]":
    """Return the smallest group of solids that is sure enough for each particle; empty where none is."""
    names = np.full(len(solid.probabilities), "", object)
    for name, members in sorted(SOLID_GROUPS.items(), key=lambda item: -len(item[1])):
        together = solid.probabilities[:, [solid.classes.index(member) for member in members]].sum(axis=1)
        names[together >= least_probability] = name
    return pd.Series(names, dtype=str)


def _reasons(tests: dict[str, npt.NDArray[np.bool_]], n: int) -> "pd.Series[str]":
    """Return the first reason that holds for each particle; empty where none does."""
    reasons = np.full(n, "", object)
    for text, holds in reversed(tests.items()):
        reasons[holds] = text
    return pd.Series(reasons, dtype=str)


def _names(classes: Sequence[str], probabilities: npt.NDArray[np.float64]) -> "pd.Series[str]":
    return pd.Series([classes[k] for k in probabilities.argmax(axis=1)], dtype=str)


def _joined(classes: Sequence[str], plausible: npt.NDArray[np.bool_], chances: npt.NDArray[np.float64]) -> str:
    """Return the names of the plausible classes, the most likely first."""
    return " or ".join(classes[k] for k in np.argsort(-chances) if plausible[k])
