"""Carbon films with holes, with particles on them or not."""

from math import pi

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.training.segmenter.drawn.exposure import Drawn, transmitted
from nanotem.training.segmenter.drawn.pieces import ellipse
from nanotem.training.segmenter.drawn.placing import anywhere
from nanotem.training.segmenter.drawn.sheet import Sheet, waves

_SIDE_PX = 320
_ON_FILM = 0.5


def on_film(rng: np.random.Generator) -> Drawn:
    """Draw particles on a lacey or a holey film whose holes stand out as they do, on the other side of the greys."""
    film = film_with_holes(_SIDE_PX, rng)
    sheet, size = Sheet(_SIDE_PX), float(np.exp(rng.uniform(np.log(5), np.log(40))))
    n, spread, uneven = int(rng.integers(2, 60)), rng.uniform(0.03, 0.35), rng.uniform(0, 0.2)
    for row, column in anywhere(8 * n, _SIDE_PX, rng):
        place = tuple(int(np.clip(at, 0, _SIDE_PX - 1)) for at in (row, column))
        if sheet.n_particles < n and film[place] > _ON_FILM:
            diameter = max(size * rng.lognormal(0, spread), 4.0)
            corners = ellipse(diameter * rng.uniform(1, 1.25), diameter, rng.uniform(0, pi))
            sheet.lay(corners, row, column, weight=rng.lognormal(0, uneven), most_hidden=0.1)
    grain = 1 + rng.uniform(0, 0.15) * waves(_SIDE_PX, rng.uniform(1.5, 5), rng)
    relief = (rng.uniform(0.1, 1.0) * film * grain).astype(np.float32)
    return transmitted(sheet, rng, relief=relief, darkness=(0.3, 2.5), least_dose=15.0)


def film_with_holes(side_px: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return the thickness of a lacey or a holey film, 0 in holes and about 1 elsewhere."""
    if rng.random() < 0.6:
        film = np.zeros((side_px, side_px), np.float32)
        for _ in range(int(rng.integers(1, 4))):
            ridge = np.abs(waves(side_px, rng.uniform(10, 60), rng))
            film = np.maximum(film, np.clip(1.5 - ridge / rng.uniform(0.1, 0.5), 0, 1))
    else:
        film = np.ones((side_px, side_px), np.float32)
        for _ in range(int(rng.integers(2, 14))):
            row, column = rng.integers(0, side_px, 2)
            axes = np.rint(rng.uniform(12, 70) * rng.uniform(0.6, 1.4, 2)).astype(int)
            cv2.ellipse(film, (int(column), int(row)), (int(axes[0]), int(axes[1])), rng.uniform(0, 180), 0, 360, 0, -1)
        film = np.where(film * 3 + waves(side_px, 25, rng) > 0.5, np.float32(1), np.float32(0))
    return np.asarray(cv2.GaussianBlur(film, (0, 0), rng.uniform(0.6, 3)), np.float32)
