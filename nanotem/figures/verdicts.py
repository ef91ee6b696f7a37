"""What a segmentation hit, missed, invented, merged and split, drawn on the micrograph."""

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from nanotem.evaluation import Verdict, verdicts
from nanotem.figures.outlines import outline_polygons
from nanotem.figures.palette import BARS, GREEN, ORANGE, PURPLE, VERMILION, rgb
from nanotem.figures.pictures import Picture, micrograph_picture
from nanotem.micrograph import Labels, Pixels

VERDICT_COLOURS: Mapping[Verdict, str] = MappingProxyType(
    {"hit": BARS, "missed": VERMILION, "false": PURPLE, "merged": ORANGE, "split": GREEN}
)
"""As they are drawn by `verdict_picture`; told apart by colour-blind people too."""

_PX_PER_LINE_PX = 700
_FONT, _LEGEND_PX_PER_SCALE = cv2.FONT_HERSHEY_SIMPLEX, 500


def verdict_picture(pixels: Pixels, found: Labels, true: Labels) -> Picture:
    """Outline the particles on the micrograph in the colours of their verdicts, with a legend below.

    Found particles are drawn; of the true ones, those that are no hit.

    Parameters
    ----------
    pixels, found, true
        Micrograph and label images of one shape.

    Returns
    -------
    Picture
        As wide as the micrograph and a little higher.

    Raises
    ------
    ValueError
        If the shapes of the label images differ.
    """
    judged = verdicts(found, true)
    longest_px = max(pixels.shape)
    picture = micrograph_picture(pixels, longest_px=longest_px)
    not_hit = {label: verdict for label, verdict in judged.true.items() if verdict != "hit"}
    for labels, verdict_of in ((true, not_hit), (found, judged.found)):
        for label, outline in outline_polygons(labels).items():
            if label in verdict_of:
                points = np.reshape(outline, (-1, 1, 2)).astype(np.int32)
                width_px = 1 + longest_px // _PX_PER_LINE_PX
                cv2.polylines(picture, [points], True, rgb(VERDICT_COLOURS[verdict_of[label]]), width_px)
    return np.vstack([picture, _legend(picture.shape[1])])


def _legend(width_px: int) -> Picture:
    """Write every verdict in its colour on a black strip."""
    scale = width_px / _LEGEND_PX_PER_SCALE
    column_px, height_px = width_px // len(VERDICT_COLOURS), round(30 * scale) + 1
    strip = np.zeros((height_px, width_px, 3), np.uint8)
    for number, (verdict, colour) in enumerate(VERDICT_COLOURS.items()):
        origin = (number * column_px + column_px // 8, round(0.7 * height_px))
        cv2.putText(strip, verdict, origin, _FONT, 0.7 * scale, rgb(colour), 1 + round(scale), cv2.LINE_AA)
    return strip
