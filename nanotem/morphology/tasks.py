"""What a network can be asked about a particle: the possible answers, and what it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.errors import ParameterError
from nanotem.morphology.classes import OUTLINE_CLASSES, POLYHEDRA, SOLID_CLASSES
from nanotem.morphology.crops import Crops

_ORIGIN_OUTLINES = ("circle", "triangle", "square")


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
    to_input
        Turns crops, shape (n, CROP_PX, CROP_PX, 2), into what the network takes.
    """

    name: str
    title: str
    classes: tuple[str, ...]
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


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        task.name: task
        for task in (
            Task("solid", "Solid, from the grey levels and the outline", SOLID_CLASSES, _both_channels),
            Task("outline", "Outline, where the grey levels show it", OUTLINE_CLASSES, _mask_only),
            Task("origin-small", "The origin's first network", _ORIGIN_OUTLINES, _three_channels),
            Task("silhouette", "Solid lying on a facet, from its silhouette alone", POLYHEDRA, _mask_only),
            Task("origin-functional", "The origin's second network", POLYHEDRA, _large_picture),
        )
    }
)
