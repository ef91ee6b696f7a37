"""Places for solids on a support: apart, in contact, rarely one over the other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import cos, pi, sin

import numpy as np

from nanotem.synthetic.scale_bar import Box
from nanotem.synthetic.solids import Spherocylinder

_TRIES = 400
_GAP_PX = 3.0


def scatter(
    solids: Iterable[Spherocylinder],
    *,
    shape: tuple[int, int],
    keep_out: Box,
    rng: np.random.Generator,
    around: Sequence[Spherocylinder] = (),
    touching: float = 0.0,
    crossing: float = 0.0,
) -> list[Spherocylinder]:
    """Place solids one after the other; one that finds no room in 400 tries is left out.

    Parameters
    ----------
    solids
        What to place; a given centre is ignored.
    shape
        Rows and columns of the image. Centres lie inside, so some outlines are cut by the frame.
    keep_out
        (top, left, bottom, right) in px that stays free, for the scale bar.
    rng
        Source of all chance.
    around
        Solids already there; if given, contacts are made with these only.
    touching
        Share that is put in contact with another solid; rods lie side by side.
    crossing
        Share that may lie over others.

    Returns
    -------
    list of Spherocylinder
        `around`, then the newly placed.
    """
    placed = list(around)
    hosts = around or placed
    for solid in solids:
        may_cross = rng.random() < crossing
        makes_contact = bool(hosts) and rng.random() < touching
        for _ in range(_TRIES):
            if makes_contact:
                trial = _beside(hosts[int(rng.integers(len(hosts)))], solid, rng)
            else:
                row, column = rng.random(2) * shape
                trial = replace(solid, row=row, column=column)
            gap_px = -0.5 if makes_contact else _GAP_PX
            inside = 0 <= trial.row < shape[0] and 0 <= trial.column < shape[1]
            if inside and not _meets(trial, keep_out) and (may_cross or _is_free(trial, placed, gap_px)):
                placed.append(trial)
                break
    return placed


def _beside(neighbour: Spherocylinder, solid: Spherocylinder, rng: np.random.Generator) -> Spherocylinder:
    """Return `solid` in contact with `neighbour`: anywhere around a sphere, along the side of a rod."""
    distance = (neighbour.width_px + solid.width_px) / 2
    if neighbour.class_name == "sphere":
        normal, shift, angle = rng.uniform(0, 2 * pi), 0.0, solid.angle_rad
    else:
        normal = neighbour.angle_rad + rng.choice([-1, 1]) * pi / 2
        shift = rng.uniform(-0.3, 0.3) * neighbour.length_px
        angle = neighbour.angle_rad + rng.normal(0, 0.03)
    row = neighbour.row + distance * sin(normal) + shift * sin(neighbour.angle_rad)
    column = neighbour.column + distance * cos(normal) + shift * cos(neighbour.angle_rad)
    return replace(solid, row=row, column=column, angle_rad=angle)


def _is_free(solid: Spherocylinder, placed: Sequence[Spherocylinder], gap_px: float) -> bool:
    return all(_clearance_px(solid, other) >= gap_px for other in placed)


def _clearance_px(a: Spherocylinder, b: Spherocylinder) -> float:
    """Return the width of the gap between two outlines, negative where they overlap."""
    between_centres = float(np.hypot(a.row - b.row, a.column - b.column))
    apart = between_centres - a.reach_px - b.reach_px
    if apart > _GAP_PX:
        return apart
    between_axes = np.linalg.norm(a.axis()[:, None] - b.axis()[None], axis=2).min()
    return float(between_axes) - (a.width_px + b.width_px) / 2


def _meets(solid: Spherocylinder, box: Box) -> bool:
    top, left, bottom, right = box
    down = max(top - solid.row, solid.row - bottom, 0.0)
    across = max(left - solid.column, solid.column - right, 0.0)
    return float(np.hypot(down, across)) < solid.reach_px
