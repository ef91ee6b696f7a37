"""Images with a bar and a label, for the tests that read them."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SHAPE = (400, 520)
LEFT, TOP, LENGTH, THICKNESS = 60, 360, 140, 6


def labelled_bar(label, *, grey=255, where="above", noise=6.0, size=26, level=128):
    """Return a grainy image with a bar of 140 px and its label."""
    grain = np.random.default_rng(0).normal(level, noise, SHAPE)
    picture = Image.fromarray(cv2.GaussianBlur(np.clip(grain, 0, 255), (0, 0), 1).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((LEFT, TOP, LEFT + LENGTH - 1, TOP + THICKNESS - 1), grey)
    middle, centre = LEFT + LENGTH / 2, TOP + THICKNESS / 2
    place, anchor = {
        "above": ((middle, TOP - 10), "mb"),
        "below": ((middle, TOP + THICKNESS + 6), "mt"),
        "right": ((LEFT + LENGTH + 14, centre), "lm"),
        "far": ((330, 60), "mm"),
    }[where]
    draw.text(place, label, grey, font=ImageFont.load_default(size), anchor=anchor)
    return np.array(picture)
