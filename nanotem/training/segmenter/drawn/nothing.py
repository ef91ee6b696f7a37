"""Frames without a particle that look as if they held some."""

import cv2
import numpy as np
import numpy.typing as npt

from nanotem.synthetic.imaging import expose
from nanotem.training.segmenter.drawn.crowds import fringes
from nanotem.training.segmenter.drawn.exposure import Drawn, random_imaging, transmitted
from nanotem.training.segmenter.drawn.films import film_with_holes
from nanotem.training.segmenter.drawn.sheet import Sheet, waves

_SIDE_PX = 320
_SHOWN_PX = (6.0, 80.0)
"""Sizes at which such frames are shown: all at which particles are."""

_Relief = npt.NDArray[np.float32]


def lattice(rng: np.random.Generator) -> Drawn:
    """Draw lattice fringes on a film of amorphous carbon."""
    relief = rng.uniform(0.03, 0.3) * fringes(_SIDE_PX, rng) + rng.uniform(0.02, 0.15) * waves(
        _SIDE_PX, rng.uniform(1.5, 5), rng
    )
    return _empty(relief, rng)


def carbon(rng: np.random.Generator) -> Drawn:
    """Draw a lacey or a holey carbon film."""
    film = film_with_holes(_SIDE_PX, rng)
    relief = rng.uniform(0.1, 1.5) * film * (1 + rng.uniform(0, 0.15) * waves(_SIDE_PX, rng.uniform(1.5, 5), rng))
    return _empty(relief, rng)


def dirt(rng: np.random.Generator) -> Drawn:
    """Draw smooth dirt, scratches, wrinkles and writing."""
    relief = rng.uniform(0, 0.4) * np.maximum(waves(_SIDE_PX, rng.uniform(12, 70), rng) - rng.uniform(0, 1.5), 0)
    for _ in range(int(rng.integers(0, 6))):
        line = np.zeros((_SIDE_PX, _SIDE_PX), np.float32)
        start, stop = rng.integers(-50, _SIDE_PX + 50, (2, 2))
        cv2.line(line, tuple(map(int, start)), tuple(map(int, stop)), 1.0, int(rng.integers(1, 5)), cv2.LINE_AA)
        relief = relief + rng.uniform(-0.4, 0.6) * cv2.GaussianBlur(line, (0, 0), rng.uniform(0.5, 4))
    drawn = _empty(relief, rng)
    for _ in range(int(rng.integers(0, 4))):
        _write(drawn.pixels, rng)
    return drawn


def noise(rng: np.random.Generator) -> Drawn:
    """Draw counted electrons from 3 per px, white or blurred by the camera, on an uneven background."""
    imaging = random_imaging(rng)
    thickness = 0.2 * waves(_SIDE_PX, rng.uniform(60, 150), rng) * float(rng.random() < 0.5)
    if imaging.mode == "HAADF":
        thickness = thickness - thickness.min()
    pixels = expose(thickness.astype(np.float32), imaging, rng)
    if rng.random() < 0.3:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 2.0))
    return Drawn(pixels, np.zeros(pixels.shape, np.int32), _shown_px(rng))


def _empty(relief: _Relief, rng: np.random.Generator) -> Drawn:
    return transmitted(Sheet(_SIDE_PX), rng, relief=relief.astype(np.float32), least_dose=3.0, empty_px=_shown_px(rng))


def _shown_px(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(_SHOWN_PX))))


def _write(pixels: npt.NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Write letters and numbers anywhere, in place."""
    text = "".join(rng.choice(list("0123456789abcdefgnmAFHKSX µ().-"), int(rng.integers(1, 9)))).replace("µ", "u")
    place = (int(rng.integers(0, _SIDE_PX - 60)), int(rng.integers(15, _SIDE_PX)))
    cv2.putText(
        pixels,
        text,
        place,
        cv2.FONT_HERSHEY_SIMPLEX,
        rng.uniform(0.4, 1.6),
        int(rng.choice([0, 255])),
        int(rng.integers(1, 4)),
        cv2.LINE_AA,
    )
