"""An analysis whose particles are drawn: apart, touching, cut by the frame, with a hole; in the labels alone one is in
two pieces."""

from functools import cache

import numpy as np
from drawing import Particle, draw
from recipes import BY_NECK

from nanotem.analysis import Analysis, analyse
from nanotem.edits.edits import Replace
from nanotem.edits.labels_as_text import pack_labels
from nanotem.labels import in_one_piece
from nanotem.micrograph import Micrograph, Scale

PICTURE, LABELS = draw(
    (150, 220),
    [Particle(40, 40, 40), Particle(40, 79, 40), Particle(110, 60, 50), Particle(75, 219, 60), Particle(100, 150, 20)],
)
LABELS[105:116, 50:66] = 0
LABELS[LABELS == 5] = 70
LABELS[130:140, 170:180] = 70
LABELS[140, 180] = 70
AREAS = {label: int((label == LABELS).sum()) for label in (1, 2, 3, 4, 70)}
EDITS = (Replace(LABELS.shape, pack_labels(in_one_piece(LABELS))),)
SCALE = Scale(0.37, "typed")


@cache
def drawn_analysis(*, name: str = "drawn.png", scale: Scale | None = SCALE) -> Analysis:
    """Return an analysis with the largest pieces of these labels, taken over by `EDITS`."""
    micrograph = Micrograph(PICTURE.round().astype(np.uint8), id="3f9c" * 16, name=name, scale=scale)
    return analyse(micrograph, BY_NECK, EDITS)


@cache
def blank_analysis() -> Analysis:
    """Return an analysis that found nothing."""
    return analyse(Micrograph(np.full((60, 80), 150, np.uint8), id="00" * 32, name="blank.png"), BY_NECK)
