"""Places for particles on a support: apart, in contact, rarely one over the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from nanotem.synthetic.outline import Outline, Points, box_outline
from nanotem.synthetic.particle import Particle
from nanotem.synthetic.scale_bar import Box

_TRIES = 200
_GAP_PX = 3.0
_CONTACT_PX = -0.5
"""Two particles in contact with the same third one may overlap by half a pixel."""
_DEPTHS = (0.1, 0.5)
"""How far an overlapping particle lies over another one, as a share of its width."""


def scatter(
    particles: Iterable[Particle],
    *,
    shape: tuple[int, int],
    keep_out: Box,
    rng: np.random.Generator,
    around: Sequence[Particle] = (),
    touching: float = 0.0,
    overlapping: float = 0.0,
) -> list[Particle]:
    """Place particles one after the other; one that finds no room in 200 tries is left out.

    Parameters
    ----------
    particles
        What to place; a given centre is ignored.
    shape
        Rows and columns of the image. Centres lie inside, so some outlines are cut by the frame.
    keep_out
        (top, left, bottom, right) in px that stays free, for the scale bar; nothing if it is empty.
    rng
        Source of all chance.
    around
        Particles already there; if given, contacts are made with these only.
    touching
        Share that is put in contact with another particle, side to side: they are turned for it around the beam. Above
        0.7 clusters grow.
    overlapping
        Share that lies partly over another particle.

    Returns
    -------
    list of Particle
        `around`, then the newly placed.
    """
    crowd = _Crowd(_outline_of(keep_out))
    for one in around:
        crowd.add(one, one.outline_px.moved(one.row, one.column))
    for one in particles:
        meeting = rng.random()
        depth = rng.uniform(*_DEPTHS) * one.outline_px.width if meeting < overlapping else 0.0
        n_hosts = len(around) or len(crowd.placed)
        makes_contact = n_hosts > 0 and meeting < overlapping + touching
        for _ in range(_TRIES):
            if makes_contact:
                trial, outline = crowd.beside(int(rng.integers(n_hosts)), one, depth, rng)
            else:
                row, column = rng.random(2) * shape
                trial, outline = one.at(row, column), one.outline_px.moved(row, column)
            gap_px = _CONTACT_PX - depth if makes_contact else _GAP_PX
            inside = 0 <= trial.row < shape[0] and 0 <= trial.column < shape[1]
            if inside and crowd.has_room(outline, gap_px):
                crowd.add(trial, outline)
                break
    return crowd.placed


@dataclass
class _Crowd:
    """Particles with their outlines in place."""

    keep_out: Outline | None
    placed: list[Particle] = field(default_factory=list)
    outlines: list[Outline] = field(default_factory=list)
    circles: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    """Row, column and radius of a circle around each outline: most of them are ruled out by it."""

    def add(self, particle: Particle, outline: Outline) -> None:
        self.placed.append(particle)
        self.outlines.append(outline)
        self.circles = np.vstack([self.circles, _circle(outline)])

    def beside(self, host: int, guest: Particle, depth_px: float, rng: np.random.Generator) -> tuple[Particle, Outline]:
        """Return `guest`, in contact with a host or over it by a depth, and its outline."""
        turn_rad, shift, outward = self.outlines[host].contact_with(guest.outline_px, rng, aligned=not depth_px)
        row, column = shift - depth_px * outward
        return guest.turned(turn_rad).at(row, column), guest.outline_px.turned(turn_rad).moved(row, column)

    def has_room(self, outline: Outline, gap_px: float) -> bool:
        """Whether an outline keeps a gap to all particles, and is outside the box that stays free."""
        row, column, radius = _circle(outline)
        rows, columns, radii = self.circles.T
        gaps = np.hypot(rows - row, columns - column) - radii - radius
        nearest_first = np.argsort(gaps)[: np.count_nonzero(gaps < gap_px)]
        if any(outline.gap_to(self.outlines[k]) < gap_px for k in nearest_first):
            return False
        return self.keep_out is None or outline.gap_to(self.keep_out) >= _GAP_PX


def _outline_of(box: Box) -> Outline | None:
    """Return the outline of a box, None of an empty one."""
    top, left, bottom, right = box
    return box_outline(top, left, bottom, right) if top < bottom and left < right else None


def _circle(outline: Outline) -> tuple[float, float, float]:
    middle: Points = outline.corners.mean(axis=0)
    return middle[0], middle[1], float(np.hypot(*(outline.corners - middle).T).max())
