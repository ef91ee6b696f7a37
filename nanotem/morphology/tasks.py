"""What can be learned: classes, how examples of them are drawn, and which network learns them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.errors import ParameterError
from nanotem.morphology.crops import Crops
from nanotem.morphology.drawn_outlines import OUTLINE_CLASSES, draw_outline
from nanotem.morphology.drawn_solids import Drawing, draw_solid
from nanotem.synthetic.catalogue import POLYHEDRA, SOLID_CLASSES

_ORIGIN_OUTLINES = ("circle", "triangle", "square")

DrawCrop = Callable[[str, np.random.Generator, Drawing], Crops]
"""Draws one crop of a class."""


@dataclass(frozen=True)
class Task:
    """A question that a network answers.

    Attributes
    ----------
    name
        Name of task, network and model file.
    title
        What it tells, in plain words.
    classes
        The possible answers.
    draw
        Draws one crop of a class.
    to_input
        Turns crops, shape (n, CROP_PX, CROP_PX, 2), into what the network takes.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    draw: DrawCrop
    to_input: Callable[[Crops], Crops]


def task_named(name: str) -> Task:
    """Return a task.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in TASKS:
        raise ParameterError(f"There is no model {name!r}.", f"Choose one of: {', '.join(TASKS)}.")
    return TASKS[name]


def _both_channels(crops: Crops) -> Crops:
    return crops


def _mask_only(crops: Crops) -> Crops:
    return crops[..., 1:]


def _three_channels(crops: Crops) -> Crops:
    """Return black shapes on white in three equal channels, 0 to 1."""
    return np.repeat(1 - crops[..., 1:], 3, axis=-1)


def _large_picture(crops: Crops) -> Crops:
    """Return black silhouettes on white, 256 x 256, 0 to 1."""
    enlarged = [cv2.resize(1 - crop[..., 1], (256, 256), interpolation=cv2.INTER_LINEAR) for crop in crops]
    return np.array(enlarged, np.float32).reshape(len(crops), 256, 256, 1)


def _outline(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    return draw_outline(class_name, rng)


def _silhouette(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    return draw_solid(class_name, rng, replace(drawing, silhouette=True))


def _lying(class_name: str, rng: np.random.Generator, drawing: Drawing) -> Crops:
    return draw_solid(class_name, rng, replace(drawing, silhouette=True, ideal=True, facet_down=1.0))


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.name: task
        for task in (
            Task("solid", "Solid, from the grey levels and the outline", SOLID_CLASSES, draw_solid, _both_channels),
            Task("outline", "Outline, from the mask", OUTLINE_CLASSES, _outline, _mask_only),
            Task("origin-small", "The origin's first network", _ORIGIN_OUTLINES, _outline, _three_channels),
            Task("silhouette", "Solid lying on a facet, from its silhouette alone", POLYHEDRA, _lying, _mask_only),
            Task("origin-functional", "The origin's second network", POLYHEDRA, _silhouette, _large_picture),
        )
    }
)
