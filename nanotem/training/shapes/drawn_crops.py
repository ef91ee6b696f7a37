"""Crops of drawn particles, to learn from and to measure on."""

from collections.abc import Sequence

import numpy as np

from nanotem.morphology.crops import CROP_PX, Crops
from nanotem.morphology.tasks import task_named
from nanotem.synthetic.files import each
from nanotem.training.shapes.calibration import Classes
from nanotem.training.shapes.draw import DRAW_CROP
from nanotem.training.shapes.drawing import Drawing

_CHUNK = 100
"""Crops that a process draws at once: a second of work, so that handing them over costs little."""


def draw_crops(
    task_name: str,
    n: int,
    *,
    seed: int,
    drawing: Drawing | None = None,
    classes: Sequence[str] | None = None,
    processes: int = 1,
) -> tuple[Crops, Classes]:
    """Draw crops, all classes equally often.

    Parameters
    ----------
    task_name
        One of `nanotem.morphology.tasks.TASKS`.
    n
        How many.
    seed
        The same seed gives the same crops, whatever the number of processes.
    drawing
        How solids are drawn; the defaults if left out.
    classes
        Draw only these of the task's classes.
    processes
        How many work at once.

    Returns
    -------
    crops
        Shape (n, CROP_PX, CROP_PX, 2).
    classes
        Index into the task's classes.
    """
    task = task_named(task_name)
    drawn = [task.classes.index(name) for name in classes or task.classes]
    indices = np.resize(np.array(drawn), n)
    jobs = [(task_name, task.classes[k], (seed, i), drawing or Drawing()) for i, k in enumerate(indices)]
    crops = list(each(_draw, jobs, processes=processes, chunk=_CHUNK))
    return np.array(crops, np.float32).reshape(n, CROP_PX, CROP_PX, 2), indices


def _draw(job: tuple[str, str, tuple[int, int], Drawing]) -> Crops:
    task_name, class_name, seed, drawing = job
    return DRAW_CROP[task_name](class_name, np.random.default_rng(seed), drawing)
