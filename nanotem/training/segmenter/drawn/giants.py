"""Frames that a few large particles fill, with a surface of their own on a ground that is not empty either."""

from math import pi

import numpy as np
import numpy.typing as npt

from nanotem.synthetic.support import draw_relief
from nanotem.training.segmenter.drawn.exposure import Drawn, on_surface, transmitted
from nanotem.training.segmenter.drawn.pieces import Corners, Piece, Profile, bar, ellipse, regular, rounded, worn
from nanotem.training.segmenter.drawn.placing import beside
from nanotem.training.segmenter.drawn.sheet import Pattern, Sheet, waves

_SIDE_PX = 320
_MOST = 7
_SUPPORTS = ("plain", "plain", "edge", "wrinkles", "holes")


def giants(rng: np.random.Generator) -> Drawn:
    """Draw one to six particles a sixth to nine tenths as wide as the frame, some cut by it, in contact or apart.

    Published frames often show no more than these. At the size at which particles are shown to the network such a
    frame is hardly larger than one of them, and its ground, dirt and their own surface are finer than in any crowd.
    """
    size = _SIDE_PX * float(np.exp(rng.uniform(np.log(0.16), np.log(0.9))))
    lies_on_surface = rng.random() < 0.5
    sheet = Sheet(_SIDE_PX, adds=not lies_on_surface)
    spread, touching, shape = rng.uniform(0.02, 0.3), rng.random() < 0.5, int(rng.integers(4))
    profiles: tuple[Profile, ...] = ("dome", "flat", "roof")
    profile = profiles[int(rng.integers(3))]
    discs: list[tuple[float, float, float]] = []
    for _ in range(int(rng.integers(1, _MOST))):
        diameter = size * rng.lognormal(0, spread)
        row, column = rng.uniform(0, _SIDE_PX, 2)
        if discs and touching:
            row, column = beside(discs, diameter / 2, rng, overlap=float(rng.uniform(-0.1, 0.1)))
        laid = sheet.lay(
            _outline(shape, diameter, rng),
            row,
            column,
            profile=profile,
            weight=rng.lognormal(0, 0.15),
            pattern=_surface(rng, lies_on_surface=lies_on_surface) if rng.random() < 0.7 else None,
            most_hidden=0.5,
            most_over=0.5,
        )
        if laid:
            discs.append((row, column, diameter / 2))
    ground = _ground(rng)
    if lies_on_surface:
        return on_surface(sheet, rng, ground=ground)
    shape_px = (_SIDE_PX, _SIDE_PX)
    relief = draw_relief(shape_px, rng, support=rng.choice(_SUPPORTS), contamination=float(rng.choice([0.0, 0.2])))
    return transmitted(sheet, rng, relief=relief + ground, darkness=(0.15, 2.5), least_dose=6.0)


def _outline(shape: int, diameter: float, rng: np.random.Generator) -> Corners:
    if shape == 0:
        return worn(diameter, rng)
    if shape == 1:
        return rounded(regular(diameter, int(rng.integers(3, 7)), rng, uneven=0.1), int(rng.integers(3)))
    if shape == 2:
        aspect = rng.uniform(1.8, 6)
        width = diameter / np.sqrt(aspect)
        return bar(width * aspect, width, rng.uniform(0, pi), pointed=rng.uniform(0.1, 1))
    return ellipse(diameter * rng.uniform(1, 1.3), diameter, rng.uniform(0, pi))


def _surface(rng: np.random.Generator, *, lies_on_surface: bool) -> Pattern:
    """Return grain, or holes, much finer than the particle; on a surface slopes are seen, not heights."""
    width, strength, has_holes = rng.uniform(0.01, 0.15), rng.uniform(0.05, 0.5), rng.random() < 0.3

    def pattern(new: Piece) -> npt.NDArray[np.float32]:
        side = len(new.height)
        grain = waves(side, max(width * side, 1.5), rng)
        if has_holes:
            grain = -np.clip(4 * (grain - 1.5), 0, 2).astype(np.float32)
        return np.maximum(1 + strength * (width if lies_on_surface else 1) * grain, np.float32(0.1))

    return pattern


def _ground(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return the grain of the ground, and specks of dirt that are no particles."""
    ground = rng.uniform(0, 0.12) * waves(_SIDE_PX, float(np.exp(rng.uniform(np.log(1.5), np.log(20)))), rng)
    if rng.random() < 0.4:
        specks = np.clip(3 * (waves(_SIDE_PX, rng.uniform(1.5, 4), rng) - rng.uniform(2.2, 3)), 0, 1)
        ground = ground + rng.uniform(0.05, 0.5) * specks
    return np.asarray(ground, np.float32)
