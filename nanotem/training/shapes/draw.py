"""How the examples of each task are drawn."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nanotem.morphology.crops import Crops
from nanotem.training.shapes.drawing import Drawing
from nanotem.training.shapes.drawn_outlines import draw_outline
from nanotem.training.shapes.drawn_solids import draw_solid

DrawCrop = Callable[[str, np.random.Generator, Drawing], Crops]
"""Draws one crop of a class."""


def _silhouette(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    return draw_solid(class_name, rng, replace(drawing, silhouette=True))


def _lying(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    return draw_solid(class_name, rng, replace(drawing, silhouette=True, ideal=True, facet_down=1.0))


DRAW_CROP: Mapping[str, DrawCrop] = MappingProxyType(
    {
        "solid": draw_solid,
        "outline": draw_outline,
        "origin-small": draw_outline,
        "silhouette": _lying,
        "origin-functional": _silhouette,
    }
)
"""By name of the task, see `nanotem.morphology.tasks.TASKS`."""
