"""Outline and solid of every particle, with how sure that is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nanotem.measurement import has_flag
from nanotem.micrograph import Labels, Pixels
from nanotem.morphology.card import ModelCard
from nanotem.morphology.classes import POLYHEDRA
from nanotem.morphology.classifier import Classifier, ClassPrediction
from nanotem.morphology.crops import crop_particles
from nanotem.morphology.hierarchy import possible_solids
from nanotem.morphology.outline_geometry import outlines_by_geometry
from nanotem.morphology.params import ClassifyParams

CLASS_COLUMNS = (
    "label",
    "outline",
    "outline_probability",
    "outline_by_geometry",
    "solid",
    "probability",
    "plausible",
    "known",
    "reason",
)
"""Columns of a table of classes; see `class_table`."""

_UNUSABLE = {"touches_frame": "cut by the frame", "few_pixels": "too few pixels"}


def classify_particles(
    pixels: Pixels,
    labels: Labels,
    particles: pd.DataFrame,
    outline: Classifier,
    solid: Classifier,
    params: ClassifyParams | None = None,
) -> pd.DataFrame:
    """Say what outline and what solid every particle of a table has.

    Parameters
    ----------
    pixels, labels
        The micrograph, not preprocessed, and its labels.
    particles
        Table of `nanotem.measurement.measure_particles`.
    outline, solid
        The two models.
    params
        The defaults if left out.

    Returns
    -------
    DataFrame
        See `class_table`.
    """
    crops = crop_particles(pixels, labels, particles["label"].to_numpy())
    return class_table(
        particles, outlines_by_geometry(crops), outline.predict(crops), solid.predict(crops), solid.card, params
    )


def class_table(
    particles: pd.DataFrame,
    geometry: Sequence[str],
    outline: ClassPrediction,
    solid: ClassPrediction,
    card: ModelCard,
    params: ClassifyParams | None = None,
) -> pd.DataFrame:
    """Combine what outline and grey levels say.

    Parameters
    ----------
    particles
        One row per particle, for its flags.
    geometry
        Outline of each by `nanotem.morphology.outline_geometry`.
    outline, solid
        What the models say of the same particles, in the same order.
    card
        Of the model of solids.
    params
        The defaults if left out.

    Returns
    -------
    DataFrame
        One row per particle: `label`; `outline` and its probability by the network, `outline_by_geometry` by plain
        geometry; `solid`, the most probable one, with its `probability` among the solids that can have the outline;
        `plausible`, the solids among which the truth is as often as the card says, joined by "or"; `known`, whether
        the answer is accepted, and else the `reason`.
    """
    params = params or ClassifyParams()
    asked = np.array([params.question == "all" or name in POLYHEDRA for name in solid.classes])
    possible = (
        _possible(outline, geometry, solid.classes, card) if params.use_outline else np.ones_like(solid.plausible)
    )
    chances = np.where(possible, solid.probabilities, 0.0)
    supported = chances.sum(axis=1, keepdims=True)
    chances = np.divide(chances, supported, out=solid.probabilities.copy(), where=supported > 0)
    best, probability = chances.argmax(axis=1), chances.max(axis=1)
    reasons = _reasons(
        {
            **{text: has_flag(particles, flag).to_numpy() for flag, text in _UNUSABLE.items()},
            "looks like none of the solids": np.array(solid.classes, object)[best] == "other",
            "not one of the solids asked for": ~asked[best],
            "its outline does not fit": supported[:, 0] < 0.5,
            "not sure enough": probability < params.least_probability,
            "unfamiliar": params.refuse_unfamiliar & (solid.distances > card.largest_distance),
        },
        len(particles),
    )
    both = solid.plausible & possible
    plausible = np.where(both.any(axis=1, keepdims=True), both, solid.plausible)
    return pd.DataFrame(
        {
            "label": particles["label"].to_numpy(),
            "outline": _names(outline.classes, outline.probabilities),
            "outline_probability": outline.probabilities.max(axis=1),
            "outline_by_geometry": pd.Series(geometry, dtype=str),
            "solid": _names(solid.classes, chances),
            "probability": probability,
            "plausible": pd.Series(
                [_joined(solid.classes, *row) for row in zip(plausible, chances, strict=True)], dtype=str
            ),
            "known": reasons == "",
            "reason": reasons,
        }
    )


def _possible(
    outline: ClassPrediction, geometry: Sequence[str], solids: Sequence[str], card: ModelCard
) -> npt.NDArray[np.bool_]:
    """Return which solids can have the outline that network or geometry see, shape (particles, solids)."""
    rows = []
    for plausible, measured in zip(outline.plausible, geometry, strict=True):
        seen = {name for name, is_plausible in zip(outline.classes, plausible, strict=True) if is_plausible} | {
            measured
        }
        possible = possible_solids(card.outlines, seen)
        rows.append([name in possible for name in solids])
    return np.array(rows, bool).reshape(len(geometry), len(solids))


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
