"""An image with known particles, analysed, for the reports."""

from functools import cache

import numpy as np
from drawing import Particle, disc_grid, draw, with_noise
from recipes import BY_NECK

from nanotem.analysis import Analysis, analyse
from nanotem.edits.edits import Edit
from nanotem.micrograph import Micrograph, Scale
from nanotem.recipe import Recipe

N_WHOLE, N_CUT = 24, 1


SCALE = Scale(0.5, "scale bar", 0.01)


@cache
def analysis(
    recipe: Recipe | None = None,
    edits: tuple[Edit, ...] = (),
    *,
    scale: Scale | None = SCALE,
    name: str = "drawn.png",
    blank: bool = False,
) -> Analysis:
    """Analyse 24 discs of 16 to 28 px and one that the frame cuts; or nothing; by their necks, unless a recipe says."""
    grid = disc_grid(4, 6, pitch_px=40, diameter_px=22)
    discs = [disc._replace(diameter_px=16 + 12 * place / 23) for place, disc in enumerate(grid)]
    discs.append(Particle(0, 120, 22))
    image = with_noise(draw((160, 240), [] if blank else discs)[0], 2).round().astype(np.uint8)
    return analyse(Micrograph(image, "0" * 64, name, scale), recipe or BY_NECK, edits)
